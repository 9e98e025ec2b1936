// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `attest` and `decline`: what the pool and the chain accept.

use super::*;
use crate::traits::{AuditCase, Standing};
use ergon_core::{engine::JobOrder, job::job_seed};
use frame_support::{assert_noop, assert_ok};

/// The default job, assigned to Peter in block 3, in block 4.
fn deliverable() -> JobId {
	let id = assigned();
	next_block();
	id
}

#[test]
fn a_delivery_fixes_result_seed_price_and_audit() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = deliverable();
		asked();
		events();
		let call = attest_call(id);
		assert_ok!(apply(call.clone()).unwrap());

		let work = 15 * 576 + 20 * 1_376;
		let price = 15 * 10 + 20 * 100;
		let JobState::Attested(attested) = job(id).state else { panic!("{:?}", job(id).state) };
		assert_eq!(attested.assignment.provider, PETER);
		assert_eq!(attested.attested_at, 4);
		assert_eq!(attested.seed, job_seed(GENESIS, id, 0, parent_hash_of(4)));
		assert_eq!((attested.price, attested.work), (price, work));
		assert_eq!(attested.audit_budget, 37);
		assert_eq!(job(id).due, 4 + AUDIT_TIME);
		assert!(!Assignments::<Test>::contains_key(PETER, id));

		let Call::attest { attestation, bundle, signature, .. } = call else { unreachable!() };
		let signature = signature.into_inner().0;
		let worker = worker(PETER).public();
		let result = JobResult { attestation, bundle, worker, signature };
		assert_eq!(attested.result_bytes as usize, result.encoded_size());
		assert_eq!(Results::<Test>::get(id), Some(result.clone()));

		assert_eq!(
			asked(),
			[
				Asked::Open(AuditCase {
					job: id,
					model: model(),
					provider: PETER,
					work,
					price,
					escrow: 10_000,
					standing: Standing { bond: BOND, clean_audits: 0, value_at_risk: 10_000 },
				}),
				Asked::Vacate { provider: PETER, work: WORST_WORK, safe_at: 4 + SAFE_TIME },
			]
		);
		assert_eq!(
			events(),
			[Event::JobAttested {
				job: id,
				provider: PETER,
				prompt_tokens: 15,
				output_tokens: 20,
				price
			}]
		);

		let order = JobOrder {
			job_id: id,
			model: model(),
			kind: generate(40),
			prompt: PROMPT.to_vec(),
			seed: attested.seed,
		};
		assert_eq!(Jobs::job_order(&id), Some(order.clone()));
		assert_eq!(Jobs::evidence(&id), Some((order, attestation, result.bundle)));
	});
}

#[test]
fn worker_and_auditor_get_the_same_order() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = submit(0);
		assert_eq!(Jobs::job_order(&id), None);
		run_for(2);
		// The seed's block is still being made.
		assert_eq!(Jobs::job_order(&id), None);
		next_block();
		let order = Jobs::job_order(&id).unwrap();
		assert_eq!(Jobs::evidence(&id), None);
		run_for(5);
		assert_eq!(Jobs::job_order(&id), Some(order.clone()));
		assert_ok!(apply(attest_call(id)).unwrap());
		assert_eq!(Jobs::job_order(&id), Some(order.clone()));
		assert_eq!(Jobs::evidence(&id).unwrap().0, order);
		will_conclude(
			id,
			traits::Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false },
		);
		run_for(AUDIT_TIME);
		assert_eq!(Jobs::job_order(&id), None);
		assert_eq!(Jobs::evidence(&id), None);
	});
}

#[test]
fn a_valid_delivery_is_valid_until_the_deadline_once_per_round() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = deliverable();
		let deadline = assignment(id).deadline;
		let valid = validate(attest_call(id)).unwrap();
		assert_eq!(valid.priority, u64::MAX / 4);
		assert_eq!(valid.longevity, deadline - 4 + 1);
		assert_eq!(valid.provides, [("ErgonJobs", (id, 0u8)).encode()]);
		assert!(valid.requires.is_empty() && valid.propagate);
		// A refusal is in its way.
		let refusal = validate(decline_call(id, DeclineReason::EngineFailure)).unwrap();
		assert_eq!(refusal, valid);
		// The same statement makes the same transaction.
		assert_eq!(transaction(attest_call(id)).encode(), transaction(attest_call(id)).encode());
	});
}

