// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A small model of the money, independent of the pallets.
//!
//! It knows what happened (who submitted, delivered, voted, claimed, played, lost a duty), works out by itself who
//! must have got or lost what, and compares that with every account after every block. It shares no formula
//! with the runtime: where the protocol says three percent, it divides by a hundred.

mod audits;
mod games;
mod jobs;
mod slashes;
mod sprints;

use crate::emission::Emission;
use audits::Exposure;
use ergon_core::{JobId, ModelId, Vote};
use ergon_runtime::{
	configs::{jobs::AuditPoolAccount, rewards::RewardPot, transaction_payment::TreasuryAccount},
	constants::ERG,
	AccountId, Balance, Balances, Power, Providers, Runtime, RuntimeEvent, RuntimeHoldReason,
	System,
};
use ergon_test_chain::tiny;
use frame_support::traits::fungible::InspectHold;
use games::{Claim, Due, Game, Stake};
use slashes::{Pledge, Slashes, Taken};
use std::{
	collections::{BTreeMap, BTreeSet},
	ops::RangeInclusive,
};

/// What a missed duty costs at most.
const MISS_PENALTY: Balance = ERG;

/// What the model knows of a job.
#[derive(Clone, Debug)]
struct Entry {
	requester: AccountId,
	model: ModelId,
	max_price: Balance,
	deposit: Balance,
	provider: Option<AccountId>,
	/// Which bond of the provider answers for the result.
	pledge: Pledge,
	/// Per prompt token and per output token.
	prices: (Balance, Balance),
	price: Balance,
	/// What re-executing it earns.
	audit_pay: Balance,
	/// What is set aside for that, where it is known to the unit.
	budget: Option<RangeInclusive<Balance>>,
	/// Auditors who were drawn, in whichever round, and those of them who were not able to vote or have missed it.
	drawn: BTreeSet<AccountId>,
	silent: BTreeSet<AccountId>,
	/// Auditors who say that the result is right, and those who say that it is wrong.
	matches: BTreeSet<AccountId>,
	mismatches: BTreeSet<AccountId>,
	/// Who gave another answer to the same question.
	rivals: BTreeSet<AccountId>,
	/// What waits to be played, and what is.
	claims: Vec<Claim>,
	game: Option<Game>,
	/// Auditors who were wrong, and about whose work where it was not about the result.
	refuted: Vec<(AccountId, Option<AccountId>)>,
	/// Who showed that the result is wrong.
	finders: BTreeSet<AccountId>,
	/// Whether somebody who stood in for the provider has answered for that.
	is_spared: bool,
	/// Auditors who have not worked, and who showed that.
	idle: BTreeMap<AccountId, BTreeSet<AccountId>>,
}

impl Entry {
	/// A job of which nothing is known but who wants it.
	fn new(requester: AccountId) -> Self {
		Self {
			requester,
			model: tiny::id(),
			max_price: 0,
			deposit: 0,
			provider: None,
			pledge: Pledge::Provider,
			prices: (0, 0),
			price: 0,
			audit_pay: 0,
			budget: None,
			drawn: BTreeSet::new(),
			silent: BTreeSet::new(),
			matches: BTreeSet::new(),
			mismatches: BTreeSet::new(),
			rivals: BTreeSet::new(),
			claims: Vec::new(),
			game: None,
			refuted: Vec::new(),
			finders: BTreeSet::new(),
			is_spared: false,
			idle: BTreeMap::new(),
		}
	}
}

/// A result that was fixed in a block; how often it is audited follows from what its provider stands for.
struct Fixed {
	job: JobId,
	provider: AccountId,
	work: u128,
	at_risk: Balance,
}

