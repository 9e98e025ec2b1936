// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of the call, of blocks by skipped slots, and of settlement by the number of validators.

// A fixture that cannot be built has to stop the benchmark.
#![allow(clippy::expect_used)]

use super::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::traits::{fungible::Inspect, Get};
use frame_system::RawOrigin;

/// Accounts with power, and the current era with no more than theirs.
fn validators<T: Config>(count: u32) -> Vec<T::AccountId> {
	let validators: Vec<T::AccountId> =
		(0..count).map(|index| account("validator", index, 0)).collect();
	let mut total = 0u128;
	for who in &validators {
		T::Validators::empower_for_benchmark(who);
		total = total.saturating_add(T::Validators::power(who).into());
	}
	Pallet::<T>::note_era(T::Era::get(), total);
	validators
}

#[benchmarks]
mod benches {
	use super::*;

	/// Somebody claims for an account that does not exist yet.
	#[benchmark]
	fn claim() {
		let caller: T::AccountId = whitelisted_caller();
		let validator: T::AccountId = account("validator", 0, 0);
		let amount = T::Currency::minimum_balance().saturating_mul(10);
		Pallet::<T>::mint(amount).expect("the pot exists");
		Accounts::<T>::insert(&validator, Account { unpaid: amount, paid: 1 });

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), validator.clone());

		assert_eq!(T::Currency::balance(&validator), amount);
	}

	/// A block behind `s` skipped slots, each of another validator, none of whom was counted before.
	#[benchmark]
	fn note_block(s: Linear<0, MAX_SKIPPED>) {
		let mut skipped = validators::<T>(s.saturating_add(1));
		let author = skipped.pop().expect("there is one more");

		#[block]
		{
			Pallet::<T>::note_block(&author, &skipped);
		}

		assert_eq!(EraWorks::<T>::iter_prefix(T::Era::get()).count(), s as usize + 1);
	}

	/// The last `v` validators of an era, each with power and with duties of every kind.
	#[benchmark]
	fn settle(v: Linear<0, { settle_impls::MAX_SETTLED }>) {
		let era = T::Era::get();
		for who in validators::<T>(v) {
			let work = EraWork { power: T::Validators::power(&who), authored: 3, skipped: 1 };
			EraWorks::<T>::insert(era, &who, work);
			T::Duties::do_half_for_benchmark(era, &who);
		}

		#[block]
		{
			Pallet::<T>::settle(era, v.saturating_add(1));
		}

		assert_eq!(Accounts::<T>::iter_values().filter(|it| it.unpaid > 0).count(), v as usize);
		assert!(!Eras::<T>::contains_key(era));
	}

	impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}
