// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What each call, each authorization and each branch of the hook costs.

mod fixtures;

pub use fixtures::attested_with;

use crate::{
	lifecycle_impls::Stage,
	pallet::*,
	traits::{Audits, Constraints, Models, Penalty, Providers, TokenPrices},
	types::{AccountIdOf, Balance, Branch, JobStatus},
	weights::WeightInfo,
};
use alloc::{vec, vec::Vec};
use ergon_core::{
	attestation::{ATTESTATION_VERSION, MAX_TEXT_BYTES, PROFILE_EXACT},
	crypto::worker::{WorkerId, WorkerSignature},
	engine::JobOrder,
	job::{DeclineReason, MAX_OUTPUT_TOKENS, MAX_PROMPT_BYTES, MAX_STOPS, MAX_STOP_BYTES},
	model::ARITHMETIC_X1,
	replica::{replica_id, MAX_REPLICAS},
	Architecture, Attestation, Bundle, Dimensions, FinishReason, GenerationParams, JobId, JobKind,
	ModelId, ModelManifest, Output, H256,
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{fungible::Mutate, Authorize, Get},
	weights::WeightMeter,
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::{
	traits::One, transaction_validity::TransactionSource, RuntimeAppPublic, SaturatedConversion,
	Saturating,
};

use fixtures::*;

#[benchmarks(
	where
		T::Currency: Mutate<AccountIdOf<T>>,
		<T as frame_system::Config>::RuntimeCall: From<Call<T>>,
)]
mod benches {
	use super::*;

