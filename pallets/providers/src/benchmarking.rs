// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of every call and of every function that other pallets meter, each in the state that
//! makes it do most.

use crate::{
	types::{CurrencyOf, Need, PeerId, Region},
	Call, Capacity, Config, Hosting, Market, Markets, Mode, Models, Offered, Offers, Pallet,
	Positions, Profile, Providers, Workers,
};
use alloc::vec::Vec;
use ergon_core::{
	crypto::worker::{WorkerId, WorkerSignature},
	Country, ModelId,
};
use ergon_economics::{Balance, Outcome, TokenPrices};
use frame_benchmarking::v2::*;
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	Get,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::{
	traits::{Saturating, Zero},
	RuntimeAppPublic,
};

/// A bond that covers every job of a benchmark.
const BOND: Balance = 1 << 100;
/// Price per token of the offers of benchmarks.
const PRICES: TokenPrices = TokenPrices { prompt_token: 1, output_token: 1 };

fn offer<T: Config>(who: &T::AccountId, model: &ModelId, worker: WorkerId, slots: u32) {
	must(fund::<T>(who, BOND));
	if !Providers::<T>::contains_key(who) {
		must(Pallet::<T>::create(who.clone(), worker, BOND, profile()));
	}
	if let Some(record) = Providers::<T>::get(who) {
		must(Pallet::<T>::put_offer(who.clone(), record, *model, PRICES, slots));
	}
}

fn must<E: core::fmt::Debug>(result: Result<(), E>) {
	if let Err(error) = result {
		panic!("a fixture could not be made: {error:?}");
	}
}

fn fund<T: Config>(who: &T::AccountId, amount: Balance) -> Result<(), sp_runtime::DispatchError> {
	let amount = amount.saturating_add(CurrencyOf::<T>::minimum_balance());
	CurrencyOf::<T>::mint_into(who, amount).map(|_| ())
}

/// A profile of the greatest length.
fn profile() -> Profile {
	let mut peer = Vec::from([0x12, 32]);
	peer.extend([7; 32]);
	Profile {
		country: Country(*b"CH"),
		region: Some(Region::truncate_from(b"ABC".to_vec())),
		hosting: Hosting::Cloud,
		peer: PeerId::truncate_from(peer),
	}
}

/// A worker key that nobody has to sign with.
fn worker(seed: u32) -> WorkerId {
	let mut key = [0; 32];
	key[..4].copy_from_slice(&seed.to_le_bytes());
	sp_runtime::app_crypto::ed25519::Public::from_raw(key).into()
}

/// A worker key and the proof that `who` has it.
fn proven<T: Config>(who: &T::AccountId) -> Result<(WorkerId, WorkerSignature), BenchmarkError> {
	let worker = WorkerId::generate_pair(None);
	let proof = worker
		.sign(&Pallet::<T>::worker_proof_payload(who))
		.ok_or(BenchmarkError::Stop("the keystore does not sign"))?;
	Ok((worker, proof))
}

/// A provider without offers.
fn bare<T: Config>() -> T::AccountId {
	let who: T::AccountId = account("provider", 0, 0);
	must(fund::<T>(&who, BOND));
	must(Pallet::<T>::create(who.clone(), worker(0), BOND, profile()));
	who
}

/// The provider with `offers` offers. Behind each there is an open offer of a second and a closed
/// one of a third provider, so that every move of an offer exchanges it with another.
fn offering<T: Config>(offers: u32) -> T::AccountId {
	let who = bare::<T>();
	let [second, third] = [1, 2].map(|index| account::<T::AccountId>("provider", index, 0));
	for model in (0..offers).map(T::Models::register_for_benchmark) {
		offer::<T>(&who, &model, worker(0), 1);
		offer::<T>(&second, &model, worker(1), 1);
		offer::<T>(&third, &model, worker(2), 0);
	}
	who
}

/// As [`offering`], with all offers closed and the provider's own behind others.
fn closed<T: Config>(offers: u32) -> Result<T::AccountId, BenchmarkError> {
	let who = offering::<T>(offers);
	Pallet::<T>::do_drain(who.clone())?;
	if offers > 0 {
		Pallet::<T>::do_drain(account("provider", 1, 0))?;
	}
	Ok(who)
}

/// A market with `count` open offers of one slot each.
fn open_market<T: Config>(count: u32) -> ModelId {
	let model = T::Models::register_for_benchmark(0);
	for index in 0..count {
		offer::<T>(&account("provider", index, 0), &model, worker(index), 1);
	}
	model
}

/// As [`open_market`], of providers that have as many jobs as one may have without having proved anything, so
/// that assignment asks what each has proved.
fn working_market<T: Config>(count: u32) -> ModelId {
	let model = T::Models::register_for_benchmark(0);
	let unproved = T::UnprovedJobs::get();
	for index in 0..count {
		let who: T::AccountId = account("provider", index, 0);
		offer::<T>(&who, &model, worker(index), unproved.saturating_add(1));
		let need = Need { provider: Some(&who), ..need::<T>(model, &[], &[]) };
		let given = (0..unproved).filter_map(|_| Pallet::<T>::assign(&need, [7; 32])).count();
		assert_eq!(given, unproved as usize);
		T::Capacity::prove_for_benchmark(&who);
	}
	model
}

