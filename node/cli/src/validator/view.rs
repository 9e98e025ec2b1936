// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the chain says about validators.

use crate::service::FullClient;
use ergon_core::{crypto::audit::AuditorId, ModelId, Work, WORK_UNIT};
use ergon_runtime::{
	constants::{ERG, MILLI_ERG},
	ergon_api::ErgonApi,
	AccountId, Balance, BlockNumber, Hash,
};
use pallet_audits::{Duty, EraIndex, Task};
use pallet_power::PowerLimit;
use pallet_sprints::{EntryInfo, Phase, SprintInfo};
use sp_api::{ApiError, ProvideRuntimeApi};
use std::collections::BTreeSet;

/// The chain's validators as one block leaves them, and more about those of this node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
	/// The block.
	pub number: BlockNumber,
	/// The era that it belongs to.
	pub era: EraIndex,
	/// Power of all candidates.
	pub total_power: u128,
	/// Least number of candidates who hold more than a third of the power.
	pub of_power: u32,
	/// Least number of validators who hold more than a third of the weight.
	pub of_weight: u32,
	/// Where the sprint of the era stands.
	pub sprint: Option<SprintInfo<BlockNumber>>,
	/// The accounts whose audit keys this node has.
	pub own: Vec<Own>,
}

/// One account whose audit key this node has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Own {
	/// Who.
	pub account: AccountId,
	/// Its power in this era; nothing unless it is a candidate.
	pub power: Work,
	/// What it weighs in blocks and votes, in millionths; nothing unless it is a validator of this session.
	pub weight: u64,
	/// Rewards that it can claim.
	pub unpaid: Balance,
	/// Audits that it missed in this era.
	pub missed: u32,
	/// What it has to do.
	pub duties: Vec<Duty<BlockNumber>>,
	/// Whether it was taken out of elections, and has not rejoined.
	pub is_chilled: bool,
	/// Whether it may take part in the sprint of this era.
	pub may_sprint: bool,
	/// What it has done in that sprint, until this is decided.
	pub entry: Option<EntryInfo>,
}

impl View {
	/// What is so behind a block, with more about the accounts that registered one of `keys`.
	pub fn read(
		client: &FullClient,
		number: BlockNumber,
		at: Hash,
		keys: &[AuditorId],
	) -> Result<Self, ApiError> {
		let api = client.runtime_api();
		let distribution = api.power_distribution(at)?;
		let weights = api.authority_weights(at)?;
		let era = api.emission(at)?.era;
		// A key that was rotated leads to nobody, and several may lead to one.
		let mut accounts = BTreeSet::new();
		for key in keys {
			accounts.extend(api.validator_of_key(at, key.clone())?);
		}
		let mut own = Vec::new();
		for account in accounts {
			// The last era in which it had duties is the first in the list.
			let records = api.duty_records(at, account.clone())?;
			let missed = match records.first() {
				Some((of, record)) if *of == era => record.missed,
				_ => 0,
			};
			let limits = api.power_limits(at, account.clone())?;
			let is_chilled = |limit: &PowerLimit| matches!(limit, PowerLimit::Chilled { .. });
			let keeps_out = |limit: &PowerLimit| {
				let is_none = matches!(limit, PowerLimit::NotCandidate | PowerLimit::NotYet { .. });
				is_none || is_chilled(limit)
			};
			own.push(Own {
				power: of(&distribution.candidates, &account),
				weight: of(&weights, &account),
				unpaid: api.rewards(at, account.clone())?.account.unpaid,
				missed,
				duties: api.duties(at, account.clone())?,
				is_chilled: limits.iter().any(is_chilled),
				may_sprint: !limits.iter().any(keeps_out),
				entry: api.sprint_entry(at, account.clone())?,
				account,
			});
		}
		Ok(Self {
			number,
			era,
			total_power: distribution.power.total,
			of_power: distribution.power.nakamoto,
			of_weight: distribution.weight.nakamoto,
			sprint: api.sprint(at)?,
			own,
		})
	}

	/// Duties that are not done, each with whose it is.
	pub fn open(&self) -> impl Iterator<Item = (&AccountId, &Duty<BlockNumber>)> {
		self.own
			.iter()
			.flat_map(|own| own.duties.iter().map(|duty| (&own.account, duty)))
			.filter(|(_, duty)| duty.task != Task::Nothing)
	}

