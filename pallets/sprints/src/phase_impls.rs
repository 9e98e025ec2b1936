// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How a sprint goes from one phase to the next, and which models it is about.

use crate::{
	Audits, Candidates, Config, Current, Demand, Demands, EraIndex, Event, LastOver, Models,
	Pallet, Phase, Randomness, Sprint, SprintOf, WeightInfo, DRAW_DELAY, MAX_DEMANDS,
};
use alloc::vec::Vec;
use codec::Encode;
use core::cmp::Reverse;
use ergon_core::{ModelId, Work, H256};
use ergon_economics::power::random_below;
use frame_support::{traits::Get, weights::Weight, BoundedVec};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::{SaturatedConversion, Saturating};

impl<T: Config> Pallet<T> {
	/// An era has begun: its sprint opens in one of the next blocks. What is not shown in the sprint before can be shown
	/// no more, and nobody is slashed for that. Where nothing was drawn, there was no sprint. Where something was, who
	/// has committed and not shown all stays undecided: its work does not count, and a second such sprint in a row
	/// takes its power. Who has not committed has missed it.
	pub fn start_era(era: EraIndex) {
		let now = frame_system::Pallet::<T>::block_number();
		let latest = now.saturating_add(T::OpenWithin::get());
		let phase = Phase::Waiting { latest };
		Current::<T>::put(Sprint { era, phase, models: BoundedVec::default() });
		Self::deposit_event(Event::Scheduled { era, latest });
	}

	/// Jobs were done with a model, of that work.
	///
	/// Keeps the most wanted models in bounded memory: a model that is not in the full list takes the place of
	/// the least wanted one, with what that one had ("Space-Saving": Metwally, Agrawal and El Abbadi,
	/// "Efficient computation of frequent and top-k elements in data streams", ICDT 2005). No model that has
	/// more than a sixteenth of all work is ever missing.
	pub fn note_work(model: &ModelId, work: Work) {
		Demands::<T>::mutate(|demands| {
			let position = demands.iter().position(|demand| demand.model == *model);
			let mut place = match position {
				Some(position) => position,
				None if demands.len() < MAX_DEMANDS as usize => {
					// There is room.
					let _ = demands.try_push(Demand { model: *model, work: 0 });
					demands.len().saturating_sub(1)
				}
				None => demands.len().saturating_sub(1),
			};
			let Some(demand) = demands.get_mut(place) else { return };
			demand.model = *model;
			demand.work = demand.work.saturating_add(work);
			// Sorted again by moving one entry up.
			while let Some(above) = place.checked_sub(1) {
				let rises = match (demands.get(above), demands.get(place)) {
					(Some(above), Some(demand)) => above.work < demand.work,
					_ => false,
				};
				if !rises {
					break;
				}
				demands.as_mut().swap(above, place);
				place = above;
			}
		});
	}

	/// Goes on to the next phase when it is time; returns what it weighs.
	pub(crate) fn step(now: BlockNumberFor<T>) -> Weight {
		let Some(sprint) = Current::<T>::get() else { return T::WeightInfo::step() };
		match sprint.phase {
			Phase::Waiting { latest } if Self::opens(now, latest) => {
				let asked = Demands::<T>::decode_len().unwrap_or_default() as u64;
				Self::open(now, sprint);
				T::WeightInfo::open_sprint()
					.saturating_add(T::Audits::auditable_weight().saturating_mul(asked))
			}
			Phase::Working { seed, commit_by }
				if now >= commit_by.saturating_add(DRAW_DELAY.into()) =>
			{
				Self::draw(now, sprint, seed);
				T::WeightInfo::step()
			}
			Phase::Opening { open_by, .. } if now > open_by => {
				LastOver::<T>::put(sprint.era);
				Current::<T>::put(Sprint { phase: Phase::Over, ..sprint });
				T::WeightInfo::step()
			}
			_ => T::WeightInfo::step(),
		}
	}

	/// Whether a sprint opens in this block: each of the blocks that are left is as likely, and the VRF output of
	/// the parent decides.
	fn opens(now: BlockNumberFor<T>, latest: BlockNumberFor<T>) -> bool {
		let left: u32 = latest.saturating_sub(now).saturated_into();
		let randomness = (b"ergon:sprint-opens:v1", T::Randomness::recent());
		let randomness = randomness.using_encoded(blake2_256);
		random_below(&randomness, 0, u128::from(left).saturating_add(1)) == 0
	}

	fn open(now: BlockNumberFor<T>, sprint: SprintOf<T>) {
		let era = sprint.era;
		let models = Self::choose_models();
		if models.is_empty() {
			Self::cancel(sprint);
			return;
		}
		let randomness = (b"ergon:sprint-seed:v1", era, T::Randomness::recent());
		let seed = H256(randomness.using_encoded(blake2_256));
		let commit_by = now.saturating_add(T::CommitWindow::get());
		let phase = Phase::Working { seed, commit_by };
		Current::<T>::put(Sprint { era, phase, models: models.clone() });
		Self::deposit_event(Event::Opened { era, seed, models: models.into_inner(), commit_by });
	}

	/// The most wanted models that enough auditors can re-execute. What was asked for before counts half from
	/// now on.
	fn choose_models() -> BoundedVec<ModelId, T::MaxModels> {
		let demands = Demands::<T>::mutate(|demands| {
			let before = demands.clone();
			demands.iter_mut().for_each(|demand| demand.work = (demand.work / 2).max(1));
			before
		});
		let is_usable =
			|model: &ModelId| T::Models::is_active(model) && T::Audits::is_auditable(model);
		let mut models: Vec<_> =
			demands.into_iter().filter(|demand| is_usable(&demand.model)).collect();
		models.sort_by_key(|demand| Reverse(demand.work));
		BoundedVec::truncate_from(models.into_iter().map(|demand| demand.model).collect())
	}

	fn cancel(sprint: SprintOf<T>) {
		let era = sprint.era;
		Current::<T>::put(Sprint { phase: Phase::Cancelled, ..sprint });
		Self::deposit_event(Event::Cancelled { era });
	}

	/// Draws what is to be shown. From now on there is a sprint in this era, which who has not committed has missed.
	fn draw(now: BlockNumberFor<T>, sprint: SprintOf<T>, seed: H256) {
		let era = sprint.era;
		if !T::Candidates::note_held(era) {
			Self::cancel(sprint);
			return;
		}
		let draw = T::Randomness::recent();
		let open_by = now.saturating_add(T::OpenWindow::get());
		Current::<T>::put(Sprint { phase: Phase::Opening { seed, draw, open_by }, ..sprint });
		Self::deposit_event(Event::Drawn { era, draw, open_by });
	}
}
