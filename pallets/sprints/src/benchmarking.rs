// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of every call, every authorization and every branch of the hooks.

// A fixture that cannot be built has to stop the benchmark.
#![allow(clippy::expect_used)]

use super::*;
use crate::audit_impls::MAX_PARTIES;
use alloc::{vec, vec::Vec};
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	crypto::{
		audit::{AuditorId, AuditorSignature},
		signing_payload, SPRINT_COMMIT_DOMAIN, SPRINT_OPEN_DOMAIN,
	},
	merkle, sprint, Attestation, Bundle, FinishReason, JobId, ModelId, Output, H256,
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{Authorize, Get, UnfilteredDispatchable},
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::{transaction_validity::TransactionSource, RuntimeAppPublic, Saturating};

/// The one in which a new chain is, so that peers note what comes of it.
const ERA: EraIndex = 0;
const SEED: H256 = H256::repeat_byte(5);

/// A sprint in which candidates work, about a model that can be audited.
fn working<T: Config>() -> ModelId {
	let model = T::Models::register_for_benchmark();
	let commit_by =
		frame_system::Pallet::<T>::block_number().saturating_add(T::CommitWindow::get());
	let phase = Phase::Working { seed: SEED, commit_by };
	let models = vec![model].try_into().expect("a sprint has one model at least");
	Current::<T>::put(Sprint { era: ERA, phase, models });
	model
}

/// The longest that an item can be.
fn longest(order: &ergon_core::engine::JobOrder) -> (Attestation, Bundle) {
	let tokens = vec![u32::MAX; usize::from(sprint::ITEM_OUTPUT_TOKENS)];
	let text = vec![b'x'; 8 * tokens.len()];
	let output = Output::Text {
		tokens: tokens.try_into().expect("an item is shorter than a job"),
		text: text.try_into().expect("so is its text"),
	};
	let digests = vec![H256::repeat_byte(1); output.digest_count() as usize];
	let bundle = Bundle { output, digests: digests.try_into().expect("one for each chunk") };
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: order.job_id,
		model_root: order.model,
		prompt_root: H256::zero(),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: 1,
		output_tokens: sprint::ITEM_OUTPUT_TOKENS.into(),
		finish: FinishReason::Length,
	};
	(attestation, bundle)
}

/// A candidate, its key, and as many items as the path to the root can be long for.
struct Contestant<T: Config> {
	who: T::AccountId,
	key: AuditorId,
	model: ModelId,
	/// All items that are not shown have this leaf.
	other: H256,
}

impl<T: Config> Contestant<T> {
	fn new() -> Self {
		let model = working::<T>();
		let who: T::AccountId = account("candidate", 0, 0);
		let key = T::Candidates::stand_for_benchmark(&who);
		Self { who, key, model, other: H256::repeat_byte(8) }
	}

	fn sign(&self, domain: &'static [u8], statement: &impl codec::Encode) -> AuditorSignature {
		let payload = signing_payload(domain, Pallet::<T>::genesis_hash(), statement);
		self.key.sign(&payload).expect("the key is in the keystore")
	}

	fn commit_call(&self) -> Call<T> {
		let items = T::MaxItems::get();
		let commitment = Commitment { model: self.model, items, root: H256::zero() };
		let signature = self.sign(SPRINT_COMMIT_DOMAIN, &(ERA, commitment));
		Call::commit { era: ERA, operator: self.who.clone(), commitment, signature }
	}

	/// Goes to where items are shown; the call that shows one of the most that there can be.
	fn show_call(&self) -> Call<T> {
		let draw = H256::repeat_byte(6);
		let subject = sprint::subject(SEED, &self.who);
		// A tree in which all other leaves are the same, so that all nodes of a level are.
		let items = 1u32 << T::MaxItems::get().ilog2();
		let drawn = sprint::drawn(draw, subject, items, T::MaxSamples::get());
		let index = *drawn.first().expect("something is drawn");
		let (attestation, bundle) = longest(&sprint::item(subject, self.model, true, index));
		let leaf = sprint::leaf(&attestation, &bundle);
		let path = (0..items.ilog2())
			.scan(self.other, |sibling, _| {
				let this = *sibling;
				*sibling = merkle::node(this, this);
				Some(this)
			})
			.collect::<Vec<_>>();
		let root = merkle::climb(leaf, index.into(), items.into(), &path)
			.expect("the path is as long as it has to be");
		let commitment = Commitment { model: self.model, items, root };
		let now = frame_system::Pallet::<T>::block_number();
		let open_by = now.saturating_add(T::OpenWindow::get());
		Pallet::<T>::do_commit(ERA, self.who.clone(), commitment).expect("candidates may commit");
		Current::<T>::mutate(|sprint| {
			let sprint = sprint.as_mut().expect("there is a sprint");
			sprint.phase = Phase::Opening { seed: SEED, draw, open_by };
		});
		let signature = self.sign(SPRINT_OPEN_DOMAIN, &(ERA, index, leaf));
		Call::show {
			era: ERA,
			operator: self.who.clone(),
			index,
			attestation,
			bundle,
			path: BoundedVec::truncate_from(path),
			signature,
		}
	}

	/// Shows one item, which is all that it has to.
	fn shown(&self) -> (JobId, LeafOf<T>) {
		let Call::show { era, operator, index, attestation, bundle, path, .. } = self.show_call()
		else {
			unreachable!("it is this call")
		};
		Pallet::<T>::do_show(era, operator, index, attestation, bundle, &path)
			.expect("the item was drawn");
		Entries::<T>::mutate(ERA, &self.who, |entry| {
			entry.as_mut().expect("it has committed").is_complete = true;
		});
		let (job, leaf) = Leaves::<T>::iter().next().expect("it was shown");
		Leaves::<T>::remove(job);
		(job, leaf)
	}
}

