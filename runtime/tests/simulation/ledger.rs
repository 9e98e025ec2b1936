// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A small model of the money, independent of the pallets.
//!
//! It knows what happened (who submitted, delivered, voted, lost a game or a duty), works out by itself who
//! must have got or lost what, and compares that with every account after every block. It shares no formula
//! with the runtime: where the protocol says three percent, it divides by a hundred.

use crate::emission::Emission;
use ergon_core::{JobId, Vote, WORK_UNIT};
use ergon_exact::game::Side;
use ergon_runtime::{
	configs::{jobs::AuditPoolAccount, rewards::RewardPot, transaction_payment::TreasuryAccount},
	constants::ERG,
	AccountId, Audits, Balance, Balances, Power, Runtime, RuntimeEvent, RuntimeHoldReason, System,
};
use frame_support::traits::fungible::InspectHold;
use pallet_disputes::Charge;
use std::collections::{BTreeMap, BTreeSet};

/// The least that a challenger puts at stake.
const CHALLENGE_BOND: Balance = 100 * ERG;
/// What a missed duty costs at most.
const MISS_PENALTY: Balance = ERG;

/// What the model knows of a job.
#[derive(Clone, Debug)]
struct Entry {
	requester: AccountId,
	max_price: Balance,
	deposit: Balance,
	provider: Option<AccountId>,
	/// Per prompt token and per output token.
	prices: (Balance, Balance),
	price: Balance,
	/// What re-executing it earns.
	audit_pay: Balance,
	/// Auditors who say that the result is right, and those who say that it is wrong.
	matches: BTreeSet<AccountId>,
	mismatches: BTreeSet<AccountId>,
	/// Who says in the game that is played that it is wrong.
	challenger: Option<AccountId>,
	/// Who gave another answer to the same question.
	rivals: BTreeSet<AccountId>,
	/// Who showed it.
	finder: Option<AccountId>,
	/// Auditors who have not worked, and who showed that.
	idle: BTreeMap<AccountId, AccountId>,
}

impl Entry {
	/// A job of which nothing is known but who wants it.
	fn new(requester: AccountId) -> Self {
		Self {
			requester,
			max_price: 0,
			deposit: 0,
			provider: None,
			prices: (0, 0),
			price: 0,
			audit_pay: 0,
			matches: BTreeSet::new(),
			mismatches: BTreeSet::new(),
			challenger: None,
			rivals: BTreeSet::new(),
			finder: None,
			idle: BTreeMap::new(),
		}
	}
}

/// What became of slashes about one job within a block.
#[derive(Default)]
struct Slashes {
	taken: Balance,
	awarded: Balance,
	/// Who was slashed since the last award.
	culprits: Vec<AccountId>,
	/// What was awarded for the slashes of whom.
	awards: Vec<(Vec<AccountId>, Balance)>,
	/// Whether the result is wrong.
	overturned: bool,
}