	/// The models that an account needs one of in the sprint of the era: all of them, or the one that it has
	/// committed with. None before the sprint opens.
	pub fn sprint_models(&self, account: &AccountId) -> Vec<ModelId> {
		let entry =
			self.own.iter().find(|own| own.account == *account).and_then(|own| own.entry.as_ref());
		match (entry, &self.sprint) {
			(Some(entry), _) => vec![entry.commitment.model],
			(None, Some(sprint)) => sprint.models.clone(),
			(None, None) => Vec::new(),
		}
	}

	/// Whether it is decided who has committed to something in the sprint of the era.
	fn is_drawn(&self) -> bool {
		self.sprint.as_ref().is_some_and(|sprint| matches!(sprint.phase, Phase::Opening { .. }))
	}

	/// What an operator should read of this, who was told of `last`.
	pub fn news(&self, last: Option<&Self>) -> Vec<String> {
		let mut news = Vec::new();
		for own in &self.own {
			let before = last.and_then(|last| {
				let before = last.own.iter().find(|before| before.account == own.account)?;
				(last.era == self.era).then_some(before)
			});
			let account = &own.account;
			match before {
				None => news.push(format!(
					"Era {} of validator {account}: {} of {} work units of power, {} millionths of the \
					 weight, and {} ERG to claim",
					self.era,
					units(own.power.into()),
					units(self.total_power),
					own.weight,
					ergs(own.unpaid),
				)),
				Some(before) if own.missed > before.missed => news.push(format!(
					"Validator {account} has missed {} audits in era {}, which cost it money and power",
					own.missed, self.era,
				)),
				Some(_) => {}
			}
			if own.is_chilled && before.is_none_or(|before| !before.is_chilled) {
				news.push(format!(
					"Validator {account} is chilled: it has no power, and takes part in nothing until it \
					 rejoins; ergonApi.powerLimits says when it may",
				));
			}
			// What is there before the draw may be gone behind it, if it is decided.
			let is_first = self.is_drawn() && last.is_some_and(|last| !last.is_drawn());
			let missed = before.is_some_and(|before| before.may_sprint && before.entry.is_none());
			if is_first && missed && own.entry.is_none() {
				news.push(format!(
					"Validator {account} has missed the sprint of era {}, and has no power for two sprints",
					self.era,
				));
			}
		}
		news
	}
}

/// What a list says about an account; nothing when it is not in it.
fn of(list: &[(AccountId, u64)], account: &AccountId) -> u64 {
	list.iter().find(|(who, _)| who == account).map_or(0, |(_, amount)| *amount)
}

/// Work in work units, to the thousandth.
fn units(work: u128) -> String {
	let unit = u128::from(WORK_UNIT);
	format!("{}.{:03}", work / unit, work % unit / (unit / 1_000))
}

/// An amount in ERG, to the thousandth.
fn ergs(amount: Balance) -> String {
	format!("{}.{:03}", amount / ERG, amount % ERG / MILLI_ERG)
}

#[cfg(test)]
pub(super) mod tests {
	use super::*;
	use ergon_core::{JobId, H256};
	use pallet_sprints::Commitment;

	/// A duty in a job of that number.
	pub fn duty(job: u8, task: Task, from: BlockNumber, by: BlockNumber) -> Duty<BlockNumber> {
		Duty { job: JobId::repeat_byte(job), round: 0, task, from, by, penalty: ERG }
	}

	/// A validator with these duties.
	pub fn own(number: u8, duties: Vec<Duty<BlockNumber>>) -> Own {
		Own {
			account: AccountId::new([number; 32]),
			power: 1_500_000_000,
			weight: 250_000,
			unpaid: 2 * ERG + ERG / 2,
			missed: 0,
			duties,
			is_chilled: false,
			may_sprint: true,
			entry: None,
		}
	}

	/// A sprint of era 7 that is in that phase, with one model.
	pub fn sprint(phase: Phase<BlockNumber>) -> SprintInfo<BlockNumber> {
		let models = vec![ModelId::repeat_byte(3)];
		SprintInfo { era: 7, phase, models, commit_window: 40, open_window: 60, next: None }
	}

	/// The phase in which candidates work, up to a block.
	pub fn working(commit_by: BlockNumber) -> Phase<BlockNumber> {
		Phase::Working { seed: H256::zero(), commit_by }
	}

	/// The phase in which they show what was drawn, up to a block.
	pub fn opening(open_by: BlockNumber) -> Phase<BlockNumber> {
		Phase::Opening { seed: H256::zero(), draw: H256::zero(), open_by }
	}

