// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Random lives of random jobs: every unit of money is where the events say, and the state is sound
//! after every step.

use super::*;
use crate::traits::{Conclusion, Penalty};
use ergon_core::replica::replica_id;
use frame_support::traits::{fungible::*, tokens::Preservation};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One step of a scenario; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Step {
	Submit {
		who: bool,
		max_price: u16,
		tokens: u8,
		embed: bool,
		named: bool,
		replicas: u8,
	},
	Blocks(u8),
	BlocksWithoutHook(u8),
	Deliver {
		job: u8,
		prompt_tokens: u8,
		tokens: u8,
	},
	Decline {
		job: u8,
		reason: u8,
	},
	Cancel(u8),
	Poke(u8),
	Prune {
		job: u8,
		by: bool,
	},
	Conclude {
		job: u8,
		conclusion: Verdict,
	},
	Model(u8),
	/// Only in nasty scenarios: the pool or a requester loses what it can lose.
	Drain(bool),
	/// Only in nasty scenarios.
	Freeze(u8),
}

#[derive(Clone, Debug)]
enum Verdict {
	Pending { disputed: bool },
	Upheld { pay: Vec<(u8, u16)>, false_votes: u8 },
	Overturned { finders: u8, false_votes: u8, spared: bool },
}

fn verdict() -> impl Strategy<Value = Verdict> {
	prop_oneof![
		1 => any::<bool>().prop_map(|disputed| Verdict::Pending { disputed }),
		4 => (prop::collection::vec((0u8..4, 0u16..300), 0..4), 0u8..16)
			.prop_map(|(pay, false_votes)| Verdict::Upheld { pay, false_votes }),
		2 => (0u8..16, 0u8..16, any::<bool>())
			.prop_map(|(finders, false_votes, spared)| Verdict::Overturned {
				finders,
				false_votes,
				spared,
			}),
	]
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		6 => (
			any::<bool>(),
			any::<u16>(),
			1u8..60,
			any::<bool>(),
			prop::bool::weighted(0.1),
			prop_oneof![3 => Just(1), 1 => 0..7u8],
		)
			.prop_map(|(who, max_price, tokens, embed, named, replicas)| {
				Step::Submit { who, max_price, tokens, embed, named, replicas }
			}),
		6 => (1u8..8).prop_map(Step::Blocks),
		1 => (1u8..30).prop_map(Step::BlocksWithoutHook),
		8 => (any::<u8>(), 1u8..18, 1u8..60).prop_map(|(job, prompt_tokens, tokens)| {
			Step::Deliver { job, prompt_tokens, tokens }
		}),
		2 => (any::<u8>(), 0u8..3).prop_map(|(job, reason)| Step::Decline { job, reason }),
		1 => any::<u8>().prop_map(Step::Cancel),
		2 => any::<u8>().prop_map(Step::Poke),
		2 => (any::<u8>(), any::<bool>()).prop_map(|(job, by)| Step::Prune { job, by }),
		8 => (any::<u8>(), verdict())
			.prop_map(|(job, conclusion)| Step::Conclude { job, conclusion }),
		1 => (0u8..12).prop_map(Step::Model),
	]
}

fn nasty_step() -> impl Strategy<Value = Step> {
	prop_oneof![
		20 => step(),
		1 => any::<bool>().prop_map(Step::Drain),
		1 => any::<u8>().prop_map(Step::Freeze),
	]
}

/// Auditors by the bits of a number.
fn some_auditors(bits: u8) -> Vec<AccountId> {
	AUDITORS.into_iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, a)| a).collect()
}

#[derive(Default)]
struct Run {
	ids: Vec<JobId>,
	nonce: u64,
	nasty: bool,
}

impl Run {
	fn pick(&self, job: u8) -> Option<JobId> {
		(!self.ids.is_empty()).then(|| self.ids[job as usize % self.ids.len()])
	}

