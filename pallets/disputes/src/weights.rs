// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Weights, measured by frame-omni-bencher on 2 cores of AMD EPYC, 24 GiB.
//!
//! Written by `make weights` on 2026-11-22: 10 steps, 5 repetitions. Do not edit.

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
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
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
		// Fastest run: 174_379 nanoseconds.
		Weight::from_parts(201_650_000, 31434)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:0)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
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
		// Fastest run: 511_782 nanoseconds.
		Weight::from_parts(539_709_313, 72485)
			// Standard error: 434.
			.saturating_add(Weight::from_parts(23_051, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Balances::Holds` (r:38 w:38)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:39 w:39)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// `b` is in `2048..=49152`.
	fn play(b: u32, ) -> Weight {
		// Fastest run: 2_175_526 nanoseconds.
		Weight::from_parts(2_273_270_320, 102507)
			// Standard error: 1_420.
			.saturating_add(Weight::from_parts(24_805, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(84_u64))
			.saturating_add(T::DbWeight::get().writes(79_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `System::Account` (r:39 w:39)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:38 w:38)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// `b` is in `2048..=49152`.
	fn stand_in(b: u32, ) -> Weight {
		// Fastest run: 2_199_192 nanoseconds.
		Weight::from_parts(2_336_531_957, 102507)
			// Standard error: 780.
			.saturating_add(Weight::from_parts(20_149, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(84_u64))
			.saturating_add(T::DbWeight::get().writes(79_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:0)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
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
		// Fastest run: 633_713 nanoseconds.
		Weight::from_parts(681_015_449, 38429)
			// Standard error: 7_794_585.
			.saturating_add(Weight::from_parts(911_753_106, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
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
		// Fastest run: 549_548 nanoseconds.
		Weight::from_parts(642_137_275, 38303)
			// Standard error: 13_491_266.
			.saturating_add(Weight::from_parts(1_726_693_169, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:0)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
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
		// Fastest run: 503_199 nanoseconds.
		Weight::from_parts(556_498_840, 105017)
			// Standard error: 16_691_184.
			.saturating_add(Weight::from_parts(837_655_270, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Balances::Holds` (r:38 w:38)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:39 w:39)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// `w` is in `0..=1`.
	fn misread(w: u32, ) -> Weight {
		// Fastest run: 2_113_314 nanoseconds.
		Weight::from_parts(2_522_076_289, 111311)
			// Standard error: 92_157_586.
			.saturating_add(Weight::from_parts(610_057_599, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(84_u64))
			.saturating_add(T::DbWeight::get().writes(79_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `c` is in `1..=32`.
	fn accuse(c: u32, ) -> Weight {
		// Fastest run: 98_336 nanoseconds.
		Weight::from_parts(80_014_488, 31178)
			// Standard error: 528_399.
			.saturating_add(Weight::from_parts(29_878_704, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:38 w:38)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:39 w:39)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Disputes::Groundworks` (r:0 w:1)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `c` is in `0..=32`.
	fn ruling(c: u32, ) -> Weight {
		// Fastest run: 294_909 nanoseconds.
		Weight::from_parts(275_380_387, 19211)
			// Standard error: 1_885_658.
			.saturating_add(Weight::from_parts(51_012_928, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(16_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2632).saturating_mul(c.into()))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:6 w:6)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:7 w:7)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	fn ruling_next() -> Weight {
		// Fastest run: 368_768 nanoseconds.
		Weight::from_parts(435_478_000, 37006)
			.saturating_add(T::DbWeight::get().reads(18_u64))
			.saturating_add(T::DbWeight::get().writes(15_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	fn ruling_pending() -> Weight {
		// Fastest run: 19_178 nanoseconds.
		Weight::from_parts(23_264_000, 15295)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn challenge() -> Weight {
		Weight::from_parts(201_650_000, 31434)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn authorize_play(b: u32, ) -> Weight {
		Weight::from_parts(539_709_313, 72485)
			.saturating_add(Weight::from_parts(23_051, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn play(b: u32, ) -> Weight {
		Weight::from_parts(2_273_270_320, 102507)
			.saturating_add(Weight::from_parts(24_805, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(84_u64))
			.saturating_add(ParityDbWeight::get().writes(79_u64))
	}
	fn stand_in(b: u32, ) -> Weight {
		Weight::from_parts(2_336_531_957, 102507)
			.saturating_add(Weight::from_parts(20_149, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(84_u64))
			.saturating_add(ParityDbWeight::get().writes(79_u64))
	}
	fn authorize_read(w: u32, ) -> Weight {
		Weight::from_parts(681_015_449, 38429)
			.saturating_add(Weight::from_parts(911_753_106, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn read(w: u32, ) -> Weight {
		Weight::from_parts(642_137_275, 38303)
			.saturating_add(Weight::from_parts(1_726_693_169, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn authorize_misread(w: u32, ) -> Weight {
		Weight::from_parts(556_498_840, 105017)
			.saturating_add(Weight::from_parts(837_655_270, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn misread(w: u32, ) -> Weight {
		Weight::from_parts(2_522_076_289, 111311)
			.saturating_add(Weight::from_parts(610_057_599, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(84_u64))
			.saturating_add(ParityDbWeight::get().writes(79_u64))
	}
	fn accuse(c: u32, ) -> Weight {
		Weight::from_parts(80_014_488, 31178)
			.saturating_add(Weight::from_parts(29_878_704, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn ruling(c: u32, ) -> Weight {
		Weight::from_parts(275_380_387, 19211)
			.saturating_add(Weight::from_parts(51_012_928, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(14_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(16_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2632).saturating_mul(c.into()))
	}
	fn ruling_next() -> Weight {
		Weight::from_parts(435_478_000, 37006)
			.saturating_add(ParityDbWeight::get().reads(18_u64))
			.saturating_add(ParityDbWeight::get().writes(15_u64))
	}
	fn ruling_pending() -> Weight {
		Weight::from_parts(23_264_000, 15295)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
}
