// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of every call, every authorization and every branch of the hooks.

// A fixture that cannot be built has to stop the benchmark.
#![allow(clippy::expect_used)]

use super::*;
use crate::types::{DrawSeed, QueueEnds};
use alloc::{collections::BTreeSet, vec::Vec};
use ergon_core::{
	audit::Reveal,
	crypto::{
		audit::{AuditorId, AuditorSignature},
		signing_payload, COMMIT_DOMAIN, DECLARE_DOMAIN, OBJECT_DOMAIN, REVEAL_DOMAIN,
	},
	JobId, Vote, H256, WORK_UNIT,
};
use ergon_economics::{AuditRate, Backlog};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{Authorize, Get, Hooks},
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::Zero, transaction_validity::TransactionSource, FixedPointNumber, RuntimeAppPublic,
	Saturating,
};

const JOB: JobId = H256::repeat_byte(0x0b);
const REVEAL: Reveal =
	Reveal { vote: Vote::Match, work_digest: H256::repeat_byte(3), salt: [4; 32] };

fn provider<T: Config>() -> T::AccountId {
	account("provider", 0, 0)
}

/// A case as the jobs pallet opens it, by a provider whom nobody knows.
fn audit_case<T: Config>() -> AuditCase<T::AccountId> {
	AuditCase {
		job: JOB,
		model: H256::repeat_byte(1),
		provider: provider::<T>(),
		work: WORK_UNIT,
		price: 1_000_000_000_000,
		escrow: 1_000_000_000_000,
		standing: Standing { bond: 1_000_000_000_000_000, clean_audits: 0, value_at_risk: 0 },
	}
}

/// Opens a case and puts it into the draw of a round of so many seats; nobody was drawn yet.
///
/// Nobody pays for it: those who do their duty in it are noted down for power, too.
fn waiting<T: Config>(seats: u32) -> CaseOf<T> {
	let since = frame_system::Pallet::<T>::block_number();
	let AuditCase { job, model, provider, work, .. } = audit_case::<T>();
	let rate = AuditRate::saturating_from_integer(seats);
	Pallet::<T>::open_unpaid(UnpaidCase { job, model, provider, work, rate });
	DrawSeeds::<T>::insert(since, DrawSeed::Known([7; 32]));
	frame_system::Pallet::<T>::set_block_number(since.saturating_add(DRAW_DELAY.into()));
	Cases::<T>::get(JOB).expect("the case was opened")
}

/// A case whose auditors are `seats` fresh validators, drawn in this block.
fn drawn<T: Config>(seats: u32) -> Vec<ActiveOf<T>> {
	T::Validators::set_active_for_benchmark(seats);
	let case = waiting::<T>(seats);
	let active = T::Validators::active();
	assert_eq!(active.len() as u32, seats);
	DrawQueue::<T>::remove(0);
	DrawQueueEnds::<T>::put(QueueEnds { head: 1, tail: 1 });
	let now = frame_system::Pallet::<T>::block_number();
	Pallet::<T>::draw(now, JOB, case, [7; 32], &active);
	active
}

/// What an auditor who was drawn commits to.
fn commitment<T: Config>(auditor: &T::AccountId) -> H256 {
	let seat = Seats::<T>::get(auditor, JOB).expect("just drawn");
	REVEAL.commitment(seat.challenge)
}

/// Goes behind the last commitment.
fn go_to_reveals<T: Config>() {
	let now = frame_system::Pallet::<T>::block_number();
	frame_system::Pallet::<T>::set_block_number(now.saturating_add(T::CommitWindow::get()));
}

fn sign<T: Config>(
	key: &AuditorId,
	domain: &'static [u8],
	statement: &impl codec::Encode,
) -> AuditorSignature {
	let payload = signing_payload(domain, Pallet::<T>::genesis_hash(), statement);
	key.sign(&payload).expect("the key is in the keystore")
}

fn commit_call<T: Config>() -> Call<T> {
	let ActiveValidator { account: auditor, key, .. } = drawn::<T>(1).remove(0);
	let commitment = commitment::<T>(&auditor);
	let signature = sign::<T>(&key, COMMIT_DOMAIN, &(JOB, 0u8, commitment));
	Call::commit { job: JOB, round: 0, auditor, commitment, signature }
}