/// The model.
pub(crate) struct Ledger {
	balances: BTreeMap<AccountId, Balance>,
	/// Bonds behind the last block, as provider and as validator.
	bonds: BTreeMap<AccountId, (Balance, Balance)>,
	jobs: BTreeMap<JobId, Entry>,
	/// What the jobs of each provider cost at most that are not final.
	at_risk: BTreeMap<AccountId, Balance>,
	/// Audits of each provider that found nothing, since one found something.
	clean: BTreeMap<AccountId, u32>,
	/// What an audit earns per work unit.
	audit_price: Balance,
	/// What validators must earn.
	emission: Emission,
	/// Who has failed in a sprint in which session: whoever does so twice pays the difference only.
	offences: BTreeSet<(u32, AccountId)>,
	/// Who has failed in the sprint of which era, with a wrong item or without one: that is reported once.
	failures: BTreeSet<(u32, AccountId, bool)>,

	// Of one block.
	/// Games that are over.
	due: BTreeMap<JobId, Due>,
	/// What was taken from bonds.
	taken: Taken,
	/// What those put at stake who stood in for others.
	staked: Vec<Stake>,
	/// Results that were fixed, and providers whose record has changed.
	fixed: Vec<Fixed>,
	judged: BTreeSet<AccountId>,
	/// Whom a payment did not reach, and who got it instead.
	left_out: BTreeSet<AccountId>,

	/// How many amounts were worked out.
	pub(crate) checked: u32,
	/// How many slashes, audit budgets and bonds of who stood in were equal to what follows from the protocol.
	pub(crate) slashes: u32,
	pub(crate) budgets: u32,
	pub(crate) stakes: u32,
}

/// What every account has, what is held included.
fn everybody() -> BTreeMap<AccountId, Balance> {
	let accounts = frame_system::Account::<Runtime>::iter();
	accounts.map(|(who, account)| (who, account.data.free + account.data.reserved)).collect()
}

/// What a provider and a validator bonded.
fn bonds() -> BTreeMap<AccountId, (Balance, Balance)> {
	let reason = RuntimeHoldReason::Providers(pallet_providers::HoldReason::ProviderBond);
	let of_provider = |who: &AccountId| Balances::balance_on_hold(&reason, who);
	let accounts = frame_system::Account::<Runtime>::iter_keys();
	accounts.map(|who| (who.clone(), (of_provider(&who), Power::bond(&who)))).collect()
}

/// A share in percent, rounded down.
fn percent(share: Balance, of: Balance) -> Balance {
	of * share / 100
}

/// max(100 × price, 10 % of the bond), capped by the bond.
fn slash(price: Balance, bond: Balance) -> Balance {
	(100 * price).max(bond.div_ceil(10)).min(bond)
}

impl Ledger {
	/// The books of a new chain; to be asked within its state.
	pub(crate) fn new() -> Self {
		Self {
			balances: everybody(),
			bonds: bonds(),
			jobs: BTreeMap::new(),
			at_risk: BTreeMap::new(),
			clean: BTreeMap::new(),
			audit_price: audits::FIRST_PRICE,
			emission: Emission::new(),
			offences: BTreeSet::new(),
			failures: BTreeSet::new(),
			due: BTreeMap::new(),
			taken: Taken::default(),
			staked: Vec::new(),
			fixed: Vec::new(),
			judged: BTreeSet::new(),
			left_out: BTreeSet::new(),
			checked: 0,
			slashes: 0,
			budgets: 0,
			stakes: 0,
		}
	}

	fn give(&mut self, who: &AccountId, amount: Balance) {
		*self.balances.entry(who.clone()).or_default() += amount;
	}

	fn take(&mut self, who: &AccountId, amount: Balance) {
		let balance = self.balances.entry(who.clone()).or_default();
		*balance = balance.checked_sub(amount).expect("nobody loses more than there is");
	}

	fn job(&mut self, id: &JobId) -> &mut Entry {
		self.jobs.get_mut(id).expect("jobs are submitted first")
	}

