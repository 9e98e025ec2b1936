// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Weights, measured by frame-omni-bencher on 2 cores of Intel(R) Xeon(R) Processor, 24 GiB.
//!
//! Written by `make weights` on 2026-11-21: 10 steps, 5 repetitions. Do not edit.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens, missing_docs, clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// What calls and hooks of `pallet_providers` cost.
pub trait WeightInfo {
	fn register() -> Weight;
	fn bond_more() -> Weight;
	fn rotate_worker() -> Weight;
	fn update_profile() -> Weight;
	fn set_offer() -> Weight;
	fn remove_offer() -> Weight;
	fn drain(o: u32, ) -> Weight;
	fn resume(o: u32, ) -> Weight;
	fn unbond(o: u32, ) -> Weight;
	fn withdraw(o: u32, ) -> Weight;
	fn unchill(o: u32, ) -> Weight;
	fn assign(s: u32, ) -> Weight;
	fn cheapest(s: u32, ) -> Weight;
	fn vacate() -> Weight;
	fn release() -> Weight;
	fn note_failure(o: u32, ) -> Weight;
	fn note_audited() -> Weight;
	fn slash(o: u32, ) -> Weight;
	fn standing() -> Weight;
	fn by_worker() -> Weight;
}

/// The measured weights, with the database that the runtime is configured for.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Workers` (r:1 w:1)
	/// Proof: `Providers::Workers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
	fn register() -> Weight {
		// Fastest run: 137_904 nanoseconds.
		Weight::from_parts(146_737_000, 3713)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
	fn bond_more() -> Weight {
		// Fastest run: 73_583 nanoseconds.
		Weight::from_parts(79_294_000, 3713)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Workers` (r:1 w:2)
	/// Proof: `Providers::Workers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn rotate_worker() -> Weight {
		// Fastest run: 90_212 nanoseconds.
		Weight::from_parts(95_914_000, 3713)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	fn update_profile() -> Weight {
		// Fastest run: 18_364 nanoseconds.
		Weight::from_parts(21_605_000, 3713)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:2 w:2)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(266), added: 2741, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:1)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:1 w:1)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:1 w:2)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	fn set_offer() -> Weight {
		// Fastest run: 96_607 nanoseconds.
		Weight::from_parts(103_012_000, 6188)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:3 w:3)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:1 w:1)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:3 w:3)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:1)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	fn remove_offer() -> Weight {
		// Fastest run: 116_332 nanoseconds.
		Weight::from_parts(122_464_000, 8787)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:0)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:32 w:32)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:16 w:16)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:32 w:32)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// `o` is in `0..=16`.
	fn drain(o: u32, ) -> Weight {
		// Fastest run: 22_181 nanoseconds.
		Weight::from_parts(34_206_960, 4026)
			// Standard error: 28_451.
			.saturating_add(Weight::from_parts(36_334_653, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:0)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:32 w:32)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:16 w:16)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:32 w:32)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// `o` is in `0..=16`.
	fn resume(o: u32, ) -> Weight {
		// Fastest run: 22_382 nanoseconds.
		Weight::from_parts(34_305_264, 4026)
			// Standard error: 30_902.
			.saturating_add(Weight::from_parts(36_691_931, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:0)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:32 w:32)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:16 w:16)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:32 w:32)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// `o` is in `0..=16`.
	fn unbond(o: u32, ) -> Weight {
		// Fastest run: 22_244 nanoseconds.
		Weight::from_parts(34_871_348, 4026)
			// Standard error: 28_351.
			.saturating_add(Weight::from_parts(36_343_772, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:1)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:32 w:32)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:16 w:16)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:32 w:32)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Workers` (r:0 w:1)
	/// Proof: `Providers::Workers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `o` is in `0..=16`.
	fn withdraw(o: u32, ) -> Weight {
		// Fastest run: 70_554 nanoseconds.
		Weight::from_parts(87_328_088, 4026)
			// Standard error: 37_636.
			.saturating_add(Weight::from_parts(43_148_838, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:0)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:32 w:32)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:16 w:16)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:32 w:32)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// `o` is in `0..=16`.
	fn unchill(o: u32, ) -> Weight {
		// Fastest run: 22_541 nanoseconds.
		Weight::from_parts(34_403_906, 4026)
			// Standard error: 29_374.
			.saturating_add(Weight::from_parts(36_840_752, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Markets` (r:1 w:1)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:100 w:2)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:100 w:2)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Providers` (r:100 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn assign(s: u32, ) -> Weight {
		// Fastest run: 7_876 nanoseconds.
		Weight::from_parts(22_990_498, 3505)
			// Standard error: 21_539.
			.saturating_add(Weight::from_parts(20_590_133, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(Weight::from_parts(0, 2723).saturating_mul(s.into()))
	}
	/// Storage: `Providers::Markets` (r:1 w:0)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:100 w:0)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:100 w:0)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Providers` (r:100 w:0)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn cheapest(s: u32, ) -> Weight {
		// Fastest run: 6_100 nanoseconds.
		Weight::from_parts(1_002_669, 3505)
			// Standard error: 18_641.
			.saturating_add(Weight::from_parts(19_170_548, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2723).saturating_mul(s.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:2 w:2)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:1 w:1)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:2 w:2)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	fn vacate() -> Weight {
		// Fastest run: 55_367 nanoseconds.
		Weight::from_parts(58_906_000, 6188)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	fn release() -> Weight {
		// Fastest run: 10_606 nanoseconds.
		Weight::from_parts(11_957_000, 3713)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:0)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:32 w:32)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:16 w:16)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:32 w:32)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// `o` is in `0..=16`.
	fn note_failure(o: u32, ) -> Weight {
		// Fastest run: 21_397 nanoseconds.
		Weight::from_parts(31_858_848, 4026)
			// Standard error: 27_339.
			.saturating_add(Weight::from_parts(33_123_942, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	fn note_audited() -> Weight {
		// Fastest run: 15_540 nanoseconds.
		Weight::from_parts(17_552_000, 3713)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:0)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:32 w:32)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:16 w:16)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:32 w:32)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// `o` is in `0..=16`.
	fn slash(o: u32, ) -> Weight {
		// Fastest run: 45_969 nanoseconds.
		Weight::from_parts(59_956_355, 4026)
			// Standard error: 34_175.
			.saturating_add(Weight::from_parts(33_526_687, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(3_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:0)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(248), added: 2723, mode: `MaxEncodedLen`)
	fn standing() -> Weight {
		// Fastest run: 8_728 nanoseconds.
		Weight::from_parts(10_147_000, 3713)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `Providers::Workers` (r:1 w:0)
	/// Proof: `Providers::Workers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	fn by_worker() -> Weight {
		// Fastest run: 7_123 nanoseconds.
		Weight::from_parts(8_021_000, 3545)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn register() -> Weight {
		Weight::from_parts(146_737_000, 3713)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn bond_more() -> Weight {
		Weight::from_parts(79_294_000, 3713)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn rotate_worker() -> Weight {
		Weight::from_parts(95_914_000, 3713)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn update_profile() -> Weight {
		Weight::from_parts(21_605_000, 3713)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn set_offer() -> Weight {
		Weight::from_parts(103_012_000, 6188)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
	}
	fn remove_offer() -> Weight {
		Weight::from_parts(122_464_000, 8787)
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(9_u64))
	}
	fn drain(o: u32, ) -> Weight {
		Weight::from_parts(34_206_960, 4026)
			.saturating_add(Weight::from_parts(36_334_653, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn resume(o: u32, ) -> Weight {
		Weight::from_parts(34_305_264, 4026)
			.saturating_add(Weight::from_parts(36_691_931, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn unbond(o: u32, ) -> Weight {
		Weight::from_parts(34_871_348, 4026)
			.saturating_add(Weight::from_parts(36_343_772, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn withdraw(o: u32, ) -> Weight {
		Weight::from_parts(87_328_088, 4026)
			.saturating_add(Weight::from_parts(43_148_838, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn unchill(o: u32, ) -> Weight {
		Weight::from_parts(34_403_906, 4026)
			.saturating_add(Weight::from_parts(36_840_752, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn assign(s: u32, ) -> Weight {
		Weight::from_parts(22_990_498, 3505)
			.saturating_add(Weight::from_parts(20_590_133, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((3_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(Weight::from_parts(0, 2723).saturating_mul(s.into()))
	}
	fn cheapest(s: u32, ) -> Weight {
		Weight::from_parts(1_002_669, 3505)
			.saturating_add(Weight::from_parts(19_170_548, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2723).saturating_mul(s.into()))
	}
	fn vacate() -> Weight {
		Weight::from_parts(58_906_000, 6188)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn release() -> Weight {
		Weight::from_parts(11_957_000, 3713)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn note_failure(o: u32, ) -> Weight {
		Weight::from_parts(31_858_848, 4026)
			.saturating_add(Weight::from_parts(33_123_942, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn note_audited() -> Weight {
		Weight::from_parts(17_552_000, 3713)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn slash(o: u32, ) -> Weight {
		Weight::from_parts(59_956_355, 4026)
			.saturating_add(Weight::from_parts(33_526_687, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn standing() -> Weight {
		Weight::from_parts(10_147_000, 3713)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
	fn by_worker() -> Weight {
		Weight::from_parts(8_021_000, 3545)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
}
