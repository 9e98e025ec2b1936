// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of every call, of sessions and eras by the number of candidates, and of offences.

// A fixture that cannot be built has to stop the benchmark.
#![allow(clippy::expect_used)]

use super::*;
use crate::types::Power;
use alloc::vec::Vec;
use codec::Decode;
use ergon_core::WORK_UNIT;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate},
		Get,
	},
	BoundedVec,
};
use frame_system::RawOrigin;
use pallet_session::historical;
use sp_runtime::{
	traits::{BlakeTwo256, Hash, TrailingZeroInput},
	Perbill,
};
use sp_staking::offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler, ReportOffence};

/// An account with money and session keys.
fn operator<T: Config>(index: u32) -> T::AccountId {
	let who: T::AccountId = account("operator", index, 0);
	let money = T::MinBond::get().saturating_mul(100);
	<T as Config>::Currency::mint_into(&who, money).expect("money can be minted");
	let seed = BlakeTwo256::hash_of(&(b"keys", index));
	let seed: Vec<u8> = seed.as_bytes().iter().copied().cycle().take(512).collect();
	let keys = T::Keys::decode(&mut TrailingZeroInput::new(&seed)).expect("keys are bytes");
	pallet_session::NextKeys::<T>::insert(&who, keys);
	who
}

/// An account that stands with ten times the least bond, and is not spared. It audited and missed audits in every
/// era that counts, proved something in every second sprint, and the others are not decided: that is as many as have
/// to be read of anybody, and no ramp is in its way.
fn candidate<T: Config>(index: u32) -> T::AccountId {
	let who = operator::<T>(index);
	let era = CurrentEra::<T>::get();
	for back in 0..=T::PowerEras::get() {
		let sprint = match back.is_multiple_of(2) {
			true => SprintOutcome::Undecided,
			false => SprintOutcome::Proved(WORK_UNIT),
		};
		let work = EraWork { sprint, audited: WORK_UNIT, missed: 1, misses: 1 };
		EraWorks::<T>::insert(era.saturating_sub(back), &who, work);
	}
	Pallet::<T>::do_join(who.clone(), T::MinBond::get().saturating_mul(10), None)
		.expect("the account has money, keys and room");
	Candidates::<T>::mutate(&who, |candidate| {
		candidate.as_mut().expect("it has just joined").spared_until = 0;
	});
	who
}

/// Takes genesis away, and makes that many candidates, in an era behind as many with sprints as count.
fn candidates<T: Config>(count: u32) -> Vec<T::AccountId> {
	let _ = Candidates::<T>::clear(u32::MAX, None);
	TotalPower::<T>::kill();
	CurrentEra::<T>::put(T::PowerEras::get());
	BookEra::<T>::put(T::PowerEras::get());
	let held = (0..=T::PowerEras::get()).collect();
	HeldSprints::<T>::put(BoundedVec::<_, MostHeld<T>>::truncate_from(held));
	PowerCap::<T>::put(Power::MAX);
	EraStart::<T>::put(pallet_session::Pallet::<T>::current_index());
	(0..count).map(candidate::<T>).collect()
}

/// New accounts that report one offender.
fn reporters<T: Config>(offender: u32) -> Vec<T::AccountId> {
	(0..offence_impls::MAX_REPORTERS).map(|index| account("reporter", offender, index)).collect()
}

/// Makes a full set of validators who left and still have keys.
fn leavers_in_office<T: Config>() -> Vec<T::AccountId> {
	let set: Vec<_> = (0..T::MaxValidators::get())
		.map(|index| {
			let who = operator::<T>(1_000_000 + index);
			let unbonding =
				Unbonding { bond: T::MinBond::get(), free_at: 0, status: Status::Standing };
			Unbondings::<T>::insert(&who, unbonding);
			who
		})
		.collect();
	pallet_session::Validators::<T>::put(&set);
	set
}

#[benchmarks]
mod benches {
	use super::*;