fn reveal_call<T: Config>() -> Call<T> {
	let ActiveValidator { account: auditor, key, .. } = drawn::<T>(1).remove(0);
	Pallet::<T>::do_commit(JOB, 0, auditor.clone(), commitment::<T>(&auditor)).expect("just drawn");
	go_to_reveals::<T>();
	let signature = sign::<T>(&key, REVEAL_DOMAIN, &(JOB, 0u8, REVEAL));
	Call::reveal { job: JOB, round: 0, auditor, reveal: REVEAL, signature }
}

/// A case in its check, whose `seats` auditors all voted Match.
fn checked<T: Config>(seats: u32) -> Vec<ActiveOf<T>> {
	let active = drawn::<T>(seats);
	for ActiveValidator { account: auditor, .. } in &active {
		let commitment = commitment::<T>(auditor);
		Pallet::<T>::do_commit(JOB, 0, auditor.clone(), commitment).expect("just drawn");
	}
	go_to_reveals::<T>();
	for ActiveValidator { account: auditor, .. } in &active {
		Pallet::<T>::do_reveal(JOB, 0, auditor.clone(), REVEAL).expect("committed");
	}
	let now = frame_system::Pallet::<T>::block_number();
	frame_system::Pallet::<T>::set_block_number(now.saturating_add(T::RevealWindow::get()));
	Pallet::<T>::conclude(&JOB);
	active
}

/// An objection to `accused` others.
fn object_call<T: Config>(accused: u32) -> Call<T> {
	let mut auditors = checked::<T>(accused.saturating_add(1));
	let ActiveValidator { account: auditor, key, .. } = auditors.remove(0);
	let accused: Vec<_> = auditors.into_iter().map(|accused| accused.account).collect();
	let signature = sign::<T>(&key, OBJECT_DOMAIN, &(JOB, 0u8, &accused));
	let accused = accused.try_into().expect("there are no more validators");
	Call::object { job: JOB, round: 0, auditor, accused, signature }
}

/// A declaration of so many models by a validator who declared as many others before.
fn declare_call<T: Config>(models: u32) -> Call<T> {
	T::Validators::set_active_for_benchmark(1);
	let ActiveValidator { account: auditor, key, .. } = T::Validators::active().remove(0);
	let before = (0..models).map(|index| H256(blake2_256(&index.to_le_bytes())));
	let before = BTreeSet::from_iter(before);
	let before = BoundedVec::truncate_from(Vec::from_iter(before));
	Pallet::<T>::replace_declaration(&auditor, Zero::zero(), before);
	let as_of = T::DeclarationInterval::get();
	frame_system::Pallet::<T>::set_block_number(as_of);
	let mut models = T::Models::set_usable_for_benchmark(models);
	models.sort();
	let signature = sign::<T>(&key, DECLARE_DOMAIN, &(as_of, &models));
	let models = models.try_into().expect("there are no more than can be declared");
	Call::declare { key, as_of, models, signature }
}

#[benchmarks(where <T as frame_system::Config>::RuntimeCall: From<Call<T>>)]
mod benches {
	use super::*;

	#[benchmark]
	fn commit() -> Result<(), BenchmarkError> {
		let Call::commit { job, round, auditor, commitment, signature } = commit_call::<T>() else {
			return Err(BenchmarkError::Weightless);
		};

		#[extrinsic_call]
		_(RawOrigin::Authorized, job, round, auditor.clone(), commitment, signature);

		let progress = Seats::<T>::get(auditor, JOB).map(|seat| seat.progress);
		assert_eq!(progress, Some(SeatProgress::Committed(commitment)));
		Ok(())
	}

	#[benchmark]
	fn reveal() -> Result<(), BenchmarkError> {
		let Call::reveal { job, round, auditor, reveal: vote, signature } = reveal_call::<T>()
		else {
			return Err(BenchmarkError::Weightless);
		};

		#[extrinsic_call]
		_(RawOrigin::Authorized, job, round, auditor.clone(), vote, signature);

		let progress = Seats::<T>::get(auditor, JOB).map(|seat| seat.progress);
		assert!(matches!(progress, Some(SeatProgress::Revealed { .. })));
		Ok(())
	}

	#[benchmark]
	fn authorize_commit() -> Result<(), BenchmarkError> {
		let call: <T as frame_system::Config>::RuntimeCall = commit_call::<T>().into();

		#[block]
		{
			call.authorize(TransactionSource::InBlock)
				.ok_or("votes are authorized")?
				.map_err(|_| "the vote is sound")?;
		}

		Ok(())
	}

	#[benchmark]
	fn authorize_reveal() -> Result<(), BenchmarkError> {
		let call: <T as frame_system::Config>::RuntimeCall = reveal_call::<T>().into();

		#[block]
		{
			call.authorize(TransactionSource::InBlock)
				.ok_or("votes are authorized")?
				.map_err(|_| "the vote is sound")?;
		}

		Ok(())
	}

