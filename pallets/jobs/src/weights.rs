// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_jobs`.
//!
//! First version: database accesses are counted in the code of this pallet and of the balances
//! pallet, with two reads per offer for its peers; computing time and proof size are upper
//! estimates. `make weights` replaces this file by measured figures.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]

use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};
use core::marker::PhantomData;

/// Weight functions needed for `pallet_jobs`.
pub trait WeightInfo {
	/// `submit`: a prompt of `b` bytes, for a model with `n` offers.
	fn submit(b: u32, n: u32 ) -> Weight;
	/// `cancel`.
	fn cancel() -> Weight;
	/// `attest`: `t` output tokens and `b` other bytes of output.
	fn attest(t: u32, b: u32 ) -> Weight;
	/// Deciding whether an attestation may be put into a block.
	fn authorize_attest(t: u32, b: u32 ) -> Weight;
	/// `decline`, when the job goes back into the queue.
	fn decline() -> Weight;
	/// `decline`, when no other provider may try.
	fn decline_last() -> Weight;
	/// Deciding whether a refusal may be put into a block.
	fn authorize_decline() -> Weight;
	/// `poke`, without what is done about the job.
	fn poke() -> Weight;
	/// `prune`, by somebody else than the requester.
	fn prune() -> Weight;
	/// The hook, without slots.
	fn tick() -> Weight;
	/// One slot of the agenda, without its jobs.
	fn tick_slot() -> Weight;
	/// Looking at `s` slots that are full, when a job is entered into the agenda.
	fn full_slots(s: u32 ) -> Weight;
	/// An entry without a live job.
	fn serve_nothing() -> Weight;
	/// A queued job is assigned, for a model with `n` offers.
	fn serve_assign(n: u32 ) -> Weight;
	/// A queued job finds no offer among `n`.
	fn serve_wait(n: u32 ) -> Weight;
	/// A queued job expires.
	fn serve_expire() -> Weight;
	/// A deadline is missed, and the job goes back into the queue.
	fn serve_requeue() -> Weight;
	/// A deadline is missed, and no other provider may try.
	fn serve_give_up() -> Weight;
	/// The audits of a job go on; without asking them.
	fn serve_pending() -> Weight;
	/// A job settles, with `a` auditors paid and `a` slashed; without asking them.
	fn serve_settle(a: u32 ) -> Weight;
	/// A result is overturned, with `a` auditors paid and `a` slashed; without asking them.
	fn serve_overturn(a: u32 ) -> Weight;
	/// A job whose model was recalled is voided.
	fn serve_recalled() -> Weight;
}