	/// Somebody who has committed to ten items, of which these are drawn and those shown.
	pub fn committed(number: u8, drawn: &[u32], shown: &[u32]) -> Own {
		let model = ModelId::repeat_byte(number);
		let commitment = Commitment { model, items: 10, root: H256::zero() };
		let (drawn, shown) = (drawn.to_vec(), shown.to_vec());
		let entry = EntryInfo { commitment, drawn, shown, audited: 0 };
		Own { entry: Some(entry), ..own(number, Vec::new()) }
	}

	#[test]
	fn open_duties_should_be_those_that_are_not_done() {
		let duties = vec![duty(1, Task::Commit, 1, 40), duty(2, Task::Nothing, 1, 40)];
		let view = View {
			own: vec![own(1, duties), own(2, vec![duty(1, Task::Reveal, 41, 50)])],
			..Default::default()
		};
		let tasks: Vec<_> = view.open().map(|(_, duty)| duty.task).collect();
		assert_eq!(tasks, [Task::Commit, Task::Reveal]);
	}

	#[test]
	fn news_should_come_once_an_era_and_with_each_miss() {
		let view = View {
			era: 7,
			total_power: 6_000_250_000_000,
			own: vec![own(1, Vec::new())],
			..Default::default()
		};
		let account = AccountId::new([1; 32]);
		let line = format!(
			"Era 7 of validator {account}: 1.500 of 6000.250 work units of power, 250000 millionths \
			 of the weight, and 2.500 ERG to claim"
		);
		assert_eq!(view.news(None), [line]);
		assert_eq!(view.news(Some(&view)), [""; 0]);

		let mut missed = view.clone();
		missed.own[0].missed = 2;
		let line = format!(
			"Validator {account} has missed 2 audits in era 7, which cost it money and power"
		);
		assert_eq!(missed.news(Some(&view)), [line]);
		assert_eq!(missed.news(Some(&missed)), [""; 0]);

		let next = View { era: 8, ..view.clone() };
		assert_eq!(next.news(Some(&missed)).len(), 1);
		// A node that gets its keys later speaks of them then.
		let without = View { own: Vec::new(), ..view.clone() };
		assert_eq!(without.news(None), [""; 0]);
		assert_eq!(view.news(Some(&without)).len(), 1);
	}

	#[test]
	fn news_should_say_once_who_is_chilled() {
		let view = View { era: 7, own: vec![own(1, Vec::new())], ..Default::default() };
		let mut chilled = view.clone();
		chilled.own[0].is_chilled = true;
		let news = chilled.news(Some(&view));
		assert!(news.len() == 1 && news[0].contains("is chilled"), "{news:?}");
		assert_eq!(chilled.news(Some(&chilled)), [""; 0]);
		// Each era once more.
		assert_eq!(View { era: 8, ..chilled.clone() }.news(Some(&chilled)).len(), 2);
	}

	#[test]
	fn news_should_say_once_who_missed_a_sprint() {
		let with = |phase, own: Own| View {
			era: 7,
			sprint: Some(sprint(phase)),
			own: vec![own],
			..Default::default()
		};
		let idle = || own(1, Vec::new());
		let [before, drawn] = [working(40), opening(104)].map(|phase| with(phase, idle()));
		let news = drawn.news(Some(&before));
		assert!(news.len() == 1 && news[0].contains("missed the sprint of era 7"), "{news:?}");
		assert_eq!(drawn.news(Some(&drawn)), [""; 0]);
		// Who has done its part, whatever came of it, and who had none.
		let before = with(working(40), committed(1, &[], &[]));
		assert_eq!(drawn.news(Some(&before)), [""; 0]);
		let before = with(working(40), Own { may_sprint: false, ..idle() });
		assert_eq!(drawn.news(Some(&before)), [""; 0]);
	}

	#[test]
	fn a_sprint_should_need_the_model_that_was_committed_with() {
		let mut view =
			View { own: vec![own(1, Vec::new()), committed(2, &[], &[])], ..Default::default() };
		let models = |view: &View, number| view.sprint_models(&AccountId::new([number; 32]));
		assert!(models(&view, 1).is_empty());
		view.sprint = Some(sprint(working(40)));
		assert_eq!(models(&view, 1), [ModelId::repeat_byte(3)]);
		assert_eq!(models(&view, 2), [ModelId::repeat_byte(2)]);
	}
}