	/// `a` auditors are accused.
	#[benchmark]
	fn object(
		a: Linear<1, { T::MaxValidators::get().saturating_sub(1) }>,
	) -> Result<(), BenchmarkError> {
		let Call::object { job, round, auditor, accused, signature } = object_call::<T>(a) else {
			return Err(BenchmarkError::Weightless);
		};

		#[extrinsic_call]
		_(RawOrigin::Authorized, job, round, auditor.clone(), accused, signature);

		let progress = Seats::<T>::get(auditor, JOB).map(|seat| seat.progress);
		assert!(matches!(progress, Some(SeatProgress::Revealed { has_objected: true, .. })));
		Ok(())
	}

	/// `a` auditors are accused.
	#[benchmark]
	fn authorize_object(
		a: Linear<1, { T::MaxValidators::get().saturating_sub(1) }>,
	) -> Result<(), BenchmarkError> {
		let call: <T as frame_system::Config>::RuntimeCall = object_call::<T>(a).into();

		#[block]
		{
			call.authorize(TransactionSource::InBlock)
				.ok_or("objections are authorized")?
				.map_err(|_| "the objection is sound")?;
		}

		Ok(())
	}

	/// `m` models are declared instead of `m` others.
	#[benchmark]
	fn declare(m: Linear<0, { T::MaxDeclared::get() }>) -> Result<(), BenchmarkError> {
		let Call::declare { key, as_of, models, signature } = declare_call::<T>(m) else {
			return Err(BenchmarkError::Weightless);
		};
		let auditor = T::Validators::operator(&key).ok_or("the key is registered")?;

		#[extrinsic_call]
		_(RawOrigin::Authorized, key, as_of, models.clone(), signature);

		let declared = Declarations::<T>::get(auditor).map(|last| last.models);
		assert_eq!(declared, Some(models));
		Ok(())
	}

	/// `m` models are declared.
	#[benchmark]
	fn authorize_declare(m: Linear<0, { T::MaxDeclared::get() }>) -> Result<(), BenchmarkError> {
		let call: <T as frame_system::Config>::RuntimeCall = declare_call::<T>(m).into();

		#[block]
		{
			call.authorize(TransactionSource::InBlock)
				.ok_or("declarations are authorized")?
				.map_err(|_| "the declaration is sound")?;
		}

		Ok(())
	}

	/// `v` validators are asked, none of whom can re-execute the model.
	#[benchmark]
	fn is_auditable(v: Linear<1, { T::MaxValidators::get() }>) {
		T::Validators::set_active_for_benchmark(v);
		let found;

		#[block]
		{
			found = Pallet::<T>::is_auditable(&H256::repeat_byte(1));
		}

		assert_eq!(found, (false, v));
	}

	/// `v` validators may be drawn, and one is.
	#[benchmark]
	fn eligible(v: Linear<0, { T::MaxValidators::get() }>) {
		T::Validators::set_active_for_benchmark(v);
		let active = T::Validators::active();
		let case = waiting::<T>(1);
		let (found, picked);

		#[block]
		{
			let may_be_drawn = Pallet::<T>::eligible(&JOB, &case, &active);
			found = may_be_drawn.len() as u32;
			picked = Pallet::<T>::pick(&may_be_drawn, 1, &[7; 32]).len() as u32;
		}

		assert_eq!((found, picked), (v, v.min(1)));
	}

	/// The randomness of a block that a case waits for becomes known, and the price of audits moves.
	#[benchmark]
	fn on_initialize() {
		let backlog = Backlog { served: 1_000, unserved: 1_000 };
		AuditBacklog::<T>::put(backlog);
		let interval = T::AuditPriceInterval::get().max(DRAW_DELAY.into());
		let since = interval.saturating_sub(DRAW_DELAY.into());
		frame_system::Pallet::<T>::set_block_number(since);
		Pallet::<T>::open(audit_case::<T>());
		let now = since.saturating_add(DRAW_DELAY.into());
		frame_system::Pallet::<T>::set_block_number(now);

		#[block]
		{
			Pallet::<T>::on_initialize(now);
		}

		assert!(AuditPrice::<T>::get() > T::InitialAuditPrice::get());

		assert!(matches!(DrawSeeds::<T>::get(since), Some(DrawSeed::Known(_))));
	}

