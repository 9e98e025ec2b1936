// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! One market for months: providers and auditors of every kind at once, and the pool between them. Validators
//! weigh the same, so that their number is the share of the weight that each kind has.

use ergon_economics::{
	constants::{BLOCKS_PER_DAY, ERG, SECOND_LOOKERS},
	reputation, settlement, Balance,
};

use crate::{
	market::{
		all_silent, found_later, parts_of, pay, Provider, Terms, CHILL, COST_OF_AUDIT,
		COST_OF_WORK, INTERVAL, OPEN_JOBS, VALIDATOR_BOND,
	},
	random::Random,
	rules,
	strategies::{in_units, Outcome},
};

/// What every provider asks for a job.
pub const PRICE: Balance = ERG;
/// What the audit pool starts with.
pub const POOL: Balance = 1_000 * ERG;
/// Days that an exit scammer is honest.
const PATIENCE: u32 = 20;
/// Days from one working day to the next of a provider that mostly rests.
const REST: u32 = 10;

/// How a provider works.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Work {
	/// Right, every day.
	Honest,
	/// Right, one day in ten; each time after more than a week.
	Seldom,
	/// Wrong with that probability. The colluding auditors are its friends.
	Cheat(f64),
	/// Right for twenty days, then everything wrong that it may have open; then under another name. The
	/// colluding auditors are its friends.
	ExitScam,
	/// For a requester of its own, right, but the question means nothing. The colluding auditors are its own.
	SelfDealing,
}

/// How an auditor audits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audit {
	/// It re-executes.
	Honest,
	/// It votes Match and re-executes nothing.
	Idle,
	/// It re-executes, but not the results of its friends: they all match.
	Colluding,
}

/// All of one kind together.
#[derive(Clone, Copy, Debug)]
pub struct Group<Kind> {
	/// The kind.
	pub kind: Kind,
	/// How many there are.
	pub members: u32,
	/// Jobs, or audits, that they did.
	pub done: u64,
	/// What they earned in prices, after costs and slashes.
	pub profit: f64,
	/// How much of that is shares of what others lost.
	pub rewards: f64,
	/// What became of what was wrong: results, or Matches without work.
	pub wrong: Outcome,
}

impl<Kind> Group<Kind> {
	fn new(kind: Kind, members: u32) -> Self {
		Self { kind, members, done: 0, profit: 0.0, rewards: 0.0, wrong: Outcome::default() }
	}

	/// Profit of one job or audit.
	pub fn profit_of_one(&self) -> f64 {
		self.profit / self.done.max(1) as f64
	}
}

/// Where the money went. It is conserved, to the unit.
#[derive(Clone, Debug)]
pub struct Money {
	/// In the audit pool.
	pub pool: Balance,
	/// What it held least of all.
	pub lowest: Balance,
	/// Balance of the pool after every tenth day.
	pub history: Vec<Balance>,
	/// The variance of what it was paid and paid, in squares of the price.
	pub variance: f64,
	/// What it gained by others' faults: pay of those who had not looked, and what is left of the budgets of
	/// wrong results that stand, which had fewer auditors than others.
	pub windfall: i128,
	paid: Balance,
	spent: Balance,
}

/// What a market came to.
#[derive(Clone, Debug)]
pub struct Market {
	/// Providers.
	pub providers: Vec<Group<Work>>,
	/// Auditors.
	pub auditors: Vec<Group<Audit>>,
	/// The pool.
	pub money: Money,
	/// How many days it ran.
	pub days: u32,
}

/// A provider of a group.
struct Member {
	group: usize,
	bond: Balance,
	provider: Provider,
	since: u32,
	chilled_until: u32,
}

/// A validator of a group.
#[derive(Clone, Copy, Debug)]
struct Validator {
	group: usize,
	kind: Audit,
	bond: Balance,
}

/// A market that runs.
struct Running {
	random: Random,
	market: Market,
	validators: Vec<Validator>,
}