fn need<'a, T: Config>(
	model: ModelId,
	countries: &'a [Country],
	excluded: &'a [T::AccountId],
) -> Need<'a, T::AccountId> {
	Need {
		model,
		prompt_tokens: 8_192,
		output_tokens: 1_024,
		max_price: 1 << 20,
		work: 1 << 40,
		countries,
		min_reputation: 1,
		provider: None,
		excluded,
		admits: &|_, _| true,
	}
}

/// Sixteen countries, the right one last.
fn countries() -> Vec<Country> {
	(0..15).map(|i| Country([b'A', b'A' + i])).chain([Country(*b"CH")]).collect()
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() -> Result<(), BenchmarkError> {
		let who: T::AccountId = whitelisted_caller();
		fund::<T>(&who, BOND)?;
		let (worker, proof) = proven::<T>(&who)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), worker.clone(), proof, BOND, profile());

		assert_eq!(Workers::<T>::get(worker), Some(who));
		Ok(())
	}

	#[benchmark]
	fn bond_more() -> Result<(), BenchmarkError> {
		let who = bare::<T>();
		fund::<T>(&who, BOND)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), BOND);

		assert_eq!(Pallet::<T>::standing(&who).bond, 2 * BOND);
		Ok(())
	}

	#[benchmark]
	fn rotate_worker() -> Result<(), BenchmarkError> {
		let who = bare::<T>();
		let (worker, proof) = proven::<T>(&who)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), worker.clone(), proof);

		assert_eq!(Pallet::<T>::worker(&who), Some(worker));
		Ok(())
	}

	#[benchmark]
	fn update_profile() -> Result<(), BenchmarkError> {
		let who = bare::<T>();
		let changed = Profile { country: Country(*b"LI"), ..profile() };
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), changed.clone());

		assert_eq!(Providers::<T>::get(&who).map(|record| record.profile), Some(changed));
		Ok(())
	}

	/// The last offer that the provider may make, in a market with a closed offer. It has clean audits to
	/// lose, from so long ago that their decay is a number with many bits.
	#[benchmark]
	fn set_offer() -> Result<(), BenchmarkError> {
		let others = T::MaxOffers::get() - 1;
		let who = offering::<T>(others);
		let model = T::Models::register_for_benchmark(others);
		let other: T::AccountId = account("provider", 9, 0);
		offer::<T>(&other, &model, worker(9), 0);
		(0..8).for_each(|_| Pallet::<T>::note_audited(&who, Outcome::Clean));
		frame_system::Pallet::<T>::set_block_number(T::MaxIdle::get());
		assert!(Pallet::<T>::standing(&who).clean_audits > 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), model, PRICES, 1);

		assert_eq!(Pallet::<T>::standing(&who).clean_audits, 0);
		assert_eq!(Positions::<T>::get(model, 0), Some(who));
		assert_eq!(Markets::<T>::get(model), Market { open: 1, total: 2 });
		Ok(())
	}

	#[benchmark]
	fn remove_offer() -> Result<(), BenchmarkError> {
		let who = offering::<T>(T::MaxOffers::get());
		let model = T::Models::register_for_benchmark(0);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), model);

		assert!(!Offers::<T>::contains_key(model, &who));
		Ok(())
	}

	#[benchmark]
	fn drain(o: Linear<0, { T::MaxOffers::get() }>) -> Result<(), BenchmarkError> {
		let who = offering::<T>(o);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert_eq!(Providers::<T>::get(&who).map(|record| record.mode), Some(Mode::Draining));
		Ok(())
	}

	#[benchmark]
	fn resume(o: Linear<0, { T::MaxOffers::get() }>) -> Result<(), BenchmarkError> {
		let who = closed::<T>(o)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert_eq!(Providers::<T>::get(&who).map(|record| record.mode), Some(Mode::Active));
		Ok(())
	}

	#[benchmark]
	fn unbond(o: Linear<0, { T::MaxOffers::get() }>) -> Result<(), BenchmarkError> {
		let who = offering::<T>(o);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		let mode = Providers::<T>::get(&who).map(|record| record.mode);
		assert!(matches!(mode, Some(Mode::Unbonding { .. })));
		Ok(())
	}

	#[benchmark]
	fn withdraw(o: Linear<0, { T::MaxOffers::get() }>) -> Result<(), BenchmarkError> {
		let who = offering::<T>(o);
		Pallet::<T>::do_unbond(who.clone())?;
		let now = frame_system::Pallet::<T>::block_number();
		frame_system::Pallet::<T>::set_block_number(now.saturating_add(T::UnbondingPeriod::get()));
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(!Providers::<T>::contains_key(&who));
		assert!(Offered::<T>::get(&who).is_empty());
		Ok(())
	}

	#[benchmark]
	fn unchill(o: Linear<0, { T::MaxOffers::get() }>) -> Result<(), BenchmarkError> {
		let who = offering::<T>(o);
		let slashed = Pallet::<T>::slash(&who, 1);
		drop(slashed.credit);
		if o > 0 {
			Pallet::<T>::do_drain(account("provider", 1, 0))?;
		}
		let now = frame_system::Pallet::<T>::block_number();
		frame_system::Pallet::<T>::set_block_number(now.saturating_add(T::ChillPeriod::get()));
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(Providers::<T>::get(&who).is_some_and(|record| record.is_assignable()));
		Ok(())
	}

	#[benchmark]
	fn assign(s: Linear<0, { T::MaxOffersScanned::get() }>) -> Result<(), BenchmarkError> {
		let model = working_market::<T>(s);
		let countries = countries();
		let stranger: T::AccountId = account("stranger", 0, 0);
		let excluded = [stranger.clone(), stranger.clone(), stranger];
		let need = need::<T>(model, &countries, &excluded);
		let assigned;
		#[block]
		{
			assigned = Pallet::<T>::assign(&need, [7; 32]);
		}

		assert_eq!(assigned.is_some(), s > 0);
		assert_eq!(Markets::<T>::get(model).open, s.saturating_sub(1));
		Ok(())
	}

	#[benchmark]
	fn cheapest(s: Linear<0, { T::MaxOffersScanned::get() }>) -> Result<(), BenchmarkError> {
		let model = open_market::<T>(s);
		let countries = countries();
		let stranger: T::AccountId = account("stranger", 0, 0);
		let excluded = [stranger.clone(), stranger.clone(), stranger];
		let need = need::<T>(model, &countries, &excluded);
		let price;
		#[block]
		{
			price = Pallet::<T>::cheapest(&need);
		}

		assert_eq!(price, (s > 0).then_some(9_216));
		Ok(())
	}

	#[benchmark]
	fn vacate() -> Result<(), BenchmarkError> {
		let model = open_market::<T>(2);
		let need = need::<T>(model, &[], &[]);
		let mut busy = (0..2).filter_map(|_| Pallet::<T>::assign(&need, [7; 32]));
		let last = busy.find(|assigned| {
			Offers::<T>::get(model, &assigned.provider).is_some_and(|offer| offer.position == 1)
		});
		let last = last.ok_or(BenchmarkError::Stop("nobody is last"))?.provider;
		busy.for_each(drop);
		#[block]
		{
			Pallet::<T>::vacate(&last, &model, need.work, Zero::zero());
		}

		assert_eq!(Positions::<T>::get(model, 0), Some(last));
		Ok(())
	}

	#[benchmark]
	fn release() -> Result<(), BenchmarkError> {
		let model = open_market::<T>(1);
		let need = need::<T>(model, &[], &[]);
		let assigned = Pallet::<T>::assign(&need, [7; 32]);
		let who = assigned.ok_or(BenchmarkError::Stop("nobody fits"))?.provider;
		Pallet::<T>::vacate(&who, &model, need.work, Zero::zero());
		#[block]
		{
			Pallet::<T>::release(&who, need.max_price);
		}

		assert_eq!(Pallet::<T>::standing(&who).value_at_risk, 0);
		Ok(())
	}

	/// The failure that chills.
	#[benchmark]
	fn note_failure(o: Linear<0, { T::MaxOffers::get() }>) -> Result<(), BenchmarkError> {
		let who = offering::<T>(o);
		(1..T::MaxFailures::get()).for_each(|_| Pallet::<T>::note_failure(&who));
		#[block]
		{
			Pallet::<T>::note_failure(&who);
		}

		assert!(Providers::<T>::get(&who).is_some_and(|record| record.chilled_until.is_some()));
		Ok(())
	}

	/// Half-lives of a number whose fraction has many bits.
	#[benchmark]
	fn note_audited() -> Result<(), BenchmarkError> {
		let who = bare::<T>();
		Pallet::<T>::note_audited(&who, Outcome::Clean);
		let elapsed: BlockNumberFor<T> = (T::ReputationHalfLife::get() - 1).into();
		frame_system::Pallet::<T>::set_block_number(elapsed);
		#[block]
		{
			Pallet::<T>::note_audited(&who, Outcome::Faulty);
		}

		assert_eq!(Pallet::<T>::standing(&who).clean_audits, 0);
		Ok(())
	}

	#[benchmark]
	fn slash(o: Linear<0, { T::MaxOffers::get() }>) -> Result<(), BenchmarkError> {
		let who = offering::<T>(o);
		let slashed;
		#[block]
		{
			slashed = Pallet::<T>::slash(&who, BOND / 2);
		}

		assert_eq!(slashed.shortfall, 0);
		assert_eq!(Pallet::<T>::standing(&who).bond, BOND / 2);
		Ok(())
	}

	#[benchmark]
	fn standing() -> Result<(), BenchmarkError> {
		let who = bare::<T>();
		let found;
		#[block]
		{
			found = Pallet::<T>::standing(&who);
		}

		assert_eq!(found.bond, BOND);
		Ok(())
	}

	#[benchmark]
	fn by_worker() -> Result<(), BenchmarkError> {
		let who = bare::<T>();
		let found;
		#[block]
		{
			found = Pallet::<T>::by_worker(&worker(0));
		}

		assert_eq!(found, Some(who));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