	/// What every block does, and reading `v` active validators when a draw is due.
	#[benchmark]
	fn poll(v: Linear<0, { T::MaxValidators::get() }>) {
		T::Validators::set_active_for_benchmark(v);
		let now = frame_system::Pallet::<T>::block_number();
		let mut meter = WeightMeter::new();

		#[block]
		{
			Pallet::<T>::poll(now, &mut meter);
			assert_eq!(T::Validators::active().len() as u32, v);
		}

		assert!(meter.consumed().any_gt(Weight::zero()));
	}

	/// A draw that seats `s` auditors.
	#[benchmark]
	fn draw(s: Linear<0, { T::MaxValidators::get() }>) {
		T::Validators::set_active_for_benchmark(s);
		let active = T::Validators::active();
		waiting::<T>(s);
		let now = frame_system::Pallet::<T>::block_number();

		#[block]
		{
			Pallet::<T>::draw_one(now, &active);
		}

		let case = Cases::<T>::get(JOB).expect("still open");
		assert_eq!(case.auditors.len() as u32, s);
		assert!(!DrawQueue::<T>::contains_key(0));
	}

	/// An entry of the queue whose case is closed.
	#[benchmark]
	fn skip_draw() {
		waiting::<T>(1);
		Cases::<T>::remove(JOB);
		let now = frame_system::Pallet::<T>::block_number();

		#[block]
		{
			Pallet::<T>::draw_one(now, &[]);
		}

		assert!(!DrawQueue::<T>::contains_key(0));
	}

	/// `r` records of an era that is no longer kept.
	#[benchmark]
	fn prune_duty_records(r: Linear<0, { T::MaxValidators::get() }>) {
		let oldest = T::Era::get().saturating_sub(T::DutyEras::get());
		for index in 0..r {
			let auditor = account::<T::AccountId>("auditor", index, 0);
			DutyRecords::<T>::insert(oldest, auditor, DutyRecord::default());
		}
		OldestDutyEra::<T>::put(oldest);

		#[block]
		{
			Pallet::<T>::remove_duty_records(oldest, r.max(1));
		}

		assert_eq!(DutyRecords::<T>::iter_prefix(oldest).count(), 0);
	}

	#[benchmark]
	fn open() {
		let case = audit_case::<T>();

		#[block]
		{
			Pallet::<T>::open(case);
		}

		assert!(Cases::<T>::contains_key(JOB));
	}

	/// The check of a case is over, for which `s` validators were asked, all of whom voted Match.
	#[benchmark]
	fn conclude(s: Linear<1, { T::MaxValidators::get() }>) {
		checked::<T>(s);
		let now = frame_system::Pallet::<T>::block_number();
		let late = now.saturating_add(T::CheckWindow::get()).saturating_add(1u32.into());
		frame_system::Pallet::<T>::set_block_number(late);
		let conclusion: Conclusion<T::AccountId, BlockNumberFor<T>>;

		#[block]
		{
			conclusion = Pallet::<T>::conclude(&JOB);
		}

		assert!(!matches!(conclusion, Conclusion::Pending { .. }));
	}

	/// `s` validators were asked, none of whom has voted.
	#[benchmark]
	fn votes_at_stake(s: Linear<1, { T::MaxValidators::get() }>) {
		drawn::<T>(s);
		let stake;

		#[block]
		{
			stake = Pallet::<T>::votes_at_stake(&JOB, 1);
		}

		assert!(stake > 0);
	}

	/// The votes are over of a case for which `s` validators were asked, half of whom did not reveal.
	#[benchmark]
	fn end_round(s: Linear<2, { T::MaxValidators::get() }>) {
		let active = drawn::<T>(s);
		let votes = &active[..active.len() / 2];
		for ActiveValidator { account: auditor, .. } in votes {
			Pallet::<T>::do_commit(JOB, 0, auditor.clone(), commitment::<T>(auditor))
				.expect("drawn");
		}
		go_to_reveals::<T>();
		for ActiveValidator { account: auditor, .. } in votes {
			Pallet::<T>::do_reveal(JOB, 0, auditor.clone(), REVEAL).expect("committed");
		}
		let now = frame_system::Pallet::<T>::block_number();
		frame_system::Pallet::<T>::set_block_number(now.saturating_add(T::RevealWindow::get()));
		let conclusion: Conclusion<T::AccountId, BlockNumberFor<T>>;

		#[block]
		{
			conclusion = Pallet::<T>::conclude(&JOB);
		}

		assert!(matches!(conclusion, Conclusion::Pending { .. }));
	}

	impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}