#[test]
fn each_bad_delivery_has_its_error() {
	use Error::*;
	type Change = fn(&mut Attestation, &mut Bundle);
	fn text(tokens: u32) -> Output {
		let text = Default::default();
		Output::Text { tokens: vec![7; tokens as usize].try_into().unwrap(), text }
	}
	let changes: Vec<(Change, Error<Test>)> = vec![
		(|a, _| a.version = 2, WrongVersion),
		(|a, _| a.profile = 0, WrongVersion),
		(|a, _| a.finish = FinishReason::Embedded, WrongKind),
		(|a, _| a.prompt_tokens = 0, PromptTokensMissing),
		(|a, _| a.output_tokens = 0, OutputTokensMissing),
		(|a, _| a.output_tokens = 19, OutputTokensWrong),
		(|_, b| b.digests = Default::default(), WrongDigestCount),
		(|_, b| b.digests.try_push(H256::zero()).unwrap(), WrongDigestCount),
		(|a, _| a.model_root = H256::zero(), WrongModel),
		(|a, _| a.prompt_tokens = 18, PromptTokensAboveMaximum),
		(
			|a, b| {
				(*a, *b) = deliver(a.job_id, 15, text(41));
			},
			OutputTokensAboveMaximum,
		),
		(
			|a, b| {
				(*a, *b) = deliver(a.job_id, 15, Output::Vector(vec![0; 8].try_into().unwrap()));
			},
			WrongKind,
		),
		(|a, _| a.output_root = H256::zero(), WrongRoots),
		(|a, _| a.trace_root = H256::zero(), WrongRoots),
		(|_, b| b.digests[0] = H256::repeat_byte(9), WrongRoots),
		(
			|_, b| {
				let Output::Text { text, .. } = &mut b.output else { unreachable!() };
				text[0] ^= 1;
			},
			WrongRoots,
		),
	];
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = deliverable();
		for (index, (change, error)) in changes.into_iter().enumerate() {
			let (mut attestation, mut bundle) = delivery(id, 15, 20);
			change(&mut attestation, &mut bundle);
			let call = signed_attest(PETER, 0, (attestation, bundle));
			assert_noop!(apply(call), invalid(error));
			assert_eq!(job(id).status(), JobStatus::Assigned, "case {index}");
		}
		// The maxima themselves are accepted.
		assert_ok!(validate(signed_attest(PETER, 0, deliver(id, 17, text(40)))));
		assert_ok!(validate(signed_attest(PETER, 0, deliver(id, 1, text(1)))));
		// Only the known states of knowledge are transient.
		let (mut attestation, bundle) = delivery(id, 15, 20);
		attestation.job_id = H256::zero();
		let call = signed_attest(PETER, 0, (attestation, bundle));
		assert_noop!(apply(call), unknown(JobUnknown));
	});
}

#[test]
fn an_embedding_is_one_vector_of_the_hidden_width() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = Request { kind: JobKind::Embed, ..Default::default() }.submit().unwrap();
		run_for(3);
		let vector = |width| Output::Vector(vec![1; width].try_into().unwrap());
		for width in [0, 7, 9] {
			let call = signed_attest(PETER, 0, deliver(id, 15, vector(width)));
			assert_noop!(apply(call), invalid(Error::WrongWidth));
		}
		let call = signed_attest(PETER, 0, delivery(id, 15, 20));
		assert_noop!(apply(call), invalid(Error::OutputTokensAboveMaximum));
		let (mut attestation, bundle) = deliver(id, 15, vector(8));
		attestation.output_tokens = 1;
		let call = signed_attest(PETER, 0, (attestation, bundle));
		assert_noop!(apply(call), invalid(Error::OutputTokensWrong));

		assert_ok!(apply(signed_attest(PETER, 0, deliver(id, 15, vector(8)))).unwrap());
		assert_eq!(job(id).attested().unwrap().price, 150);
	});
}

