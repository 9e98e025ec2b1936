// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Validators in the node's Prometheus registry.

use super::{
	duties::blocks_left,
	sprints,
	view::{Own, View},
};
use ergon_core::{ModelId, WORK_UNIT};
use ergon_runtime::constants::ERG;
use substrate_prometheus_endpoint::{
	register, Gauge, GaugeVec, Opts, PrometheusError, Registry, F64, U64,
};

/// What is shown. What is said of validators is of all whose keys this node has, together.
pub(super) struct Gauges {
	total_power: Gauge<F64>,
	nakamoto: GaugeVec<U64>,
	power: Gauge<F64>,
	weight: Gauge<U64>,
	unpaid: Gauge<F64>,
	open: Gauge<U64>,
	left: Gauge<F64>,
	missed: Gauge<U64>,
	chilled: Gauge<U64>,
	sprint_items: Gauge<U64>,
	sprint_to_show: Gauge<U64>,
	sprint_left: Gauge<F64>,
	sprint_models: Gauge<F64>,
}

impl Gauges {
	/// Registers all of them.
	pub fn register(registry: &Registry) -> Result<Self, PrometheusError> {
		let count = |name: &str, help: &str| register(Gauge::<U64>::new(name, help)?, registry);
		let amount = |name: &str, help: &str| register(Gauge::<F64>::new(name, help)?, registry);
		let nakamoto = Opts::new(
			"ergon_nakamoto_coefficient",
			"Least number who hold more than a third: candidates of the power, validators of the weight",
		);
		Ok(Self {
			total_power: amount("ergon_power_total", "Power of all candidates, in work units")?,
			nakamoto: register(GaugeVec::new(nakamoto, &["of"])?, registry)?,
			power: amount("ergon_validator_power", "Power of this node's accounts, in work units")?,
			weight: count(
				"ergon_validator_weight",
				"What this node's validators weigh in blocks and votes, in millionths of all",
			)?,
			unpaid: amount(
				"ergon_validator_rewards_unpaid",
				"Rewards of this node's accounts that can be claimed, in ERG",
			)?,
			open: count("ergon_validator_duties_open", "Audit duties that are not done")?,
			left: amount(
				"ergon_validator_duty_blocks_left",
				"Blocks that can still take the most urgent audit duty; NaN when there is none",
			)?,
			missed: count("ergon_validator_duties_missed", "Audit duties missed in this era")?,
			chilled: count(
				"ergon_validator_chilled",
				"Accounts of this node that are chilled, and take part in nothing until they rejoin",
			)?,
			sprint_items: count(
				"ergon_validator_sprint_committed_items",
				"Items that this node's accounts committed to in the sprint, until it is decided",
			)?,
			sprint_to_show: count(
				"ergon_validator_sprint_items_to_show",
				"Items of the sprint that were drawn and are not shown",
			)?,
			sprint_left: amount(
				"ergon_validator_sprint_blocks_left",
				"Blocks that can still take a first commitment, or what was drawn; NaN when all is done",
			)?,
			sprint_models: amount(
				"ergon_validator_sprint_models",
				"Models of the sprint that the engine has, one of which it needs; NaN before it opens",
			)?,
		})
	}

