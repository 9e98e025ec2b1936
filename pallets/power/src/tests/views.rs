// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What people see of all candidates together, and of the time that is to come.

use crate::{mock::*, *};
use ergon_core::WORK_UNIT;
use ergon_economics::power::Concentration;

#[test]
fn the_distribution_names_the_strongest_first_and_how_many_can_stop_finality() {
	let candidates = (1..=5).map(|who| (who, 900_000)).collect();
	TestExt::new(0).validators(candidates).power(0).execute(|| {
		let nobody = Concentration::default();
		assert_eq!(Power::distribution().concentration, nobody, "nobody has proved anything");

		sprints(&[(1, 20), (2, 30), (3, 20), (4, 30)], 2);
		let expected = [(2, 30), (4, 30), (1, 20), (3, 20), (5, 0)];
		let expected = expected.map(|(who, units)| (who, units * WORK_UNIT));
		let Distribution { candidates, concentration } = Power::distribution();
		assert_eq!(candidates, expected);
		assert_eq!(concentration.total, TotalPower::<Test>::get());
		let Concentration { total, largest, nakamoto } = concentration;
		assert_eq!((total, largest, nakamoto), (u128::from(100 * WORK_UNIT), 300, 2));

		// Whoever is left without a bond is without power at once, and is still a candidate.
		drop(Power::slash(&2, 900_000));
		let Distribution { candidates, concentration } = Power::distribution();
		assert_eq!(candidates.iter().map(|(who, _)| *who).collect::<Vec<_>>(), [4, 1, 3, 2, 5]);
		assert_eq!(concentration.total, u128::from(70 * WORK_UNIT));
		// Of 70, 30 are more than a third.
		assert_eq!((concentration.largest, concentration.nakamoto), (429, 1));
	});
}

#[test]
fn the_block_of_the_next_era_is_known_in_each_session() {
	TestExt::new(3).execute(|| {
		for next in 1..=2 {
			let told = Power::next_era_at();
			for _ in 1..SESSIONS_PER_ERA {
				rotate(1);
				assert_eq!((era(), Power::next_era_at()), (next - 1, told));
			}
			rotate(1);
			assert_eq!((era(), Some(System::block_number())), (next, told));
		}
	});
}
