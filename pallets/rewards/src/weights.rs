// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Weights, measured by frame-omni-bencher on 2 cores of AMD EPYC, 24 GiB.
//!
//! Written by `make weights` on 2026-11-22: 10 steps, 5 repetitions. Do not edit.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens, missing_docs, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// What calls and hooks of `pallet_rewards` cost.
pub trait WeightInfo {
	fn claim() -> Weight;
	fn note_block(s: u32, ) -> Weight;
	fn settle(v: u32, ) -> Weight;
}

/// The measured weights, with the database that the runtime is configured for.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Rewards::Accounts` (r:1 w:1)
	/// Proof: `Rewards::Accounts` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Total` (r:1 w:1)
	/// Proof: `Rewards::Total` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
	fn claim() -> Weight {
		// Fastest run: 64_817 nanoseconds.
		Weight::from_parts(85_246_000, 6196)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Eras` (r:1 w:0)
	/// Proof: `Rewards::Eras` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::EraWorks` (r:17 w:17)
	/// Proof: `Rewards::EraWorks` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:17 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Power::PowerCap` (r:1 w:0)
	/// Proof: `Power::PowerCap` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// `s` is in `0..=16`.
	fn note_block(s: u32, ) -> Weight {
		// Fastest run: 18_267 nanoseconds.
		Weight::from_parts(23_042_210, 3614)
			// Standard error: 126_140.
			.saturating_add(Weight::from_parts(10_352_767, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2624).saturating_mul(s.into()))
	}
	/// Storage: `Rewards::Eras` (r:1 w:1)
	/// Proof: `Rewards::Eras` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::EraWorks` (r:101 w:100)
	/// Proof: `Rewards::EraWorks` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:100 w:0)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(88), added: 2563, mode: `MaxEncodedLen`)
	/// Storage: `Power::HeldSprints` (r:1 w:0)
	/// Proof: `Power::HeldSprints` (`max_values`: Some(1), `max_size`: Some(101), added: 596, mode: `MaxEncodedLen`)
	/// Storage: `Power::EraWorks` (r:100 w:0)
	/// Proof: `Power::EraWorks` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:100 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Total` (r:1 w:1)
	/// Proof: `Rewards::Total` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Accounts` (r:100 w:100)
	/// Proof: `Rewards::Accounts` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::OldestEra` (r:0 w:1)
	/// Proof: `Rewards::OldestEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// `v` is in `0..=100`.
	fn settle(v: u32, ) -> Weight {
		// Fastest run: 13_100 nanoseconds.
		Weight::from_parts(14_061_000, 3640)
			// Standard error: 721_841.
			.saturating_add(Weight::from_parts(39_539_371, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(v.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2624).saturating_mul(v.into()))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn claim() -> Weight {
		Weight::from_parts(85_246_000, 6196)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn note_block(s: u32, ) -> Weight {
		Weight::from_parts(23_042_210, 3614)
			.saturating_add(Weight::from_parts(10_352_767, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2624).saturating_mul(s.into()))
	}
	fn settle(v: u32, ) -> Weight {
		Weight::from_parts(14_061_000, 3640)
			.saturating_add(Weight::from_parts(39_539_371, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(v.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2624).saturating_mul(v.into()))
	}
}