	/// Takes a step; what is impossible at the moment is refused without a trace.
	fn take(&mut self, step: Step) -> Option<()> {
		match step {
			Step::Submit { who, max_price, tokens, embed, named, replicas } => {
				self.nonce += 1;
				let mut request = Request {
					who: if who { ALICE } else { BOB },
					max_price: max_price.into(),
					nonce: self.nonce,
					kind: if embed { JobKind::Embed } else { generate(tokens.into()) },
					..Default::default()
				};
				request.constraints.provider = named.then_some(PAULA);
				request.constraints.replicas = replicas;
				let first = request.submit().ok()?;
				self.ids.extend((0..replicas).map(|index| replica_id(first, index)));
			}
			Step::Blocks(blocks) => run_for(blocks.into()),
			Step::BlocksWithoutHook(blocks) => {
				(0..blocks).for_each(|_| next_block_with(None));
			}
			Step::Deliver { job: index, prompt_tokens, tokens } => {
				let id = self.pick(index)?;
				let record = pallet::Jobs::<Test>::get(id)?;
				let JobState::Assigned(assignment) = &record.state else { return None };
				let parts = match record.kind {
					JobKind::Embed => {
						let output = Output::Vector(vec![1; 8].try_into().unwrap());
						deliver(id, prompt_tokens.into(), output)
					}
					JobKind::Generate(_) => delivery(id, prompt_tokens.into(), tokens.into()),
				};
				let call = signed_attest(assignment.provider, record.round, parts);
				apply(call).ok()?.expect("what is authorized succeeds");
			}
			Step::Decline { job: index, reason } => {
				let id = self.pick(index)?;
				let record = pallet::Jobs::<Test>::get(id)?;
				record.assignment()?;
				let reasons = [
					DeclineReason::PromptTooLong,
					DeclineReason::ModelUnavailable,
					DeclineReason::EngineFailure,
				];
				let call = decline_call(id, reasons[reason as usize]);
				apply(call).ok()?.expect("what is authorized succeeds");
			}
			Step::Cancel(index) => {
				let id = self.pick(index)?;
				let requester = pallet::Jobs::<Test>::get(id)?.requester;
				Jobs::cancel(RuntimeOrigin::signed(requester), id).ok()?;
			}
			Step::Poke(index) => {
				Jobs::poke(RuntimeOrigin::signed(BOB), self.pick(index)?).ok()?;
			}
			Step::Prune { job: index, by } => {
				let who = if by { ALICE } else { 14 };
				Jobs::prune(RuntimeOrigin::signed(who), self.pick(index)?).ok()?;
			}
			Step::Conclude { job: index, conclusion } => {
				let conclusion = match conclusion {
					Verdict::Pending { disputed } => {
						Conclusion::Pending { until: System::block_number() + 3, disputed }
					}
					Verdict::Upheld { pay, false_votes } => {
						let payee = |who: u8| match who {
							3 if self.nasty => NOBODY,
							who => AUDITORS[who as usize],
						};
						// Each pays others: none, the provider, auditors.
						let winners = (0u8..).map(|index| match index % 3 {
							0 => vec![PETER],
							1 => vec![],
							_ => some_auditors(!false_votes),
						});
						Conclusion::Upheld {
							audited: !pay.is_empty(),
							pay: pay
								.into_iter()
								.map(|(who, amount)| (payee(who), amount.into()))
								.collect(),
							penalties: some_auditors(false_votes)
								.into_iter()
								.zip(winners)
								.map(|(auditor, winners)| Penalty { auditor, winners, pay: 10 })
								.collect(),
						}
					}
					Verdict::Overturned { finders, false_votes, spared } => {
						Conclusion::Overturned {
							spared,
							finders: some_auditors(finders),
							false_votes: some_auditors(false_votes & !finders)
								.into_iter()
								.map(|auditor| (auditor, 10))
								.collect(),
						}
					}
				};
				will_conclude(self.pick(index)?, conclusion);
			}
			Step::Model(status) => set_model_status(match status {
				0 => ModelStatus::Recalled,
				1 | 2 => ModelStatus::Quarantined,
				_ => ModelStatus::Active,
			}),
			Step::Drain(pool) => {
				let from = if pool { POOL } else { BOB };
				System::inc_providers(&from);
				let all = Balances::reducible_balance(
					&from,
					Preservation::Expendable,
					frame_support::traits::tokens::Fortitude::Polite,
				);
				Balances::transfer(&from, &PIA, all, Preservation::Expendable).ok()?;
			}
			Step::Freeze(who) => {
				let everybody = [ALICE, BOB, PETER, PAULA, TREASURY, 21, 22, 23, 24];
				let who = everybody[who as usize % everybody.len()];
				Balances::set_freeze(&0, &who, Balance::MAX).unwrap();
			}
		}
		Some(())
	}
}

fn everybody() -> Vec<AccountId> {
	let mut all = vec![ALICE, BOB, TREASURY, POOL, NOBODY];
	all.extend(PROVIDERS);
	all.extend(AUDITORS);
	all
}

fn total(who: AccountId) -> Balance {
	Balances::total_balance(&who)
}

/// What the events say that accounts gained, and what was burnt.
#[derive(Default)]
struct Ledger {
	gained: BTreeMap<AccountId, i128>,
	burnt: Balance,
	/// Prices of settled jobs, by requester.
	requesters: BTreeMap<JobId, AccountId>,
}

impl Ledger {
	fn gain(&mut self, who: AccountId, amount: Balance) {
		*self.gained.entry(who).or_default() += amount as i128;
	}

	fn lose(&mut self, who: AccountId, amount: Balance) {
		*self.gained.entry(who).or_default() -= amount as i128;
	}

