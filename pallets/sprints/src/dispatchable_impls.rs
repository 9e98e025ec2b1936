// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What candidates commit to and show.

use crate::{
	Agenda, Audits, Candidates, Commitment, Config, Current, Entries, Entry, EntryOf, EraIndex,
	Error, Event, Leaf, LeafCase, Leaves, Models, Pallet, Phase, SprintOf, Task, TaskOf,
	DRAW_DELAY, MAX_COMMITMENTS,
};
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	crypto::{
		audit::{AuditorId, AuditorSignature},
		signing_payload, SPRINT_COMMIT_DOMAIN, SPRINT_OPEN_DOMAIN,
	},
	merkle, sprint, Attestation, Bundle, ModelManifest, Output, H256,
};
use frame_support::{defensive, ensure, pallet_prelude::*};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{
	traits::{One, SaturatedConversion, Saturating, Zero},
	transaction_validity::TransactionValidityWithRefund,
	DispatchResult, RuntimeAppPublic,
};

/// What [`InvalidTransaction::Custom`] carries when a statement is refused before it gets into a block. Those
/// that come too late or twice are [`InvalidTransaction::Stale`], and wrong signatures
/// [`InvalidTransaction::BadProof`].
pub mod refusal {
	/// [`crate::Error::NotCandidate`].
	pub const NOT_CANDIDATE: u8 = 1;
	/// [`crate::Error::WrongItemCount`].
	pub const WRONG_ITEM_COUNT: u8 = 2;
	/// [`crate::Error::WrongModel`].
	pub const WRONG_MODEL: u8 = 3;
	/// [`crate::Error::NotCommitted`].
	pub const NOT_COMMITTED: u8 = 4;
	/// [`crate::Error::NotDrawn`].
	pub const NOT_DRAWN: u8 = 5;
	/// [`crate::Error::WrongItem`].
	pub const WRONG_ITEM: u8 = 6;
	/// [`crate::Error::WrongPath`].
	pub const WRONG_PATH: u8 = 7;
}

impl<T: Config> From<Error<T>> for TransactionValidityError {
	fn from(error: Error<T>) -> Self {
		match error {
			Error::NotThisSprint
			| Error::NotWorking
			| Error::NotOpening
			| Error::AlreadyCommitted
			| Error::AlreadyShown => InvalidTransaction::Stale,
			Error::NotCandidate => InvalidTransaction::Custom(refusal::NOT_CANDIDATE),
			Error::WrongItemCount => InvalidTransaction::Custom(refusal::WRONG_ITEM_COUNT),
			Error::WrongModel => InvalidTransaction::Custom(refusal::WRONG_MODEL),
			Error::NotCommitted => InvalidTransaction::Custom(refusal::NOT_COMMITTED),
			Error::NotDrawn => InvalidTransaction::Custom(refusal::NOT_DRAWN),
			Error::WrongItem => InvalidTransaction::Custom(refusal::WRONG_ITEM),
			Error::WrongPath => InvalidTransaction::Custom(refusal::WRONG_PATH),
			Error::BadSignature => InvalidTransaction::BadProof,
			Error::__Ignore(..) => InvalidTransaction::Call,
		}
		.into()
	}
}

impl<T: Config> Pallet<T> {
	/// The sprint of that era, if it is the current one.
	fn sprint_of(era: EraIndex) -> Result<SprintOf<T>, Error<T>> {
		Current::<T>::get().filter(|sprint| sprint.era == era).ok_or(Error::NotThisSprint)
	}

