// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Which models are wanted.

use crate::{mock::*, *};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[test]
fn what_was_asked_for_counts_half_in_each_era() {
	run(|| {
		Sprints::note_work(&manifest(1).id(), 100);
		go_to_work();
		let demand = Sprints::demand();
		assert_eq!(demand[0], Demand { model: manifest(1).id(), work: 50 });
		assert_eq!(demand[1], Demand { model: model(), work: 1 }, "what is known stays known");
	});
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, ..Default::default() })]

	/// The promise of the algorithm: no count is too low, and none is too high by more than a sixteenth of all,
	/// so that whatever has more than that is in the list.
	#[test]
	fn no_model_that_is_wanted_much_is_missed(
		notes in prop::collection::vec((0..40u8, 1..1_000u64), 1..300),
	) {
		run(|| {
			Demands::<Test>::kill();
			let mut exact = BTreeMap::<_, u64>::new();
			for (number, work) in &notes {
				// A few are wanted far more than the others.
				let model = manifest(number / (1 + number % 7)).id();
				Sprints::note_work(&model, *work);
				*exact.entry(model).or_default() += work;
			}
			let total: u64 = exact.values().sum();
			let counted: BTreeMap<_, _> =
				Sprints::demand().into_iter().map(|demand| (demand.model, demand.work)).collect();
			assert_eq!(counted.values().sum::<u64>(), total, "all work is counted once");
			for (model, work) in exact {
				match counted.get(&model) {
					Some(count) => {
						assert!(work <= *count && *count <= work + total / u64::from(MAX_DEMANDS))
					}
					None => assert!(work <= total / u64::from(MAX_DEMANDS)),
				}
			}
		});
	}
}
