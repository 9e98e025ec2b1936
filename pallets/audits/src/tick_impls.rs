// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What happens by itself: randomness is kept, auditors are drawn, old records go.

use crate::{
	traits::{BlockRandomness, Replicas},
	types::{DrawSeed, SeatProgress},
	ActiveOf, ActiveValidator, AuditBacklog, AuditPrice, Auditors, Case, CaseOf, Cases, Config,
	DrawQueue, DrawQueueEnds, DrawSeeds, DutyRecords, EraIndex, Event, OldestDutyEra, Pallet,
	RecentOutputs, RoundKind, Seat, Seats, Stage, Validators, WeightInfo, DRAW_DELAY,
};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::Encode;
use ergon_core::{audit::audit_challenge, JobId};
use ergon_economics::{
	constants::{AUDITOR_WEIGHT, SECOND_LOOKERS},
	next_audit_price,
	power::pick_weighted,
	sampling,
};
use frame_support::{
	defensive,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{One, SaturatedConversion, Saturating, Zero},
	FixedPointNumber,
};

/// An entry of the queue, taken but not removed.
struct Front<T: Config> {
	index: u64,
	job: JobId,
	since: BlockNumberFor<T>,
}

impl<T: Config> Pallet<T> {
	/// Keeps the VRF output of the parent block, and with it the randomness of the rounds that were
	/// called four blocks ago.
	pub(crate) fn record_randomness(now: BlockNumberFor<T>) {
		let outputs = RecentOutputs::<T>::mutate(|outputs| {
			outputs.rotate_left(1);
			if let Some(last) = outputs.last_mut() {
				*last = T::Randomness::parent();
			}
			*outputs
		});
		let called = now.saturating_sub(DRAW_DELAY.into());
		DrawSeeds::<T>::mutate_exists(called, |seed| {
			if seed.is_some() {
				*seed = Some(DrawSeed::Known(outputs.using_encoded(blake2_256)));
			}
		});
	}

	/// Moves the price of audits now and then, by how duties were done since.
	pub(crate) fn look_at_backlog(now: BlockNumberFor<T>) {
		if !(now % T::AuditPriceInterval::get()).is_zero() {
			return;
		}
		let backlog = AuditBacklog::<T>::get();
		let (lowest, highest) = T::AuditPriceBounds::get();
		let Some(price) = next_audit_price(AuditPrice::<T>::get(), backlog, lowest..=highest)
		else {
			return;
		};
		AuditBacklog::<T>::kill();
		AuditPrice::<T>::put(price);
		Self::deposit_event(Event::AuditPriceMoved { price, backlog });
	}

