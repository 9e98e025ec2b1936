// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Everything that is simulated, as tables, and what of it must not be.

use ergon_economics::Balance;

use crate::{
	market::{pay, COST_OF_AUDIT, COST_OF_WORK},
	population::{self, Audit, Group, Market, Work},
	strategies::{cheat, exit_scam, idle_auditor, self_dealing, slander, Outcome, Precision},
};

/// How much is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Size {
	precision: Precision,
	/// How far detection may be from theory: a share of it.
	tolerance: Tolerance,
	/// Days of a market.
	days: u32,
	/// How many markets.
	markets: u64,
}

/// How far detection may be from theory.
#[derive(Clone, Copy, Debug)]
enum Tolerance {
	/// That share of it.
	Share(f64),
	/// So many standard errors.
	#[cfg_attr(not(test), allow(dead_code, reason = "only tests are that small"))]
	Errors(f64),
}

impl Size {
	/// What the results in this repository were made with. A detection that is off by four standard errors is
	/// off by less than what is allowed.
	pub const FULL: Self = Self {
		precision: Precision { error: 0.0124, wrong: 20_000 },
		tolerance: Tolerance::Share(0.05),
		days: 120,
		markets: 10,
	};
}

/// Clean audits of somebody whom everybody knows: its results have one auditor in a hundred.
const KNOWN: u32 = 10_000;
/// Prices of a job, in pays of an audit.
const PRICES: [(Balance, Balance); 3] = [(1, 2), (10, 1), (200, 1)];
/// The one that most rows have.
const USUAL: usize = 1;
/// Bonds, in prices of a job.
const BONDS: [u32; 5] = [2, 10, 100, 1_000, 10_000];
/// Those of the rows with other prices.
const FEW_BONDS: [u32; 2] = [2, 100];
/// Shares of the weight of those who collude with a cheat, or do not look either.
const COLLUDING: [f64; 2] = [0.0, 1.0 / 3.0];

/// The tables, and what is wrong with them.
pub struct Report {
	/// In Markdown.
	pub table: String,
	/// One clause for everything that must not be.
	pub broken: Vec<String>,
	size: Size,
}

fn percent(share: f64) -> String {
	format!("{} %", (1_000.0 * share).round() / 10.0)
}

impl Report {
	/// Simulates everything.
	pub fn new(size: Size) -> Self {
		let mut report = Self { table: String::new(), broken: Vec::new(), size };
		report.say(format!(
			"# Does cheating pay?\n\nWritten by `make bench-economics` with the pallets' own formulas at their \
			 default parameters; it fails if a strategy pays, if honest work does not, or if detection is off \
			 by more than a twentieth.\n\nAuditors are drawn by weight, and shares of those who collude or do not \
			 look are shares of the weight, however many validators hold it. Honest work costs {} of the price \
			 of a job, an audit {} of its pay, and a cheat costs nothing. One auditor who re-executes is \
			 enough, because the chain computes who is right. *Gain* is what one try earns beyond honest work; \
			 *found* is the share of the wrong results, or false votes, that was found, with its standard \
			 error.\n\n",
			percent(COST_OF_WORK),
			percent(COST_OF_AUDIT),
		));
		report.providers();
		report.auditors();
		report.others();
		report.market();
		report
	}

	fn say(&mut self, text: String) {
		self.table.push_str(&text);
	}

	/// Found, in theory, off by; and whether that is too far.
	fn detection(&mut self, what: &str, outcome: &Outcome) -> String {
		let Some(off) = outcome.error() else { return " | | ".into() };
		let error = outcome.standard_error();
		let allowed = match self.size.tolerance {
			Tolerance::Share(share) => share,
			Tolerance::Errors(errors) => errors * error,
		};
		if off > allowed {
			self.broken.push(format!("{what} is found {} off theory", percent(off)));
		}
		let share = |part: f64| format!("{:.2} %", 100.0 * part / outcome.wrong as f64);
		let (found, theory) = (share(outcome.found as f64), share(outcome.expected));
		format!("{found} ± {:.1} % | {theory} | {:.1} %", 100.0 * error, 100.0 * off)
	}

	/// A line whose strategy must not gain.
	fn line(&mut self, name: &str, setting: &str, outcome: &Outcome) {
		let what = format!("{name} ({setting})");
		if outcome.tries == 0 {
			self.say(format!("| {name} | {setting} | takes no job | | | |\n"));
			return;
		}
		let gain = outcome.gain_of_one();
		if gain >= 0.0 {
			self.broken.push(format!("{what} gains {gain:+.4}"));
		}
		let detection = self.detection(&what, outcome);
		self.say(format!("| {name} | {setting} | {gain:+.4} | {detection} |\n"));
	}

