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
	fn authorize_read(w: u32, ) -> Weight;
	fn read(w: u32, ) -> Weight;
	fn authorize_misread(w: u32, ) -> Weight;
	fn misread(w: u32, ) -> Weight;
	fn accuse(c: u32, ) -> Weight;
	fn ruling(c: u32, ) -> Weight;
	fn ruling_next() -> Weight;
	fn ruling_pending() -> Weight;
}

/// The measured weights, with the database that the runtime is configured for.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	fn challenge() -> Weight {
		// Fastest run: 234_293 nanoseconds.
		Weight::from_parts(426_411_000, 31432)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
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
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `b` is in `2048..=49152`.
	fn authorize_play(b: u32, ) -> Weight {
		// Fastest run: 526_134 nanoseconds.
		Weight::from_parts(433_325_504, 71087)
			// Standard error: 1_470.
			.saturating_add(Weight::from_parts(32_060, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Balances::Holds` (r:22 w:22)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:23 w:23)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// `b` is in `2048..=49152`.
	fn play(b: u32, ) -> Weight {
		// Fastest run: 1_709_541 nanoseconds.
		Weight::from_parts(2_541_020_273, 74925)
			// Standard error: 3_138.
			.saturating_add(Weight::from_parts(10_786, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(52_u64))
			.saturating_add(T::DbWeight::get().writes(47_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `System::Account` (r:23 w:23)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:22 w:22)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// `b` is in `2048..=49152`.
	fn stand_in(b: u32, ) -> Weight {
		// Fastest run: 1_630_311 nanoseconds.
		Weight::from_parts(2_656_266_432, 74772)
			// Standard error: 4_405.
			.saturating_add(Weight::from_parts(7_759, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(52_u64))
			.saturating_add(T::DbWeight::get().writes(47_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
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
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `w` is in `0..=1`.
	fn authorize_read(w: u32, ) -> Weight {
		// Fastest run: 857_533 nanoseconds.
		Weight::from_parts(1_071_160_260, 37031)
			// Standard error: 62_946_703.
			.saturating_add(Weight::from_parts(892_534_739, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `w` is in `0..=1`.
	fn read(w: u32, ) -> Weight {
		// Fastest run: 711_880 nanoseconds.
		Weight::from_parts(818_192_533, 36905)
			// Standard error: 17_963_266.
			.saturating_add(Weight::from_parts(1_851_516_166, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
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
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `w` is in `0..=1`.
	fn authorize_misread(w: u32, ) -> Weight {
		// Fastest run: 588_142 nanoseconds.
		Weight::from_parts(745_472_289, 103619)
			// Standard error: 39_417_294.
			.saturating_add(Weight::from_parts(1_032_736_599, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Balances::Holds` (r:22 w:22)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:23 w:23)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// `w` is in `0..=1`.
	fn misread(w: u32, ) -> Weight {
		// Fastest run: 1_732_525 nanoseconds.
		Weight::from_parts(1_952_102_739, 107457)
			// Standard error: 62_997_073.
			.saturating_add(Weight::from_parts(872_850_705, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(52_u64))
			.saturating_add(T::DbWeight::get().writes(47_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:16 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `c` is in `1..=16`.
	fn accuse(c: u32, ) -> Weight {
		// Fastest run: 88_575 nanoseconds.
		Weight::from_parts(91_346_490, 25276)
			// Standard error: 227_352.
			.saturating_add(Weight::from_parts(12_366_163, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(c.into()))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
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
		// Fastest run: 376_034 nanoseconds.
		Weight::from_parts(499_768_443, 19211)
			// Standard error: 4_476_288.
			.saturating_add(Weight::from_parts(76_840_456, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(16_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2632).saturating_mul(c.into()))
	}
	fn ruling_next() -> Weight {
		Self::ruling(0)
	}
	fn ruling_pending() -> Weight {
		Self::ruling(0)
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn challenge() -> Weight {
		Weight::from_parts(426_411_000, 31432)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn authorize_play(b: u32, ) -> Weight {
		Weight::from_parts(433_325_504, 71087)
			.saturating_add(Weight::from_parts(32_060, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn play(b: u32, ) -> Weight {
		Weight::from_parts(2_541_020_273, 74925)
			.saturating_add(Weight::from_parts(10_786, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(52_u64))
			.saturating_add(ParityDbWeight::get().writes(47_u64))
	}
	fn stand_in(b: u32, ) -> Weight {
		Weight::from_parts(2_656_266_432, 74772)
			.saturating_add(Weight::from_parts(7_759, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(52_u64))
			.saturating_add(ParityDbWeight::get().writes(47_u64))
	}
	fn authorize_read(w: u32, ) -> Weight {
		Weight::from_parts(1_071_160_260, 37031)
			.saturating_add(Weight::from_parts(892_534_739, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn read(w: u32, ) -> Weight {
		Weight::from_parts(818_192_533, 36905)
			.saturating_add(Weight::from_parts(1_851_516_166, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn authorize_misread(w: u32, ) -> Weight {
		Weight::from_parts(745_472_289, 103619)
			.saturating_add(Weight::from_parts(1_032_736_599, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn misread(w: u32, ) -> Weight {
		Weight::from_parts(1_952_102_739, 107457)
			.saturating_add(Weight::from_parts(872_850_705, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(52_u64))
			.saturating_add(ParityDbWeight::get().writes(47_u64))
	}
	fn accuse(c: u32, ) -> Weight {
		Weight::from_parts(91_346_490, 25276)
			.saturating_add(Weight::from_parts(12_366_163, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(c.into()))
	}
	fn ruling(c: u32, ) -> Weight {
		Weight::from_parts(499_768_443, 19211)
			.saturating_add(Weight::from_parts(76_840_456, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(14_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(16_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2632).saturating_mul(c.into()))
	}
	fn ruling_next() -> Weight {
		Self::ruling(0)
	}
	fn ruling_pending() -> Weight {
		Self::ruling(0)
	}
}
