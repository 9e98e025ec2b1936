// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Weights, measured by frame-omni-bencher on 2 cores of AMD EPYC, 24 GiB.
//!
//! Written by `make weights` on 2026-11-22: 10 steps, 5 repetitions. Do not edit.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens, missing_docs, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// What calls and hooks of `pallet_power` cost.
pub trait WeightInfo {
	fn join() -> Weight;
	fn bond_more() -> Weight;
	fn leave() -> Weight;
	fn withdraw() -> Weight;
	fn rejoin() -> Weight;
	fn new_session(c: u32, ) -> Weight;
	fn start_session(v: u32, ) -> Weight;
	fn count(c: u32, ) -> Weight;
	fn start_era(c: u32, ) -> Weight;
	fn on_offence(o: u32, ) -> Weight;
	fn report_absence() -> Weight;
	fn remove_work(r: u32, ) -> Weight;
	fn remove_slashes(r: u32, ) -> Weight;
}

/// The measured weights, with the database that the runtime is configured for.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Power::Candidates` (r:2 w:2)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Power::Unbondings` (r:1 w:1)
	/// Proof: `Power::Unbondings` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	/// Storage: `Session::NextKeys` (r:1 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Power::CounterForCandidates` (r:1 w:1)
	/// Proof: `Power::CounterForCandidates` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::WeakPower` (r:1 w:0)
	/// Proof: `Power::WeakPower` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Session::QueuedKeys` (r:1 w:0)
	/// Proof: `Session::QueuedKeys` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Power::PowerCap` (r:1 w:0)
	/// Proof: `Power::PowerCap` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Power::TotalPower` (r:1 w:1)
	/// Proof: `Power::TotalPower` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Power::EraWorks` (r:24 w:0)
	/// Proof: `Power::EraWorks` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	fn join() -> Weight {
		// Fastest run: 248_950 nanoseconds.
		Weight::from_parts(289_000_000, 62526)
			.saturating_add(T::DbWeight::get().reads(38_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Power::Candidates` (r:1 w:1)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	fn bond_more() -> Weight {
		// Fastest run: 59_508 nanoseconds.
		Weight::from_parts(82_613_000, 3640)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Power::Candidates` (r:1 w:1)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::PowerCap` (r:1 w:0)
	/// Proof: `Power::PowerCap` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Power::TotalPower` (r:1 w:1)
	/// Proof: `Power::TotalPower` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Power::CounterForCandidates` (r:1 w:1)
	/// Proof: `Power::CounterForCandidates` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::Unbondings` (r:0 w:1)
	/// Proof: `Power::Unbondings` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	fn leave() -> Weight {
		// Fastest run: 25_187 nanoseconds.
		Weight::from_parts(30_105_000, 3614)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Power::Unbondings` (r:1 w:1)
	/// Proof: `Power::Unbondings` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	fn withdraw() -> Weight {
		// Fastest run: 52_549 nanoseconds.
		Weight::from_parts(61_352_000, 3640)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Power::Candidates` (r:1 w:1)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Power::Unbondings` (r:1 w:1)
	/// Proof: `Power::Unbondings` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	/// Storage: `Power::CounterForCandidates` (r:1 w:1)
	/// Proof: `Power::CounterForCandidates` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Session::NextKeys` (r:1 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::EraWorks` (r:24 w:0)
	/// Proof: `Power::EraWorks` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	fn rejoin() -> Weight {
		// Fastest run: 137_615 nanoseconds.
		Weight::from_parts(145_576_000, 62526)
			.saturating_add(T::DbWeight::get().reads(30_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::PowerCap` (r:1 w:0)
	/// Proof: `Power::PowerCap` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:1101 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Session::NextKeys` (r:1100 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Power::Unbondings` (r:133 w:67)
	/// Proof: `Power::Unbondings` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	/// `c` is in `1..=1000`.
	fn new_session(c: u32, ) -> Weight {
		// Fastest run: 1_740_470 nanoseconds.
		Weight::from_parts(1_474_460_299, 312155)
			// Standard error: 983_802.
			.saturating_add(Weight::from_parts(16_020_803, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(326_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(67_u64))
			.saturating_add(Weight::from_parts(0, 2705).saturating_mul(c.into()))
	}
	/// Storage: `Power::EraStart` (r:1 w:0)
	/// Proof: `Power::EraStart` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Historical::StoredRange` (r:1 w:1)
	/// Proof: `Historical::StoredRange` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Power::Candidates` (r:100 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Power::Unbondings` (r:100 w:0)
	/// Proof: `Power::Unbondings` (`max_values`: None, `max_size`: Some(77), added: 2552, mode: `MaxEncodedLen`)
	/// Storage: `Session::DisabledValidators` (r:1 w:1)
	/// Proof: `Session::DisabledValidators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Historical::HistoricalSessions` (r:0 w:1)
	/// Proof: `Historical::HistoricalSessions` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// `v` is in `1..=100`.
	fn start_session(v: u32, ) -> Weight {
		// Fastest run: 33_871 nanoseconds.
		Weight::from_parts(9_874_503, 3760)
			// Standard error: 131_908.
			.saturating_add(Weight::from_parts(21_448_077, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(v.into())))
			.saturating_add(T::DbWeight::get().writes(3_u64))
			.saturating_add(Weight::from_parts(0, 2624).saturating_mul(v.into()))
	}
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Power::EraStart` (r:1 w:0)
	/// Proof: `Power::EraStart` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::CountCursor` (r:1 w:1)
	/// Proof: `Power::CountCursor` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:1000 w:999)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Power::HeldSprints` (r:1 w:0)
	/// Proof: `Power::HeldSprints` (`max_values`: Some(1), `max_size`: Some(101), added: 596, mode: `MaxEncodedLen`)
	/// Storage: `Power::EraWorks` (r:12987 w:0)
	/// Proof: `Power::EraWorks` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `Power::BookEra` (r:0 w:1)
	/// Proof: `Power::BookEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// `c` is in `0..=999`.
	fn count(c: u32, ) -> Weight {
		// Fastest run: 16_034 nanoseconds.
		Weight::from_parts(16_425_000, 6475)
			// Standard error: 1_813_063.
			.saturating_add(Weight::from_parts(79_977_902, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().reads((14_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 33332).saturating_mul(c.into()))
	}
	/// Storage: `Power::CurrentEra` (r:1 w:1)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::HeldSprints` (r:1 w:0)
	/// Proof: `Power::HeldSprints` (`max_values`: Some(1), `max_size`: Some(101), added: 596, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:1001 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Rewards::Eras` (r:0 w:1)
	/// Proof: `Rewards::Eras` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Power::WeakPower` (r:0 w:1)
	/// Proof: `Power::WeakPower` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Power::CountCursor` (r:0 w:1)
	/// Proof: `Power::CountCursor` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Power::EraStart` (r:0 w:1)
	/// Proof: `Power::EraStart` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::TotalPower` (r:0 w:1)
	/// Proof: `Power::TotalPower` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Power::PowerCap` (r:0 w:1)
	/// Proof: `Power::PowerCap` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Power::BookEra` (r:0 w:1)
	/// Proof: `Power::BookEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Sprints::Current` (r:0 w:1)
	/// Proof: `Sprints::Current` (`max_values`: Some(1), `max_size`: Some(202), added: 697, mode: `MaxEncodedLen`)
	/// `c` is in `1..=1000`.
	fn start_era(c: u32, ) -> Weight {
		// Fastest run: 27_110 nanoseconds.
		Weight::from_parts(29_554_000, 3614)
			// Standard error: 193_576.
			.saturating_add(Weight::from_parts(6_572_126, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(9_u64))
			.saturating_add(Weight::from_parts(0, 2624).saturating_mul(c.into()))
	}
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Power::OffenceSlashes` (r:100 w:100)
	/// Proof: `Power::OffenceSlashes` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:100 w:100)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:100 w:100)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1701 w:1701)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::PowerCap` (r:1 w:0)
	/// Proof: `Power::PowerCap` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Session::DisabledValidators` (r:1 w:1)
	/// Proof: `Session::DisabledValidators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// `o` is in `1..=100`.
	fn on_offence(o: u32, ) -> Weight {
		// Fastest run: 421_537 nanoseconds.
		Weight::from_parts(926_034_564, 3593)
			// Standard error: 13_769_849.
			.saturating_add(Weight::from_parts(547_182_130, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().reads((20_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((20_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 44251).saturating_mul(o.into()))
	}
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Offences::ConcurrentReportsIndex` (r:1 w:1)
	/// Proof: `Offences::ConcurrentReportsIndex` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Offences::Reports` (r:1 w:1)
	/// Proof: `Offences::Reports` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Power::Candidates` (r:1 w:1)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::PowerCap` (r:1 w:0)
	/// Proof: `Power::PowerCap` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Session::DisabledValidators` (r:1 w:1)
	/// Proof: `Session::DisabledValidators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	fn report_absence() -> Weight {
		// Fastest run: 144_945 nanoseconds.
		Weight::from_parts(206_146_000, 8232)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Power::EraWorks` (r:100 w:100)
	/// Proof: `Power::EraWorks` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `Power::OldestEra` (r:0 w:1)
	/// Proof: `Power::OldestEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// `r` is in `0..=100`.
	fn remove_work(r: u32, ) -> Weight {
		// Fastest run: 3_546 nanoseconds.
		Weight::from_parts(3_329_112, 990)
			// Standard error: 1_942.
			.saturating_add(Weight::from_parts(943_033, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2564).saturating_mul(r.into()))
	}
	/// Storage: `Power::OldestSlashes` (r:1 w:1)
	/// Proof: `Power::OldestSlashes` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Power::OffenceSlashes` (r:100 w:100)
	/// Proof: `Power::OffenceSlashes` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `r` is in `0..=100`.
	fn remove_slashes(r: u32, ) -> Weight {
		// Fastest run: 9_805 nanoseconds.
		Weight::from_parts(11_453_321, 1800)
			// Standard error: 3_757.
			.saturating_add(Weight::from_parts(989_334, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(r.into()))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn join() -> Weight {
		Weight::from_parts(289_000_000, 62526)
			.saturating_add(ParityDbWeight::get().reads(38_u64))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
	}
	fn bond_more() -> Weight {
		Weight::from_parts(82_613_000, 3640)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn leave() -> Weight {
		Weight::from_parts(30_105_000, 3614)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(61_352_000, 3640)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn rejoin() -> Weight {
		Weight::from_parts(145_576_000, 62526)
			.saturating_add(ParityDbWeight::get().reads(30_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn new_session(c: u32, ) -> Weight {
		Weight::from_parts(1_474_460_299, 312155)
			.saturating_add(Weight::from_parts(16_020_803, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(326_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(67_u64))
			.saturating_add(Weight::from_parts(0, 2705).saturating_mul(c.into()))
	}
	fn start_session(v: u32, ) -> Weight {
		Weight::from_parts(9_874_503, 3760)
			.saturating_add(Weight::from_parts(21_448_077, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(v.into())))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
			.saturating_add(Weight::from_parts(0, 2624).saturating_mul(v.into()))
	}
	fn count(c: u32, ) -> Weight {
		Weight::from_parts(16_425_000, 6475)
			.saturating_add(Weight::from_parts(79_977_902, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().reads((14_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 33332).saturating_mul(c.into()))
	}
	fn start_era(c: u32, ) -> Weight {
		Weight::from_parts(29_554_000, 3614)
			.saturating_add(Weight::from_parts(6_572_126, 0).saturating_mul(c.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(c.into())))
			.saturating_add(ParityDbWeight::get().writes(9_u64))
			.saturating_add(Weight::from_parts(0, 2624).saturating_mul(c.into()))
	}
	fn on_offence(o: u32, ) -> Weight {
		Weight::from_parts(926_034_564, 3593)
			.saturating_add(Weight::from_parts(547_182_130, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().reads((20_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
			.saturating_add(ParityDbWeight::get().writes((20_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 44251).saturating_mul(o.into()))
	}
	fn report_absence() -> Weight {
		Weight::from_parts(206_146_000, 8232)
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn remove_work(r: u32, ) -> Weight {
		Weight::from_parts(3_329_112, 990)
			.saturating_add(Weight::from_parts(943_033, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2564).saturating_mul(r.into()))
	}
	fn remove_slashes(r: u32, ) -> Weight {
		Weight::from_parts(11_453_321, 1800)
			.saturating_add(Weight::from_parts(989_334, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(r.into()))
	}
}