	/// The list is full, and somebody with power has to be displaced.
	#[benchmark]
	fn join() {
		CurrentEra::<T>::put(T::PowerEras::get());
		let weak = operator::<T>(0);
		let bond = T::MinBond::get();
		for index in 0..T::MaxCandidates::get().saturating_sub(1) {
			let who: T::AccountId = account("other", index, 0);
			if Candidates::<T>::count() < T::MaxCandidates::get().saturating_sub(1) {
				Pallet::<T>::stand(&who, bond, 0, 0, 0);
			}
		}
		Pallet::<T>::do_join(weak.clone(), bond, None).expect("there is room for one");
		Candidates::<T>::mutate(&weak, |candidate| {
			let candidate = candidate.as_mut().expect("it has just joined");
			candidate.spared_until = 0;
			candidate.counted.power = 1;
		});
		WeakPower::<T>::put(Power::from(1u32));
		TotalPower::<T>::mutate(|total| *total = total.saturating_add(1));
		leavers_in_office::<T>();
		let who = operator::<T>(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), bond.saturating_add(1), Some(weak.clone()));

		assert!(Candidates::<T>::contains_key(who));
		assert!(Unbondings::<T>::contains_key(weak));
	}

	#[benchmark]
	fn bond_more() {
		let who = candidate::<T>(0);
		let before = Pallet::<T>::bond(&who);
		let amount = T::MinBond::get();

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), amount);

		assert_eq!(Pallet::<T>::bond(&who), before.saturating_add(amount));
	}

	#[benchmark]
	fn leave() {
		let who = candidate::<T>(0);
		Candidates::<T>::mutate(&who, |candidate| {
			candidate.as_mut().expect("it stands").counted.power = 1;
		});
		TotalPower::<T>::mutate(|total| *total = total.saturating_add(1));

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(Unbondings::<T>::contains_key(who));
	}

	#[benchmark]
	fn withdraw() {
		let who = candidate::<T>(0);
		Pallet::<T>::do_leave(who.clone()).expect("it stands");
		Unbondings::<T>::mutate_extant(&who, |unbonding| unbonding.free_at = 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(!Unbondings::<T>::contains_key(who));
	}

	#[benchmark]
	fn rejoin() {
		CurrentEra::<T>::put(T::PowerEras::get());
		let who = candidate::<T>(0);
		Pallet::<T>::do_leave(who.clone()).expect("it stands");

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(Candidates::<T>::contains_key(who));
	}

	/// An election among `c` candidates while the whole set in office wants to leave.
	#[benchmark]
	fn new_session(c: Linear<1, { T::MaxCandidates::get() }>) {
		candidates::<T>(c);
		Pallet::<T>::start_era(0);
		leavers_in_office::<T>();
		let elected;

		#[block]
		{
			elected = Pallet::<T>::plan(1_000);
		}

		assert!(elected.is_some_and(|elected| !elected.is_empty()));
	}

	/// A session of `v` validators, all of them offenders who are still in office, at the end of the
	/// time in which offences of the first one could be reported.
	#[benchmark]
	fn start_session(v: Linear<1, { T::MaxValidators::get() }>) {
		let mut set = leavers_in_office::<T>();
		set.truncate(v as usize);
		for who in &set {
			let status = Status::Chilled { until: 9, severity: Perbill::from_percent(5) };
			Unbondings::<T>::mutate_extant(who, |unbonding| unbonding.status = status);
		}
		pallet_session::Validators::<T>::put(&set);
		let index = T::UnbondingSessions::get().saturating_add(1);
		EraStart::<T>::put(index);

		#[block]
		{
			Pallet::<T>::begin(index);
		}

		assert!(historical::StoredRange::<T>::get().is_none_or(|(first, _)| first > 0));
	}

	/// `c` candidates are counted near the end of an era, behind others.
	#[benchmark]
	fn count(c: Linear<0, { T::MaxCandidates::get().saturating_sub(1) }>) {
		candidates::<T>(c.saturating_add(1));
		// The era ends with this session, so that the time that is left is asked for.
		let session = pallet_session::Pallet::<T>::current_index().saturating_add(1);
		EraStart::<T>::put(session.saturating_sub(T::SessionsPerEra::get()));
		Pallet::<T>::count_some(1);

		#[block]
		{
			Pallet::<T>::ends_soon();
			Pallet::<T>::count_some(c);
		}

		let era = BookEra::<T>::get();
		assert!(Candidates::<T>::iter().all(|(_, candidate)| candidate.counted.era == era));
	}

	/// An era of `c` candidates who were counted before.
	#[benchmark]
	fn start_era(c: Linear<1, { T::MaxCandidates::get() }>) {
		candidates::<T>(c);
		Pallet::<T>::count_some(c);
		let late;

		#[block]
		{
			late = Pallet::<T>::start_era(1);
		}

		assert_eq!(late, 0);
		assert!(Pallet::<T>::powers().iter().all(|(_, power)| *power > 0));
	}

	/// A report that names `o` validators, each of them reported by as many new accounts as get
	/// something for it.
	#[benchmark]
	fn on_offence(o: Linear<1, { T::MaxValidators::get() }>) {
		let set = candidates::<T>(o);
		pallet_session::Validators::<T>::put(&set);
		let session = pallet_session::Pallet::<T>::current_index();
		let details: Vec<_> = set
			.iter()
			.enumerate()
			.map(|(index, who)| OffenceDetails {
				offender: (who.clone(), ()),
				reporters: reporters::<T>(index as u32),
			})
			.collect();
		let fractions: Vec<_> = set.iter().map(|_| Perbill::from_percent(100)).collect();

		#[block]
		{
			Pallet::<T>::on_offence(&details, &fractions, session);
		}

		assert!(set.iter().all(|who| Pallet::<T>::bond(who) == 0));
		let paid = |who| <T as Config>::Currency::total_balance(who) > 0;
		assert!(details.iter().all(|offence| offence.reporters.iter().all(paid)));
	}

	/// An absent validator, in a full set of which as many are disabled as may be, one of whom has to make way.
	#[benchmark]
	fn report_absence() {
		let set = candidates::<T>(T::MaxValidators::get());
		pallet_session::Validators::<T>::put(&set);
		let (absent, others) = set.split_last().expect("a set is never empty");
		for other in others {
			let nothing = OffenceSeverity(Perbill::zero());
			pallet_session::Pallet::<T>::report_offence(other.clone(), nothing);
		}
		let era = CurrentEra::<T>::get();

		#[block]
		{
			Pallet::<T>::report_absence(absent, era);
		}

		assert!(Pallet::<T>::is_chilled(absent));
		let place = others.len() as u32;
		assert!(pallet_session::Pallet::<T>::disabled_validators().contains(&place));
		let slot = (era, absent.clone());
		assert!(T::ReportAbsence::is_known_offence(&[(absent.clone(), ())], &slot));
	}

	/// `r` records of an era that no longer counts.
	#[benchmark]
	fn remove_work(r: Linear<0, { utility_impls::MAX_REMOVED }>) {
		for index in 0..r {
			let who: T::AccountId = account("operator", index, 0);
			EraWorks::<T>::insert(0, who, EraWork::default());
		}

		#[block]
		{
			Pallet::<T>::remove_work(0, r.max(1));
		}

		assert_eq!(EraWorks::<T>::iter_prefix(0).count(), 0);
	}

	/// `r` slashes of a session whose offences can no longer be reported.
	#[benchmark]
	fn remove_slashes(r: Linear<0, { utility_impls::MAX_REMOVED }>) {
		for index in 0..r {
			let who: T::AccountId = account("operator", index, 0);
			let slash = OffenceSlash { bond: 1, fraction: Perbill::from_percent(5) };
			OffenceSlashes::<T>::insert(0, who, slash);
		}
		pallet_session::CurrentIndex::<T>::put(T::UnbondingSessions::get().saturating_add(1));

		#[block]
		{
			Pallet::<T>::remove_slashes(r.max(1));
		}

		assert_eq!(OldestSlashes::<T>::get(), 1);
		assert!(OffenceSlashes::<T>::iter().next().is_none());
	}

	impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}
