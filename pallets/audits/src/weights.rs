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
	fn object(a: u32, ) -> Weight;
	fn authorize_object(a: u32, ) -> Weight;
	fn on_initialize() -> Weight;
	fn poll(v: u32, ) -> Weight;
	fn draw(s: u32, ) -> Weight;
	fn skip_draw() -> Weight;
	fn prune_duty_records(r: u32, ) -> Weight;
	fn open() -> Weight;
	fn conclude(s: u32, ) -> Weight;
	fn end_round(s: u32, ) -> Weight;
	fn abandon(s: u32, ) -> Weight;
}

/// The measured weights, with the database that the runtime is configured for.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Audits::Seats` (r:1 w:1)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	fn commit() -> Weight {
		// Fastest run: 24_982 nanoseconds.
		Weight::from_parts(51_350_000, 3662)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:1)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	fn reveal() -> Weight {
		// Fastest run: 25_722 nanoseconds.
		Weight::from_parts(33_328_000, 3662)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn authorize_commit() -> Weight {
		// Fastest run: 78_123 nanoseconds.
		Weight::from_parts(94_761_000, 3662)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn authorize_reveal() -> Weight {
		// Fastest run: 77_248 nanoseconds.
		Weight::from_parts(131_864_000, 3662)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `Audits::Seats` (r:100 w:1)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(734), added: 3209, mode: `MaxEncodedLen`)
	/// `a` is in `1..=99`.
	fn object(a: u32, ) -> Weight {
		// Fastest run: 156_414 nanoseconds.
		Weight::from_parts(210_617_761, 9851)
			// Standard error: 590_869.
			.saturating_add(Weight::from_parts(9_902_320, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	/// Storage: `Audits::Seats` (r:100 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// `a` is in `1..=99`.
	fn authorize_object(a: u32, ) -> Weight {
		// Fastest run: 93_679 nanoseconds.
		Weight::from_parts(102_973_962, 6774)
			// Standard error: 101_446.
			.saturating_add(Weight::from_parts(8_231_477, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	/// Storage: `Audits::RecentOutputs` (r:1 w:1)
	/// Proof: `Audits::RecentOutputs` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	/// Storage: `Babe::AuthorVrfRandomness` (r:1 w:0)
	/// Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
	/// Storage: `System::ParentHash` (r:1 w:0)
	/// Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:1 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `Audits::AuditBacklog` (r:1 w:1)
	/// Proof: `Audits::AuditBacklog` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Audits::AuditPrice` (r:1 w:1)
	/// Proof: `Audits::AuditPrice` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	fn on_initialize() -> Weight {
		// Fastest run: 25_662 nanoseconds.
		Weight::from_parts(30_719_000, 3510)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
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
		// Fastest run: 9_833 nanoseconds.
		Weight::from_parts(10_461_000, 1729)
			// Standard error: 214_267.
			.saturating_add(Weight::from_parts(7_845_271, 0).saturating_mul(v.into()))
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
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn draw(s: u32, ) -> Weight {
		// Fastest run: 38_613 nanoseconds.
		Weight::from_parts(164_872_629, 6774)
			// Standard error: 544_111.
			.saturating_add(Weight::from_parts(11_719_555, 0).saturating_mul(s.into()))
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
		// Fastest run: 14_696 nanoseconds.
		Weight::from_parts(18_251_000, 6774)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Audits::OldestDutyEra` (r:0 w:1)
	/// Proof: `Audits::OldestDutyEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// `r` is in `0..=100`.
	fn prune_duty_records(r: u32, ) -> Weight {
		// Fastest run: 4_403 nanoseconds.
		Weight::from_parts(6_916_976, 990)
			// Standard error: 7_608.
			.saturating_add(Weight::from_parts(1_502_614, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(r.into()))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `Audits::AuditPrice` (r:1 w:0)
	/// Proof: `Audits::AuditPrice` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:1)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:1 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueue` (r:0 w:1)
	/// Proof: `Audits::DrawQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	fn open() -> Weight {
		// Fastest run: 18_472 nanoseconds.
		Weight::from_parts(24_504_000, 6774)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:100 w:100)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
	/// Storage: `Audits::RecentOutputs` (r:1 w:0)
	/// Proof: `Audits::RecentOutputs` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	/// Storage: `Audits::AuditBacklog` (r:1 w:1)
	/// Proof: `Audits::AuditBacklog` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::EraWorks` (r:100 w:100)
	/// Proof: `Power::EraWorks` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// `s` is in `1..=100`.
	fn conclude(s: u32, ) -> Weight {
		// Fastest run: 54_370 nanoseconds.
		Weight::from_parts(56_177_000, 9851)
			// Standard error: 536_310.
			.saturating_add(Weight::from_parts(25_654_953, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:100 w:50)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:50 w:50)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::EraWorks` (r:50 w:50)
	/// Proof: `Power::EraWorks` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:50 w:50)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:50 w:50)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:51 w:51)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Audits::AuditBacklog` (r:1 w:1)
	/// Proof: `Audits::AuditBacklog` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// `s` is in `2..=100`.
	fn end_round(s: u32, ) -> Weight {
		// Fastest run: 146_640 nanoseconds.
		Weight::from_parts(149_996_000, 6774)
			// Standard error: 1_128_711.
			.saturating_add(Weight::from_parts(58_961_828, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3309), added: 5784, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:100 w:100)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(6386), added: 8861, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn abandon(s: u32, ) -> Weight {
		// Fastest run: 18_192 nanoseconds.
		Weight::from_parts(18_620_000, 9851)
			// Standard error: 295_634.
			.saturating_add(Weight::from_parts(19_802_835, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn commit() -> Weight {
		Weight::from_parts(51_350_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn reveal() -> Weight {
		Weight::from_parts(33_328_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn authorize_commit() -> Weight {
		Weight::from_parts(94_761_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
	}
	fn authorize_reveal() -> Weight {
		Weight::from_parts(131_864_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
	}
	fn object(a: u32, ) -> Weight {
		Weight::from_parts(210_617_761, 9851)
			.saturating_add(Weight::from_parts(9_902_320, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	fn authorize_object(a: u32, ) -> Weight {
		Weight::from_parts(102_973_962, 6774)
			.saturating_add(Weight::from_parts(8_231_477, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	fn on_initialize() -> Weight {
		Weight::from_parts(30_719_000, 3510)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn poll(v: u32, ) -> Weight {
		Weight::from_parts(10_461_000, 1729)
			.saturating_add(Weight::from_parts(7_845_271, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2652).saturating_mul(v.into()))
	}
	fn draw(s: u32, ) -> Weight {
		Weight::from_parts(164_872_629, 6774)
			.saturating_add(Weight::from_parts(11_719_555, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(s.into()))
	}
	fn skip_draw() -> Weight {
		Weight::from_parts(18_251_000, 6774)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn prune_duty_records(r: u32, ) -> Weight {
		Weight::from_parts(6_916_976, 990)
			.saturating_add(Weight::from_parts(1_502_614, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(r.into()))
	}
	fn open() -> Weight {
		Weight::from_parts(24_504_000, 6774)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn conclude(s: u32, ) -> Weight {
		Weight::from_parts(56_177_000, 9851)
			.saturating_add(Weight::from_parts(25_654_953, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((3_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
			.saturating_add(ParityDbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
	fn end_round(s: u32, ) -> Weight {
		Weight::from_parts(149_996_000, 6774)
			.saturating_add(Weight::from_parts(58_961_828, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
	fn abandon(s: u32, ) -> Weight {
		Weight::from_parts(18_620_000, 9851)
			.saturating_add(Weight::from_parts(19_802_835, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
}
