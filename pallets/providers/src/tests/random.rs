// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Whatever happens in whatever order: the invariants hold after every step, and money is where an
//! independent ledger says.

use crate::{mock::*, types::Need, Mode};
use ergon_core::{ModelId, Work};
use ergon_economics::{Balance, Outcome};
use proptest::{prelude::*, test_runner::TestRunner};
use std::{cell::RefCell, collections::BTreeMap};

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
	Prove(Work),
	Assign(u8, Balance, Work, [u8; 32]),
	Vacate(prop::sample::Index, u64),
	Release(prop::sample::Index),
	Fail,
	Audit(bool),
	Slash(Balance),
	Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<(AccountId, Step)>> {
	let step = prop_oneof![
		4 => (1_500..9_000u128).prop_map(Step::Register),
		2 => (0..4_000u128).prop_map(Step::BondMore),
		1 => (1..12u64).prop_map(Step::RotateWorker),
		6 => (1..4u8, 0..9u128, 0..4u32).prop_map(|(m, p, s)| Step::SetOffer(m, p, s)),
		2 => (1..4u8).prop_map(Step::RemoveOffer),
		2 => Just(Step::Drain),
		1 => Just(Step::Resume),
		2 => Just(Step::Unbond),
		6 => Just(Step::Withdraw),
		6 => Just(Step::Unchill),
		5 => (0..120u64).prop_map(Step::Prove),
		14 => (1..4u8, 40..600u128, 0..30u64, any::<[u8; 32]>())
			.prop_map(|(m, p, w, r)| Step::Assign(m, p, w, r)),
		10 => (any::<prop::sample::Index>(), 0..100u64).prop_map(|(i, d)| Step::Vacate(i, d)),
		10 => any::<prop::sample::Index>().prop_map(Step::Release),
		2 => Just(Step::Fail),
		2 => any::<bool>().prop_map(Step::Audit),
		1 => (0..2_000u128).prop_map(Step::Slash),
		5 => (1..250u64).prop_map(Step::Wait),
	];
	prop::collection::vec((1..6u64, step), 50..250)
}

/// What the test believes, kept apart from the pallet.
#[derive(Default)]
struct Ledger {
	bonds: BTreeMap<AccountId, Balance>,
	working: Vec<(AccountId, ModelId, Balance, Work)>,
	delivered: Vec<(AccountId, Balance)>,
	proved: BTreeMap<AccountId, Work>,
	burnt: Balance,
}

impl Ledger {
	fn at_risk(&self, who: AccountId) -> Balance {
		let working = self.working.iter().map(|(who, _, price, _)| (*who, *price));
		let open = working.chain(self.delivered.iter().copied());
		open.filter(|job| job.0 == who).map(|job| job.1).sum()
	}

	/// How many jobs somebody works on, and their work.
	fn at_hand(&self, who: AccountId) -> (u32, Work) {
		let works = self.working.iter().filter(|job| job.0 == who).map(|job| job.3);
		(works.clone().count() as u32, works.sum())
	}

