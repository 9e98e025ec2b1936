// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The other pallets, as the test says, and a judge who knows what is wrong.

use super::*;

/// Validators, models, evidence, replicas and randomness of the test.
pub struct Peers;

impl ValidatorsTrait<AccountId> for Peers {
	type Credit = Balance;

	fn active() -> Vec<ActiveValidator<AccountId>> {
		let keys = Active::get().into_iter().map(|(_, key)| key);
		let active = Self::accounts().into_iter().zip(keys);
		active.map(|((account, weight), key)| ActiveValidator { account, key, weight }).collect()
	}

	fn accounts() -> Vec<(AccountId, u64)> {
		let weights = Weights::get();
		let weight = |account| weights.get(&account).copied().unwrap_or(1);
		Active::get().into_iter().map(|(account, _)| (account, weight(account))).collect()
	}

	fn operator(key: &AuditorId) -> Option<AccountId> {
		Active::get().into_iter().find(|(_, other)| other == key).map(|(account, _)| account)
	}

	fn min_bond() -> Balance {
		MIN_BOND
	}

	fn bond(validator: &AccountId) -> Balance {
		Bonds::get().get(validator).copied().unwrap_or_default()
	}

	fn slash(validator: &AccountId, amount: Balance) -> (Balance, Balance) {
		Bonds::mutate(|bonds| {
			let bond = bonds.entry(*validator).or_default();
			let taken = amount.min(*bond);
			*bond -= taken;
			(taken, amount - taken)
		})
	}

	fn miss_penalty(validator: &AccountId) -> Balance {
		Self::bond(validator).min(MISS_PENALTY)
	}

	fn note_fulfilled(validator: &AccountId, work: Work) {
		Noted::mutate(|noted| noted.push((*validator, work, true)));
	}

	fn note_missed(validator: &AccountId, work: Work) {
		Noted::mutate(|noted| noted.push((*validator, work, false)));
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_active_for_benchmark(count: u32) {
		use sp_runtime::RuntimeAppPublic;

		let fresh = |index| (10_000 + u64::from(index), AuditorId::generate_pair(None));
		Active::set((0..count).map(fresh).collect());
		Bonds::set(Active::get().into_iter().map(|(account, _)| (account, MIN_BOND)).collect());
	}
}

impl Models for Peers {
	fn is_usable(model: &ModelId) -> bool {
		!Unusable::get().contains(model)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_usable_for_benchmark(count: u32) -> Vec<ModelId> {
		Unusable::take();
		(0..count).map(|index| H256::from_low_u64_be(index.into())).collect()
	}
}

impl Evidences for Peers {
	fn evidence(job: &JobId) -> Option<Evidence> {
		Known::get().get(job).cloned()
	}
}

impl Replicas<AccountId> for Peers {
	fn other_providers(job: &JobId) -> Vec<AccountId> {
		Rivals::get().remove(job).unwrap_or_default()
	}

	fn weight() -> Weight {
		Weight::from_parts(100, 0)
	}
}

impl BlockRandomness for Peers {
	fn parent() -> [u8; 32] {
		let parent = System::block_number() - 1;
		let default = sp_io::hashing::blake2_256(&parent.encode());
		Outputs::get().get(&parent).copied().unwrap_or(default)
	}
}

/// A judge who knows what is wrong.
pub struct Court;

impl Judge<AccountId, u64> for Court {
	fn accuse(job: &JobId, accusers: Vec<Accuser<AccountId>>) {
		let (mut finders, mut refuted, mut idle) = (vec![], vec![], BTreeMap::<_, Vec<_>>::new());
		if let Some((_, ruling)) = Trials::get().remove(job) {
			let Ruling::Upheld { refuted: before, idle: found } = ruling else { panic!() };
			(refuted, idle) = (before, found.into_iter().collect());
		}
		for Accuser { auditor, charge, .. } in accusers {
			match charge {
				Charge::Result(fault) if WrongFaults::get().contains(&fault) => {
					finders.push(auditor)
				}
				Charge::Result(_) => refuted.push(Refuted { auditor, accused: None }),
				Charge::Work(accused) if IdleAuditors::get().contains(&(*job, accused)) => {
					idle.entry(accused).or_default().push(auditor)
				}
				Charge::Work(accused) => refuted.push(Refuted { auditor, accused: Some(accused) }),
			}
		}
		let ruling = match finders.is_empty() {
			true => Ruling::Upheld { refuted, idle: idle.into_iter().collect() },
			false => Ruling::Overturned { finders, refuted, spared: false },
		};
		let end = System::block_number() + TRIAL;
		Trials::mutate(|trials| trials.insert(*job, (end, ruling)));
	}

	fn ruling(job: &JobId) -> Ruling<AccountId, u64> {
		match Trials::get().get(job) {
			None => Ruling::Undisputed,
			Some((end, _)) if System::block_number() < *end => Ruling::Pending { until: *end },
			Some((_, ruling)) => {
				Trials::mutate(|trials| trials.remove(job));
				ruling.clone()
			}
		}
	}

	fn longest() -> u64 {
		TRIAL
	}

	fn accuse_weight(accusers: u32) -> Weight {
		Weight::from_parts(1_000, 0).saturating_mul(accusers.into())
	}

	fn ruling_weight(_: &JobId) -> Weight {
		Weight::from_parts(50_000, 0)
	}

	fn worst_ruling_weight() -> Weight {
		Weight::from_parts(1_000_000, 0)
	}
}