#[test]
fn only_the_worker_of_this_round_on_this_chain_can_deliver() {
	ExtBuilder::default().offer(PETER).offer(PAULA).execute_with(|| {
		let id = deliverable();
		let parts = delivery(id, 15, 20);
		// Another provider's key.
		assert_noop!(apply(signed_attest(PAULA, 0, parts.clone())), invalid(Error::BadSignature));
		// Another chain.
		let sign = |payload: &[u8]| worker(PETER).sign(payload);
		let (attestation, bundle) = parts.clone();
		let signature = sign(&attestation.signing_payload(H256::zero(), 0));
		let call = Call::attest { attestation, bundle: bundle.clone(), round: 0, signature };
		assert_noop!(apply(call), invalid(Error::BadSignature));
		// Another round's signature under this round's number.
		let signature = sign(&attestation.signing_payload(GENESIS, 1));
		let call = Call::attest { attestation, bundle: bundle.clone(), round: 0, signature };
		assert_noop!(apply(call), invalid(Error::BadSignature));
		// Another statement.
		let signature = sign(&attestation.signing_payload(GENESIS, 0));
		let mut other = attestation;
		other.prompt_tokens = 16;
		let call = Call::attest { attestation: other, bundle, round: 0, signature };
		assert_noop!(apply(call), invalid(Error::BadSignature));
		// A key that was taken back.
		Workers::mutate(|workers| workers.remove(&PETER));
		assert_noop!(apply(attest_call(id)), invalid(Error::WorkerUnknown));
	});
}

#[test]
fn what_is_cheap_is_checked_first() {
	use Error::*;
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = deliverable();
		// Everything is wrong; one repair at a time brings the next check to light.
		let (good, good_bundle) = delivery(id, 15, 20);
		let mut bundle = good_bundle.clone();
		bundle.digests[0] = H256::repeat_byte(9);
		let mut attestation =
			Attestation { version: 9, job_id: H256::zero(), model_root: H256::zero(), ..good };
		let attempt = |attestation: Attestation, bundle: Bundle, round| {
			validate(signed_attest(PAULA, round, (attestation, bundle))).unwrap_err()
		};
		assert_eq!(attempt(attestation, bundle.clone(), 7), invalid(WrongVersion));
		attestation.version = 1;
		assert_eq!(attempt(attestation, bundle.clone(), 7), unknown(JobUnknown));
		attestation.job_id = id;
		assert_eq!(attempt(attestation, bundle.clone(), 7), unknown(NotAssigned));
		assert_eq!(attempt(attestation, bundle.clone(), 0), invalid(WrongModel));
		attestation.model_root = model();
		assert_eq!(attempt(attestation, bundle, 0), invalid(WrongRoots));
		assert_eq!(attempt(attestation, good_bundle, 0), invalid(BadSignature));
	});
}

#[test]
fn nobody_delivers_before_the_seed_is_fixed() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = assigned();
		assert_noop!(apply(attest_call(id)), unknown(Error::TooEarly));
		next_block();
		assert_ok!(apply(attest_call(id)).unwrap());
	});
}

#[test]
fn the_deadline_is_the_last_block_for_a_delivery() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = assigned();
		let call = attest_call(id);
		run_to(assignment(id).deadline);
		assert_eq!(validate(call.clone()).unwrap().longevity, 1);
		// The hook does not run, so the job is still assigned; it is late all the same.
		next_block_with(None);
		assert_noop!(apply(call.clone()), invalid(Error::TooLate));
		next_block();
		assert_noop!(apply(call), invalid(Error::WrongRound));
	});
}

#[test]
fn a_result_is_delivered_once() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = deliverable();
		let call = attest_call(id);
		assert_ok!(apply(call.clone()).unwrap());
		assert_noop!(apply(call.clone()), invalid(Error::AlreadyAttested));
		let refusal = decline_call(id, DeclineReason::EngineFailure);
		assert_noop!(apply(refusal), invalid(Error::AlreadyAttested));
		will_conclude(
			id,
			traits::Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false },
		);
		run_for(AUDIT_TIME);
		assert_eq!(job(id).status(), JobStatus::Settled);
		assert_noop!(apply(call), invalid(Error::AlreadyAttested));
	});
}

#[test]
fn a_past_round_is_over_and_a_future_one_may_come() {
	ExtBuilder::default().offer(PETER).offer(PAULA).execute_with(|| {
		let id = deliverable();
		let parts = delivery(id, 15, 20);
		assert_noop!(apply(signed_attest(PETER, 1, parts.clone())), unknown(Error::NotAssigned));
		assert_ok!(apply(decline_call(id, DeclineReason::EngineFailure)).unwrap());
		let stale = signed_attest(PETER, 0, parts.clone());
		assert_noop!(apply(stale.clone()), invalid(Error::WrongRound));
		assert_noop!(apply(signed_attest(PAULA, 1, parts.clone())), unknown(Error::NotAssigned));
		run_for(3);
		assert_eq!(assignment(id).provider, PAULA);
		assert_noop!(apply(stale), invalid(Error::WrongRound));
		assert_ok!(apply(signed_attest(PAULA, 1, parts)).unwrap());
	});
}