fn authorize<T: Config>(call: Call<T>) {
	call.authorize(TransactionSource::External)
		.expect("the call is authorized")
		.expect("the call is sound");
}

/// Applies a call that was authorized.
fn dispatch<T: Config>(call: Call<T>) {
	call.dispatch_bypass_filter(RawOrigin::Authorized.into()).expect("the call is sound");
}

/// That many auditors who can be slashed.
fn auditors<T: Config>(count: u32) -> Vec<T::AccountId> {
	let auditors: Vec<_> = (0..count).map(|index| account("auditor", index, 0)).collect();
	auditors.iter().for_each(T::Audits::bond_for_benchmark);
	auditors
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn commit() {
		let call = Contestant::<T>::new().commit_call();

		#[block]
		{
			dispatch::<T>(call);
		}

		assert_eq!(Entries::<T>::iter_prefix(ERA).count(), 1);
	}

	#[benchmark]
	fn authorize_commit() {
		let call = Contestant::<T>::new().commit_call();

		#[block]
		{
			authorize::<T>(call);
		}
	}

	#[benchmark]
	fn show() {
		let call = Contestant::<T>::new().show_call();

		#[block]
		{
			dispatch::<T>(call);
		}

		assert_eq!(Leaves::<T>::iter().count(), 1);
	}

	#[benchmark]
	fn authorize_show() {
		let call = Contestant::<T>::new().show_call();

		#[block]
		{
			authorize::<T>(call);
		}
	}

	/// Draws the items that are to be shown.
	#[benchmark]
	fn step() {
		working::<T>();
		let late = frame_system::Pallet::<T>::block_number()
			.saturating_add(T::CommitWindow::get())
			.saturating_add(DRAW_DELAY.into());

		#[block]
		{
			Pallet::<T>::step(late);
		}

		assert!(Current::<T>::get().is_some_and(|it| matches!(it.phase, Phase::Opening { .. })));
	}

	/// Opens a sprint. As many models as can be were asked for, which are charged for one by one.
	#[benchmark]
	fn open_sprint() {
		let model = T::Models::register_for_benchmark();
		Demands::<T>::kill();
		for index in 1..MAX_DEMANDS {
			Pallet::<T>::note_work(&H256::repeat_byte(index as u8), 1);
		}
		Pallet::<T>::note_work(&model, 2);
		Pallet::<T>::start_era(ERA);
		let latest = frame_system::Pallet::<T>::block_number().saturating_add(T::OpenWithin::get());

		#[block]
		{
			Pallet::<T>::step(latest);
		}

		assert!(Current::<T>::get().is_some_and(|it| matches!(it.phase, Phase::Working { .. })));
	}

	/// An agenda without tasks, but for its first block.
	#[benchmark]
	fn agenda() {
		let _ = Agenda::<T>::clear(u32::MAX, None);
		let mut meter = WeightMeter::new();

		#[block]
		{
			Pallet::<T>::serve_agenda(0u32.into(), &mut meter);
		}

		assert_eq!(AgendaCursor::<T>::get(), 1u32.into());
	}

	/// One task is taken out of the agenda, its weight is asked for, and it is entered again.
	#[benchmark]
	fn agenda_slot() {
		let (job, _) = Contestant::<T>::new().shown();
		let slot: BlockNumberFor<T> = 3u32.into();
		Agenda::<T>::insert(slot, Task::Audited(job), ());
		let (task, asking);

		#[block]
		{
			task = Agenda::<T>::iter_key_prefix(slot).next().expect("there is one");
			asking = Pallet::<T>::asking_weight(&task);
			Agenda::<T>::remove(slot, &task);
			Pallet::<T>::plan(slot, task.clone());
		}

		assert_eq!(task, Task::Audited(job));
		assert!(asking.any_gt(Weight::zero()));
	}

	/// Somebody has shown nothing, which is looked at in the next era.
	#[benchmark]
	fn look_for_missing() {
		let contestant = Contestant::<T>::new();
		let call = contestant.commit_call();
		dispatch::<T>(call);
		LastOver::<T>::put(ERA);
		Pallet::<T>::start_era(ERA.saturating_add(1));

		#[block]
		{
			Pallet::<T>::look_for_missing(ERA, contestant.who.clone());
		}

		assert_eq!(Entries::<T>::iter_prefix(ERA).count(), 0);
	}

	/// The last item of somebody is right, and `p` auditors said that it was wrong.
	#[benchmark]
	fn uphold(p: Linear<0, MAX_PARTIES>) {
		let contestant = Contestant::<T>::new();
		let (job, leaf) = contestant.shown();
		let winners = vec![contestant.who.clone()];
		let penalty = |auditor| Penalty { auditor, winners: winners.clone() };
		let penalties = auditors::<T>(p).into_iter().map(penalty).collect();

		#[block]
		{
			Pallet::<T>::uphold(job, leaf, penalties, true);
		}

		assert_eq!(Entries::<T>::iter_prefix(ERA).count(), 0);
	}

	/// An item is wrong, as `p` have shown, and as many have not seen.
	#[benchmark]
	fn overturn(p: Linear<1, MAX_PARTIES>) {
		let contestant = Contestant::<T>::new();
		let (job, leaf) = contestant.shown();
		let mut finders = auditors::<T>(p.saturating_mul(2));
		let blind = finders.split_off(p as usize);

		#[block]
		{
			Pallet::<T>::overturn(job, leaf, finders, blind, false);
		}

		assert_eq!(Entries::<T>::iter_prefix(ERA).count(), 0);
	}

	impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}