	/// Books everything except for the shares of a slash, which the events name in one sum.
	fn book(&mut self, event: Event<Test>) {
		match event {
			Event::JobSubmitted { job, requester, .. } => {
				self.requesters.insert(job, requester);
			}
			Event::JobSettled { job, provider, settlement } => {
				self.lose(self.requesters[&job], settlement.price);
				self.gain(provider, settlement.provider);
				self.gain(TREASURY, settlement.treasury);
				self.gain(POOL, settlement.to_pool);
				self.lose(POOL, settlement.from_pool);
				self.burnt += settlement.burnt;
			}
			Event::AuditorPaid { auditor, amount, .. } => self.gain(auditor, amount),
			Event::ProviderSlashed { provider, amount, .. } => self.lose(provider, amount),
			Event::AuditorSlashed { auditor, amount, .. } => self.lose(auditor, amount),
			Event::SlashAwarded { burnt, .. } => self.burnt += burnt,
			Event::JobPruned { job, by, reward, .. } => {
				self.lose(self.requesters[&job], reward);
				self.gain(by, reward);
			}
			Event::PaymentDiverted { .. } | Event::PaymentBurnt { .. } => {
				panic!("every payee exists")
			}
			_ => {}
		}
	}
}

/// What providers have at hand is what is assigned to them.
fn check_work_at_hand() {
	let mut at_hand = BTreeMap::<AccountId, Work>::new();
	for job in pallet::Jobs::<Test>::iter_values() {
		if let JobState::Assigned(assignment) = job.state {
			*at_hand.entry(assignment.provider).or_default() += assignment.work;
		}
	}
	for (provider, work) in AtHand::get() {
		assert_eq!(at_hand.remove(&provider).unwrap_or_default(), work, "provider {provider}");
	}
	assert!(at_hand.is_empty());
}

/// Runs until every job is final.
fn run_out(run: &mut Run) {
	set_model_status(ModelStatus::Active);
	let mut blocks = 0;
	while LiveJobs::<Test>::get() > 0 {
		for job in Jobs::open_jobs(None, 4) {
			if matches!(job.status, JobStatus::Attested | JobStatus::Disputed) {
				let conclusion =
					Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false };
				will_conclude(job.id, conclusion);
			}
		}
		run.take(Step::Blocks(1));
		blocks += 1;
		assert!(blocks < 2_000, "a job is stuck");
	}
}

fn chain() -> sp_io::TestExternalities {
	let slots = |offer: &mut Offer| offer.slots = 3;
	ExtBuilder::default().offer_with(PETER, slots).offer_with(PAULA, slots).build()
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 96, ..Default::default() })]

	#[test]
	fn every_unit_is_where_the_events_say(
		steps in prop::collection::vec(step(), 1..60),
	) {
		chain().execute_with(|| {
			let before: BTreeMap<_, _> = everybody().into_iter().map(|who| (who, total(who))).collect();
			let issuance = Balances::total_issuance();
			let mut run = Run::default();
			let mut ledger = Ledger::default();
			let mut awarded = 0i128;
			for step in steps {
				run.take(step);
				Jobs::do_try_state().unwrap();
				check_work_at_hand();
			}
			run_out(&mut run);
			for event in events() {
				if let Event::SlashAwarded { awarded: sum, .. } = event {
					awarded += sum as i128;
				}
				ledger.book(event);
			}
			// Shares of slashes went to auditors and providers; nobody else has anything unexplained.
			let mut unexplained = 0i128;
			for (who, before) in before {
				let gained = ledger.gained.get(&who).copied().unwrap_or_default();
				let rest = total(who) as i128 - before as i128 - gained;
				if ![PROVIDERS, AUDITORS].concat().contains(&who) {
					assert_eq!(rest, 0, "account {who}");
				}
				assert!(rest >= 0, "account {who}");
				unexplained += rest;
			}
			assert_eq!(unexplained, awarded);
			assert_eq!(Balances::total_issuance(), issuance - ledger.burnt);
			// All slots, work and risks are given back.
			assert!(Taken::get().values().all(|slots| *slots == 0));
			assert!(AtHand::get().values().all(|work| *work == 0));
			assert!(AtRisk::get().values().all(|risk| *risk == 0));
			assert!(OpenCases::get().is_empty());
		});
	}

	#[test]
	fn nothing_breaks_or_sticks_whatever_accounts_are_like(
		steps in prop::collection::vec(nasty_step(), 1..60),
	) {
		chain().execute_with(|| {
			let mut issuance = Balances::total_issuance();
			let mut run = Run { nasty: true, ..Default::default() };
			for step in steps {
				run.take(step);
				Jobs::do_try_state().unwrap();
				let sum: Balance = everybody().into_iter().map(total).sum();
				assert_eq!(sum, Balances::total_issuance());
				assert!(sum <= issuance, "money is never made");
				issuance = sum;
			}
			run_out(&mut run);
			run.take(Step::Blocks(100));
			for id in run.ids.clone() {
				let _ = Jobs::prune(RuntimeOrigin::signed(14), id);
			}
			assert_eq!(pallet::Jobs::<Test>::iter().count(), 0);
			assert_eq!((held(ALICE), held(BOB)), (0, 0));
			let sum: Balance = everybody().into_iter().map(total).sum();
			assert_eq!(sum, Balances::total_issuance());
		});
	}
}