/// Weights for `pallet_jobs` on the chain that uses them.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn submit(b: u32, n: u32) -> Weight {
		Weight::from_parts(60_000_000, 26_000)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(2_000, 1).saturating_mul(b.into()))
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(4_000_000, 600).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	fn cancel() -> Weight {
		Weight::from_parts(45_000_000, 13_000)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	fn attest(t: u32, b: u32) -> Weight {
		Weight::from_parts(90_000_000, 36_400)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(20_000, 37).saturating_mul(t.into()))
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(3_000, 1).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	fn authorize_attest(t: u32, b: u32) -> Weight {
		Weight::from_parts(110_000_000, 15_600)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(40_000, 0).saturating_mul(t.into()))
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(3_000, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
	}
	fn decline() -> Weight {
		Weight::from_parts(70_000_000, 33_800)
			.saturating_add(T::DbWeight::get().reads(13_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	fn decline_last() -> Weight {
		Weight::from_parts(80_000_000, 31_200)
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	fn authorize_decline() -> Weight {
		Weight::from_parts(80_000_000, 10_400)
			.saturating_add(T::DbWeight::get().reads(4_u64))
	}
	fn poke() -> Weight {
		Weight::from_parts(15_000_000, 5_200)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	fn prune() -> Weight {
		Weight::from_parts(70_000_000, 15_600)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	fn tick() -> Weight {
		Weight::from_parts(4_000_000, 2_600)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn tick_slot() -> Weight {
		Weight::from_parts(4_000_000, 2_600)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	fn full_slots(s: u32) -> Weight {
		Weight::from_parts(2_000_000, 0)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(4_000_000, 4600).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(s.into())))
	}
	fn serve_nothing() -> Weight {
		Weight::from_parts(8_000_000, 2_600)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn serve_assign(n: u32) -> Weight {
		Weight::from_parts(60_000_000, 23_400)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(5_000_000, 600).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	fn serve_wait(n: u32) -> Weight {
		Weight::from_parts(45_000_000, 20_800)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(5_000_000, 600).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	fn serve_expire() -> Weight {
		Weight::from_parts(55_000_000, 18_200)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	fn serve_requeue() -> Weight {
		Weight::from_parts(65_000_000, 28_600)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	fn serve_give_up() -> Weight {
		Weight::from_parts(75_000_000, 31_200)
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}
	fn serve_pending() -> Weight {
		Weight::from_parts(40_000_000, 13_000)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	fn serve_settle(a: u32) -> Weight {
		Weight::from_parts(150_000_000, 41_600)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(90_000_000, 5400).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(16_u64))
			.saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(a.into())))
			.saturating_add(T::DbWeight::get().writes(14_u64))
			.saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(a.into())))
	}
	fn serve_overturn(a: u32) -> Weight {
		Weight::from_parts(140_000_000, 36_400)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(90_000_000, 5400).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(a.into())))
			.saturating_add(T::DbWeight::get().writes(13_u64))
			.saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(a.into())))
	}
	fn serve_recalled() -> Weight {
		Weight::from_parts(75_000_000, 31_200)
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().writes(11_u64))
	}
}

// For tests.
impl WeightInfo for () {
	fn submit(b: u32, n: u32) -> Weight {
		Weight::from_parts(60_000_000, 26_000)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(2_000, 1).saturating_mul(b.into()))
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(4_000_000, 600).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn cancel() -> Weight {
		Weight::from_parts(45_000_000, 13_000)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn attest(t: u32, b: u32) -> Weight {
		Weight::from_parts(90_000_000, 36_400)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(20_000, 37).saturating_mul(t.into()))
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(3_000, 1).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(14_u64))
			.saturating_add(RocksDbWeight::get().writes(10_u64))
	}
	fn authorize_attest(t: u32, b: u32) -> Weight {
		Weight::from_parts(110_000_000, 15_600)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(40_000, 0).saturating_mul(t.into()))
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(3_000, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(6_u64))
	}
	fn decline() -> Weight {
		Weight::from_parts(70_000_000, 33_800)
			.saturating_add(RocksDbWeight::get().reads(13_u64))
			.saturating_add(RocksDbWeight::get().writes(10_u64))
	}
	fn decline_last() -> Weight {
		Weight::from_parts(80_000_000, 31_200)
			.saturating_add(RocksDbWeight::get().reads(12_u64))
			.saturating_add(RocksDbWeight::get().writes(10_u64))
	}
	fn authorize_decline() -> Weight {
		Weight::from_parts(80_000_000, 10_400)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
	}
	fn poke() -> Weight {
		Weight::from_parts(15_000_000, 5_200)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
	}
	fn prune() -> Weight {
		Weight::from_parts(70_000_000, 15_600)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn tick() -> Weight {
		Weight::from_parts(4_000_000, 2_600)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn tick_slot() -> Weight {
		Weight::from_parts(4_000_000, 2_600)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
	}
	fn full_slots(s: u32) -> Weight {
		Weight::from_parts(2_000_000, 0)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(4_000_000, 4600).saturating_mul(s.into()))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(s.into())))
	}
	fn serve_nothing() -> Weight {
		Weight::from_parts(8_000_000, 2_600)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn serve_assign(n: u32) -> Weight {
		Weight::from_parts(60_000_000, 23_400)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(5_000_000, 600).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn serve_wait(n: u32) -> Weight {
		Weight::from_parts(45_000_000, 20_800)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(5_000_000, 600).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn serve_expire() -> Weight {
		Weight::from_parts(55_000_000, 18_200)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn serve_requeue() -> Weight {
		Weight::from_parts(65_000_000, 28_600)
			.saturating_add(RocksDbWeight::get().reads(11_u64))
			.saturating_add(RocksDbWeight::get().writes(9_u64))
	}
	fn serve_give_up() -> Weight {
		Weight::from_parts(75_000_000, 31_200)
			.saturating_add(RocksDbWeight::get().reads(12_u64))
			.saturating_add(RocksDbWeight::get().writes(10_u64))
	}
	fn serve_pending() -> Weight {
		Weight::from_parts(40_000_000, 13_000)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn serve_settle(a: u32) -> Weight {
		Weight::from_parts(150_000_000, 41_600)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(90_000_000, 5400).saturating_mul(a.into()))
			.saturating_add(RocksDbWeight::get().reads(16_u64))
			.saturating_add(RocksDbWeight::get().reads((6_u64).saturating_mul(a.into())))
			.saturating_add(RocksDbWeight::get().writes(14_u64))
			.saturating_add(RocksDbWeight::get().writes((6_u64).saturating_mul(a.into())))
	}
	fn serve_overturn(a: u32) -> Weight {
		Weight::from_parts(140_000_000, 36_400)
			// Standard Error: not measured
			.saturating_add(Weight::from_parts(90_000_000, 5400).saturating_mul(a.into()))
			.saturating_add(RocksDbWeight::get().reads(14_u64))
			.saturating_add(RocksDbWeight::get().reads((6_u64).saturating_mul(a.into())))
			.saturating_add(RocksDbWeight::get().writes(13_u64))
			.saturating_add(RocksDbWeight::get().writes((6_u64).saturating_mul(a.into())))
	}
	fn serve_recalled() -> Weight {
		Weight::from_parts(75_000_000, 31_200)
			.saturating_add(RocksDbWeight::get().reads(12_u64))
			.saturating_add(RocksDbWeight::get().writes(11_u64))
	}
}