	fn head(&mut self, title: &str, text: &str, first: &str) {
		self.say(format!(
			"## {title}\n\n{text}\n\n| {first} | setting | gain | found | in theory | off by |\n\
			 |---|---|---:|---:|---:|---:|\n"
		));
	}

	/// Providers that cheat, one at a time.
	fn providers(&mut self) {
		self.head(
			"Providers",
			"Gains in prices of a job. The bond is in prices of a job, the price in pays of an audit: a price that \
			 does not cover the audits is raised until it does, as the chain assigns no other. A bond below 2 \
			 takes no job. Two hundred jobs a day, half a day of chill behind each conviction, clean audits that \
			 fade. An exit scam makes everything wrong at once that the bond allows, after ten thousand clean \
			 audits.",
			"a provider",
		);
		let precision = self.size.precision;
		for (index, (price, unit)) in PRICES.into_iter().enumerate() {
			let bonds: &[u32] = if index == USUAL { &BONDS } else { &FEW_BONDS };
			let price = pay() * price / unit;
			for bond in bonds {
				for colluding in COLLUDING {
					let setting = format!(
						"price {}, bond {bond}, {} collude",
						price as f64 / pay() as f64,
						percent(colluding)
					);
					for rate in [0.01, 0.1, 1.0] {
						let outcome = cheat(price, *bond, rate, colluding, precision, 1);
						let name = format!("cheats at {}", percent(rate));
						self.line(&name, &setting, &outcome);
					}
					let outcome = exit_scam(price, *bond, KNOWN, colluding, precision, 2);
					self.line("exit scam", &setting, &outcome);
				}
			}
		}
		self.say("\n".into());
	}

	/// Auditors that do not look, one at a time.
	fn auditors(&mut self) {
		self.head(
			"Auditors",
			"An auditor who votes Match and re-executes nothing, and who is the only auditor each time: second \
			 looks alone find it. Gains in pays of an audit; the price and the auditor's bond are in pays too. \
			 From four of five that do not look either on, not to look would begin to pay: the protocol counts \
			 on two thirds that are honest.",
			"an auditor",
		);
		let precision = self.size.precision;
		for (price, unit) in [(1, 100), (1, 1), (10, 1), (1_000, 1)] {
			for bond in [2, 20, 200, 20_000] {
				for idle in [0.0, 1.0 / 3.0, 2.0 / 3.0] {
					let setting = format!(
						"price {}, bond {bond}, {} of the others do not look",
						price as f64 / unit as f64,
						percent(idle)
					);
					let outcome = idle_auditor(pay() * price / unit, bond, idle, precision, 3);
					self.line("votes Match unseen", &setting, &outcome);
				}
			}
		}
		self.say("\n".into());
	}

	/// What nobody has to find.
	fn others(&mut self) {
		self.head(
			"Requesters and challengers",
			"Gains in prices of a job, and in bonds of a challenge. A requester who is the provider, too, and owns \
			 some of the validators gets back what they earn by its audits. They have no power by it and no more \
			 of the emission: both go by what nobody pays for.",
			"somebody",
		);
		let price = pay() * PRICES[USUAL].0;
		for clean_audits in [0, KNOWN] {
			for own in [0.0, 0.3, 1.0] {
				let Some(dealt) = self_dealing(price, clean_audits, own) else {
					self.broken.push("nobody may deal with itself".into());
					continue;
				};
				let setting =
					format!("{clean_audits} clean audits, owns {} of the weight", percent(own));
				self.line("pays itself for a hollow job", &setting, &dealt);
			}
		}
		for is_friend in [false, true] {
			let setting =
				if is_friend { "the provider is a friend" } else { "the provider is not" };
			self.line("challenges a right result", setting, &slander(is_friend));
		}
		self.say("\n".into());
	}

