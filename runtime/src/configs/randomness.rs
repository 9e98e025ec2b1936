// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Randomness that no participant of a job chooses: the VRF outputs of block authors.

use crate::{Hash, Runtime, System};
use codec::Encode;
use frame_support::traits::Randomness;
use sp_io::hashing::blake2_256;

/// The VRF output of the parent block's author.
///
/// Babe stores the output of a block when that block ends; so in hooks and calls the stored one is
/// the parent's.
pub struct VrfOutputs;

impl VrfOutputs {
	/// The output, hashed with the subject; with an empty subject, the hash of the output alone.
	fn parent_output(subject: &[u8]) -> Hash {
		let (output, _) = pallet_babe::ParentBlockRandomness::<Runtime>::random(subject);
		// Every slot of this chain has a VRF output, so only the first block has no parent with one.
		output.unwrap_or_else(|| blake2_256(&(subject, System::parent_hash()).encode()).into())
	}
}

impl pallet_jobs::traits::BlockRandomness for VrfOutputs {
	fn parent(subject: &[u8]) -> [u8; 32] {
		Self::parent_output(subject).0
	}
}

impl pallet_audits::BlockRandomness for VrfOutputs {
	fn parent() -> [u8; 32] {
		Self::parent_output(&[]).0
	}
}