	/// Takes a step, and names it if it did something.
	fn take(&mut self, who: AccountId, step: Step) -> Option<&'static str> {
		let origin = signed(who);
		let now = System::block_number();
		match step {
			Step::Register(bond) => {
				let call =
					Providers::register(origin, worker(who), proof(who, who), bond, profile());
				call.ok()?;
				self.bonds.insert(who, bond);
				Some("register")
			}
			Step::BondMore(amount) => {
				Providers::bond_more(origin, amount).ok()?;
				*self.bonds.get_mut(&who).unwrap() += amount;
				Some("bond more")
			}
			Step::RotateWorker(seed) => {
				let call = Providers::rotate_worker(origin, worker(seed), proof(seed, who));
				call.ok().map(|()| "rotate")
			}
			Step::SetOffer(seed, price, slots) => {
				let call = Providers::set_offer(origin, model(seed), prices(price), slots);
				call.ok().map(|()| "set offer")
			}
			Step::RemoveOffer(seed) => {
				Providers::remove_offer(origin, model(seed)).ok().map(|()| "remove offer")
			}
			Step::Drain => Providers::drain(origin).ok().map(|_| "drain"),
			Step::Resume => Providers::resume(origin).ok().map(|_| "resume"),
			Step::Unbond => Providers::unbond(origin).ok().map(|_| "unbond"),
			Step::Unchill => Providers::unchill(origin).ok().map(|_| "unchill"),
			Step::Withdraw => {
				Providers::withdraw(origin).ok()?;
				assert!(!self.working.iter().any(|job| job.0 == who), "left at work");
				assert!(!self.delivered.iter().any(|job| job.0 == who), "left with open jobs");
				self.bonds.remove(&who);
				Some("withdraw")
			}
			Step::Prove(work) => {
				prove(who, work);
				self.proved.insert(who, work);
				Some("prove")
			}
			Step::Assign(seed, max_price, work, randomness) => {
				let need = Need { model: model(seed), max_price, work, ..need() };
				let eligible = Providers::eligible(&need);
				let Some(assigned) = Providers::assign(&need, randomness) else {
					// With five offers at most, a look sees all of them.
					assert!(eligible.is_empty());
					return None;
				};
				assert!(eligible.contains(&assigned));
				let who = assigned.provider;
				let record = record(who);
				assert!(record.mode == Mode::Active && record.chilled_until.is_none());
				let needs_no_proof = self.at_hand(who).0 < 2;
				self.working.push((who, need.model, max_price, work));
				assert!(3 * self.at_risk(who) <= self.bonds[&who] + max_price, "too much at risk");
				let proved = self.proved.get(&who).copied().unwrap_or_default();
				assert!(needs_no_proof || self.at_hand(who).1 <= proved, "too much at hand");
				Some(if needs_no_proof { "assign" } else { "assign with proof" })
			}
			Step::Vacate(index, delay) => {
				let index = (!self.working.is_empty()).then(|| index.index(self.working.len()))?;
				let (who, model, max_price, work) = self.working.swap_remove(index);
				Providers::vacate(&who, &model, work, now + delay);
				self.delivered.push((who, max_price));
				Some("vacate")
			}
			Step::Release(index) => {
				let index =
					(!self.delivered.is_empty()).then(|| index.index(self.delivered.len()))?;
				let (who, max_price) = self.delivered.swap_remove(index);
				Providers::release(&who, max_price);
				Some("release")
			}
			Step::Wait(blocks) => {
				System::set_block_number(now + blocks);
				Some("wait")
			}
			Step::Fail | Step::Audit(_) | Step::Slash(_) if !self.bonds.contains_key(&who) => None,
			Step::Fail => {
				Providers::note_failure(&who);
				Some("fail")
			}
			Step::Audit(clean) => {
				let outcome = if clean { Outcome::Clean } else { Outcome::Faulty };
				Providers::note_audited(&who, outcome);
				Some("audit")
			}
			Step::Slash(amount) => {
				let slashed = Providers::slash(&who, amount);
				let bond = self.bonds.get_mut(&who).unwrap();
				let taken = amount.min(*bond);
				*bond -= taken;
				self.burnt += taken;
				assert_eq!(slashed.shortfall, amount - taken);
				drop(slashed.credit);
				Some("slash")
			}
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
			if self.bonds.contains_key(&who) {
				let record = record(who);
				assert_eq!((record.active_jobs, record.work_at_hand), self.at_hand(who));
			}
		}
	}
}

#[test]
fn invariants_hold_after_every_step() {
	let done = RefCell::new(BTreeMap::<&'static str, u32>::new());
	let mut runner = TestRunner::new(ProptestConfig {
		cases: 48,
		source_file: Some(file!()),
		..Default::default()
	});
	let outcome = runner.run(&steps(), |steps| {
		ExtBuilder::default().build().execute_with(|| {
			let mut ledger = Ledger::default();
			for (who, step) in steps {
				if let Some(what) = ledger.take(who, step) {
					*done.borrow_mut().entry(what).or_default() += 1;
				}
				ledger.check();
			}
		});
		Ok(())
	});
	outcome.unwrap();
	// Nothing of what can happen was left out.
	let done = done.into_inner();
	let expected = [
		"assign",
		"assign with proof",
		"audit",
		"bond more",
		"drain",
		"fail",
		"prove",
		"register",
		"release",
		"remove offer",
		"resume",
		"rotate",
		"set offer",
		"slash",
		"unbond",
		"unchill",
		"vacate",
		"wait",
		"withdraw",
	];
	assert_eq!(done.keys().copied().collect::<Vec<_>>(), expected, "{done:?}");
}
