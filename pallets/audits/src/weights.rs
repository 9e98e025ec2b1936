// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Weights, measured by frame-omni-bencher on 2 cores of AMD EPYC, 24 GiB.
//!
//! Written by `make weights` on 2026-11-22: 10 steps, 5 repetitions. Do not edit.

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
	fn declare(m: u32, ) -> Weight;
	fn authorize_declare(m: u32, ) -> Weight;
	fn is_auditable(v: u32, ) -> Weight;
	fn eligible(v: u32, ) -> Weight;
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
		// Fastest run: 16_836 nanoseconds.
		Weight::from_parts(21_672_000, 3662)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:1)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	fn reveal() -> Weight {
		// Fastest run: 18_747 nanoseconds.
		Weight::from_parts(24_497_000, 3662)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn authorize_commit() -> Weight {
		// Fastest run: 53_039 nanoseconds.
		Weight::from_parts(56_935_000, 3662)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn authorize_reveal() -> Weight {
		// Fastest run: 54_952 nanoseconds.
		Weight::from_parts(59_329_000, 3662)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `Audits::Seats` (r:100 w:1)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3345), added: 5820, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
	/// `a` is in `1..=99`.
	fn object(a: u32, ) -> Weight {
		// Fastest run: 61_502 nanoseconds.
		Weight::from_parts(105_422_093, 15295)
			// Standard error: 217_644.
			.saturating_add(Weight::from_parts(6_779_477, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	/// Storage: `Audits::Seats` (r:100 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3345), added: 5820, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// `a` is in `1..=99`.
	fn authorize_object(a: u32, ) -> Weight {
		// Fastest run: 69_083 nanoseconds.
		Weight::from_parts(66_968_415, 6810)
			// Standard error: 161_022.
			.saturating_add(Weight::from_parts(6_327_975, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	/// Storage: `Session::KeyOwner` (r:1 w:0)
	/// Proof: `Session::KeyOwner` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Power::Candidates` (r:1 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Declarations` (r:1 w:1)
	/// Proof: `Audits::Declarations` (`max_values`: None, `max_size`: Some(2102), added: 4577, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:64 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Auditors` (r:0 w:128)
	/// Proof: `Audits::Auditors` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `m` is in `0..=64`.
	fn declare(m: u32, ) -> Weight {
		// Fastest run: 30_545 nanoseconds.
		Weight::from_parts(42_479_405, 5567)
			// Standard error: 87_057.
			.saturating_add(Weight::from_parts(10_259_207, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(m.into())))
			.saturating_add(Weight::from_parts(0, 2773).saturating_mul(m.into()))
	}
	/// Storage: `Session::KeyOwner` (r:1 w:0)
	/// Proof: `Session::KeyOwner` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Power::Candidates` (r:1 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Declarations` (r:1 w:0)
	/// Proof: `Audits::Declarations` (`max_values`: None, `max_size`: Some(2102), added: 4577, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:64 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// `m` is in `0..=64`.
	fn authorize_declare(m: u32, ) -> Weight {
		// Fastest run: 65_778 nanoseconds.
		Weight::from_parts(77_386_257, 5567)
			// Standard error: 44_740.
			.saturating_add(Weight::from_parts(5_290_931, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(m.into())))
			.saturating_add(Weight::from_parts(0, 2773).saturating_mul(m.into()))
	}
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Audits::Auditors` (r:100 w:0)
	/// Proof: `Audits::Auditors` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `v` is in `1..=100`.
	fn is_auditable(v: u32, ) -> Weight {
		// Fastest run: 8_613 nanoseconds.
		Weight::from_parts(8_086_276, 1772)
			// Standard error: 73_810.
			.saturating_add(Weight::from_parts(2_678_299, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(v.into()))
	}
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Auditors` (r:100 w:0)
	/// Proof: `Audits::Auditors` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `v` is in `0..=100`.
	fn eligible(v: u32, ) -> Weight {
		// Fastest run: 4_487 nanoseconds.
		Weight::from_parts(8_607_100, 4268)
			// Standard error: 75_830.
			.saturating_add(Weight::from_parts(2_880_157, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(v.into()))
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
		// Fastest run: 18_908 nanoseconds.
		Weight::from_parts(23_014_000, 3510)
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
		// Fastest run: 8_032 nanoseconds.
		Weight::from_parts(6_509_684, 1799)
			// Standard error: 64_444.
			.saturating_add(Weight::from_parts(5_255_293, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2652).saturating_mul(v.into()))
	}
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:1)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueue` (r:1 w:1)
	/// Proof: `Audits::DrawQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3345), added: 5820, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:1 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Auditors` (r:100 w:0)
	/// Proof: `Audits::Auditors` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:0 w:100)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn draw(s: u32, ) -> Weight {
		// Fastest run: 31_126 nanoseconds.
		Weight::from_parts(55_862_854, 6810)
			// Standard error: 98_315.
			.saturating_add(Weight::from_parts(10_988_511, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(s.into()))
	}
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:1)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueue` (r:1 w:1)
	/// Proof: `Audits::DrawQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3345), added: 5820, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:0 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	fn skip_draw() -> Weight {
		// Fastest run: 11_096 nanoseconds.
		Weight::from_parts(13_090_000, 6810)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Audits::OldestDutyEra` (r:0 w:1)
	/// Proof: `Audits::OldestDutyEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// `r` is in `0..=100`.
	fn prune_duty_records(r: u32, ) -> Weight {
		// Fastest run: 3_605 nanoseconds.
		Weight::from_parts(5_822_097, 990)
			// Standard error: 4_545.
			.saturating_add(Weight::from_parts(1_251_711, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(r.into()))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3345), added: 5820, mode: `MaxEncodedLen`)
	/// Storage: `Audits::AuditPrice` (r:1 w:0)
	/// Proof: `Audits::AuditPrice` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:1)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:1 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueue` (r:0 w:1)
	/// Proof: `Audits::DrawQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	fn open() -> Weight {
		// Fastest run: 15_002 nanoseconds.
		Weight::from_parts(19_889_000, 6810)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3345), added: 5820, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:100 w:100)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:100 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(121), added: 2596, mode: `MaxEncodedLen`)
	/// Storage: `Audits::RecentOutputs` (r:1 w:0)
	/// Proof: `Audits::RecentOutputs` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
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
		// Fastest run: 47_211 nanoseconds.
		Weight::from_parts(93_343_673, 15295)
			// Standard error: 465_436.
			.saturating_add(Weight::from_parts(26_298_545, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3345), added: 5820, mode: `MaxEncodedLen`)
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
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Session::NextKeys` (r:100 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(803), added: 3278, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Auditors` (r:100 w:0)
	/// Proof: `Audits::Auditors` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `s` is in `2..=100`.
	fn end_round(s: u32, ) -> Weight {
		// Fastest run: 132_767 nanoseconds.
		Weight::from_parts(48_792_951, 6810)
			// Standard error: 1_660_203.
			.saturating_add(Weight::from_parts(61_038_512, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 3090).saturating_mul(s.into()))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3345), added: 5820, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:100 w:100)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(11830), added: 14305, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn abandon(s: u32, ) -> Weight {
		// Fastest run: 12_248 nanoseconds.
		Weight::from_parts(35_734_653, 15295)
			// Standard error: 528_728.
			.saturating_add(Weight::from_parts(16_071_854, 0).saturating_mul(s.into()))
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
		Weight::from_parts(21_672_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn reveal() -> Weight {
		Weight::from_parts(24_497_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn authorize_commit() -> Weight {
		Weight::from_parts(56_935_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
	}
	fn authorize_reveal() -> Weight {
		Weight::from_parts(59_329_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
	}
	fn object(a: u32, ) -> Weight {
		Weight::from_parts(105_422_093, 15295)
			.saturating_add(Weight::from_parts(6_779_477, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	fn authorize_object(a: u32, ) -> Weight {
		Weight::from_parts(66_968_415, 6810)
			.saturating_add(Weight::from_parts(6_327_975, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	fn declare(m: u32, ) -> Weight {
		Weight::from_parts(42_479_405, 5567)
			.saturating_add(Weight::from_parts(10_259_207, 0).saturating_mul(m.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(m.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(m.into())))
			.saturating_add(Weight::from_parts(0, 2773).saturating_mul(m.into()))
	}
	fn authorize_declare(m: u32, ) -> Weight {
		Weight::from_parts(77_386_257, 5567)
			.saturating_add(Weight::from_parts(5_290_931, 0).saturating_mul(m.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(m.into())))
			.saturating_add(Weight::from_parts(0, 2773).saturating_mul(m.into()))
	}
	fn is_auditable(v: u32, ) -> Weight {
		Weight::from_parts(8_086_276, 1772)
			.saturating_add(Weight::from_parts(2_678_299, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(v.into()))
	}
	fn eligible(v: u32, ) -> Weight {
		Weight::from_parts(8_607_100, 4268)
			.saturating_add(Weight::from_parts(2_880_157, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(v.into()))
	}
	fn on_initialize() -> Weight {
		Weight::from_parts(23_014_000, 3510)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn poll(v: u32, ) -> Weight {
		Weight::from_parts(6_509_684, 1799)
			.saturating_add(Weight::from_parts(5_255_293, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2652).saturating_mul(v.into()))
	}
	fn draw(s: u32, ) -> Weight {
		Weight::from_parts(55_862_854, 6810)
			.saturating_add(Weight::from_parts(10_988_511, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(s.into()))
	}
	fn skip_draw() -> Weight {
		Weight::from_parts(13_090_000, 6810)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn prune_duty_records(r: u32, ) -> Weight {
		Weight::from_parts(5_822_097, 990)
			.saturating_add(Weight::from_parts(1_251_711, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(r.into()))
	}
	fn open() -> Weight {
		Weight::from_parts(19_889_000, 6810)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn conclude(s: u32, ) -> Weight {
		Weight::from_parts(93_343_673, 15295)
			.saturating_add(Weight::from_parts(26_298_545, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
			.saturating_add(ParityDbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
	fn end_round(s: u32, ) -> Weight {
		Weight::from_parts(48_792_951, 6810)
			.saturating_add(Weight::from_parts(61_038_512, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().reads((6_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 3090).saturating_mul(s.into()))
	}
	fn abandon(s: u32, ) -> Weight {
		Weight::from_parts(35_734_653, 15295)
			.saturating_add(Weight::from_parts(16_071_854, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
}
