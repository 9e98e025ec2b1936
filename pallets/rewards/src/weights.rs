// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Upper bounds, taken from comparable benchmarks of the other pallets: not measured yet. `make weights`
//! replaces this file.

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
	fn claim() -> Weight {
		Weight::from_parts(150_000_000, 7404)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// `s` is in `0..=16`.
	fn note_block(s: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 6154)
			.saturating_add(Weight::from_parts(25_000_000, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 5164).saturating_mul(s.into()))
	}
	/// `v` is in `0..=100`.
	fn settle(v: u32, ) -> Weight {
		Weight::from_parts(150_000_000, 7404)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(v.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 10292).saturating_mul(v.into()))
	}
}

/// The same with ParityDB's costs, for tests.
impl WeightInfo for () {
	fn claim() -> Weight {
		Weight::from_parts(150_000_000, 7404)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn note_block(s: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 6154)
			.saturating_add(Weight::from_parts(25_000_000, 0).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(s.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(s.into())))
			.saturating_add(Weight::from_parts(0, 5164).saturating_mul(s.into()))
	}
	fn settle(v: u32, ) -> Weight {
		Weight::from_parts(150_000_000, 7404)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(v.into())))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
			.saturating_add(ParityDbWeight::get().writes((2_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 10292).saturating_mul(v.into()))
	}
}
