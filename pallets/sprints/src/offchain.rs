// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What a candidate's node does in sprints, by itself.
//!
//! It keeps the leaves of items that the engine has done in the node's own database, since the engine cannot be
//! asked again for thousands of items when one of them is drawn: so a restart of node or engine costs the items
//! under way and nothing else. Everything else is read from state in every block, and whatever is sent twice is
//! the same transaction.

use crate::{
	Call, Candidates, Commitment, Config, Current, Entries, EntryOf, EraIndex, Models, Pallet,
	Phase, SprintOf, LOG_TARGET, MAX_COMMITMENTS,
};
use alloc::vec::Vec;
use codec::Encode;
use ergon_core::{
	crypto::{audit::AuditorId, signing_payload, SPRINT_COMMIT_DOMAIN, SPRINT_OPEN_DOMAIN},
	engine::{Order, Outcome},
	merkle, sprint,
	sprint::MAX_ORDER_ITEMS,
	ModelId, H256,
};
use ergon_engine_interface::{self as engine, Progress, Submission};
use frame_support::traits::Get;
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use sp_runtime::{
	offchain::storage::StorageValueRef,
	traits::{One, Saturating},
	BoundedVec, RuntimeAppPublic, SaturatedConversion,
};

/// Blocks before the last one for commitments in which a node commits to what is done for the last time. Enough for
/// a transaction to get in although one block takes none because a session begins.
pub(crate) const LAST_CALL: u32 = 3;
/// Orders that a node has its engine do at once, each of [`MAX_ORDER_ITEMS`]. It hands over new ones only when a block
/// comes, so a machine that does these 256 items faster than that waits, and no candidate proves more than about 9,500
/// items in a window of 40 blocks; see `docs/scale.md`.
pub(crate) const ORDERS_AHEAD: u32 = 8;

/// What was done about a sprint in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
	/// Nothing is to be done now.
	Nothing,
	/// The candidate came too late for this sprint, or does not stand.
	NoCandidate,
	/// The engine has none of the sprint's models, or there is no engine.
	NoModel,
	/// Items are done, so many of them up to now.
	Working(u32),
	/// The commitment was sent.
	Committed(u32),
	/// No item was done in time.
	NothingDone,
	/// That many items were sent.
	Shown(u32),
	/// What is stored here does not lead to what was committed to.
	LeavesLost,
	/// The keystore did not sign, or the pool has the transaction or refused it.
	Refused,
}

/// The items of one candidate and model in one sprint.
struct Items {
	subject: H256,
	model: ModelId,
	most: u32,
}

impl Items {
	/// The order for a number of items, counted from 0.
	fn order(&self, number: u32) -> Order {
		let first = number.saturating_mul(MAX_ORDER_ITEMS);
		let items = self.most.saturating_sub(first).min(MAX_ORDER_ITEMS);
		Order::Sprint { subject: self.subject, model: self.model, first, items }
	}

	fn orders(&self) -> u32 {
		self.most.div_ceil(MAX_ORDER_ITEMS)
	}

	/// Where the node keeps the leaves of an order.
	fn key(&self, number: u32) -> Vec<u8> {
		(b"ergon:sprint-leaves", self.subject, self.model, number).encode()
	}

	/// The leaves of an order that was done.
	fn stored(&self, number: u32) -> Option<Vec<H256>> {
		StorageValueRef::persistent(&self.key(number)).get().ok().flatten()
	}

	/// The leaves of all items up to the first one that is not done.
	fn leaves(&self) -> Vec<H256> {
		(0..self.orders()).map_while(|number| self.stored(number)).flatten().collect()
	}
}

impl<T: Config> Pallet<T> {
	/// Does what is due in this sprint for each candidate whose audit key is in this node's keystore.
	pub(crate) fn serve_sprint(now: BlockNumberFor<T>) {
		let Some(sprint) = Current::<T>::get() else { return };
		for key in AuditorId::all() {
			let Some(operator) = T::Candidates::operator(&key) else { continue };
			let step = Self::serve_candidate(now, &sprint, &operator, &key);
			let era = sprint.era;
			match step {
				Step::Committed(items) => log::info!(
					target: LOG_TARGET,
					"sprint of era {era}: committed to {items} items",
				),
				Step::Shown(items @ 1..) => log::info!(
					target: LOG_TARGET,
					"sprint of era {era}: showed {items} items that were drawn",
				),
				Step::NoModel | Step::NothingDone | Step::LeavesLost => log::warn!(
					target: LOG_TARGET,
					"sprint of era {era}: {step:?}. Without a sprint there is no power: see that the engine \
					runs and has one of the models {:?}.",
					sprint.models,
				),
				_ => log::debug!(target: LOG_TARGET, "sprint of era {era}: {step:?}"),
			}
		}
	}