	/// Whether somebody may commit to that now; the last block for it, and how often it did before.
	fn check_commit(
		era: EraIndex,
		operator: &T::AccountId,
		commitment: &Commitment,
	) -> Result<(BlockNumberFor<T>, u8), Error<T>> {
		let sprint = Self::sprint_of(era)?;
		let Phase::Working { commit_by, .. } = sprint.phase else { return Err(Error::NotWorking) };
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now <= commit_by, Error::NotWorking);
		let bound = 1..=T::MaxItems::get();
		ensure!(bound.contains(&commitment.items), Error::WrongItemCount);
		ensure!(sprint.models.contains(&commitment.model), Error::WrongModel);
		let before = Entries::<T>::get(era, operator);
		let is_more = before.as_ref().is_none_or(|before| {
			before.commitments < MAX_COMMITMENTS && before.commitment.items < commitment.items
		});
		ensure!(is_more, Error::AlreadyCommitted);
		ensure!(T::Candidates::may_sprint(operator), Error::NotCandidate);
		Ok((commit_by, before.map_or(0, |before| before.commitments)))
	}

	pub(crate) fn authorize_commit(
		era: EraIndex,
		operator: &T::AccountId,
		commitment: &Commitment,
		signature: &AuditorSignature,
	) -> TransactionValidityWithRefund {
		let (last, _) = Self::check_commit(era, operator, commitment)?;
		let key = T::Candidates::key(operator).ok_or(Error::<T>::NotCandidate)?;
		Self::check_signature(&key, SPRINT_COMMIT_DOMAIN, &(era, commitment), signature)?;
		Self::valid("ergon-sprint-commit", (era, operator, commitment.items), last)
	}

	pub(crate) fn do_commit(
		era: EraIndex,
		operator: T::AccountId,
		commitment: Commitment,
	) -> DispatchResult {
		let (last, before) = Self::check_commit(era, &operator, &commitment)?;
		let key = T::Candidates::key(&operator).ok_or(Error::<T>::NotCandidate)?;
		let entry = Entry {
			commitment,
			commitments: before.saturating_add(1),
			key,
			shown: BoundedVec::default(),
			open: 0,
			audited: 0,
			work: 0,
			is_complete: false,
		};
		Entries::<T>::insert(era, &operator, entry);
		if before == 0 {
			T::Candidates::note_committed(&operator, era);
			let shown_by =
				last.saturating_add(DRAW_DELAY.into()).saturating_add(T::OpenWindow::get());
			Self::plan(shown_by.saturating_add(One::one()), Task::Shown(era, operator.clone()));
		}
		Self::deposit_event(Event::Committed { era, operator, commitment });
		Ok(())
	}

	/// The entry of somebody who may show that item now, the leaf that it is, the work in it, and the last block
	/// for it.
	#[allow(clippy::type_complexity)]
	fn check_show(
		era: EraIndex,
		operator: &T::AccountId,
		index: u32,
		attestation: &Attestation,
		bundle: &Bundle,
		path: &[H256],
	) -> Result<(EntryOf<T>, Shown<BlockNumberFor<T>>), Error<T>> {
		let Phase::Opening { seed, draw, open_by } = Self::sprint_of(era)?.phase else {
			return Err(Error::NotOpening);
		};
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now <= open_by, Error::NotOpening);
		let entry = Entries::<T>::get(era, operator).ok_or(Error::NotCommitted)?;
		let Commitment { model, items, root } = entry.commitment;
		let subject = sprint::subject(seed, operator);
		let drawn = sprint::drawn(draw, subject, items, T::MaxSamples::get());
		ensure!(drawn.contains(&index), Error::NotDrawn);
		ensure!(!entry.shown.contains(&index), Error::AlreadyShown);
		let manifest = T::Models::manifest(&model).ok_or(Error::WrongModel)?;
		Self::check_item(subject, index, &manifest, attestation, bundle)?;
		let leaf = sprint::leaf(attestation, bundle);
		let is_leaf = merkle::verify(root, leaf, index.into(), items.into(), path);
		ensure!(is_leaf, Error::WrongPath);
		let work = manifest.work(attestation.prompt_tokens, attestation.output_tokens);
		let is_last = entry.shown.len().saturating_add(1) >= drawn.len();
		Ok((entry, Shown { subject, leaf, work, is_last, open_by }))
	}

	/// Whether something can be the result of an item, as far as its form shows; the rest is for auditors.
	fn check_item(
		subject: H256,
		index: u32,
		manifest: &ModelManifest,
		attestation: &Attestation,
		bundle: &Bundle,
	) -> Result<(), Error<T>> {
		let model = manifest.id();
		let item = sprint::item(subject, model, manifest.architecture.generates(), index);
		let Attestation { version, profile, prompt_tokens, output_tokens, .. } = *attestation;
		let is_vector = matches!(bundle.output, Output::Vector(_));
		let most_prompt = manifest.max_prompt_tokens(item.prompt.len() as u32);
		let is_sound = version == ATTESTATION_VERSION
			&& profile == PROFILE_EXACT
			&& attestation.job_id == item.job_id
			&& attestation.model_root == model
			&& is_vector != manifest.architecture.generates()
			&& (1..=most_prompt).contains(&prompt_tokens)
			&& (is_vector || output_tokens >= 1)
			&& output_tokens <= item.kind.max_output_tokens()
			&& bundle.fits(attestation);
		ensure!(is_sound, Error::WrongItem);
		Ok(())
	}

	pub(crate) fn authorize_show(
		era: EraIndex,
		operator: &T::AccountId,
		index: u32,
		attestation: &Attestation,
		bundle: &Bundle,
		path: &[H256],
		signature: &AuditorSignature,
	) -> TransactionValidityWithRefund {
		let (entry, shown) = Self::check_show(era, operator, index, attestation, bundle, path)?;
		let statement = (era, index, shown.leaf);
		Self::check_signature(&entry.key, SPRINT_OPEN_DOMAIN, &statement, signature)?;
		Self::valid("ergon-sprint-show", (era, operator, index), shown.open_by)
	}

	pub(crate) fn do_show(
		era: EraIndex,
		operator: T::AccountId,
		index: u32,
		attestation: Attestation,
		bundle: Bundle,
		path: &[H256],
	) -> DispatchResult {
		let (mut entry, shown) =
			Self::check_show(era, &operator, index, &attestation, &bundle, path)?;
		let Shown { subject, work, is_last, .. } = shown;
		let job = attestation.job_id;
		let model = entry.commitment.model;
		if entry.shown.try_push(index).is_err() {
			defensive!("no more items are drawn than an entry has room for");
			return Err(Error::<T>::NotDrawn.into());
		}
		entry.open = entry.open.saturating_add(1);
		entry.work = entry.work.saturating_add(work);
		entry.is_complete = is_last;
		Entries::<T>::insert(era, &operator, entry);
		let leaf = Leaf { era, operator: operator.clone(), subject, index, attestation, bundle };
		Leaves::<T>::insert(job, leaf);
		let rate = T::AuditRate::get();
		let case = LeafCase { job, model, operator: operator.clone(), work, rate };
		Self::plan(T::Audits::open(case), Task::Audited(job));
		Self::deposit_event(Event::Shown { era, operator, index, job });
		Ok(())
	}

	/// Enters a task into the agenda, at the next block at the earliest.
	pub(crate) fn plan(at: BlockNumberFor<T>, task: TaskOf<T>) {
		let next = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
		Agenda::<T>::insert(at.max(next), task, ());
	}

	fn check_signature(
		key: &AuditorId,
		domain: &'static [u8],
		statement: &impl Encode,
		signature: &AuditorSignature,
	) -> Result<(), Error<T>> {
		let payload = signing_payload(domain, Self::genesis_hash(), statement);
		ensure!(key.verify(&payload, signature), Error::BadSignature);
		Ok(())
	}

	fn valid(
		kind: &'static str,
		statement: impl Encode,
		last: BlockNumberFor<T>,
	) -> TransactionValidityWithRefund {
		let now = frame_system::Pallet::<T>::block_number();
		let longevity = last.saturating_sub(now).saturating_add(One::one());
		let valid = ValidTransaction::with_tag_prefix(kind)
			.and_provides(statement)
			.priority(T::DutyPriority::get())
			.longevity(longevity.saturated_into())
			.propagate(true)
			.build()?;
		Ok((valid, Weight::zero()))
	}

	/// The hash of the first block, which every signature covers.
	pub(crate) fn genesis_hash() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}
}

/// An item that may be shown.
struct Shown<BlockNumber> {
	subject: H256,
	leaf: H256,
	work: ergon_core::Work,
	/// Whether it is the last one of its candidate.
	is_last: bool,
	open_by: BlockNumber,
}
