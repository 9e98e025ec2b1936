// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What has to be shown before a game can be followed by somebody who has only what is on chain.

use alloc::vec::Vec;

use codec::{Decode, DecodeWithMemTracking, Encode};
use ergon_core::{
	engine::JobOrder, job::prompt_root, network::Constants, Attestation, Bundle, JobKind,
	ModelManifest, Output,
};
use scale_info::TypeInfo;

use super::{Board, Leaves, Move, Proof, Refused};
use crate::sampler::Sampling;

/// What hashes on chain stand for. The defender shows it with his first move; nobody disputes it, because
/// it cannot be anything else.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Groundwork {
	/// Tokens of the prompt, whose hash is attested.
	pub prompt: Vec<u32>,
	/// The constants of the model's arithmetic, the first leaf of its tables.
	pub constants: Proof,
}

/// A move as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Turn {
	/// With the first move of a game, and only then.
	pub groundwork: Option<Groundwork>,
	/// The move.
	pub made: Move,
}

impl<'a> Board<'a> {
	/// The board of a result on chain, with what the defender shows.
	///
	/// # Errors
	///
	/// [`Refused::DoesNotOpen`] when the groundwork is not what was attested and registered,
	/// [`Refused::NoSuchPart`] when the output is of another kind than the order.
	pub fn new(
		manifest: &ModelManifest,
		order: &'a JobOrder,
		attestation: &Attestation,
		bundle: &'a Bundle,
		groundwork: &'a Groundwork,
	) -> Result<Self, Refused> {
		let Groundwork { prompt, constants } = groundwork;
		if prompt.len() as u32 != attestation.prompt_tokens
			|| prompt_root(prompt) != attestation.prompt_root
		{
			return Err(Refused::DoesNotOpen);
		}
		let ModelManifest { architecture, dimensions, tables_root, .. } = *manifest;
		let leaves = Leaves::new(architecture, dimensions).tables();
		let constants = constants.leaf(tables_root, 0, leaves)?;
		let constants =
			Constants::from_bytes(constants, architecture).map_err(|_| Refused::WrongLength)?;
		Self::of(manifest, constants, order, bundle, prompt).ok_or(Refused::NoSuchPart)
	}

	/// The board of a result for whoever has the model; nothing when the output is of another kind than the
	/// order.
	pub fn of(
		manifest: &ModelManifest,
		constants: Constants,
		order: &'a JobOrder,
		bundle: &'a Bundle,
		prompt: &'a [u32],
	) -> Option<Self> {
		let (sampling, tokens, vector): (_, &[u32], &[i16]) = match (&order.kind, &bundle.output) {
			(JobKind::Generate(params), Output::Text { tokens, .. }) => {
				(params.into(), tokens, &[])
			}
			(JobKind::Embed, Output::Vector(vector)) => (Sampling::GREEDY, &[], vector),
			_ => return None,
		};
		let ModelManifest { architecture, dimensions, weights_root, tables_root, .. } = *manifest;
		Some(Self {
			architecture,
			dimensions,
			constants,
			weights_root,
			tables_root,
			job: order.job_id.0,
			seed: order.seed,
			sampling,
			prompt,
			tokens,
			vector,
			digests: &bundle.digests,
		})
	}
}