#[test]
fn a_job_that_ended_without_a_result_takes_none() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let cancelled = submit(0);
		assert_ok!(Jobs::cancel(RuntimeOrigin::signed(ALICE), cancelled));
		let call = signed_attest(PETER, 0, delivery(cancelled, 15, 20));
		assert_noop!(apply(call), invalid(Error::TooLate));
		next_block();
		let recalled = deliverable();
		set_model_status(ModelStatus::Recalled);
		assert_noop!(apply(attest_call(recalled)), invalid(Error::ModelRecalled));
	});
}

#[test]
fn calls_of_the_worker_need_authorization() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = deliverable();
		for origin in [RuntimeOrigin::signed(PETER), RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let (attestation, bundle) = delivery(id, 15, 20);
			let signature = worker(PETER).sign(b"");
			let call = Jobs::attest(origin.clone(), attestation, bundle, 0, signature.clone());
			assert_noop!(call, DispatchError::BadOrigin);
			let call = Jobs::decline(origin, id, 0, DeclineReason::EngineFailure, signature);
			assert_noop!(call, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn a_refusal_gives_the_job_to_somebody_else() {
	ExtBuilder::default().offer(PETER).offer(PAULA).execute_with(|| {
		let id = deliverable();
		asked();
		events();
		assert_ok!(apply(decline_call(id, DeclineReason::ModelUnavailable)).unwrap());
		assert_eq!(job(id).state, JobState::Queued(Queued { expires_at: 54 }));
		assert_eq!((job(id).round, job(id).due), (1, 6));
		assert_eq!(
			asked(),
			[
				Asked::Vacate { provider: PETER, work: WORST_WORK, safe_at: 4 },
				Asked::Release { provider: PETER, max_price: 10_000 },
				Asked::NoteFailure(PETER),
			]
		);
		let failure = Failure::Declined(DeclineReason::ModelUnavailable);
		let requeued = Event::JobRequeued { job: id, provider: PETER, failure, round: 1 };
		assert_eq!(events(), [requeued]);
		run_for(2);
		assert_eq!(assignment(id).provider, PAULA);
	});
}

#[test]
fn each_bad_refusal_has_its_error() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let reason = DeclineReason::EngineFailure;
		let early = submit(0);
		assert_noop!(apply(signed_decline(PETER, early, 0, reason)), unknown(Error::NotAssigned));
		run_for(2);
		let id = early;
		let unheard = signed_decline(PETER, H256::zero(), 0, reason);
		assert_noop!(apply(unheard), unknown(Error::JobUnknown));
		assert_noop!(apply(signed_decline(PAULA, id, 0, reason)), invalid(Error::BadSignature));
		// A signature over another reason.
		let Call::decline { signature, .. } =
			signed_decline(PETER, id, 0, DeclineReason::PromptTooLong)
		else {
			unreachable!()
		};
		let call = Call::decline { job: id, round: 0, reason, signature };
		assert_noop!(apply(call), invalid(Error::BadSignature));
		let call = decline_call(id, reason);
		run_to(assignment(id).deadline);
		next_block_with(None);
		assert_noop!(apply(call), invalid(Error::TooLate));
	});
}

#[test]
fn a_prompt_that_can_be_too_long_is_nobodys_fault() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		Request { max_price: 100_000, prompt: vec![b'a'; 252], ..Default::default() }
			.submit()
			.unwrap();
		let fits = job_id(GENESIS, &ALICE, 0, 1);
		let fills =
			Request { nonce: 1, max_price: 100_000, prompt: vec![b'a'; 253], ..Default::default() }
				.submit()
				.unwrap();
		run_for(3);
		asked();
		let blamed = |id, reason| {
			apply(decline_call(id, reason)).unwrap().unwrap();
			asked().contains(&Asked::NoteFailure(PETER))
		};
		// 252 bytes and 3 template tokens leave one of 256 for the output.
		assert!(blamed(fits, DeclineReason::PromptTooLong));
		assert!(!blamed(fills, DeclineReason::PromptTooLong));
		assert_eq!(job(fills).excluded.clone().into_inner(), [PETER]);
	});
}