	#[benchmark]
	fn submit(
		b: Linear<1, MAX_PROMPT_BYTES>,
		n: Linear<1, { T::MaxOffers::get() }>,
	) -> Result<(), BenchmarkError> {
		let model = T::Models::register_for_benchmark(manifest());
		providers::<T>(n, &model, PRICES);
		let who = requester::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), model, kind(), prompt(b), MAX_PRICE, Default::default(), 0);

		assert_eq!(LiveJobs::<T>::get(), 1);
		Ok(())
	}

	#[benchmark]
	fn cancel() -> Result<(), BenchmarkError> {
		let model = T::Models::register_for_benchmark(manifest());
		let id = queued::<T>(model, 0)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(requester::<T>()), id);

		expect::<T>(id, JobStatus::Cancelled)
	}

	#[benchmark]
	fn attest(
		t: Linear<1, MAX_OUTPUT_TOKENS>,
		b: Linear<0, MAX_TEXT_BYTES>,
	) -> Result<(), BenchmarkError> {
		let (id, model) = assigned::<T>()?;
		let (attestation, bundle) = delivery(id, model, t, b);
		let signature = sign::<T>(id, &attestation.signing_payload(Pallet::<T>::genesis(), 0))?;

		#[extrinsic_call]
		_(RawOrigin::Authorized, attestation, bundle, 0, signature);

		expect::<T>(id, JobStatus::Attested)
	}

	#[benchmark]
	fn authorize_attest(
		t: Linear<1, MAX_OUTPUT_TOKENS>,
		b: Linear<0, MAX_TEXT_BYTES>,
	) -> Result<(), BenchmarkError> {
		let (id, model) = assigned::<T>()?;
		let (attestation, bundle) = delivery(id, model, t, b);
		let signature = sign::<T>(id, &attestation.signing_payload(Pallet::<T>::genesis(), 0))?;
		let call = Call::<T>::attest { attestation, bundle, round: 0, signature };
		let call = <T as frame_system::Config>::RuntimeCall::from(call);

		#[block]
		{
			call.authorize(TransactionSource::External)
				.ok_or("attest has to be authorized")?
				.map_err(|_| "the attestation is refused")?;
		}
		Ok(())
	}

	#[benchmark]
	fn decline() -> Result<(), BenchmarkError> {
		let (id, _) = assigned::<T>()?;
		let reason = DeclineReason::PromptTooLong;
		let signature = sign::<T>(id, &Pallet::<T>::decline_payload(&id, 0, reason))?;

		#[extrinsic_call]
		_(RawOrigin::Authorized, id, 0, reason, signature);

		expect::<T>(id, JobStatus::Queued)
	}

	#[benchmark]
	fn decline_last() -> Result<(), BenchmarkError> {
		let (id, _) = assigned::<T>()?;
		in_last_round::<T>(id);
		let round = T::MaxReassignments::get() as u8;
		let reason = DeclineReason::PromptTooLong;
		let signature = sign::<T>(id, &Pallet::<T>::decline_payload(&id, round, reason))?;

		#[extrinsic_call]
		decline(RawOrigin::Authorized, id, round, reason, signature);

		expect::<T>(id, JobStatus::Expired)
	}

	#[benchmark]
	fn authorize_decline() -> Result<(), BenchmarkError> {
		let (id, _) = assigned::<T>()?;
		let reason = DeclineReason::PromptTooLong;
		let signature = sign::<T>(id, &Pallet::<T>::decline_payload(&id, 0, reason))?;
		let call = Call::<T>::decline { job: id, round: 0, reason, signature };
		let call = <T as frame_system::Config>::RuntimeCall::from(call);

		#[block]
		{
			call.authorize(TransactionSource::External)
				.ok_or("decline has to be authorized")?
				.map_err(|_| "the refusal is refused")?;
		}
		Ok(())
	}

	#[benchmark]
	fn poke() -> Result<(), BenchmarkError> {
		let id = attested::<T>()?;
		let usable;

		#[block]
		{
			let Some(Stage::Attested(case)) = Stage::<T>::of(id) else {
				return Err("the job is not attested".into());
			};
			usable = Pallet::<T>::usable_model(&case.job.model);
		}

		assert!(usable.is_some());
		Ok(())
	}

	#[benchmark]
	fn prune() -> Result<(), BenchmarkError> {
		let id = attested::<T>()?;
		let Some(Stage::Attested(case)) = Stage::<T>::of(id) else {
			return Err("the job is not attested".into());
		};
		Pallet::<T>::uphold(case, Vec::new(), Vec::new(), true);
		let now = frame_system::Pallet::<T>::block_number();
		frame_system::Pallet::<T>::set_block_number(now.saturating_add(T::Retention::get()));
		let who = funded::<T>("pruner", 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), id);

		assert!(!Jobs::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn tick() -> Result<(), BenchmarkError> {
		advance::<T>(3);
		let now = frame_system::Pallet::<T>::block_number();
		AgendaCursor::<T>::put(now);

		#[block]
		{
			Pallet::<T>::do_tick(now, &mut WeightMeter::new());
		}

		assert_eq!(AgendaCursor::<T>::get(), now.saturating_add(One::one()));
		Ok(())
	}

	#[benchmark]
	fn tick_slot() -> Result<(), BenchmarkError> {
		let slot = BlockNumberFor::<T>::from(1_000u32);
		let jobs = vec![H256::zero(); T::MaxJobsPerBlock::get() as usize];
		Agenda::<T>::insert(slot, BoundedVec::truncate_from(jobs));
		let found;

		#[block]
		{
			found = Agenda::<T>::get(slot);
		}

		assert!(found.is_full());
		Ok(())
	}

	#[benchmark]
	fn full_slots(
		s: Linear<1, { T::AgendaWindow::get().saturating_sub(1).max(1) }>,
	) -> Result<(), BenchmarkError> {
		let jobs = vec![H256::zero(); T::MaxJobsPerBlock::get() as usize];
		for slot in 0..s {
			let slot = BlockNumberFor::<T>::from(slot.saturating_add(1_000));
			Agenda::<T>::insert(slot, BoundedVec::truncate_from(jobs.clone()));
		}
		let found;

		#[block]
		{
			found = Pallet::<T>::enter_agenda(H256::repeat_byte(1), 1_000u32.into());
		}

		assert_eq!(found, (s.saturating_add(1_000).into(), s));
		Ok(())
	}

	#[benchmark]
	fn serve_nothing() -> Result<(), BenchmarkError> {
		let (job, slot) = (H256::zero(), BlockNumberFor::<T>::from(1_000u32));
		Agenda::<T>::insert(slot, BoundedVec::truncate_from(vec![job]));
		let branch;

		#[block]
		{
			(branch, _) = Pallet::<T>::serve(job);
			Pallet::<T>::leave_agenda(&job, slot);
		}

		assert_eq!(branch, Branch::Nothing);
		Ok(())
	}

	#[benchmark]
	fn serve_assign(n: Linear<1, { T::MaxOffers::get() }>) -> Result<(), BenchmarkError> {
		let model = T::Models::register_for_benchmark(manifest());
		providers::<T>(n, &model, PRICES);
		let id = queued::<T>(model, 0)?;
		advance::<T>(2);

		#[block]
		{
			Pallet::<T>::serve(id);
		}

		expect::<T>(id, JobStatus::Assigned)
	}

	#[benchmark]
	fn serve_wait(n: Linear<1, { T::MaxOffers::get() }>) -> Result<(), BenchmarkError> {
		let model = T::Models::register_for_benchmark(manifest());
		let id = queued::<T>(model, 0)?;
		let dear = TokenPrices { prompt_token: MAX_PRICE, output_token: MAX_PRICE };
		providers::<T>(n, &model, dear);
		advance::<T>(2);

		#[block]
		{
			Pallet::<T>::serve(id);
		}

		expect::<T>(id, JobStatus::Queued)
	}

	#[benchmark]
	fn serve_expire() -> Result<(), BenchmarkError> {
		let model = T::Models::register_for_benchmark(manifest());
		let id = queued::<T>(model, 0)?;
		let now = frame_system::Pallet::<T>::block_number();
		frame_system::Pallet::<T>::set_block_number(now.saturating_add(T::MaxQueueTime::get()));

		#[block]
		{
			Pallet::<T>::serve(id);
		}

		expect::<T>(id, JobStatus::Expired)
	}

	#[benchmark]
	fn serve_requeue() -> Result<(), BenchmarkError> {
		let (id, _) = assigned::<T>()?;

		#[block]
		{
			Pallet::<T>::serve(id);
		}

		expect::<T>(id, JobStatus::Queued)
	}

	#[benchmark]
	fn serve_give_up() -> Result<(), BenchmarkError> {
		let (id, _) = assigned::<T>()?;
		in_last_round::<T>(id);

		#[block]
		{
			Pallet::<T>::serve(id);
		}

		expect::<T>(id, JobStatus::Expired)
	}

	#[benchmark]
	fn serve_pending() -> Result<(), BenchmarkError> {
		let id = attested::<T>()?;

		#[block]
		{
			let Some(Stage::Attested(case)) = Stage::<T>::of(id) else {
				return Err("the job is not attested".into());
			};
			case.wait(1_000u32.into(), true);
		}

		expect::<T>(id, JobStatus::Disputed)
	}

	#[benchmark]
	fn serve_settle(a: Linear<0, { T::MaxAuditors::get() }>) -> Result<(), BenchmarkError> {
		let id = attested::<T>()?;
		// More than any budget, so that the pool pays too.
		let pay = auditors::<T>("paid", a).into_iter().map(|who| (who, MAX_PRICE)).collect();
		let winners = auditors::<T>("winner", a);
		let wrong = auditors::<T>("wrong", a).into_iter().zip(winners);
		let penalties = wrong.map(|(auditor, winner)| Penalty {
			auditor,
			winners: Vec::from([winner]),
			pay: 0,
		});
		let penalties = penalties.collect();

		#[block]
		{
			let Some(Stage::Attested(case)) = Stage::<T>::of(id) else {
				return Err("the job is not attested".into());
			};
			Pallet::<T>::uphold(case, pay, penalties, true);
		}

		expect::<T>(id, JobStatus::Settled)
	}

	#[benchmark]
	fn serve_overturn(a: Linear<0, { T::MaxAuditors::get() }>) -> Result<(), BenchmarkError> {
		let id = attested::<T>()?;
		let finders = auditors::<T>("finder", a);
		let false_votes = auditors::<T>("wrong", a).into_iter().map(|who| (who, 0)).collect();

		#[block]
		{
			let Some(Stage::Attested(case)) = Stage::<T>::of(id) else {
				return Err("the job is not attested".into());
			};
			Pallet::<T>::overturn(case, finders, false_votes, false);
		}

		expect::<T>(id, JobStatus::Voided)
	}

	#[benchmark]
	fn serve_recalled() -> Result<(), BenchmarkError> {
		let (id, _) = assigned::<T>()?;
		let job = Jobs::<T>::get(id).ok_or("there is no such job")?;
		T::Models::recall_for_benchmark(&job.model);

		#[block]
		{
			Pallet::<T>::serve(id);
		}

		expect::<T>(id, JobStatus::Voided)
	}

	/// Looking at all replicas of a job that is to be assigned.
	#[benchmark]
	fn look_at_replicas() -> Result<(), BenchmarkError> {
		let ids = replicas::<T>(MAX_REPLICAS)?;
		let job = Jobs::<T>::get(ids[0]).ok_or("there is no such job")?;
		let replica = job.replica.ok_or("the job has replicas")?;
		let others;

		#[block]
		{
			others = Pallet::<T>::others_of(job.nonce, replica);
		}

		assert_eq!(others.providers.len(), usize::from(MAX_REPLICAS) - 1);
		Ok(())
	}

	/// Comparing the largest result with another one that is equal.
	#[benchmark]
	fn compare_replica() -> Result<(), BenchmarkError> {
		let ids = replicas::<T>(2)?;
		for id in &ids {
			attest_largest::<T>(*id)?;
		}
		let weight;

		#[block]
		{
			weight = Pallet::<T>::compare_replicas(ids[0]);
		}

		assert_eq!(weight, T::WeightInfo::compare_replica());
		Ok(())
	}

	impl_benchmark_test_suite! {
		Pallet,
		crate::mock::benchmark_ext(),
		crate::mock::Test
	}
}