/// What the audits of one result said.
struct Verdict {
	is_audited: bool,
	is_overturned: bool,
}

/// Lets a mixed market run for so many days.
pub fn run(days: u32, seed: u64) -> Market {
	let kinds = [
		(Work::Honest, 40),
		(Work::Seldom, 10),
		(Work::Cheat(0.01), 30),
		(Work::Cheat(0.1), 5),
		(Work::Cheat(1.0), 5),
		(Work::ExitScam, 30),
		(Work::SelfDealing, 5),
	];
	let auditors = [(Audit::Honest, 36), (Audit::Colluding, 18), (Audit::Idle, 6)];
	let market = Market {
		providers: kinds.map(|(kind, members)| Group::new(kind, members)).into(),
		auditors: auditors.map(|(kind, members)| Group::new(kind, members)).into(),
		money: Money {
			pool: POOL,
			lowest: POOL,
			history: vec![POOL],
			variance: 0.0,
			windfall: 0,
			paid: 0,
			spent: 0,
		},
		days,
	};
	let validators = auditors.into_iter().enumerate().flat_map(|(group, (kind, members))| {
		(0..members).map(move |_| Validator { group, kind, bond: VALIDATOR_BOND })
	});
	let validators = validators.collect();
	let mut members: Vec<Member> = Vec::new();
	for (group, (_, count)) in kinds.into_iter().enumerate() {
		for index in 0..count {
			// Half of each kind has ten times the bond.
			let bond = PRICE * if index % 2 == 0 { 200 } else { 2_000 };
			let provider = Provider::new(bond, PRICE, 0);
			members.push(Member { group, bond, provider, since: 0, chilled_until: 0 });
		}
	}

	let mut running = Running { random: Random::new(seed), market, validators };
	for day in 0..days {
		for hour in 0..BLOCKS_PER_DAY / INTERVAL {
			let now = day * BLOCKS_PER_DAY + hour * INTERVAL;
			for member in &mut members {
				running.turn(member, day, now);
			}
		}
		if (day + 1).is_multiple_of(10) {
			let pool = running.market.money.pool;
			running.market.money.history.push(pool);
		}
	}
	running.market
}

impl Running {
	/// A provider's next job, if it takes one.
	fn turn(&mut self, member: &mut Member, day: u32, now: u32) {
		let kind = self.market.providers[member.group].kind;
		if now < member.chilled_until || (kind == Work::Seldom && !day.is_multiple_of(REST)) {
			return;
		}
		let leaves = kind == Work::ExitScam && now - member.since >= PATIENCE * BLOCKS_PER_DAY;
		let Some(terms) = member.provider.terms(if leaves { u32::MAX } else { OPEN_JOBS }, now)
		else {
			self.begin_anew(member, now);
			return;
		};
		if leaves {
			(0..terms.open).for_each(|_| self.job(member, terms, true, now));
			self.begin_anew(member, now);
			return;
		}
		let is_wrong = matches!(kind, Work::Cheat(rate) if self.random.chance(rate));
		self.job(member, terms, is_wrong, now);
	}

	/// Another provider, with a new bond. What is left of the old one is not lost.
	fn begin_anew(&mut self, member: &mut Member, now: u32) {
		member.provider = Provider::new(member.bond, PRICE, now);
		member.since = now;
		member.chilled_until = 0;
	}

