// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whatever happens in whatever order: the invariants hold after every step, and money is where an
//! independent ledger says.

use crate::{mock::*, types::Need, Mode};
use ergon_core::ModelId;
use ergon_economics::{Balance, Outcome};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug)]
enum Step {
	Register(Balance),
	BondMore(Balance),
	RotateWorker(u64),
	SetOffer(u8, Balance, u32),
	RemoveOffer(u8),
	Drain,
	Resume,
	Unbond,
	Withdraw,
	Unchill,
	Assign(u8, Balance, [u8; 32]),
	Vacate(prop::sample::Index, u64),
	Release(prop::sample::Index),
	Fail,
	Audit(bool),
	Slash(Balance),
	Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<(AccountId, Step)>> {
	let step = prop_oneof![
		2 => (1_500..8_000u128).prop_map(Step::Register),
		1 => (0..2_000u128).prop_map(Step::BondMore),
		1 => (1..12u64).prop_map(Step::RotateWorker),
		4 => (1..6u8, 0..20u128, 0..5u32).prop_map(|(m, p, s)| Step::SetOffer(m, p, s)),
		1 => (1..6u8).prop_map(Step::RemoveOffer),
		1 => Just(Step::Drain),
		2 => Just(Step::Resume),
		1 => Just(Step::Unbond),
		2 => Just(Step::Withdraw),
		2 => Just(Step::Unchill),
		8 => (1..6u8, 0..500u128, any::<[u8; 32]>()).prop_map(|(m, p, r)| Step::Assign(m, p, r)),
		6 => (any::<prop::sample::Index>(), 0..100u64).prop_map(|(i, d)| Step::Vacate(i, d)),
		5 => any::<prop::sample::Index>().prop_map(Step::Release),
		1 => Just(Step::Fail),
		2 => any::<bool>().prop_map(Step::Audit),
		1 => (0..4_000u128).prop_map(Step::Slash),
		2 => (1..150u64).prop_map(Step::Wait),
	];
	prop::collection::vec((1..6u64, step), 1..120)
}

/// What the test believes, kept apart from the pallet.
#[derive(Default)]
struct Ledger {
	bonds: BTreeMap<AccountId, Balance>,
	working: Vec<(AccountId, ModelId, Balance)>,
	delivered: Vec<(AccountId, Balance)>,
	burnt: Balance,
}

impl Ledger {
	fn at_risk(&self, who: AccountId) -> Balance {
		let working = self.working.iter().map(|(who, _, price)| (*who, *price));
		let open = working.chain(self.delivered.iter().copied());
		open.filter(|job| job.0 == who).map(|job| job.1).sum()
	}

	fn take(&mut self, who: AccountId, step: Step) {
		let origin = signed(who);
		let now = System::block_number();
		match step {
			Step::Register(bond) => {
				let result =
					Providers::register(origin, worker(who), proof(who, who), bond, profile());
				self.bonded(who, bond, call(result));
			}
			Step::BondMore(amount) => {
				let result = call(Providers::bond_more(origin, amount));
				self.bonded(who, amount, result);
			}
			Step::RotateWorker(seed) => {
				call(Providers::rotate_worker(origin, worker(seed), proof(seed, who)));
			}
			Step::SetOffer(seed, price, slots) => {
				call(Providers::set_offer(origin, model(seed), prices(price), slots));
			}
			Step::RemoveOffer(seed) => {
				call(Providers::remove_offer(origin, model(seed)));
			}
			Step::Drain => {
				call(Providers::drain(origin));
			}
			Step::Resume => {
				call(Providers::resume(origin));
			}
			Step::Unbond => {
				call(Providers::unbond(origin));
			}
			Step::Withdraw => {
				let busy = self.working.iter().any(|job| job.0 == who)
					|| self.delivered.iter().any(|job| job.0 == who);
				if call(Providers::withdraw(origin)) {
					assert!(!busy, "a provider left with jobs");
					self.bonds.remove(&who);
				}
			}
			Step::Unchill => {
				call(Providers::unchill(origin));
			}
			Step::Assign(seed, max_price, randomness) => {
				let need = Need { model: model(seed), max_price, ..need() };
				let eligible = Providers::eligible(&need);
				if let Some(assigned) = Providers::assign(&need, randomness) {
					assert!(eligible.contains(&assigned));
					let who = assigned.provider;
					let record = record(who);
					assert!(record.mode == Mode::Active && record.chilled_until.is_none());
					self.working.push((who, need.model, max_price));
					let limit = self.bonds[&who] + max_price;
					assert!(3 * self.at_risk(who) <= limit, "too much at risk");
				} else {
					// With five offers at most, a look sees all of them.
					assert!(eligible.is_empty());
				}
			}
			Step::Vacate(index, delay) => {
				if !self.working.is_empty() {
					let index = index.index(self.working.len());
					let (who, model, max_price) = self.working.swap_remove(index);
					Providers::vacate(&who, &model, now + delay);
					self.delivered.push((who, max_price));
				}
			}
			Step::Release(index) => {
				if !self.delivered.is_empty() {
					let index = index.index(self.delivered.len());
					let (who, max_price) = self.delivered.swap_remove(index);
					Providers::release(&who, max_price);
				}
			}
			_ if !self.bonds.contains_key(&who) && !matches!(step, Step::Wait(_)) => {}
			Step::Fail => Providers::note_failure(&who),
			Step::Audit(clean) => {
				let outcome = if clean { Outcome::Clean } else { Outcome::Faulty };
				Providers::note_audited(&who, outcome);
			}
			Step::Slash(amount) => {
				let slashed = Providers::slash(&who, amount);
				let bond = self.bonds.get_mut(&who).unwrap();
				let taken = amount.min(*bond);
				*bond -= taken;
				self.burnt += taken;
				assert_eq!(slashed.shortfall, amount - taken);
				drop(slashed.credit);
			}
			Step::Wait(blocks) => System::set_block_number(now + blocks),
		}
	}

	fn bonded(&mut self, who: AccountId, amount: Balance, done: bool) {
		if done {
			*self.bonds.entry(who).or_default() += amount;
		}
	}

	fn check(&self) {
		Providers::do_try_state().unwrap();
		assert_eq!(Balances::total_issuance(), ENDOWMENT * Balance::from(ACCOUNTS) - self.burnt);
		for who in 1..6 {
			let bond = self.bonds.get(&who).copied().unwrap_or_default();
			assert_eq!(held(who), bond);
			let standing = Providers::standing(&who);
			assert_eq!((standing.bond, standing.value_at_risk), (bond, self.at_risk(who)));
		}
	}
}

/// Whether a call did something.
fn call<O, E: core::fmt::Debug>(result: Result<O, E>) -> bool {
	result.is_ok()
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, ..Default::default() })]

	#[test]
	fn invariants_hold_after_every_step(steps in steps()) {
		ExtBuilder::default().build().execute_with(|| {
			let mut ledger = Ledger::default();
			for (who, step) in steps {
				ledger.take(who, step);
				ledger.check();
			}
		});
	}
}