	/// Does what is due for one candidate.
	pub(crate) fn serve_candidate(
		now: BlockNumberFor<T>,
		sprint: &SprintOf<T>,
		operator: &T::AccountId,
		key: &AuditorId,
	) -> Step {
		// What is submitted now gets into the next block at the earliest.
		let next = now.saturating_add(One::one());
		let entry = Entries::<T>::get(sprint.era, operator);
		match (sprint.phase, entry) {
			(Phase::Working { seed, commit_by }, entry) if next <= commit_by => {
				Self::work(next, sprint, seed, commit_by, operator, key, entry)
			}
			(Phase::Opening { seed, draw, open_by }, Some(entry)) if next <= open_by => {
				Self::show_drawn(next, sprint.era, seed, draw, open_by, operator, entry)
			}
			_ => Step::Nothing,
		}
	}

	/// Keeps the engine busy, and commits when it is time: when half of the window is left, when a quarter is, and
	/// at the end. Whoever makes the last blocks of the window and leaves others out takes what was done since.
	fn work(
		next: BlockNumberFor<T>,
		sprint: &SprintOf<T>,
		seed: H256,
		commit_by: BlockNumberFor<T>,
		operator: &T::AccountId,
		key: &AuditorId,
		before: Option<EntryOf<T>>,
	) -> Step {
		if !T::Candidates::may_sprint(operator) {
			return Step::NoCandidate;
		}
		let loaded = engine::models();
		let Some(model) = sprint.models.iter().find(|model| loaded.contains(model)) else {
			return Step::NoModel;
		};
		let subject = sprint::subject(seed, operator);
		let items = Items { subject, model: *model, most: T::MaxItems::get() };
		let left = commit_by.saturating_sub(next).saturated_into();
		let (first_missing, is_done) = Self::advance(&items, left);
		let working = Step::Working(first_missing.saturating_mul(MAX_ORDER_ITEMS));
		let (commitments, committed) =
			before.map_or((0, 0), |entry| (entry.commitments, entry.commitment.items));
		if !is_done && Self::commitments_due(left) <= commitments {
			return working;
		}
		let leaves = items.leaves();
		let count = leaves.len() as u32;
		if count == 0 {
			return if left < LAST_CALL { Step::NothingDone } else { working };
		}
		if count <= committed {
			return working;
		}
		let commitment = Commitment { model: *model, items: count, root: merkle::root(leaves) };
		let era = sprint.era;
		let payload =
			signing_payload(SPRINT_COMMIT_DOMAIN, Self::genesis_hash(), &(era, commitment));
		let Some(signature) = key.sign(&payload) else { return Step::Refused };
		let operator = operator.clone();
		match Self::submit(Call::commit { era, operator, commitment, signature }) {
			true => Step::Committed(count),
			false => Step::Refused,
		}
	}

	/// How often a node should have committed when so many blocks are left for it.
	fn commitments_due(left: u32) -> u8 {
		let window: u32 = T::CommitWindow::get().saturated_into();
		let marks: [u32; MAX_COMMITMENTS as usize] = [window / 2, window / 4, LAST_CALL];
		marks.into_iter().filter(|mark| left < (*mark).max(LAST_CALL)).count() as u8
	}

	/// Stores what the engine has done, and hands it what comes next. The first order that was not done before,
	/// and whether all are.
	fn advance(items: &Items, blocks: u32) -> (u32, bool) {
		let first = Self::first_missing(items);
		let mut under_way = 0u32;
		let mut is_done = true;
		for number in first..items.orders() {
			if under_way >= ORDERS_AHEAD {
				return (first, false);
			}
			if items.stored(number).is_some() {
				continue;
			}
			let order = items.order(number);
			let Order::Sprint { items: count, .. } = order else { return (first, false) };
			let id = order.id();
			let outcome = match engine::progress(&id) {
				Progress::Done => engine::outcome(&id),
				Progress::Pending => {
					under_way = under_way.saturating_add(1);
					is_done = false;
					continue;
				}
				Progress::Unknown => None,
				Progress::Unavailable => return (first, false),
			};
			match outcome {
				Some(Outcome::Sprinted { leaves }) if leaves.len() as u32 == count => {
					StorageValueRef::persistent(&items.key(number)).set(&leaves);
				}
				// Not done yet, forgotten in between, or a failure that may pass.
				_ => {
					is_done = false;
					under_way = under_way.saturating_add(1);
					if engine::submit(&order, blocks) != Submission::Accepted {
						return (first, false);
					}
				}
			}
		}
		(first, is_done)
	}

