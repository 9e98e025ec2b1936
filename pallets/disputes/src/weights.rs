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
	fn authorize_read() -> Weight;
	fn read() -> Weight;
	fn authorize_misread() -> Weight;
	fn misread() -> Weight;
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
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2801), added: 5276, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	fn challenge() -> Weight {
		// Fastest run: 178_196 nanoseconds.
		Weight::from_parts(196_791_000, 31432)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2801), added: 5276, mode: `MaxEncodedLen`)
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
		// Fastest run: 371_263 nanoseconds.
		Weight::from_parts(364_251_141, 71065)
			// Standard error: 127.
			.saturating_add(Weight::from_parts(18_589, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2801), added: 5276, mode: `MaxEncodedLen`)
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
		// Fastest run: 1_376_481 nanoseconds.
		Weight::from_parts(1_392_873_604, 74903)
			// Standard error: 1_191.
			.saturating_add(Weight::from_parts(20_517, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(52_u64))
			.saturating_add(T::DbWeight::get().writes(47_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2801), added: 5276, mode: `MaxEncodedLen`)
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
		// Fastest run: 1_438_802 nanoseconds.
		Weight::from_parts(1_545_012_188, 74750)
			// Standard error: 1_411.
			.saturating_add(Weight::from_parts(17_088, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(52_u64))
			.saturating_add(T::DbWeight::get().writes(47_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2801), added: 5276, mode: `MaxEncodedLen`)
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
	fn authorize_read() -> Weight {
		// Fastest run: 691_844 nanoseconds.
		Weight::from_parts(776_053_000, 37009)
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2801), added: 5276, mode: `MaxEncodedLen`)
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
	fn read() -> Weight {
		// Fastest run: 502_466 nanoseconds.
		Weight::from_parts(622_349_000, 36883)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2801), added: 5276, mode: `MaxEncodedLen`)
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
	fn authorize_misread() -> Weight {
		// Fastest run: 500_450 nanoseconds.
		Weight::from_parts(599_158_000, 103597)
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2801), added: 5276, mode: `MaxEncodedLen`)
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
	fn misread() -> Weight {
		// Fastest run: 1_467_661 nanoseconds.
		Weight::from_parts(1_661_882_000, 107435)
			.saturating_add(T::DbWeight::get().reads(52_u64))
			.saturating_add(T::DbWeight::get().writes(47_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2801), added: 5276, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `c` is in `1..=16`.
	fn accuse(c: u32, ) -> Weight {
		// Fastest run: 115_772 nanoseconds.
		Weight::from_parts(165_816_355, 31176)
			// Standard error: 681_434.
			.saturating_add(Weight::from_parts(6_242_818, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2801), added: 5276, mode: `MaxEncodedLen`)
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
		// Fastest run: 340_372 nanoseconds.
		Weight::from_parts(384_867_117, 19211)
			// Standard error: 342_848.
			.saturating_add(Weight::from_parts(46_146_012, 0).saturating_mul(c.into()))
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
		Weight::from_parts(196_791_000, 31432)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn authorize_play(b: u32, ) -> Weight {
		Weight::from_parts(364_251_141, 71065)
			.saturating_add(Weight::from_parts(18_589, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn play(b: u32, ) -> Weight {
		Weight::from_parts(1_392_873_604, 74903)
			.saturating_add(Weight::from_parts(20_517, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(52_u64))
			.saturating_add(ParityDbWeight::get().writes(47_u64))
	}
	fn stand_in(b: u32, ) -> Weight {
		Weight::from_parts(1_545_012_188, 74750)
			.saturating_add(Weight::from_parts(17_088, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(52_u64))
			.saturating_add(ParityDbWeight::get().writes(47_u64))
	}
	fn authorize_read() -> Weight {
		Weight::from_parts(776_053_000, 37009)
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn read() -> Weight {
		Weight::from_parts(622_349_000, 36883)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn authorize_misread() -> Weight {
		Weight::from_parts(599_158_000, 103597)
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn misread() -> Weight {
		Weight::from_parts(1_661_882_000, 107435)
			.saturating_add(ParityDbWeight::get().reads(52_u64))
			.saturating_add(ParityDbWeight::get().writes(47_u64))
	}
	fn accuse(c: u32, ) -> Weight {
		Weight::from_parts(165_816_355, 31176)
			.saturating_add(Weight::from_parts(6_242_818, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn ruling(c: u32, ) -> Weight {
		Weight::from_parts(384_867_117, 19211)
			.saturating_add(Weight::from_parts(46_146_012, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(14_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(16_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2632).saturating_mul(c.into()))
	}
}