	/// Books what happened in the last block, and compares; to be asked within the state of that block.
	pub(crate) fn book(&mut self) {
		let treasury = TreasuryAccount::get();
		let mut slashes = BTreeMap::<JobId, Slashes>::new();
		// What was taken from bonds, until it is known why.
		let mut bonds_slashed = BTreeMap::new();
		self.emission.count_block();
		for record in System::read_events_no_consensus() {
			match record.event {
				RuntimeEvent::TransactionPayment(
					pallet_transaction_payment::Event::TransactionFeePaid {
						who, actual_fee, ..
					},
				) => {
					self.take(&who, actual_fee);
					self.give(&treasury, actual_fee);
				}
				RuntimeEvent::Balances(pallet_balances::Event::Transfer { from, to, amount }) => {
					self.take(&from, amount);
					self.give(&to, amount);
				}
				RuntimeEvent::Balances(pallet_balances::Event::DustLost { account, amount }) => {
					self.take(&account, amount);
				}
				RuntimeEvent::Power(pallet_power::Event::Slashed { candidate, amount }) => {
					bonds_slashed.insert(candidate, amount);
				}
				RuntimeEvent::Sprints(event) => {
					self.book_sprint(event, &mut slashes, &mut bonds_slashed)
				}
				RuntimeEvent::Power(pallet_power::Event::DutyMissed { validator, penalty }) => {
					let bond = self.bond(&validator, Pledge::Validator);
					let due = MISS_PENALTY.min(bond);
					self.taken.note(&validator, Pledge::Validator, penalty, due);
					bonds_slashed.remove(&validator);
					self.take(&validator, penalty);
					self.give(&treasury, penalty);
				}
				RuntimeEvent::Jobs(event) => {
					if let pallet_jobs::Event::AuditorSlashed { auditor, .. } = &event {
						bonds_slashed.remove(auditor);
					}
					self.book_job(event, &mut slashes);
				}
				RuntimeEvent::Providers(event) => self.book_provider(event),
				RuntimeEvent::Audits(event) => self.book_audit(event),
				RuntimeEvent::Disputes(event) => self.book_dispute(event),
				RuntimeEvent::Rewards(event) => self.book_reward(event),
				_ => {}
			}
		}
		if !self.left_out.is_empty() {
			self.left_out.insert(AuditPoolAccount::get());
		}
		let award = |(id, slashes): (&JobId, &Slashes)| self.awards(id, slashes);
		let awards: Vec<_> = slashes.iter().flat_map(award).collect();
		for (who, amount) in awards {
			self.give(&who, amount);
		}
		assert!(self.due.values().all(Due::is_done), "a game was not settled: {:?}", self.due);
		self.due.clear();
		self.compare();
		self.compare_bonds();
		self.emission.look();
	}

	/// Every account has what the books say.
	fn compare(&mut self) {
		let found = everybody();
		let left_out = std::mem::take(&mut self.left_out);
		for who in found.keys().chain(self.balances.keys()) {
			let (found, booked) = (found.get(who), self.balances.get(who));
			let [found, booked] = [found, booked].map(|it| it.copied().unwrap_or_default());
			assert!(
				found == booked || left_out.contains(who),
				"{who} has {found} and should have {booked}, block {}",
				System::block_number(),
			);
		}
		self.balances = found;
	}