	/// One job, from its answer to the end of its money.
	fn job(&mut self, member: &mut Member, terms: Terms, is_wrong: bool, now: u32) {
		let kind = self.market.providers[member.group].kind;
		let has_friends = !matches!(kind, Work::Honest | Work::Seldom);
		let price = terms.price;
		let verdict = self.audit(member, terms, is_wrong, has_friends, now);
		let group = &mut self.market.providers[member.group];
		group.done += 1;
		if !is_wrong && kind != Work::SelfDealing {
			group.profit -= COST_OF_WORK;
		}
		if verdict.is_overturned {
			// The price is refunded, and the slash was taken with the verdict.
			member.chilled_until = now + CHILL;
			return;
		}
		group.profit += in_units(terms.parts.provider, PRICE);
		if kind == Work::SelfDealing {
			group.profit -= in_units(price, PRICE);
		}
		if verdict.is_audited {
			member.provider.note(reputation::Outcome::Clean, now);
		}
		let money = &mut self.market.money;
		money.paid += price;
		money.spent += terms.parts.burn + terms.parts.treasury + terms.parts.provider;
	}

	/// Draws auditors, lets them vote, looks again, and pays and slashes them.
	fn audit(
		&mut self,
		member: &mut Member,
		terms: Terms,
		is_wrong: bool,
		has_friends: bool,
		now: u32,
	) -> Verdict {
		let looks = |validator: &Validator| match validator.kind {
			Audit::Honest => true,
			Audit::Idle => false,
			Audit::Colluding => !has_friends,
		};
		let of = self.validators.len() as u32;
		let silent = self.validators.iter().filter(|validator| !looks(validator)).count() as u32;
		let drawn = self.random.draw(terms.rate);
		let mut left: Vec<usize> = (0..self.validators.len()).collect();
		let first = self.random.pick(&mut left, drawn);
		let seen = first.iter().any(|at| looks(&self.validators[*at]));
		// A result that nobody matched is not looked at again, and the bonds behind the others' votes say how
		// often it is.
		let matched = first.iter().map(|at| &self.validators[*at]);
		let matched = matched.filter(|validator| !is_wrong || !looks(validator));
		let smallest = matched.map(|validator| validator.bond).min();
		let again = smallest.map(rules::second_look_rate);
		let second = match again {
			Some(rate) if self.random.draw(rate) > 0 => self.random.pick(&mut left, SECOND_LOOKERS),
			_ => Vec::new(),
		};
		let seen_later = second.iter().any(|at| looks(&self.validators[*at]));

		let looks_again = again.map_or(0.0, |rate| parts_of(rate).1 + f64::from(parts_of(rate).0));
		if is_wrong {
			let (whole, fraction) = parts_of(terms.rate);
			let base = rules::second_look_rate(VALIDATOR_BOND);
			let base = parts_of(base).1 + f64::from(parts_of(base).0);
			let missed = |drawn: u32| match drawn {
				0 => 1.0,
				_ => all_silent(drawn, silent, of) * (1.0 - base * found_later(drawn, silent, of)),
			};
			let chance = 1.0 - (1.0 - fraction) * missed(whole) - fraction * missed(whole + 1);
			self.market.providers[member.group].wrong.wrong(chance, seen || seen_later);
		}
		let is_overturned = is_wrong && (seen || seen_later);
		let finders: Vec<usize> = first
			.iter()
			.chain(&second)
			.copied()
			.filter(|at| looks(&self.validators[*at]))
			.collect();
		// Everybody who said Match of a wrong result, and idle auditors where somebody sees it: of a friend's
		// right result they are told what to say, and say what is right.
		let voters: Vec<usize> = first.iter().chain(&second).copied().collect();
		let guilty: Vec<usize> = voters
			.iter()
			.copied()
			.filter(|at| match is_wrong {
				true => is_overturned && !looks(&self.validators[*at]),
				false => self.is_idle(*at) && (seen || seen_later),
			})
			.collect();
		for at in voters.iter().filter(|at| self.validators[**at].kind == Audit::Idle) {
			let drawn = first.len() as u32;
			let chance = match first.contains(at) {
				// The others who were drawn with it, or else a second look.
				true => {
					let alone = all_silent(drawn - 1, silent - 1, of - 1);
					1.0 - alone * (1.0 - looks_again * found_later(drawn, silent, of))
				}
				// Those of the first look, or else the other one of the second.
				false if seen => 1.0,
				false => 1.0 - all_silent(1, silent - drawn - 1, of - drawn - 1),
			};
			let group = self.validators[*at].group;
			self.market.auditors[group].wrong.wrong(chance, guilty.contains(at));
		}

		let mut taken = 0;
		if is_overturned {
			let slash = member.provider.convict(terms.price, now);
			self.market.providers[member.group].profit -= in_units(slash, PRICE);
			taken += slash;
		}
		let (mut owed, mut withheld) = (0, 0);
		for at in &voters {
			let does_work = looks(&self.validators[*at]);
			let is_guilty = guilty.contains(at);
			let validator = &mut self.validators[*at];
			let group = &mut self.market.auditors[validator.group];
			group.done += 1;
			if does_work {
				group.profit -= COST_OF_AUDIT * in_units(pay(), PRICE);
			}
			if is_guilty {
				let slash = rules::false_vote_slash(terms.price, validator.bond);
				validator.bond -= slash;
				group.profit -= in_units(slash, PRICE);
				taken += slash;
				withheld += pay();
				// Chilled; another one of the kind comes with a new bond.
				if validator.bond < VALIDATOR_BOND / 2 {
					validator.bond = VALIDATOR_BOND;
				}
			} else if !is_overturned {
				let earns = rules::secured_pay(validator.bond);
				group.profit += in_units(earns, PRICE);
				owed += earns;
			}
		}
		let reward = settlement::award(taken).winner;
		for at in &finders {
			let share = in_units(reward, PRICE) / finders.len() as f64;
			let group = &mut self.market.auditors[self.validators[*at].group];
			group.profit += share;
			group.rewards += share;
		}
		if !is_overturned {
			self.settle_audits(terms, owed);
			let money = &mut self.market.money;
			match is_wrong {
				true => money.windfall += terms.parts.audits as i128 - owed as i128,
				false => {
					money.windfall += withheld as i128;
					money.variance += variance(terms, looks_again);
				}
			}
		}
		Verdict { is_audited: !finders.is_empty() || !is_overturned && drawn > 0, is_overturned }
	}

