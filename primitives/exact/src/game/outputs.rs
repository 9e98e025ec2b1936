// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the digest of a chunk was made of: candidates, logits and final rows.

use alloc::vec::Vec;

use ergon_core::{CHUNK_TOKENS, H256};

use super::{Board, Opened, Outcome, Proof, Reason, Refused, Row, Side, Stage};
use crate::{
	candidates::{Candidate, MAX_CANDIDATES},
	digest::{candidates_hash, chunk_digest, hidden_hash, Position},
	judge,
	operators::{Opening, Sequence, Tensor},
	sampler::sample,
};

impl Board<'_> {
	/// The hashes of a chunk's positions.
	pub(super) fn chunk(&self, chunk: u32, opened: Vec<Opened>) -> Result<Outcome, Refused> {
		let first = (chunk * CHUNK_TOKENS) as usize;
		let rest = self.tokens.get(first..).ok_or(Refused::NoSuchPart)?;
		let tokens = &rest[..rest.len().min(CHUNK_TOKENS as usize)];
		if tokens.len() != opened.len() {
			return Err(Refused::WrongLength);
		}
		let positions: Vec<Position> = tokens
			.iter()
			.zip(&opened)
			.map(|(&token, &Opened { hidden, candidates })| Position { token, hidden, candidates })
			.collect();
		let digest = H256(chunk_digest(&self.job, chunk, &positions));
		match self.digests.get(chunk as usize) == Some(&digest) {
			true => Ok(Outcome::Next(Stage::Position { chunk, opened })),
			false => Err(Refused::DoesNotOpen),
		}
	}

	/// The index of an output, and what was shown of it.
	pub(super) fn position(
		&self,
		chunk: u32,
		opened: &[Opened],
		position: u32,
	) -> Result<(u32, Opened), Refused> {
		let opened = opened.get(position as usize).ok_or(Refused::NoSuchPart)?;
		Ok((chunk * CHUNK_TOKENS + position, *opened))
	}

	/// Candidates that were opened: they decide at once when the sampler contradicts the token.
	pub(super) fn candidates(
		&self,
		index: u32,
		opened: Opened,
		candidates: Vec<Candidate>,
		hidden: Row,
	) -> Result<Outcome, Refused> {
		if candidates_hash(&candidates) != opened.candidates
			|| hidden_hash(&hidden.elements, hidden.exponent) != opened.hidden
		{
			return Err(Refused::DoesNotOpen);
		}
		let vocabulary = self.dimensions.vocabulary;
		let in_order = candidates.windows(2).all(|pair| pair[0].rank() < pair[1].rank())
			&& candidates.iter().all(|candidate| candidate.id < vocabulary);
		let mut ids: Vec<u32> = candidates.iter().map(|candidate| candidate.id).collect();
		ids.sort_unstable();
		ids.dedup();
		if !in_order || ids.len() != MAX_CANDIDATES.min(vocabulary as usize) {
			return Ok(Outcome::Won(Side::Challenger, Reason::Candidates));
		}
		let token = self.tokens.get(index as usize).copied();
		if sample(&candidates, self.sampling, &self.seed, index) != token {
			return Ok(Outcome::Won(Side::Challenger, Reason::Sampler));
		}
		Ok(Outcome::Next(Stage::Logit { index, candidates, hidden }))
	}

	/// The logit of a token that is said to be wrong among the candidates, or to be missing.
	pub(super) fn logit(
		&self,
		candidates: &[Candidate],
		hidden: &Row,
		id: u32,
		leaf: &Proof,
	) -> Result<Outcome, Refused> {
		if id >= self.dimensions.vocabulary {
			return Err(Refused::NoSuchPart);
		}
		let leaf = self.weight(leaf, self.leaves().head(id, self.constants.tied))?;
		let logit =
			judge::logit(leaf, &hidden.elements, hidden.exponent).ok_or(Refused::WrongLength)?;
		let listed = candidates.iter().find(|candidate| candidate.id == id);
		let is_right = match (listed, candidates.last()) {
			(Some(listed), _) => listed.logit == logit,
			// Whoever ranks behind the last is rightly missing.
			(None, Some(last)) => Candidate { id, logit }.rank() > last.rank(),
			(None, None) => false,
		};
		let winner = if is_right { Side::Defender } else { Side::Challenger };
		Ok(Outcome::Won(winner, Reason::Logit(logit)))
	}

	/// The final row, from the last residual row.
	pub(super) fn final_row(
		&self,
		index: u32,
		opened: Opened,
		root: H256,
		residual: &Opening,
		hidden: &Row,
		norm: &Proof,
	) -> Result<Outcome, Refused> {
		if hidden_hash(&hidden.elements, hidden.exponent) != opened.hidden {
			return Err(Refused::DoesNotOpen);
		}
		let Self { architecture, dimensions, .. } = *self;
		let sequence = Sequence { architecture, dimensions, positions: self.positions(index) };
		let shape = sequence.shape(Tensor::Residual);
		if residual.root(&shape, sequence.positions - 1, 0..shape.blocks()) != Some(root) {
			return Err(Refused::DoesNotOpen);
		}
		let norm = self.table(norm, self.leaves().final_norm())?;
		let constants = self.constants.to_bytes(architecture);
		let (elements, exponent) =
			judge::final_row(&sequence, &[&residual.bytes, norm, &constants])
				.ok_or(Refused::WrongLength)?;
		let is_right = *hidden == Row { elements, exponent };
		let winner = if is_right { Side::Defender } else { Side::Challenger };
		Ok(Outcome::Won(winner, Reason::FinalRow))
	}
}
