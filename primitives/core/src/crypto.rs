// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Keys that sign on behalf of an operator.
//!
//! Both are ed25519, whose signatures are deterministic: an off-chain worker that signs the same
//! statement twice produces the same transaction, so duplicates collapse in the pool.

use alloc::vec::Vec;
use codec::Encode;
use sp_core::{crypto::KeyTypeId, H256};

/// Key type of provider worker keys in the keystore.
pub const WORKER_KEY_TYPE: KeyTypeId = KeyTypeId(*b"ewrk");

/// Key type of audit keys in the keystore; the audit key is one of the session keys.
pub const AUDIT_KEY_TYPE: KeyTypeId = KeyTypeId(*b"eaud");

/// The key with which a provider's off-chain worker signs attestations.
pub mod worker {
	mod app {
		use sp_application_crypto::{app_crypto, ed25519};
		app_crypto!(ed25519, crate::crypto::WORKER_KEY_TYPE);
	}
	/// Public half of a worker key.
	pub type WorkerId = app::Public;
	/// Signature by a worker key.
	pub type WorkerSignature = app::Signature;
	#[cfg(feature = "std")]
	/// A worker key pair.
	pub type WorkerPair = app::Pair;
}

/// The key with which a validator's off-chain worker signs audit commitments and reveals, and transactions by which
/// it stands in for a silent side of a dispute.
pub mod audit {
	use alloc::string::String;
	use sp_core::{
		crypto::{AccountId32, Ss58Codec},
		ed25519,
	};

	mod app {
		use sp_application_crypto::{app_crypto, ed25519};
		app_crypto!(ed25519, crate::crypto::AUDIT_KEY_TYPE);
	}
	/// Public half of an audit key.
	pub type AuditorId = app::Public;
	/// Signature by an audit key.
	pub type AuditorSignature = app::Signature;
	#[cfg(feature = "std")]
	/// An audit key pair.
	pub type AuditorPair = app::Pair;

	/// The address of the account that an audit key signs for, as any key does, whosever validator it belongs to.
	pub fn address(key: &AuditorId) -> String {
		AccountId32::from(ed25519::Public::from(key.clone())).to_ss58check()
	}
}

/// A statement as it is signed: the domain keeps statements of different kinds apart, the genesis
/// hash keeps chains apart.
pub fn signing_payload(domain: &'static [u8], genesis: H256, statement: &impl Encode) -> Vec<u8> {
	(domain, genesis, statement).encode()
}

/// Domain of a worker key's proof of possession; the statement is the operator's account.
pub const WORKER_PROOF_DOMAIN: &[u8] = b"ergon:worker-key:v1";
/// Domain of an attestation; the statement is `(round: u8, Attestation)`.
pub const ATTESTATION_DOMAIN: &[u8] = b"ergon:attestation:v1";
/// Domain of a provider's refusal of a job; the statement is `(round: u8, JobId, DeclineReason)`.
pub const DECLINE_DOMAIN: &[u8] = b"ergon:decline:v1";
/// Domain of an audit commitment; the statement is `(JobId, audit round: u8, commitment)`.
pub const COMMIT_DOMAIN: &[u8] = b"ergon:audit-commit:v1";
/// Domain of an audit reveal; the statement is `(JobId, audit round: u8, Reveal)`.
pub const REVEAL_DOMAIN: &[u8] = b"ergon:audit-reveal:v1";
/// Domain of an auditor's statement that others have not worked; the statement is `(JobId, audit round:
/// u8, Vec<AccountId>)`.
pub const OBJECT_DOMAIN: &[u8] = b"ergon:audit-object:v1";
/// Domain of a validator's statement which models it can re-execute; the statement is `(as_of: BlockNumber,
/// Vec<ModelId>)`.
pub const DECLARE_DOMAIN: &[u8] = b"ergon:audit-declare:v1";
/// Domain of a candidate's commitment to the items of a sprint; the statement is `(sprint: u32, Commitment)`.
pub const SPRINT_COMMIT_DOMAIN: &[u8] = b"ergon:sprint-commit:v1";
/// Domain of an item that a candidate shows; the statement is `(sprint: u32, index: u32, leaf)`.
pub const SPRINT_OPEN_DOMAIN: &[u8] = b"ergon:sprint-open:v1";
/// Domain of a move in a dispute; the statement is `(JobId, step: u32, Turn)`.
pub const MOVE_DOMAIN: &[u8] = b"ergon:dispute-move:v1";
/// Domain from whose signature an auditor derives the salt of a commitment, so that the salt needs
/// no storage and nobody else can know it; the statement is `(JobId, audit round: u8)`.
pub const SALT_DOMAIN: &[u8] = b"ergon:audit-salt:v1";