	/// Everybody at once.
	fn market(&mut self) {
		let mut market = population::run(self.size.days, 0);
		(1..self.size.markets).for_each(|seed| market.add(&population::run(self.size.days, seed)));
		let Market { providers, auditors, money, days } = &market;
		self.say(format!(
			"## A market of everybody\n\n{} providers, {} validators, {days} days, two hundred jobs of each \
			 provider a day at a price of ten audits, {} times. All validators weigh the same, and two fifths of \
			 the weight are of friends of the cheats, or do not look; each kind of provider has half of its \
			 members with a bond of 200 prices, half with one of 2,000. Profit is in prices, of one job or \
			 audit; *beyond honest* is what the kind has more than the honest one.\n\n| kind | members | done | profit of one | beyond honest | found | in theory | off \
			 by |\n|---|---:|---:|---:|---:|---:|---:|---:|\n",
			providers.iter().map(|group| group.members).sum::<u32>(),
			auditors.iter().map(|group| group.members).sum::<u32>(),
			self.size.markets,
		));
		for group in providers {
			let (name, may_earn) = provider_kind(group.kind);
			self.group(&name, group, providers[0].profit_of_one(), may_earn);
		}
		for group in auditors {
			let (name, may_earn) = auditor_kind(group.kind);
			self.group(name, group, auditors[0].profit_of_one(), may_earn);
		}
		// Without the slashes of others, which there would be none of if nobody cheated.
		let by_pay = (auditors[0].profit - auditors[0].rewards) / auditors[0].done.max(1) as f64;
		if by_pay <= 0.0 {
			self.broken.push(format!("an honest auditor's pay leaves {by_pay:+.4}"));
		}
		if !money.is_conserved() {
			self.broken.push("money was made or lost".into());
		}
		if money.lowest == 0 {
			self.broken.push("the audit pool was empty".into());
		}
		let (drift, error) = (money.drift(), money.variance.sqrt());
		if drift.abs() > 4.0 * error {
			self.broken.push(format!("the audit pool gains {drift:+.0}, and chance is {error:.0}"));
		}
		let history: Vec<String> =
			money.history.iter().map(|pool| format!("{}", pool / population::PRICE)).collect();
		self.say(format!(
			"\nAn honest auditor keeps {by_pay:+.4} of its pay for an audit, and the rest is its share of what \
			 others lost.\n\nThe audit pool of the first of the markets, in prices, every ten days: {}. {} of \
			 what it gained is pay of auditors who had not looked, and what is left of the budgets of wrong results \
			 that stand. But for that it gained {drift:+.1}, where chance alone moves it \
			 by {error:.1}: budgets are what audits cost.\n",
			history.join(", "),
			money.windfall / population::PRICE as i128
		));
	}

	/// A line of the market: honest kinds earn, the others earn less than those.
	fn group<Kind>(&mut self, name: &str, group: &Group<Kind>, honest: f64, is_honest: bool) {
		let profit = group.profit_of_one();
		let beyond = profit - honest;
		match is_honest {
			true if profit <= 0.0 => self.broken.push(format!("{name} earns {profit:+.4}")),
			false if beyond >= 0.0 => self.broken.push(format!("{name} gains {beyond:+.4}")),
			_ => {}
		}
		let found = self.detection(name, &group.wrong);
		self.say(format!(
			"| {name} | {} | {} | {profit:+.4} | {beyond:+.4} | {found} |\n",
			group.members, group.done
		));
	}
}

fn provider_kind(kind: Work) -> (String, bool) {
	match kind {
		Work::Honest => ("honest provider".into(), true),
		Work::Seldom => ("honest provider, one day in ten".into(), true),
		Work::Cheat(rate) => (format!("cheats at {}", percent(rate)), false),
		Work::ExitScam => ("exit scam after twenty days".into(), false),
		Work::SelfDealing => ("pays itself for hollow jobs".into(), false),
	}
}

fn auditor_kind(kind: Audit) -> (&'static str, bool) {
	match kind {
		Audit::Honest => ("honest auditor", true),
		Audit::Colluding => ("auditor who is a friend of the cheats", false),
		Audit::Idle => ("auditor who votes Match unseen", false),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// What takes seconds without optimisation. Detection has to be as near as chance allows.
	const SMALL: Size = Size {
		precision: Precision { error: 0.1, wrong: 200 },
		tolerance: Tolerance::Errors(4.0),
		days: 21,
		markets: 2,
	};

	#[test]
	fn honest_work_pays_and_nothing_else_does() {
		let report = Report::new(SMALL);
		assert!(report.broken.is_empty(), "{:?}\n{}", report.broken, report.table);
	}

	#[test]
	fn what_must_not_be_is_named() {
		let mut report = Report { table: String::new(), broken: Vec::new(), size: Size::FULL };
		let mut outcome = Outcome { tries: 1, gain: 0.5, ..Default::default() };
		(0..100).for_each(|at| outcome.wrong(0.5, at % 4 == 0));
		report.line("a test", "nothing", &outcome);
		let expected =
			["a test (nothing) gains +0.5000", "a test (nothing) is found 50 % off theory"];
		assert_eq!(report.broken, expected);

		report.broken.clear();
		outcome.gain = -0.5;
		outcome.found = 51;
		report.line("a test", "nothing", &outcome);
		assert!(report.broken.is_empty());
	}
}