	/// Pays auditors out of the job's budget, and out of the pool what it lacks.
	fn settle_audits(&mut self, terms: Terms, owed: Balance) {
		let money = &mut self.market.money;
		money.spent += owed;
		money.pool = (money.pool + terms.parts.audits).saturating_sub(owed);
		money.lowest = money.lowest.min(money.pool);
	}

	fn is_idle(&self, at: usize) -> bool {
		self.validators[at].kind == Audit::Idle
	}
}

/// The variance of what the audits of a right result cost, in squares of the price.
fn variance(terms: Terms, looks_again: f64) -> f64 {
	let fraction = parts_of(terms.rate).1;
	let seconds = looks_again * (1.0 - looks_again) * f64::from(SECOND_LOOKERS).powi(2);
	(fraction * (1.0 - fraction) + seconds) * in_units(pay(), PRICE).powi(2)
}

impl Market {
	/// Adds another market of the same kinds; the pool's history stays.
	pub fn add(&mut self, other: &Self) {
		fn add<Kind>(groups: &mut [Group<Kind>], others: &[Group<Kind>]) {
			for (group, other) in groups.iter_mut().zip(others) {
				group.done += other.done;
				group.profit += other.profit;
				group.rewards += other.rewards;
				group.wrong.add(&other.wrong);
			}
		}
		add(&mut self.providers, &other.providers);
		add(&mut self.auditors, &other.auditors);
	}
}

impl Money {
	/// What requesters paid and the pool had is what was spent and the pool has.
	pub fn is_conserved(&self) -> bool {
		self.paid + POOL == self.spent + self.pool
	}

	/// What the pool gained, in prices, but for its windfall: nothing, if budgets are what audits cost.
	pub fn drift(&self) -> f64 {
		(self.pool as f64 - POOL as f64 - self.windfall as f64) / PRICE as f64
	}
}
