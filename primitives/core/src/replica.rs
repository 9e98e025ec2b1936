// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Several answers to one question, each by another provider.

use codec::Encode;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

use crate::{Attestation, Bundle, Fault, JobId, Output, CHUNK_TOKENS};

/// Most providers that one request can ask for the same answer.
pub const MAX_REPLICAS: u8 = 5;

/// The id of one of several replicas: that of the first for index 0, else blake2b-256 over (id of the first,
/// index).
pub fn replica_id(first: JobId, index: u8) -> JobId {
	match index {
		0 => first,
		_ => H256(blake2_256(&(b"ergon:replica:v1", first, index).encode())),
	}
}

/// What is wrong about `claimed`, if `right` is what the same prompt, parameters and seed really give;
/// nothing where both say the same. An auditor who re-executed `claimed` would say the same of it, unless it
/// found a wrong digest before.
pub fn difference(
	right: (&Attestation, &Bundle),
	claimed: (&Attestation, &Bundle),
) -> Option<Fault> {
	let (right, right_bundle) = right;
	let (claimed, claimed_bundle) = claimed;
	if (right.prompt_root, right.prompt_tokens) != (claimed.prompt_root, claimed.prompt_tokens) {
		return Some(Fault::Prompt);
	}
	if (right.output_root, right.finish) == (claimed.output_root, claimed.finish) {
		return None;
	}
	let (Output::Text { tokens: right, .. }, Output::Text { tokens: claimed, .. }) =
		(&right_bundle.output, &claimed_bundle.output)
	else {
		return Some(Fault::Chunk(0));
	};
	let common = right.iter().zip(claimed).take_while(|(right, claimed)| right == claimed).count();
	let both_go_on = common < right.len() && common < claimed.len();
	Some(if both_go_on { Fault::Chunk(common as u32 / CHUNK_TOKENS) } else { Fault::Ending })
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
		FinishReason,
	};

	/// A result with these tokens, which end for that reason.
	fn result(tokens: &[u32], finish: FinishReason) -> (Attestation, Bundle) {
		let output = match finish {
			FinishReason::Embedded => {
				let vector: Vec<_> = tokens.iter().map(|it| *it as i16).collect();
				Output::Vector(vector.try_into().unwrap())
			}
			_ => Output::Text {
				tokens: tokens.to_vec().try_into().unwrap(),
				text: Default::default(),
			},
		};
		let bundle = Bundle { output, digests: Default::default() };
		let attestation = Attestation {
			version: ATTESTATION_VERSION,
			profile: PROFILE_EXACT,
			job_id: H256::zero(),
			model_root: H256::zero(),
			prompt_root: H256::repeat_byte(1),
			output_root: bundle.output.root(),
			trace_root: bundle.trace_root(),
			prompt_tokens: 3,
			output_tokens: bundle.output.token_count(),
			finish,
		};
		(attestation, bundle)
	}

	fn between(right: &(Attestation, Bundle), claimed: &(Attestation, Bundle)) -> Option<Fault> {
		difference((&right.0, &right.1), (&claimed.0, &claimed.1))
	}

	#[test]
	fn equal_results_do_not_differ_whatever_their_job() {
		let one = result(&[1, 2, 3], FinishReason::EndOfText);
		let mut other = one.clone();
		other.0.job_id = H256::repeat_byte(9);
		other.0.trace_root = H256::repeat_byte(9);
		assert_eq!(between(&one, &other), None);
	}

	#[test]
	fn the_first_differing_token_names_the_chunk() {
		use FinishReason::Length;
		let right: Vec<u32> = (0..70).collect();
		for (at, chunk) in [(0, 0), (31, 0), (32, 1), (69, 2)] {
			let mut wrong = right.clone();
			wrong[at] = 1_000;
			let (right, wrong) = (result(&right, Length), result(&wrong, Length));
			assert_eq!(between(&right, &wrong), Some(Fault::Chunk(chunk)));
			assert_eq!(between(&wrong, &right), Some(Fault::Chunk(chunk)));
		}
	}

	#[test]
	fn an_answer_that_goes_on_or_breaks_off_ends_wrongly() {
		use FinishReason::{EndOfText, Length, Stop};
		let long = result(&[1, 2, 3], Length);
		let short = result(&[1, 2], EndOfText);
		assert_eq!(between(&long, &short), Some(Fault::Ending));
		assert_eq!(between(&short, &long), Some(Fault::Ending));
		assert_eq!(between(&short, &result(&[1, 2], Stop)), Some(Fault::Ending));
		let mut other = short.clone();
		if let Output::Text { text, .. } = &mut other.1.output {
			text.try_push(b'x').unwrap();
		}
		other.0.output_root = other.1.output.root();
		assert_eq!(between(&short, &other), Some(Fault::Ending));
	}

	#[test]
	fn prompts_and_vectors_differ_as_a_whole() {
		let right = result(&[1, 2], FinishReason::EndOfText);
		let mut wrong = right.clone();
		wrong.0.prompt_root = H256::zero();
		assert_eq!(between(&right, &wrong), Some(Fault::Prompt));
		wrong = right.clone();
		wrong.0.prompt_tokens = 4;
		assert_eq!(between(&right, &wrong), Some(Fault::Prompt));
		let vectors = [[1, 2], [1, 3]].map(|it| result(&it, FinishReason::Embedded));
		assert_eq!(between(&vectors[0], &vectors[1]), Some(Fault::Chunk(0)));
	}

	#[test]
	fn replicas_have_ids_of_their_own() {
		let first = H256::repeat_byte(7);
		let ids: alloc::collections::BTreeSet<_> =
			(0..MAX_REPLICAS).map(|index| replica_id(first, index)).collect();
		assert_eq!(ids.len(), MAX_REPLICAS as usize);
		assert!(ids.contains(&first));
	}
}
