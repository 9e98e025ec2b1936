// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Weights, measured by frame-omni-bencher on 2 cores of Intel(R) Xeon(R) Processor, 24 GiB.
//!
//! Written by `make weights` on 2026-11-21: 10 steps, 5 repetitions. Do not edit.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens, missing_docs, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// What calls and hooks of `pallet_disputes` cost.
pub trait WeightInfo {
	fn challenge() -> Weight;
	fn authorize_play(b: u32, ) -> Weight;
	fn play(b: u32, ) -> Weight;
	fn stand_in(b: u32, ) -> Weight;
	fn accuse(c: u32, ) -> Weight;
	fn ruling(c: u32, ) -> Weight;
}

/// The measured weights, with the database that the runtime is configured for.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(266), added: 2741, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2784), added: 5259, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	fn challenge() -> Weight {
		// Fastest run: 204_557 nanoseconds.
		Weight::from_parts(390_818_000, 31400)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2784), added: 5259, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:0)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(266), added: 2741, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `b` is in `2048..=49152`.
	fn authorize_play(b: u32, ) -> Weight {
		// Fastest run: 545_746 nanoseconds.
		Weight::from_parts(673_913_822, 71017)
			// Standard error: 1_560.
			.saturating_add(Weight::from_parts(24_621, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2784), added: 5259, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(266), added: 2741, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Balances::Holds` (r:22 w:22)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:23 w:23)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// `b` is in `2048..=49152`.
	fn play(b: u32, ) -> Weight {
		// Fastest run: 1_878_489 nanoseconds.
		Weight::from_parts(2_650_469_758, 74855)
			// Standard error: 2_889.
			.saturating_add(Weight::from_parts(27_738, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(52_u64))
			.saturating_add(T::DbWeight::get().writes(47_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2784), added: 5259, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(266), added: 2741, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `System::Account` (r:23 w:23)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:22 w:22)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// `b` is in `2048..=49152`.
	fn stand_in(b: u32, ) -> Weight {
		// Fastest run: 1_971_047 nanoseconds.
		Weight::from_parts(3_063_945_620, 74702)
			// Standard error: 3_102.
			.saturating_add(Weight::from_parts(14_211, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(52_u64))
			.saturating_add(T::DbWeight::get().writes(47_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2784), added: 5259, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `c` is in `1..=16`.
	fn accuse(c: u32, ) -> Weight {
		// Fastest run: 73_982 nanoseconds.
		Weight::from_parts(128_431_481, 25276)
			// Standard error: 147_651.
			.saturating_add(Weight::from_parts(6_367_838, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2784), added: 5259, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:22 w:22)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:23 w:23)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Disputes::Groundworks` (r:0 w:1)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `c` is in `0..=16`.
	fn ruling(c: u32, ) -> Weight {
		// Fastest run: 494_900 nanoseconds.
		Weight::from_parts(714_364_041, 19211)
			// Standard error: 1_224_190.
			.saturating_add(Weight::from_parts(91_357_925, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(16_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2632).saturating_mul(c.into()))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn challenge() -> Weight {
		Weight::from_parts(390_818_000, 31400)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn authorize_play(b: u32, ) -> Weight {
		Weight::from_parts(673_913_822, 71017)
			.saturating_add(Weight::from_parts(24_621, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn play(b: u32, ) -> Weight {
		Weight::from_parts(2_650_469_758, 74855)
			.saturating_add(Weight::from_parts(27_738, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(52_u64))
			.saturating_add(ParityDbWeight::get().writes(47_u64))
	}
	fn stand_in(b: u32, ) -> Weight {
		Weight::from_parts(3_063_945_620, 74702)
			.saturating_add(Weight::from_parts(14_211, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(52_u64))
			.saturating_add(ParityDbWeight::get().writes(47_u64))
	}
	fn accuse(c: u32, ) -> Weight {
		Weight::from_parts(128_431_481, 25276)
			.saturating_add(Weight::from_parts(6_367_838, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn ruling(c: u32, ) -> Weight {
		Weight::from_parts(714_364_041, 19211)
			.saturating_add(Weight::from_parts(91_357_925, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(14_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(16_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2632).saturating_mul(c.into()))
	}
}