	/// The first order whose leaves are not stored. Forgets the leaves of the sprint before when a new one begins.
	fn first_missing(items: &Items) -> u32 {
		let place = StorageValueRef::persistent(b"ergon:sprint-progress");
		let mut progress: Vec<(H256, ModelId, u32, u32)> =
			place.get().ok().flatten().unwrap_or_default();
		let is_same = |(subject, model, ..): &(H256, ModelId, u32, u32)| {
			*subject == items.subject && *model == items.model
		};
		let position = progress.iter().position(is_same).unwrap_or_else(|| {
			progress.push((items.subject, items.model, 0, items.most));
			progress.len().saturating_sub(1)
		});
		let Some((_, _, done, _)) = progress.get_mut(position) else { return 0 };
		while *done < items.orders() && items.stored(*done).is_some() {
			*done = done.saturating_add(1);
		}
		let done = *done;
		// As many candidates as a machine may have keys of; those of the sprint before are in front.
		while progress.len() > MAX_REMEMBERED {
			let (subject, model, done, most) = progress.remove(0);
			let old = Items { subject, model, most };
			for number in 0..done.saturating_add(ORDERS_AHEAD) {
				StorageValueRef::persistent(&old.key(number)).clear();
			}
		}
		place.set(&progress);
		done
	}

	/// Has the engine do the items that were drawn once more, and shows them.
	fn show_drawn(
		next: BlockNumberFor<T>,
		era: EraIndex,
		seed: H256,
		draw: H256,
		open_by: BlockNumberFor<T>,
		operator: &T::AccountId,
		entry: EntryOf<T>,
	) -> Step {
		let Commitment { model, items: count, root } = entry.commitment;
		let drawn = Self::drawn(seed, draw, operator, count);
		if drawn.iter().all(|index| entry.shown.contains(index)) {
			return Step::Nothing;
		}
		let Some(manifest) = T::Models::manifest(&model) else { return Step::NoModel };
		let subject = sprint::subject(seed, operator);
		let mut leaves = Items { subject, model, most: T::MaxItems::get() }.leaves();
		leaves.truncate(count as usize);
		if merkle::root(leaves.iter().copied()) != root {
			return Step::LeavesLost;
		}
		let blocks = open_by.saturating_sub(next).saturating_add(One::one()).saturated_into();
		let mut sent = 0u32;
		for index in drawn.into_iter().filter(|index| !entry.shown.contains(index)) {
			let generates = manifest.architecture.generates();
			let order = Order::Execute(sprint::item(subject, model, generates, index));
			let id = order.id();
			let outcome = match engine::progress(&id) {
				Progress::Done => engine::outcome(&id),
				_ => None,
			};
			let Some(Outcome::Executed { attestation, bundle }) = outcome else {
				engine::submit(&order, blocks);
				continue;
			};
			let leaf = sprint::leaf(&attestation, &bundle);
			let statement = (era, index, leaf);
			let payload = signing_payload(SPRINT_OPEN_DOMAIN, Self::genesis_hash(), &statement);
			let (Some(path), Some(signature)) =
				(merkle::proof(&leaves, index as usize), entry.key.sign(&payload))
			else {
				continue;
			};
			let call = Call::show {
				era,
				operator: operator.clone(),
				index,
				attestation,
				bundle,
				path: BoundedVec::truncate_from(path),
				signature,
			};
			sent = sent.saturating_add(Self::submit(call).into());
		}
		Step::Shown(sent)
	}

	fn submit(call: Call<T>) -> bool {
		let transaction = T::create_authorized_transaction(call.into());
		SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_ok()
	}
}

/// Candidates and sprints whose leaves a node keeps.
const MAX_REMEMBERED: usize = 8;