/// The model.
pub(crate) struct Ledger {
	balances: BTreeMap<AccountId, Balance>,
	/// Bonds behind the last block.
	bonds: BTreeMap<AccountId, (Balance, Balance)>,
	jobs: BTreeMap<JobId, Entry>,
	/// What validators must earn.
	emission: Emission,
	/// How many amounts were worked out.
	pub(crate) checked: u32,
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
			emission: Emission::new(),
			checked: 0,
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
		let (treasury, pool) = (TreasuryAccount::get(), AuditPoolAccount::get());
		let mut slashes = BTreeMap::<JobId, Slashes>::new();
		// Whom a payment did not reach.
		let mut left_out = BTreeSet::new();
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
					assert!(penalty <= MISS_PENALTY);
					bonds_slashed.remove(&validator);
					self.take(&validator, penalty);
					self.give(&treasury, penalty);
				}
				RuntimeEvent::Jobs(event) => {
					self.book_job(event, &mut slashes, &mut left_out);
				}
				RuntimeEvent::Audits(pallet_audits::Event::VoteRevealed {
					job,
					auditor,
					vote,
					..
				}) => {
					let entry = self.job(&job);
					match vote {
						Vote::Match => entry.matches.insert(auditor),
						Vote::Mismatch(_) => entry.mismatches.insert(auditor),
						Vote::Unavailable => false,
					};
				}
				RuntimeEvent::Disputes(event) => self.book_dispute(event),
				RuntimeEvent::Rewards(event) => self.book_reward(event),
				_ => {}
			}
		}
		let award = |(id, slashes): (&JobId, &Slashes)| self.award(id, slashes);
		let awards: Vec<_> = slashes.iter().flat_map(award).collect();
		for (who, amount) in awards {
			self.give(&who, amount);
		}
		if !left_out.is_empty() {
			left_out.insert(pool);
		}
		self.compare(&left_out);
		self.bonds = bonds();
		self.emission.look();
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

	/// Every account has what the books say.
	fn compare(&mut self, left_out: &BTreeSet<AccountId>) {
		let found = everybody();
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

	fn book_job(
		&mut self,
		event: pallet_jobs::Event<Runtime>,
		slashes: &mut BTreeMap<JobId, Slashes>,
		left_out: &mut BTreeSet<AccountId>,
	) {
		use pallet_jobs::Event::*;
		let (treasury, pool) = (TreasuryAccount::get(), AuditPoolAccount::get());
		match event {
			JobSubmitted { job, requester, max_price, deposit, .. } => {
				let entry = Entry { max_price, deposit, ..Entry::new(requester) };
				self.jobs.insert(job, entry);
			}
			JobAssigned { job, provider, prices, .. } => {
				let entry = self.job(&job);
				entry.provider = Some(provider);
				entry.prices = (prices.prompt_token, prices.output_token);
			}
			JobAttested { job, prompt_tokens, output_tokens, price, .. } => {
				let pay = Audits::case(job).map_or(0, |case| {
					case.work as Balance * Audits::audit_price() / WORK_UNIT as Balance
				});
				let entry = self.job(&job);
				let (prompt, output) = entry.prices;
				entry.price =
					prompt * Balance::from(prompt_tokens) + output * Balance::from(output_tokens);
				entry.audit_pay = pay;
				assert_eq!(price, entry.price);
				assert!(price <= entry.max_price, "nobody pays more than was agreed");
			}
			JobSettled { job, settlement, .. } => {
				let Entry { requester, price, max_price, provider, .. } = self.job(&job).clone();
				let provider = provider.expect("somebody did it");
				assert_eq!((settlement.price, settlement.refunded), (price, max_price - price));
				let (burnt, to_treasury) = ((3 * price).div_ceil(100), percent(2, price));
				let rest = price - burnt - to_treasury;
				// What is set aside for audits comes out of the provider's part, and what auditors earn
				// beyond it out of the pool.
				let aside = rest.checked_sub(settlement.provider).expect("no more than the rest");
				let earned = settlement.auditors;
				assert_eq!(settlement.from_pool, earned.saturating_sub(aside));
				assert_eq!(settlement.to_pool, aside.saturating_sub(earned));
				assert_eq!((settlement.burnt, settlement.treasury), (burnt, to_treasury));
				self.take(&requester, price);
				self.give(&treasury, to_treasury);
				self.give(&provider, rest - aside);
				self.take(&pool, settlement.from_pool);
				self.give(&pool, settlement.to_pool);
				self.checked += 1;
			}
			AuditorPaid { job, auditor, amount } => {
				let entry = self.job(&job);
				assert!(entry.matches.contains(&auditor), "only who found the same is paid");
				assert_eq!(amount, entry.audit_pay);
				self.give(&auditor, amount);
			}
			JobVoided { job, refunded, reason } => {
				let entry = self.job(&job);
				assert_eq!(refunded, entry.max_price, "all of it");
				let overturned = reason == pallet_jobs::VoidReason::Overturned;
				slashes.entry(job).or_default().overturned |= overturned;
			}
			JobExpired { job, refunded, .. } | JobCancelled { job, refunded } => {
				assert_eq!(refunded, self.job(&job).max_price, "all of it");
			}
			JobPruned { job, by, reward, returned } => {
				let entry = self.job(&job).clone();
				assert!(reward + returned <= entry.deposit);
				self.take(&entry.requester, reward);
				self.give(&by, reward);
			}
			ProviderSlashed { job, provider, amount } => {
				let price = self.job(&job).price;
				assert_eq!(self.job(&job).provider.as_ref(), Some(&provider));
				let bond = self.bonds.get(&provider).map_or(0, |bonds| bonds.0);
				self.book_slash(job, &provider, amount, (price, bond), slashes);
			}
			AuditorSlashed { job, auditor, amount } => {
				let entry = self.job(&job).clone();
				let voted = entry.matches.contains(&auditor) || entry.mismatches.contains(&auditor);
				assert!(voted, "only a vote can be false");
				let bond = self.bonds.get(&auditor).map_or(0, |bonds| bonds.1);
				// Whichever is more: what the job costs, or what auditing it earns.
				let worth = entry.price.max(entry.audit_pay);
				self.book_slash(job, &auditor, amount, (worth, bond), slashes);
			}
			SlashAwarded { job, awarded, burnt } => {
				let slashes = slashes.entry(job).or_default();
				slashes.awarded += awarded;
				slashes.awards.push((std::mem::take(&mut slashes.culprits), awarded));
				assert!(awarded <= slashes.taken / 2, "winners never get more than half");
				assert!(awarded + burnt <= slashes.taken);
			}
			PaymentDiverted { payee, .. } | PaymentBurnt { payee, .. } => {
				left_out.insert(payee);
			}
			ReplicasDiffer { job, other } => {
				let providers = [job, other].map(|id| self.job(&id).provider.clone());
				let [one, another] = providers.map(|it| it.expect("both have answered"));
				assert_ne!(one, another, "nobody answers twice");
				self.job(&job).rivals.insert(another);
				self.job(&other).rivals.insert(one);
			}
			JobRequeued { .. } | JobDisputed { .. } | __Ignore(..) => {}
		}
	}

	/// Books what follows from items of sprints. For nobody's money they are like jobs without a price.
	fn book_sprint(
		&mut self,
		event: pallet_sprints::Event<Runtime>,
		slashes: &mut BTreeMap<JobId, Slashes>,
		bonds_slashed: &mut BTreeMap<AccountId, Balance>,
	) {
		use pallet_sprints::{CandidateFailure, Event::*};
		match event {
			Shown { operator, job, .. } => {
				let provider = Some(operator.clone());
				self.jobs.insert(job, Entry { provider, ..Entry::new(operator) });
			}
			AuditorSlashed { job, auditor, amount } => {
				bonds_slashed.remove(&auditor);
				let bond = self.bonds.get(&auditor).map_or(0, |bonds| bonds.1);
				self.book_slash(job, &auditor, amount, (0, bond), slashes);
			}
			SlashAwarded { job, awarded, burnt } => {
				let slashes = slashes.entry(job).or_default();
				slashes.awarded += awarded;
				slashes.awards.push((std::mem::take(&mut slashes.culprits), awarded));
				assert!(awarded <= slashes.taken / 2, "winners never get more than half");
				assert!(awarded + burnt <= slashes.taken);
			}
			Failed { operator, failure, job, .. } => {
				let amount = bonds_slashed.remove(&operator).unwrap_or_default();
				let bond = self.bonds.get(&operator).map_or(0, |bonds| bonds.1);
				let share = match failure {
					CandidateFailure::Wrong => 10,
					CandidateFailure::NotShown => 5,
				};
				assert!(
					amount <= (share * bond).div_ceil(100),
					"{operator} lost {amount} of {bond}"
				);
				self.take(&operator, amount);
				let mut finders = BTreeSet::new();
				if let Some(job) = job {
					slashes.entry(job).or_default().overturned = true;
					let entry = self.job(&job);
					finders.extend(entry.mismatches.iter().chain(&entry.finder).cloned());
				}
				let part = (amount / 2).checked_div(finders.len() as Balance).unwrap_or_default();
				let rest = amount - part * finders.len() as Balance;
				finders.iter().for_each(|finder| self.give(finder, part));
				self.give(&TreasuryAccount::get(), rest);
				self.checked += 1;
			}
			_ => {}
		}
	}

	/// Books what a false result or vote costs.
	fn book_slash(
		&mut self,
		job: JobId,
		culprit: &AccountId,
		amount: Balance,
		(price, bond): (Balance, Balance),
		slashes: &mut BTreeMap<JobId, Slashes>,
	) {
		// Another slash of the same block may have come first.
		assert!(amount <= slash(price, bond), "{culprit} lost {amount} of {bond} for {price}");
		assert!(amount > 0 || bond == 0, "nobody is convicted for nothing");
		self.take(culprit, amount);
		let slashes = slashes.entry(job).or_default();
		slashes.taken += amount;
		slashes.culprits.push(culprit.clone());
		self.checked += 1;
	}

	/// Who must have got what was awarded: in equal parts those who found the result wrong; of a right one
	/// the provider, or whoever showed that an auditor has not worked.
	fn award(&self, id: &JobId, slashes: &Slashes) -> Vec<(AccountId, Balance)> {
		let Some(entry) = self.jobs.get(id) else { return Vec::new() };
		let winners = |culprits: &[AccountId]| -> Vec<AccountId> {
			if slashes.overturned {
				let found = entry.mismatches.iter().chain(&entry.finder);
				return found.cloned().collect::<BTreeSet<_>>().into_iter().collect();
			}
			let [culprit] = culprits else { panic!("each auditor pays for itself") };
			entry.idle.get(culprit).or(entry.provider.as_ref()).cloned().into_iter().collect()
		};
		let awards = slashes.awards.iter().filter(|(_, awarded)| *awarded > 0);
		awards
			.flat_map(|(culprits, awarded)| {
				let winners = winners(culprits);
				let share = awarded / winners.len() as Balance;
				assert_eq!(share * winners.len() as Balance, *awarded, "equal parts");
				winners.into_iter().map(move |winner| (winner, share))
			})
			.collect()
	}

	fn book_dispute(&mut self, event: pallet_disputes::Event<Runtime>) {
		use pallet_disputes::Event::*;
		match event {
			Claimed { job, challenger, charge, bond } => {
				let entry = self.job(&job);
				// Who found it wrong says so, and who found it right says who has not looked.
				let auditors = match charge {
					Charge::Result(_) => &entry.mismatches,
					Charge::Work(_) => &entry.matches,
				};
				// An auditor may bond too, before it is heard.
				let has_a_say =
					auditors.contains(&challenger) || entry.rivals.contains(&challenger);
				assert!(bond == CHALLENGE_BOND.max(entry.price) || (bond == 0 && has_a_say));
			}
			GameStarted { job, challenger, .. } => self.job(&job).challenger = Some(challenger),
			GameOver { job, charge, winner: Side::Challenger, .. } => {
				let entry = self.job(&job);
				let finder = entry.challenger.take();
				match charge {
					Charge::Result(_) => entry.finder = finder,
					Charge::Work(auditor) => {
						let finder = finder.expect("somebody played");
						assert_eq!(entry.idle.insert(auditor, finder), None, "once");
					}
				}
			}
			GameOver { job, winner: Side::Defender, .. } => {
				let entry = self.job(&job);
				if let Some(refuted) = entry.challenger.take() {
					entry.mismatches.remove(&refuted);
				}
			}
			BondLost { job, player, amount } => {
				assert!(amount <= CHALLENGE_BOND.max(self.job(&job).price));
				self.take(&player, amount);
			}
			Awarded { job, awarded, .. } => {
				// Nobody stands in for a side here.
				let provider = self.job(&job).provider.clone().expect("somebody did it");
				self.give(&provider, awarded);
			}
			Moved { .. } | StoodIn { .. } | __Ignore(..) => {}
		}
	}
}