	/// Shows what is so in the best block, while the engine has `loaded` these models.
	pub fn set(&self, view: &View, loaded: &[ModelId]) {
		let View { number, era: _, total_power, of_power, of_weight, sprint, own } = view;
		// The library's sum of nothing is -0.
		let sum = |of: fn(&Own) -> f64| own.iter().map(of).fold(0.0, |sum, value| sum + value);
		let count = |of: fn(&Own) -> u64| own.iter().map(of).fold(0, u64::saturating_add);
		self.total_power.set(*total_power as f64 / WORK_UNIT as f64);
		for (of, coefficient) in [("power", of_power), ("weight", of_weight)] {
			self.nakamoto.with_label_values(&[of]).set((*coefficient).into());
		}
		self.power.set(sum(|own| own.power as f64) / WORK_UNIT as f64);
		self.weight.set(count(|own| own.weight));
		self.unpaid.set(sum(|own| own.unpaid as f64) / ERG as f64);
		self.open.set(view.open().count() as u64);
		let left = view.open().map(|(_, duty)| blocks_left(duty, *number)).min();
		// No comparison holds, so no alarm goes off. Infinity would be written as `inf`, which is `+Inf`
		// in the format, and scrapers give the whole page up.
		self.left.set(left.map_or(f64::NAN, f64::from));
		self.missed.set(count(|own| own.missed.into()));
		self.chilled.set(count(|own| own.is_chilled.into()));
		let entries = || own.iter().filter_map(|own| own.entry.as_ref());
		self.sprint_items.set(entries().map(|entry| u64::from(entry.commitment.items)).sum());
		self.sprint_to_show.set(entries().map(|entry| sprints::items_to_show(entry) as u64).sum());
		self.sprint_left.set(sprints::blocks_left(view).map_or(f64::NAN, f64::from));
		let models =
			sprint.as_ref().map(|sprint| &sprint.models).filter(|models| !models.is_empty());
		let usable =
			models.map(|models| models.iter().filter(|model| loaded.contains(model)).count());
		self.sprint_models.set(usable.map_or(f64::NAN, |usable| usable as f64));
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::validator::view::tests::{committed, duty, opening, own, sprint, working};
	use pallet_audits::Task;
	use substrate_prometheus_endpoint::prometheus::TextEncoder;

	#[test]
	fn gauges_should_show_this_nodes_accounts_together() {
		let registry = Registry::new();
		let gauges = Gauges::register(&registry).unwrap();
		let first = vec![duty(1, Task::Commit, 101, 140), duty(2, Task::Nothing, 90, 110)];
		let mut second = own(2, vec![duty(1, Task::Reveal, 110, 120)]);
		second.missed = 3;
		let view = View {
			number: 105,
			era: 7,
			total_power: 12_000_000_000,
			of_power: 5,
			of_weight: 2,
			sprint: None,
			own: vec![own(1, first), second],
		};
		gauges.set(&view, &[]);

		assert_eq!((gauges.total_power.get(), gauges.power.get()), (12.0, 3.0));
		let nakamoto = |of| gauges.nakamoto.with_label_values(&[of]).get();
		assert_eq!((nakamoto("power"), nakamoto("weight")), (5, 2));
		assert_eq!((gauges.weight.get(), gauges.unpaid.get()), (500_000, 5.0));
		assert_eq!((gauges.open.get(), gauges.left.get(), gauges.missed.get()), (2, 15.0, 3));

		// Everything is done, and what is said is what is so now.
		gauges.set(&View::default(), &[]);
		assert_eq!((gauges.power.get(), gauges.open.get(), gauges.missed.get()), (0.0, 0, 0));
		let page = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
		for line in ["ergon_validator_power 0\n", "ergon_validator_duty_blocks_left NaN\n"] {
			assert!(page.contains(line), "{page}");
		}
	}

	#[test]
	fn gauges_should_show_where_the_sprint_stands() {
		let gauges = Gauges::register(&Registry::new()).unwrap();
		let shown = |phase, own, loaded: &[ModelId]| {
			let view = View { number: 110, sprint: Some(sprint(phase)), own, ..Default::default() };
			gauges.set(&view, loaded);
			let Gauges { sprint_items, sprint_to_show, sprint_left, .. } = &gauges;
			(
				sprint_items.get(),
				sprint_to_show.get(),
				sprint_left.get(),
				gauges.sprint_models.get(),
			)
		};
		let [of_sprint, other] = [3, 4].map(ModelId::repeat_byte);
		let both = || vec![own(1, Vec::new()), committed(2, &[], &[])];
		assert_eq!(shown(working(140), both(), &[other]), (10, 0, 30.0, 0.0));
		assert_eq!(shown(working(140), both(), &[other, of_sprint]), (10, 0, 30.0, 1.0));
		let showing = vec![committed(1, &[3, 5], &[5]), committed(2, &[1, 2], &[])];
		assert_eq!(shown(opening(160), showing, &[of_sprint]), (20, 3, 50.0, 1.0));
		assert!(shown(working(140), Vec::new(), &[]).2.is_nan());

		let mut chilled = own(1, Vec::new());
		chilled.is_chilled = true;
		gauges.set(&View { own: vec![chilled], ..Default::default() }, &[]);
		assert_eq!(gauges.chilled.get(), 1);
		assert!(gauges.sprint_models.get().is_nan());
	}

	#[test]
	fn register_should_fail_when_it_is_done_twice() {
		let registry = Registry::new();
		Gauges::register(&registry).unwrap();
		assert!(Gauges::register(&registry).is_err());
	}
}