	/// Draws the rounds that are due and removes old duty records, as far as the weight goes.
	pub(crate) fn poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
		let limit = T::PollWeight::get().min(meter.remaining());
		let mut own = WeightMeter::with_limit(limit);
		if own.try_consume(T::WeightInfo::poll(0)).is_ok() {
			Self::draw_due(now, &mut own);
			Self::prune_duty_records(&mut own);
		}
		meter.consume(own.consumed());
	}

	fn draw_due(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
		let Some(mut front) = Self::front(now) else { return };
		if meter.try_consume(Self::active_weight()).is_err() {
			return;
		}
		let active = T::Validators::active();
		loop {
			let weight = match Self::case_in_draw(&front) {
				Some(case) => T::WeightInfo::draw(Self::most_seats(&case))
					.saturating_add(Self::eligible_weight(active.len() as u32)),
				None => T::WeightInfo::skip_draw(),
			};
			if meter.try_consume(weight).is_err() {
				return;
			}
			match Self::draw_front(now, front, &active) {
				Some(next) => front = next,
				None => return,
			}
		}
	}

	/// Draws the round at the front of the queue, unless its case is gone; returns the next one that
	/// is due.
	fn draw_front(
		now: BlockNumberFor<T>,
		front: Front<T>,
		active: &[ActiveOf<T>],
	) -> Option<Front<T>> {
		if let Some(case) = Self::case_in_draw(&front) {
			match DrawSeeds::<T>::get(front.since) {
				Some(DrawSeed::Known(seed)) => Self::draw(now, front.job, case, seed, active),
				_ => {
					defensive!("four blocks behind the call the randomness is known");
				}
			}
		}
		Self::advance(now, front)
	}

	/// Draws one round that is due, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	pub(crate) fn draw_one(now: BlockNumberFor<T>, active: &[ActiveOf<T>]) {
		if let Some(front) = Self::front(now) {
			Self::draw_front(now, front, active);
		}
	}

	/// The oldest entry, if its randomness is there.
	fn front(now: BlockNumberFor<T>) -> Option<Front<T>> {
		let ends = DrawQueueEnds::<T>::get();
		if ends.head == ends.tail {
			return None;
		}
		let Some((job, since)) = DrawQueue::<T>::get(ends.head) else {
			defensive!("every index between the ends has an entry");
			DrawQueueEnds::<T>::mutate(|ends| ends.head = ends.head.saturating_add(1));
			return None;
		};
		(since.saturating_add(DRAW_DELAY.into()) <= now).then_some(Front {
			index: ends.head,
			job,
			since,
		})
	}

	/// Removes the oldest entry, and its randomness when no other entry needs it.
	fn advance(now: BlockNumberFor<T>, done: Front<T>) -> Option<Front<T>> {
		DrawQueue::<T>::remove(done.index);
		let ends = DrawQueueEnds::<T>::mutate(|ends| {
			ends.head = ends.head.saturating_add(1);
			*ends
		});
		let next = (ends.head != ends.tail).then(|| DrawQueue::<T>::get(ends.head)).flatten();
		// Entries are in the order of their blocks, and none can be added for a block that is past.
		if next.is_none_or(|(_, since)| since != done.since) {
			DrawSeeds::<T>::remove(done.since);
		}
		Self::front(now)
	}

	/// The case of an entry, unless it went on.
	fn case_in_draw(front: &Front<T>) -> Option<CaseOf<T>> {
		Cases::<T>::get(front.job)
			.filter(|case| case.stage == Stage::Drawing { since: front.since })
	}

	/// Bound of the seats that the next draw gives out.
	pub(crate) fn most_seats(case: &CaseOf<T>) -> u32 {
		let most = match case.kind {
			RoundKind::First => Self::rate_up(case.rate),
			RoundKind::Redraw => case.unfilled,
			RoundKind::SecondLook => SECOND_LOOKERS,
		};
		most.min(T::MaxValidators::get())
	}

	/// Draws the auditors of a round and opens its windows.
	///
	/// Each validator is as likely as it weighs, in every kind of round. A seat in the session costs a bond
	/// and next to no work where not all are taken, so friends could hold most of the seats; what they weigh
	/// is what they have proved, and a third of that is what audits, like finality, can stand. Duties are
	/// then proportional to power too. Accounts are drawn without replacement, so nobody holds two seats.
	pub(crate) fn draw(
		now: BlockNumberFor<T>,
		job: JobId,
		mut case: CaseOf<T>,
		seed: [u8; 32],
		active: &[ActiveOf<T>],
	) {
		let randomness = (b"ergon:audit-draw:v1", seed, job, case.round).using_encoded(blake2_256);
		let eligible = Self::eligible(&job, &case, active);
		let wanted = match case.kind {
			RoundKind::First => sampling::draw(case.rate, &randomness),
			RoundKind::Redraw => case.unfilled,
			RoundKind::SecondLook => SECOND_LOOKERS,
		};
		let drawn = Self::pick(&eligible, wanted, &randomness);

		// On time these are h + 3 + A and h + 3 + A + R; a late draw shortens nobody's window.
		let commit_by = now.saturating_sub(One::one()).saturating_add(T::CommitWindow::get());
		let reveal_by = commit_by.saturating_add(T::RevealWindow::get());
		let era = T::Era::get();
		let mut auditors = Vec::with_capacity(drawn.len());
		for ActiveValidator { account: auditor, key, .. } in drawn {
			if case.auditors.try_push(auditor.clone()).is_err() {
				defensive!("`MaxValidators` bounds the set of validators");
				break;
			}
			let seat = Seat {
				round: case.round,
				key: key.clone(),
				challenge: audit_challenge(job, auditor, randomness),
				commit_by,
				reveal_by,
				era,
				progress: SeatProgress::Drawn,
			};
			Seats::<T>::insert(auditor, job, seat);
			DutyRecords::<T>::mutate(era, auditor, |record| {
				record.assigned = record.assigned.saturating_add(1);
			});
			auditors.push(auditor.clone());
		}
		case.stage = Stage::Voting { commit_by, reveal_by };
		let Case { round, kind, .. } = case;
		Cases::<T>::insert(job, case);
		Self::deposit_event(Event::AuditorsDrawn {
			job,
			round,
			kind,
			auditors,
			commit_by,
			reveal_by,
		});
	}

	/// Draws `wanted` of these by weight, or all where there are no more; in the order in which they stand.
	pub(crate) fn pick<'a>(
		eligible: &[&'a ActiveOf<T>],
		wanted: u32,
		randomness: &[u8; 32],
	) -> Vec<&'a ActiveOf<T>> {
		let weights: Vec<_> = eligible.iter().map(|validator| validator.weight).collect();
		let mut picked = pick_weighted(&weights, wanted, randomness);
		picked.sort_unstable();
		picked.into_iter().filter_map(|index| eligible.get(index).copied()).collect()
	}

	/// Validators who may be drawn: not the provider, nobody who gives another answer to the same question,
	/// nobody twice, and those who can re-execute the model.
	///
	/// The provider of another replica has its own answer to defend, or a copy of this one. Only those are
	/// known who have theirs already: whoever is assigned one later may have been drawn before.
	///
	/// Where so few can, or those who can weigh so little, that jobs of the model would not be assigned any
	/// more, all may be drawn: nobody gets away with a result because friends say that they cannot look at it.
	pub(crate) fn eligible<'a>(
		job: &JobId,
		case: &CaseOf<T>,
		active: &'a [ActiveOf<T>],
	) -> Vec<&'a ActiveOf<T>> {
		let drawn: BTreeSet<_> = case.auditors.iter().collect();
		let rivals = T::Replicas::other_providers(job);
		let is_partial =
			|account: &T::AccountId| *account == case.provider || rivals.contains(account);
		let others = active.iter().filter(|other| !is_partial(&other.account));
		let (able, unable): (Vec<_>, Vec<_>) =
			others.partition(|other| Auditors::<T>::contains_key(case.model, &other.account));
		let weight_of = |validators: &[&ActiveOf<T>]| {
			validators.iter().map(|validator| validator.weight).fold(0, u64::saturating_add)
		};
		let weight = weight_of(&able);
		let of_all = weight.saturating_add(weight_of(&unable));
		let is_enough =
			able.len() as u32 >= T::MinAuditors::get() && weight >= AUDITOR_WEIGHT.mul_ceil(of_all);
		let rest = if is_enough { Vec::new() } else { unable };
		let may_be_drawn = able.into_iter().chain(rest);
		may_be_drawn.filter(|validator| !drawn.contains(&validator.account)).collect()
	}

	/// Weight of [`Self::eligible`] and [`Self::pick`] for so many active validators.
	pub(crate) fn eligible_weight(active: u32) -> Weight {
		T::WeightInfo::eligible(active).saturating_add(T::Replicas::weight())
	}

	/// A rate as whole auditors, rounded up.
	pub(crate) fn rate_up(rate: ergon_economics::AuditRate) -> u32 {
		rate.into_inner().div_ceil(ergon_economics::AuditRate::DIV).saturated_into()
	}

	/// Removes records of eras that are no longer kept, some per block.
	fn prune_duty_records(meter: &mut WeightMeter) {
		let oldest_kept = T::Era::get().saturating_add(1).saturating_sub(T::DutyEras::get());
		let oldest = OldestDutyEra::<T>::get();
		if oldest >= oldest_kept {
			return;
		}
		let of_one = T::WeightInfo::prune_duty_records(1);
		let base = T::WeightInfo::prune_duty_records(0);
		let per_record = of_one.saturating_sub(base);
		if meter.try_consume(base).is_err() {
			return;
		}
		let affordable = meter
			.remaining()
			.checked_div_per_component(&per_record)
			.unwrap_or_default()
			.saturated_into::<u32>();
		let limit = affordable.min(T::MaxValidators::get());
		if limit == 0 {
			return;
		}
		let removed = Self::remove_duty_records(oldest, limit);
		meter.consume(per_record.saturating_mul(removed.into()));
	}

	/// Removes up to `limit` records of an era; returns how many there were to remove.
	pub(crate) fn remove_duty_records(era: EraIndex, limit: u32) -> u32 {
		let removed = DutyRecords::<T>::clear_prefix(era, limit, None);
		if removed.maybe_cursor.is_none() {
			OldestDutyEra::<T>::put(era.saturating_add(1));
		}
		removed.loops
	}
}
