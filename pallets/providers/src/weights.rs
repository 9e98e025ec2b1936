// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Weights, measured by frame-omni-bencher on 2 cores of AMD EPYC, 24 GiB.
//!
//! Written by `make weights` on 2026-11-22: 10 steps, 5 repetitions. Do not edit.

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
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Workers` (r:1 w:1)
	/// Proof: `Providers::Workers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	fn register() -> Weight {
		// Fastest run: 114_340 nanoseconds.
		Weight::from_parts(192_626_000, 3717)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	fn bond_more() -> Weight {
		// Fastest run: 65_327 nanoseconds.
		Weight::from_parts(94_871_000, 3717)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Workers` (r:1 w:2)
	/// Proof: `Providers::Workers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn rotate_worker() -> Weight {
		// Fastest run: 73_089 nanoseconds.
		Weight::from_parts(94_150_000, 3717)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	fn update_profile() -> Weight {
		// Fastest run: 15_443 nanoseconds.
		Weight::from_parts(20_731_000, 3717)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:2 w:2)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(298), added: 2773, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:1)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:1 w:1)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:1 w:2)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	fn set_offer() -> Weight {
		// Fastest run: 87_560 nanoseconds.
		Weight::from_parts(146_468_000, 6188)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:3 w:3)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:1 w:1)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:3 w:3)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offered` (r:1 w:1)
	/// Proof: `Providers::Offered` (`max_values`: None, `max_size`: Some(561), added: 3036, mode: `MaxEncodedLen`)
	fn remove_offer() -> Weight {
		// Fastest run: 101_721 nanoseconds.
		Weight::from_parts(158_966_000, 8787)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
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
		// Fastest run: 19_058 nanoseconds.
		Weight::from_parts(33_350_236, 4026)
			// Standard error: 159_841.
			.saturating_add(Weight::from_parts(47_736_761, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
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
		// Fastest run: 18_788 nanoseconds.
		Weight::from_parts(38_988_247, 4026)
			// Standard error: 179_076.
			.saturating_add(Weight::from_parts(47_540_299, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
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
		// Fastest run: 19_048 nanoseconds.
		Weight::from_parts(26_136_581, 4026)
			// Standard error: 267_217.
			.saturating_add(Weight::from_parts(40_759_183, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
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
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Workers` (r:0 w:1)
	/// Proof: `Providers::Workers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// `o` is in `0..=16`.
	fn withdraw(o: u32, ) -> Weight {
		// Fastest run: 60_940 nanoseconds.
		Weight::from_parts(88_843_312, 4026)
			// Standard error: 361_303.
			.saturating_add(Weight::from_parts(46_600_097, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
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
		// Fastest run: 19_309 nanoseconds.
		Weight::from_parts(29_022_670, 4026)
			// Standard error: 289_926.
			.saturating_add(Weight::from_parts(41_815_581, 0).saturating_mul(o.into()))
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
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn assign(s: u32, ) -> Weight {
		// Fastest run: 7_421 nanoseconds.
		Weight::from_parts(8_562_000, 3505)
			// Standard error: 155_613.
			.saturating_add(Weight::from_parts(26_890_361, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(Weight::from_parts(0, 2727).saturating_mul(s.into()))
	}
	/// Storage: `Providers::Markets` (r:1 w:0)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:100 w:0)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:100 w:0)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Providers` (r:100 w:0)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	/// `s` is in `0..=100`.
	fn cheapest(s: u32, ) -> Weight {
		// Fastest run: 4_997 nanoseconds.
		Weight::from_parts(5_488_000, 3505)
			// Standard error: 144_891.
			.saturating_add(Weight::from_parts(22_703_188, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2727).saturating_mul(s.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Offers` (r:2 w:2)
	/// Proof: `Providers::Offers` (`max_values`: None, `max_size`: Some(124), added: 2599, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Markets` (r:1 w:1)
	/// Proof: `Providers::Markets` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `Providers::Positions` (r:2 w:2)
	/// Proof: `Providers::Positions` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
	fn vacate() -> Weight {
		// Fastest run: 47_521 nanoseconds.
		Weight::from_parts(68_542_000, 6188)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	fn release() -> Weight {
		// Fastest run: 8_923 nanoseconds.
		Weight::from_parts(11_166_000, 3717)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
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
		// Fastest run: 17_185 nanoseconds.
		Weight::from_parts(21_279_512, 4026)
			// Standard error: 98_126.
			.saturating_add(Weight::from_parts(31_306_153, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	fn note_audited() -> Weight {
		// Fastest run: 12_688 nanoseconds.
		Weight::from_parts(15_212_000, 3717)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Providers::Providers` (r:1 w:1)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
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
		// Fastest run: 38_367 nanoseconds.
		Weight::from_parts(53_629_548, 4026)
			// Standard error: 284_575.
			.saturating_add(Weight::from_parts(35_881_377, 0).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(3_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	/// Storage: `Providers::Providers` (r:1 w:0)
	/// Proof: `Providers::Providers` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
	fn standing() -> Weight {
		// Fastest run: 7_762 nanoseconds.
		Weight::from_parts(12_419_000, 3717)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `Providers::Workers` (r:1 w:0)
	/// Proof: `Providers::Workers` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	fn by_worker() -> Weight {
		// Fastest run: 5_608 nanoseconds.
		Weight::from_parts(6_299_000, 3545)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn register() -> Weight {
		Weight::from_parts(192_626_000, 3717)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn bond_more() -> Weight {
		Weight::from_parts(94_871_000, 3717)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn rotate_worker() -> Weight {
		Weight::from_parts(94_150_000, 3717)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn update_profile() -> Weight {
		Weight::from_parts(20_731_000, 3717)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn set_offer() -> Weight {
		Weight::from_parts(146_468_000, 6188)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
	}
	fn remove_offer() -> Weight {
		Weight::from_parts(158_966_000, 8787)
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(9_u64))
	}
	fn drain(o: u32, ) -> Weight {
		Weight::from_parts(33_350_236, 4026)
			.saturating_add(Weight::from_parts(47_736_761, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn resume(o: u32, ) -> Weight {
		Weight::from_parts(38_988_247, 4026)
			.saturating_add(Weight::from_parts(47_540_299, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn unbond(o: u32, ) -> Weight {
		Weight::from_parts(26_136_581, 4026)
			.saturating_add(Weight::from_parts(40_759_183, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn withdraw(o: u32, ) -> Weight {
		Weight::from_parts(88_843_312, 4026)
			.saturating_add(Weight::from_parts(46_600_097, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn unchill(o: u32, ) -> Weight {
		Weight::from_parts(29_022_670, 4026)
			.saturating_add(Weight::from_parts(41_815_581, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn assign(s: u32, ) -> Weight {
		Weight::from_parts(8_562_000, 3505)
			.saturating_add(Weight::from_parts(26_890_361, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((3_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(Weight::from_parts(0, 2727).saturating_mul(s.into()))
	}
	fn cheapest(s: u32, ) -> Weight {
		Weight::from_parts(5_488_000, 3505)
			.saturating_add(Weight::from_parts(22_703_188, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((3_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 2727).saturating_mul(s.into()))
	}
	fn vacate() -> Weight {
		Weight::from_parts(68_542_000, 6188)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn release() -> Weight {
		Weight::from_parts(11_166_000, 3717)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn note_failure(o: u32, ) -> Weight {
		Weight::from_parts(21_279_512, 4026)
			.saturating_add(Weight::from_parts(31_306_153, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn note_audited() -> Weight {
		Weight::from_parts(15_212_000, 3717)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn slash(o: u32, ) -> Weight {
		Weight::from_parts(53_629_548, 4026)
			.saturating_add(Weight::from_parts(35_881_377, 0).saturating_mul(o.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(o.into())))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(o.into())))
			.saturating_add(Weight::from_parts(0, 5198).saturating_mul(o.into()))
	}
	fn standing() -> Weight {
		Weight::from_parts(12_419_000, 3717)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
	fn by_worker() -> Weight {
		Weight::from_parts(6_299_000, 3545)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
}
