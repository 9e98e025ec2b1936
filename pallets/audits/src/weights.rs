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
	fn votes_at_stake(s: u32, ) -> Weight;
	fn end_round(s: u32, ) -> Weight;
}

/// The measured weights, with the database that the runtime is configured for.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Audits::Seats` (r:1 w:1)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	fn commit() -> Weight {
		// Fastest run: 17_406 nanoseconds.
		Weight::from_parts(23_775_000, 3662)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:1)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	fn reveal() -> Weight {
		// Fastest run: 20_020 nanoseconds.
		Weight::from_parts(34_251_000, 3662)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn authorize_commit() -> Weight {
		// Fastest run: 57_646 nanoseconds.
		Weight::from_parts(63_154_000, 3662)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `Audits::Seats` (r:1 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn authorize_reveal() -> Weight {
		// Fastest run: 59_168 nanoseconds.
		Weight::from_parts(64_596_000, 3662)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `Audits::Seats` (r:100 w:1)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Sprints::Leaves` (r:1 w:0)
	/// Proof: `Sprints::Leaves` (`max_values`: None, `max_size`: Some(21787), added: 24262, mode: `MaxEncodedLen`)
	/// `a` is in `1..=99`.
	fn object(a: u32, ) -> Weight {
		// Fastest run: 72_067 nanoseconds.
		Weight::from_parts(100_535_599, 25252)
			// Standard error: 211_952.
			.saturating_add(Weight::from_parts(6_805_596, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	/// Storage: `Audits::Seats` (r:100 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// `a` is in `1..=99`.
	fn authorize_object(a: u32, ) -> Weight {
		// Fastest run: 74_000 nanoseconds.
		Weight::from_parts(75_179_507, 6811)
			// Standard error: 176_400.
			.saturating_add(Weight::from_parts(6_808_203, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	/// Storage: `Session::KeyOwner` (r:1 w:0)
	/// Proof: `Session::KeyOwner` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Power::Candidates` (r:1 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Declarations` (r:1 w:1)
	/// Proof: `Audits::Declarations` (`max_values`: None, `max_size`: Some(2102), added: 4577, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:64 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Auditors` (r:0 w:128)
	/// Proof: `Audits::Auditors` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `m` is in `0..=64`.
	fn declare(m: u32, ) -> Weight {
		// Fastest run: 30_345 nanoseconds.
		Weight::from_parts(37_838_224, 5567)
			// Standard error: 42_217.
			.saturating_add(Weight::from_parts(9_636_401, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(m.into())))
			.saturating_add(Weight::from_parts(0, 2773).saturating_mul(m.into()))
	}
	/// Storage: `Session::KeyOwner` (r:1 w:0)
	/// Proof: `Session::KeyOwner` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Power::Candidates` (r:1 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Declarations` (r:1 w:0)
	/// Proof: `Audits::Declarations` (`max_values`: None, `max_size`: Some(2102), added: 4577, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:64 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// `m` is in `0..=64`.
	fn authorize_declare(m: u32, ) -> Weight {
		// Fastest run: 69_503 nanoseconds.
		Weight::from_parts(75_738_874, 5567)
			// Standard error: 13_138.
			.saturating_add(Weight::from_parts(4_449_676, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(m.into())))
			.saturating_add(Weight::from_parts(0, 2773).saturating_mul(m.into()))
	}
	/// Storage: `Babe::Authorities` (r:1 w:0)
	/// Proof: `Babe::Authorities` (`max_values`: Some(1), `max_size`: Some(4002), added: 4497, mode: `MaxEncodedLen`)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Audits::Auditors` (r:100 w:0)
	/// Proof: `Audits::Auditors` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `v` is in `1..=100`.
	fn is_auditable(v: u32, ) -> Weight {
		// Fastest run: 15_643 nanoseconds.
		Weight::from_parts(14_274_050, 5487)
			// Standard error: 44_212.
			.saturating_add(Weight::from_parts(2_783_442, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(v.into()))
	}
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Auditors` (r:100 w:0)
	/// Proof: `Audits::Auditors` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `v` is in `0..=100`.
	fn eligible(v: u32, ) -> Weight {
		// Fastest run: 5_448 nanoseconds.
		Weight::from_parts(21_154_145, 4276)
			// Standard error: 36_347.
			.saturating_add(Weight::from_parts(2_783_069, 0).saturating_mul(v.into()))
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
		// Fastest run: 19_158 nanoseconds.
		Weight::from_parts(20_911_000, 3510)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:0)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Audits::OldestDutyEra` (r:1 w:0)
	/// Proof: `Audits::OldestDutyEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Babe::Authorities` (r:1 w:0)
	/// Proof: `Babe::Authorities` (`max_values`: Some(1), `max_size`: Some(4002), added: 4497, mode: `MaxEncodedLen`)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Session::NextKeys` (r:100 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// `v` is in `0..=100`.
	fn poll(v: u32, ) -> Weight {
		// Fastest run: 12_138 nanoseconds.
		Weight::from_parts(15_099_136, 5487)
			// Standard error: 62_939.
			.saturating_add(Weight::from_parts(4_906_178, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2692).saturating_mul(v.into()))
	}
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:1)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueue` (r:1 w:1)
	/// Proof: `Audits::DrawQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:1 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Auditors` (r:100 w:0)
	/// Proof: `Audits::Auditors` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(88), added: 2563, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:0 w:100)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn draw(s: u32, ) -> Weight {
		// Fastest run: 29_604 nanoseconds.
		Weight::from_parts(57_276_649, 6811)
			// Standard error: 111_102.
			.saturating_add(Weight::from_parts(11_778_912, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2563).saturating_mul(s.into()))
	}
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:1)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueue` (r:1 w:1)
	/// Proof: `Audits::DrawQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:0 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	fn skip_draw() -> Weight {
		// Fastest run: 10_746 nanoseconds.
		Weight::from_parts(11_607_000, 6811)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(88), added: 2563, mode: `MaxEncodedLen`)
	/// Storage: `Audits::OldestDutyEra` (r:0 w:1)
	/// Proof: `Audits::OldestDutyEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// `r` is in `0..=100`.
	fn prune_duty_records(r: u32, ) -> Weight {
		// Fastest run: 3_556 nanoseconds.
		Weight::from_parts(4_212_027, 990)
			// Standard error: 441.
			.saturating_add(Weight::from_parts(943_965, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2563).saturating_mul(r.into()))
	}
	/// Storage: `Audits::AuditPrice` (r:1 w:0)
	/// Proof: `Audits::AuditPrice` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueueEnds` (r:1 w:1)
	/// Proof: `Audits::DrawQueueEnds` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawSeeds` (r:1 w:1)
	/// Proof: `Audits::DrawSeeds` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DrawQueue` (r:0 w:1)
	/// Proof: `Audits::DrawQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	fn open() -> Weight {
		// Fastest run: 14_702 nanoseconds.
		Weight::from_parts(15_824_000, 6811)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:100 w:100)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:100 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Audits::RecentOutputs` (r:1 w:0)
	/// Proof: `Audits::RecentOutputs` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	/// Storage: `Disputes::Disputes` (r:1 w:0)
	/// Proof: `Disputes::Disputes` (`max_values`: None, `max_size`: Some(9395), added: 11870, mode: `MaxEncodedLen`)
	/// Storage: `Audits::AuditBacklog` (r:1 w:1)
	/// Proof: `Audits::AuditBacklog` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:100 w:100)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(88), added: 2563, mode: `MaxEncodedLen`)
	/// Storage: `Power::BookEra` (r:1 w:0)
	/// Proof: `Power::BookEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::EraWorks` (r:100 w:100)
	/// Proof: `Power::EraWorks` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// `s` is in `1..=100`.
	fn conclude(s: u32, ) -> Weight {
		// Fastest run: 48_572 nanoseconds.
		Weight::from_parts(42_387_249, 12860)
			// Standard error: 620_314.
			.saturating_add(Weight::from_parts(26_981_469, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
	/// Storage: `Audits::Cases` (r:1 w:0)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:100 w:0)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:100 w:0)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// `s` is in `1..=100`.
	fn votes_at_stake(s: u32, ) -> Weight {
		// Fastest run: 19_339 nanoseconds.
		Weight::from_parts(23_717_310, 6811)
			// Standard error: 311_809.
			.saturating_add(Weight::from_parts(11_517_524, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
	/// Storage: `Audits::Cases` (r:1 w:1)
	/// Proof: `Audits::Cases` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Seats` (r:100 w:50)
	/// Proof: `Audits::Seats` (`max_values`: None, `max_size`: Some(197), added: 2672, mode: `MaxEncodedLen`)
	/// Storage: `Audits::DutyRecords` (r:50 w:50)
	/// Proof: `Audits::DutyRecords` (`max_values`: None, `max_size`: Some(88), added: 2563, mode: `MaxEncodedLen`)
	/// Storage: `Power::BookEra` (r:1 w:0)
	/// Proof: `Power::BookEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::EraWorks` (r:50 w:50)
	/// Proof: `Power::EraWorks` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `Power::Candidates` (r:50 w:50)
	/// Proof: `Power::Candidates` (`max_values`: None, `max_size`: Some(149), added: 2624, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:50 w:50)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:51 w:51)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Power::CurrentEra` (r:1 w:0)
	/// Proof: `Power::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Power::PowerCap` (r:1 w:0)
	/// Proof: `Power::PowerCap` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Audits::AuditBacklog` (r:1 w:1)
	/// Proof: `Audits::AuditBacklog` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Babe::Authorities` (r:1 w:0)
	/// Proof: `Babe::Authorities` (`max_values`: Some(1), `max_size`: Some(4002), added: 4497, mode: `MaxEncodedLen`)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Session::NextKeys` (r:100 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Jobs::Jobs` (r:1 w:0)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(811), added: 3286, mode: `MaxEncodedLen`)
	/// Storage: `Audits::Auditors` (r:100 w:0)
	/// Proof: `Audits::Auditors` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `s` is in `2..=100`.
	fn end_round(s: u32, ) -> Weight {
		// Fastest run: 136_614 nanoseconds.
		Weight::from_parts(158_451_956, 6811)
			// Standard error: 933_543.
			.saturating_add(Weight::from_parts(50_716_203, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 3134).saturating_mul(s.into()))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn commit() -> Weight {
		Weight::from_parts(23_775_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn reveal() -> Weight {
		Weight::from_parts(34_251_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn authorize_commit() -> Weight {
		Weight::from_parts(63_154_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
	}
	fn authorize_reveal() -> Weight {
		Weight::from_parts(64_596_000, 3662)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
	}
	fn object(a: u32, ) -> Weight {
		Weight::from_parts(100_535_599, 25252)
			.saturating_add(Weight::from_parts(6_805_596, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	fn authorize_object(a: u32, ) -> Weight {
		Weight::from_parts(75_179_507, 6811)
			.saturating_add(Weight::from_parts(6_808_203, 0).saturating_mul(a.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(a.into()))
	}
	fn declare(m: u32, ) -> Weight {
		Weight::from_parts(37_838_224, 5567)
			.saturating_add(Weight::from_parts(9_636_401, 0).saturating_mul(m.into()))
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(m.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(m.into())))
			.saturating_add(Weight::from_parts(0, 2773).saturating_mul(m.into()))
	}
	fn authorize_declare(m: u32, ) -> Weight {
		Weight::from_parts(75_738_874, 5567)
			.saturating_add(Weight::from_parts(4_449_676, 0).saturating_mul(m.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(m.into())))
			.saturating_add(Weight::from_parts(0, 2773).saturating_mul(m.into()))
	}
	fn is_auditable(v: u32, ) -> Weight {
		Weight::from_parts(14_274_050, 5487)
			.saturating_add(Weight::from_parts(2_783_442, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(v.into()))
	}
	fn eligible(v: u32, ) -> Weight {
		Weight::from_parts(21_154_145, 4276)
			.saturating_add(Weight::from_parts(2_783_069, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2555).saturating_mul(v.into()))
	}
	fn on_initialize() -> Weight {
		Weight::from_parts(20_911_000, 3510)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn poll(v: u32, ) -> Weight {
		Weight::from_parts(15_099_136, 5487)
			.saturating_add(Weight::from_parts(4_906_178, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 2692).saturating_mul(v.into()))
	}
	fn draw(s: u32, ) -> Weight {
		Weight::from_parts(57_276_649, 6811)
			.saturating_add(Weight::from_parts(11_778_912, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2563).saturating_mul(s.into()))
	}
	fn skip_draw() -> Weight {
		Weight::from_parts(11_607_000, 6811)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn prune_duty_records(r: u32, ) -> Weight {
		Weight::from_parts(4_212_027, 990)
			.saturating_add(Weight::from_parts(943_965, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2563).saturating_mul(r.into()))
	}
	fn open() -> Weight {
		Weight::from_parts(15_824_000, 6811)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn conclude(s: u32, ) -> Weight {
		Weight::from_parts(42_387_249, 12860)
			.saturating_add(Weight::from_parts(26_981_469, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
			.saturating_add(ParityDbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
	fn votes_at_stake(s: u32, ) -> Weight {
		Weight::from_parts(23_717_310, 6811)
			.saturating_add(Weight::from_parts(11_517_524, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2672).saturating_mul(s.into()))
	}
	fn end_round(s: u32, ) -> Weight {
		Weight::from_parts(158_451_956, 6811)
			.saturating_add(Weight::from_parts(50_716_203, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(10_u64))
			.saturating_add(ParityDbWeight::get().reads((6_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 3134).saturating_mul(s.into()))
	}
}
