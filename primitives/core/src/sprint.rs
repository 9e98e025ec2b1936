// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Work that the protocol issues, so that whoever does it proves what it can compute.
//!
//! A candidate is given a sequence of items without end, each a small job whose prompt follows from the
//! sprint's seed, the candidate's account and the place of the item. It does as many as it can, in their
//! order, and commits to all of them by one hash. No item can be done before the seed is known, and none
//! is worth anything to another candidate.

use crate::{
	engine::JobOrder,
	job::{GenerationParams, JobKind},
	merkle, Attestation, Bundle, JobId, ModelId,
};
use alloc::vec::Vec;
use codec::Encode;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

/// Bytes of the prompt of an item: hexadecimal digits, which every tokenizer knows.
pub const ITEM_PROMPT_BYTES: u32 = 128;
/// Output tokens of an item at most; a model may end its answer before.
pub const ITEM_OUTPUT_TOKENS: u16 = 32;
/// Most items of one order to an engine.
pub const MAX_ORDER_ITEMS: u32 = 32;

/// What all items of a candidate follow from: blake2b-256 over (sprint's seed, candidate's account).
pub fn subject(seed: H256, operator: &impl Encode) -> H256 {
	H256(blake2_256(&(b"ergon:sprint:v1", seed, operator).encode()))
}

/// The item at `index`, for a model that generates text or one that does not.
pub fn item(subject: H256, model: ModelId, generates: bool, index: u32) -> JobOrder {
	let job_id = H256(blake2_256(&(b"ergon:sprint-item:v1", subject, index).encode()));
	let digits = |byte: u8| [byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[digit as usize]);
	let prompt = (0u8..)
		.flat_map(|block| blake2_256(&(job_id, block).encode()))
		.flat_map(digits)
		.take(ITEM_PROMPT_BYTES as usize)
		.collect::<Vec<_>>();
	let kind = match generates {
		true => JobKind::Generate(GenerationParams::greedy(ITEM_OUTPUT_TOKENS)),
		false => JobKind::Embed,
	};
	JobOrder { job_id, model, kind, prompt, seed: item_seed(job_id) }
}

fn item_seed(item: JobId) -> [u8; 32] {
	blake2_256(&(b"ergon:sprint-seed:v1", item).encode())
}

/// Whether an order is an item, of whichever sprint.
pub fn is_item(order: &JobOrder) -> bool {
	order.seed == item_seed(order.job_id)
}

/// The leaf that a done item becomes: over the SCALE encoding of what a job's provider would deliver.
pub fn leaf(attestation: &Attestation, bundle: &Bundle) -> H256 {
	merkle::leaf(&(attestation, bundle).encode())
}

/// The places of the items that a candidate has to show, in ascending order and each once: `samples` are drawn
/// from `items` by the randomness of blocks behind the last commitment.
pub fn drawn(randomness: H256, subject: H256, items: u32, samples: u32) -> Vec<u32> {
	let place = |sample: u32| {
		let draw = blake2_256(&(b"ergon:sprint-draw:v1", randomness, subject, sample).encode());
		let number = draw.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
		// 64 bits make the bias of a remainder below 2³² smaller than one in four billion.
		number.checked_rem(items.into()).map(|place| place as u32)
	};
	let mut places: Vec<_> = (0..samples).filter_map(place).collect();
	places.sort_unstable();
	places.dedup();
	places
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::collections::BTreeSet;
	use proptest::prelude::*;

	proptest! {
		#[test]
		fn places_are_drawn_in_ascending_order_and_each_once(
			randomness: [u8; 32],
			subject: [u8; 32],
			items in 1u32..,
			samples in 0u32..100,
		) {
			let (randomness, subject) = (H256(randomness), H256(subject));
			for items in [items, 1 + items % 50] {
				let places = drawn(randomness, subject, items, samples);
				prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
				prop_assert!(places.iter().all(|place| *place < items));
				prop_assert!(places.len() <= samples as usize);
				prop_assert_eq!(places.is_empty(), samples == 0);
			}
			prop_assert!(drawn(randomness, subject, 0, samples).is_empty());
		}
	}

	#[test]
	fn every_place_can_be_drawn() {
		let subject = H256::repeat_byte(1);
		let all: BTreeSet<u32> = (0..20u64)
			.flat_map(|number| drawn(H256::from_low_u64_be(number), subject, 16, 8))
			.collect();
		assert_eq!(all.into_iter().collect::<Vec<_>>(), (0..16).collect::<Vec<_>>());
	}

	#[test]
	fn items_share_nothing_with_others() {
		let mut seen = BTreeSet::new();
		for subject in (0..8).map(H256::from_low_u64_be) {
			for index in (0..40).chain([u32::MAX]) {
				let item = item(subject, H256::repeat_byte(7), true, index);
				assert!(is_item(&item));
				assert_eq!(item.prompt.len(), ITEM_PROMPT_BYTES as usize);
				assert!(item.prompt.iter().all(u8::is_ascii_hexdigit));
				// Also of a prompt not even a piece.
				let pieces = item.prompt.chunks(16).map(<[u8]>::to_vec);
				let names = [item.job_id.0.to_vec(), item.seed.to_vec()];
				for part in pieces.chain(names) {
					assert!(seen.insert(part), "item {index} of {subject:?}");
				}
			}
		}
	}

	#[test]
	fn the_items_of_a_candidate_follow_from_seed_and_account() {
		let subjects: BTreeSet<H256> = (0..8)
			.flat_map(|seed| (0..8u8).map(move |operator| (seed, operator)))
			.map(|(seed, operator)| subject(H256::from_low_u64_be(seed), &[operator; 32]))
			.collect();
		assert_eq!(subjects.len(), 64);
	}
}
