// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Weights, measured by frame-omni-bencher on 2 cores of Intel(R) Xeon(R) Processor, 24 GiB.
//!
//! Written by `make weights` on 2026-11-21: 10 steps, 5 repetitions. Do not edit.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens, missing_docs, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// What calls and hooks of `pallet_audits` cost.
pub trait WeightInfo {
	fn commit() -> Weight;
	fn reveal() -> Weight;
	fn authorize_commit() -> Weight;
	fn authorize_reveal() -> Weight;
	fn on_initialize() -> Weight;
	fn poll(v: u32, ) -> Weight;
	fn draw(s: u32, ) -> Weight;
	fn skip_draw() -> Weight;
	fn prune_duty_records(r: u32, ) -> Weight;
	fn open() -> Weight;
	fn conclude(s: u32, ) -> Weight;
	fn abandon(s: u32, ) -> Weight;
}

/// The measured weights, with the database that the runtime is configured for.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Audits::Seats` (r:1 w:1)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(196), added: 2671, mode: `MaxEncodedLen`)
	fn commit() -> Weight {
		// Fastest run: 36_229 nanoseconds.
		Weight::from_parts(50_535_000, 3661)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:1)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(196), added: 2671, mode: `MaxEncodedLen`)
	fn reveal() -> Weight {
		// Fastest run: 41_549 nanoseconds.
		Weight::from_parts(50_232_000, 3661)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(196), added: 2671, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn authorize_commit() -> Weight {
		// Fastest run: 111_537 nanoseconds.
		Weight::from_parts(134_087_000, 3661)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(196), added: 2671, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn authorize_reveal() -> Weight {
		// Fastest run: 120_839 nanoseconds.
		Weight::from_parts(142_975_000, 3661)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `Audits::RecentOutputs` (r:1 w:1)
	/// Proof: `Audits::RecentOutputs` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	/// Storage: `Babe::AuthorVrfRandomness` (r:1 w:0)
	/// Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
	/// Storage: `System::ParentHash` (r:1 w:0)
	/// Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:1 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	fn on_initialize() -> Weight {
		// Fastest run: 29_703 nanoseconds.
		Weight::from_parts(36_640_000, 3510)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:0)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Audits::OldestDutyEra` (r:1 w:0)
	/// Proof: `Audits::OldestDutyEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Session::NextKeys` (r:100 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `v` is in `0..=100`.
	fn poll(v: u32, ) -> Weight {
		// Fastest run: 17_264 nanoseconds.
		Weight::from_parts(19_632_031, 1729)
			// Standard error: 322_333.
			.saturating_add(Weight::from_parts(11_352_143, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2652).saturating_mul(v.into()))
	}
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:1)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueue` (r:1 w:1)
	/// Proof: `Audits::DrawQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:1 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:0 w:100)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(196), added: 2671, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn draw(s: u32, ) -> Weight {
		// Fastest run: 46_748 nanoseconds.
		Weight::from_parts(72_586_734, 6774)
			// Standard error: 638_625.
			.saturating_add(Weight::from_parts(16_248_846, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(s.into()))
	}
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:1)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueue` (r:1 w:1)
	/// Proof: `Audits::DrawQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:0 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	fn skip_draw() -> Weight {
		// Fastest run: 16_911 nanoseconds.
		Weight::from_parts(29_771_000, 6774)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Audits::OldestDutyEra` (r:0 w:1)
	/// Proof: `Audits::OldestDutyEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// `r` is in `0..=100`.
	fn prune_duty_records(r: u32, ) -> Weight {
		// Fastest run: 5_226 nanoseconds.
		Weight::from_parts(14_270_374, 990)
			// Standard error: 3_629.
			.saturating_add(Weight::from_parts(2_337_437, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(r.into()))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:1)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:1 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueue` (r:0 w:1)
	/// Proof: `Audits::DrawQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	fn open() -> Weight {
		// Fastest run: 19_994 nanoseconds.
		Weight::from_parts(37_498_000, 6774)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:100 w:100)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(196), added: 2671, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::EraWorks` (r:100 w:100)
	/// Proof: `Power::EraWorks` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:50 w:50)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:50 w:50)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:51 w:51)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2784), added: 5259, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn conclude(s: u32, ) -> Weight {
		// Fastest run: 31_660 nanoseconds.
		Weight::from_parts(35_171_000, 14150)
			// Standard error: 1_723_853.
			.saturating_add(Weight::from_parts(90_487_633, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2671).saturating_mul(s.into()))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:100 w:100)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(196), added: 2671, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(2784), added: 5259, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn abandon(s: u32, ) -> Weight {
		// Fastest run: 20_493 nanoseconds.
		Weight::from_parts(22_657_000, 6774)
			// Standard error: 630_347.
			.saturating_add(Weight::from_parts(29_455_734, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2671).saturating_mul(s.into()))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn commit() -> Weight {
		Weight::from_parts(50_535_000, 3661)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn reveal() -> Weight {
		Weight::from_parts(50_232_000, 3661)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn authorize_commit() -> Weight {
		Weight::from_parts(134_087_000, 3661)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
	}
	fn authorize_reveal() -> Weight {
		Weight::from_parts(142_975_000, 3661)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
	}
	fn on_initialize() -> Weight {
		Weight::from_parts(36_640_000, 3510)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn poll(v: u32, ) -> Weight {
		Weight::from_parts(19_632_031, 1729)
			.saturating_add(Weight::from_parts(11_352_143, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2652).saturating_mul(v.into()))
	}
	fn draw(s: u32, ) -> Weight {
		Weight::from_parts(72_586_734, 6774)
			.saturating_add(Weight::from_parts(16_248_846, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(s.into()))
	}
	fn skip_draw() -> Weight {
		Weight::from_parts(29_771_000, 6774)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn prune_duty_records(r: u32, ) -> Weight {
		Weight::from_parts(14_270_374, 990)
			.saturating_add(Weight::from_parts(2_337_437, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(r.into()))
	}
	fn open() -> Weight {
		Weight::from_parts(37_498_000, 6774)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn conclude(s: u32, ) -> Weight {
		Weight::from_parts(35_171_000, 14150)
			.saturating_add(Weight::from_parts(90_487_633, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2671).saturating_mul(s.into()))
	}
	fn abandon(s: u32, ) -> Weight {
		Weight::from_parts(22_657_000, 6774)
			.saturating_add(Weight::from_parts(29_455_734, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2671).saturating_mul(s.into()))
	}
}
