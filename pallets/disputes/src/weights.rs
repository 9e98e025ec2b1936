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
	fn ruling_idle(c: u32, ) -> Weight;
	fn ruling_pending() -> Weight;
}

/// The measured weights, with the database that the runtime is configured for.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	fn challenge() -> Weight {
		// Fastest run: 171_345 nanoseconds.
		Weight::from_parts(202_130_000, 31441)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:0)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `b` is in `2048..=114688`.
	fn authorize_play(b: u32, ) -> Weight {
		// Fastest run: 520_174 nanoseconds.
		Weight::from_parts(472_725_310, 71939)
			// Standard error: 259.
			.saturating_add(Weight::from_parts(44_031, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `System::Account` (r:35 w:35)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:34 w:34)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Total` (r:1 w:1)
	/// Proof: `Rewards::Total` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
	/// `b` is in `2048..=114688`.
	fn play(b: u32, ) -> Weight {
		// Fastest run: 2_093_735 nanoseconds.
		Weight::from_parts(2_434_470_908, 92095)
			// Standard error: 1_056.
			.saturating_add(Weight::from_parts(31_949, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(77_u64))
			.saturating_add(T::DbWeight::get().writes(72_u64))
			.saturating_add(Weight::from_parts(0, 1).saturating_mul(b.into()))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:36 w:36)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:35 w:35)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Total` (r:1 w:1)
	/// Proof: `Rewards::Total` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
	/// `b` is in `2048..=114688`.
	fn stand_in(b: u32, ) -> Weight {
		// Fastest run: 2_116_548 nanoseconds.
		Weight::from_parts(2_536_174_674, 94698)
			// Standard error: 1_286.
			.saturating_add(Weight::from_parts(31_567, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(80_u64))
			.saturating_add(T::DbWeight::get().writes(74_u64))
			.saturating_add(Weight::from_parts(0, 1).saturating_mul(b.into()))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:0)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
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
		// Fastest run: 652_460 nanoseconds.
		Weight::from_parts(834_835_811, 38113)
			// Standard error: 51_497_819.
			.saturating_add(Weight::from_parts(1_169_149_966, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(Weight::from_parts(0, 2).saturating_mul(w.into()))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
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
		// Fastest run: 556_147 nanoseconds.
		Weight::from_parts(913_582_072, 37987)
			// Standard error: 43_567_753.
			.saturating_add(Weight::from_parts(1_950_769_149, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(Weight::from_parts(0, 2).saturating_mul(w.into()))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:0)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
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
		// Fastest run: 500_785 nanoseconds.
		Weight::from_parts(654_177_289, 104701)
			// Standard error: 36_493_887.
			.saturating_add(Weight::from_parts(742_513_821, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:1 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Groundworks` (r:1 w:0)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `System::Account` (r:35 w:35)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:34 w:34)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Total` (r:1 w:1)
	/// Proof: `Rewards::Total` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
	/// `w` is in `0..=1`.
	fn misread(w: u32, ) -> Weight {
		// Fastest run: 1_934_538 nanoseconds.
		Weight::from_parts(2_502_309_623, 110493)
			// Standard error: 122_468_484.
			.saturating_add(Weight::from_parts(522_793_821, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(77_u64))
			.saturating_add(T::DbWeight::get().writes(72_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
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
		// Fastest run: 96_874 nanoseconds.
		Weight::from_parts(85_796_234, 31185)
			// Standard error: 169_981.
			.saturating_add(Weight::from_parts(26_267_853, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:35 w:35)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:34 w:34)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Total` (r:1 w:1)
	/// Proof: `Rewards::Total` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Disputes::Groundworks` (r:0 w:1)
	/// Proof: `Disputes::Groundworks` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `c` is in `0..=32`.
	fn ruling(c: u32, ) -> Weight {
		// Fastest run: 143_804 nanoseconds.
		Weight::from_parts(156_567_743, 12860)
			// Standard error: 388_079.
			.saturating_add(Weight::from_parts(41_687_667, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(9_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2650).saturating_mul(c.into()))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:2 w:2)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Total` (r:1 w:1)
	/// Proof: `Rewards::Total` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	fn ruling_next() -> Weight {
		// Fastest run: 211_825 nanoseconds.
		Weight::from_parts(282_811_000, 35814)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:34 w:34)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:33 w:33)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Total` (r:1 w:1)
	/// Proof: `Rewards::Total` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Prompts` (r:1 w:0)
	/// Proof: `Jobs::Prompts` (`max_values`: None, `max_size`: Some(8226), added: 10701, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Results` (r:1 w:0)
	/// Proof: `Jobs::Results` (`max_values`: None, `max_size`: Some(21811), added: 24286, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Stages` (r:0 w:1)
	/// Proof: `Disputes::Stages` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `c` is in `0..=31`.
	fn ruling_idle(c: u32, ) -> Weight {
		// Fastest run: 213_718 nanoseconds.
		Weight::from_parts(278_079_173, 33422)
			// Standard error: 1_397_016.
			.saturating_add(Weight::from_parts(46_640_452, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(8_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2650).saturating_mul(c.into()))
	}
	/// Storage: `Disputes::Disputes` (r:1 w:1)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	fn ruling_pending() -> Weight {
		// Fastest run: 18_097 nanoseconds.
		Weight::from_parts(25_978_000, 12860)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn challenge() -> Weight {
		Weight::from_parts(202_130_000, 31441)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn authorize_play(b: u32, ) -> Weight {
		Weight::from_parts(472_725_310, 71939)
			.saturating_add(Weight::from_parts(44_031, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn play(b: u32, ) -> Weight {
		Weight::from_parts(2_434_470_908, 92095)
			.saturating_add(Weight::from_parts(31_949, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(77_u64))
			.saturating_add(ParityDbWeight::get().writes(72_u64))
			.saturating_add(Weight::from_parts(0, 1).saturating_mul(b.into()))
	}
	fn stand_in(b: u32, ) -> Weight {
		Weight::from_parts(2_536_174_674, 94698)
			.saturating_add(Weight::from_parts(31_567, 0).saturating_mul(b.into()))
			.saturating_add(ParityDbWeight::get().reads(80_u64))
			.saturating_add(ParityDbWeight::get().writes(74_u64))
			.saturating_add(Weight::from_parts(0, 1).saturating_mul(b.into()))
	}
	fn authorize_read(w: u32, ) -> Weight {
		Weight::from_parts(834_835_811, 38113)
			.saturating_add(Weight::from_parts(1_169_149_966, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(Weight::from_parts(0, 2).saturating_mul(w.into()))
	}
	fn read(w: u32, ) -> Weight {
		Weight::from_parts(913_582_072, 37987)
			.saturating_add(Weight::from_parts(1_950_769_149, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
			.saturating_add(Weight::from_parts(0, 2).saturating_mul(w.into()))
	}
	fn authorize_misread(w: u32, ) -> Weight {
		Weight::from_parts(654_177_289, 104701)
			.saturating_add(Weight::from_parts(742_513_821, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn misread(w: u32, ) -> Weight {
		Weight::from_parts(2_502_309_623, 110493)
			.saturating_add(Weight::from_parts(522_793_821, 0).saturating_mul(w.into()))
			.saturating_add(ParityDbWeight::get().reads(77_u64))
			.saturating_add(ParityDbWeight::get().writes(72_u64))
	}
	fn accuse(c: u32, ) -> Weight {
		Weight::from_parts(85_796_234, 31185)
			.saturating_add(Weight::from_parts(26_267_853, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn ruling(c: u32, ) -> Weight {
		Weight::from_parts(156_567_743, 12860)
			.saturating_add(Weight::from_parts(41_687_667, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(9_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2650).saturating_mul(c.into()))
	}
	fn ruling_next() -> Weight {
		Weight::from_parts(282_811_000, 35814)
			.saturating_add(ParityDbWeight::get().reads(11_u64))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
	}
	fn ruling_idle(c: u32, ) -> Weight {
		Weight::from_parts(278_079_173, 33422)
			.saturating_add(Weight::from_parts(46_640_452, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(11_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2650).saturating_mul(c.into()))
	}
	fn ruling_pending() -> Weight {
		Weight::from_parts(25_978_000, 12860)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
}