	/// What was taken from bonds is what had to be; so is what somebody put at stake who stood in, and what was set aside
	/// for audits. All of it follows from what was bonded, which may have changed in the same block.
	fn compare_bonds(&mut self) {
		let now = bonds();
		let of =
			|bonds: &BTreeMap<AccountId, (Balance, Balance)>, who: &AccountId, pledge: Pledge| {
				let (provider, validator) = bonds.get(who).copied().unwrap_or_default();
				if pledge == Pledge::Provider {
					provider
				} else {
					validator
				}
			};
		let lost = |who: &AccountId, pledge: Pledge| {
			of(&self.bonds, who, pledge).checked_sub(of(&now, who, pledge))
		};
		self.slashes += std::mem::take(&mut self.taken).compare(lost);
		for stake in std::mem::take(&mut self.staked) {
			let is_settled =
				|who: &AccountId, pledge| of(&now, who, pledge) == self.bond(who, pledge);
			self.stakes += u32::from(stake.compare(is_settled));
		}
		for Fixed { job, provider, work, at_risk } in std::mem::take(&mut self.fixed) {
			let bond = of(&now, &provider, Pledge::Provider);
			let is_settled = bond == self.bond(&provider, Pledge::Provider);
			if !is_settled || self.judged.contains(&provider) {
				continue;
			}
			// Audits fade, which costs the newest of them after a block: the number that counts is asked for.
			let clean_audits = Providers::standing(&provider).clean_audits;
			let most = self.clean.get(&provider).copied().unwrap_or_default();
			assert!(clean_audits <= most, "{provider} has {clean_audits} clean audits of {most}");
			let audit_price = self.audit_price;
			let entry = self.job(&job);
			let (price, max_price) = (entry.price, entry.max_price);
			let exposure = Exposure { price, max_price, bond, clean_audits, at_risk };
			entry.budget = Some(audits::budget(&exposure, work, audit_price));
		}
		self.judged.clear();
		self.bonds = now;
	}

	/// Money is made in the pot, and leaves it for whoever earned it.
	fn book_reward(&mut self, event: pallet_rewards::Event<Runtime>) {
		use pallet_rewards::Event::*;
		let pot = RewardPot::get();
		match event {
			Rewarded { validator, era, amount } => {
				self.emission.check(era, &validator, amount);
				self.give(&pot, amount);
				self.checked += 1;
			}
			EraSettled { era, minted, .. } => self.emission.close(era, minted),
			Claimed { validator, amount } => {
				self.take(&pot, amount);
				self.give(&validator, amount);
			}
			__Ignore(..) => {}
		}
	}

	/// Remembers what providers are known for.
	fn book_provider(&mut self, event: pallet_providers::Event<Runtime>) {
		use pallet_providers::Event::*;
		match event {
			Audited { provider, clean, .. } => {
				let count = self.clean.entry(provider.clone()).or_default();
				*count = if clean { *count + 1 } else { 0 };
				self.judged.insert(provider);
			}
			// A new model or a new start makes clean audits count anew.
			OfferSet { provider, .. } | Registered { provider, .. } => {
				self.judged.insert(provider);
			}
			_ => {}
		}
	}

	/// Remembers who has to look at results, and what they say.
	fn book_audit(&mut self, event: pallet_audits::Event<Runtime>) {
		use pallet_audits::Event::*;
		match event {
			AuditorsDrawn { job, auditors, .. } => {
				let entry = self.job(&job);
				let count = auditors.len() + entry.drawn.len();
				entry.drawn.extend(auditors);
				assert_eq!(entry.drawn.len(), count, "nobody is drawn twice");
			}
			DutyMissed { job, auditor, .. } => {
				self.job(&job).silent.insert(auditor);
			}
			VoteRevealed { job, auditor, vote, .. } => {
				let entry = self.job(&job);
				let side = match vote {
					Vote::Match => &mut entry.matches,
					Vote::Mismatch(_) => &mut entry.mismatches,
					Vote::Unavailable => &mut entry.silent,
				};
				assert!(side.insert(auditor), "nobody votes twice");
			}
			AuditPriceMoved { price, .. } => self.audit_price = price,
			_ => {}
		}
	}

	/// A job was given to somebody: until it is final, or taken away again, its price is at risk.
	fn put_at_risk(&mut self, job: &JobId, provider: AccountId) {
		let entry = self.job(job);
		entry.provider = Some(provider.clone());
		let max_price = entry.max_price;
		*self.at_risk.entry(provider).or_default() += max_price;
	}

	/// A job is final, or waits for somebody else.
	fn take_off_risk(&mut self, job: &JobId) {
		let entry = self.job(job);
		let (provider, max_price) = (entry.provider.clone(), entry.max_price);
		let Some(provider) = provider else { return };
		let at_risk = self.at_risk.entry(provider).or_default();
		*at_risk = at_risk.checked_sub(max_price).expect("it was at risk");
	}
}
