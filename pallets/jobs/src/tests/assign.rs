// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who gets a job, and what happens when nobody does it.

use super::*;
use ergon_core::Country;
use frame_support::assert_ok;

/// 10 blocks, one per 16 prompt tokens and one per 4 output tokens, begun ones included.
const ANSWER_TIME: BlockNumber = 10 + 2 + 10;

#[test]
fn a_job_is_assigned_two_blocks_later_by_the_randomness_of_the_block_between() {
	ExtBuilder::default().offer(PETER).offer(PAULA).execute_with(|| {
		let id = submit(0);
		next_block();
		assert_eq!(job(id).status(), JobStatus::Queued);
		assert_eq!(asked(), []);
		Random::set([1; 32]);
		events();
		next_block();

		let assignment = Assignment {
			provider: PAULA,
			prices: prices(),
			work: WORST_WORK,
			assigned_at: 3,
			deadline: 3 + ANSWER_TIME,
		};
		assert_eq!(job(id).state, JobState::Assigned(assignment));
		assert_eq!(job(id).due, 3 + ANSWER_TIME + 1);
		assert!(Assignments::<Test>::contains_key(PAULA, id));
		assert_eq!(
			asked(),
			[Asked::Assign {
				model: model(),
				work: WORST_WORK,
				excluded: vec![],
				randomness: [1; 32]
			}]
		);
		assert_eq!(
			events(),
			[Event::JobAssigned {
				job: id,
				provider: PAULA,
				round: 0,
				prices: prices(),
				deadline: 3 + ANSWER_TIME
			}]
		);
	});
}

#[test]
fn a_job_counts_with_the_most_work_that_it_can_come_to_until_it_is_answered() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		// Each byte may be a token, up to the context of 256; an embedding has no output.
		let cases = [
			(generate(40), PROMPT.to_vec(), WORST_WORK),
			(generate(1), PROMPT.to_vec(), 17 * 576 + 1_376),
			(JobKind::Embed, PROMPT.to_vec(), 17 * 576),
			(generate(1), vec![b'a'; 1_000], 256 * 576 + 1_376),
		];
		let mut ids = vec![];
		let mut sum = 0;
		for (nonce, (kind, prompt, work)) in (0..).zip(cases) {
			ids.push(Request { kind, prompt, nonce, ..Default::default() }.submit().unwrap());
			run_for(2);
			assert_eq!(assignment(ids[nonce as usize]).work, work, "case {nonce}");
			sum += work;
			assert_eq!(AtHand::get()[&PETER], sum, "case {nonce}");
		}
		run_for(1);
		// The result is much shorter, and all of it is given back.
		assert_ok!(apply(signed_attest(PETER, 0, delivery(ids[0], 1, 1))).unwrap());
		assert_eq!(AtHand::get()[&PETER], sum - WORST_WORK);
		assert_eq!(assignment(ids[0]).work, WORST_WORK);
	});
}

#[test]
fn demands_choose_among_the_offers() {
	let german = |offer: &mut Offer| offer.country = Country(*b"DE");
	let dear = |offer: &mut Offer| offer.prices.output_token = 1_000;
	let trusted = |offer: &mut Offer| offer.reputation = 900;
	let offers = ExtBuilder::default()
		.offer(PETER)
		.offer_with(PAULA, german)
		.offer_with(PIA, dear)
		.offer_with(14, trusted);
	offers.execute_with(|| {
		type Change = fn(&mut Request);
		let cases: [(Change, AccountId); 4] = [
			(|r| r.constraints.provider = Some(PETER), PETER),
			(|r| r.constraints.countries.try_push(Country(*b"DE")).unwrap(), PAULA),
			(
				|r| {
					r.constraints.provider = Some(PIA);
					r.max_price = 17 * 10 + 40 * 1_000;
				},
				PIA,
			),
			(|r| r.constraints.min_reputation = 901, 0),
		];
		for (nonce, (change, provider)) in cases.into_iter().enumerate() {
			let mut request = Request { nonce: nonce as u64, ..Default::default() };
			change(&mut request);
			let id = request.submit().unwrap();
			run_for(2);
			let assigned = job(id).assignment().map_or(0, |assignment| assignment.provider);
			assert_eq!(assigned, provider, "case {nonce}");
		}
	});
}

#[test]
fn an_offer_that_does_not_pay_for_its_audits_gets_nothing() {
	// 1,000 per million multiply-accumulates is 0.576 per prompt and 1.376 per output token.
	let with_prices = |prompt_token, output_token| {
		move |offer: &mut Offer| offer.prices = TokenPrices { prompt_token, output_token }
	};
	for (prompt_token, output_token, fits) in [
		(10, 100, true),
		// Each kind of token pays for itself.
		(1, 2, true),
		// Cheap for long prompts with short outputs: 1 against 10 + 1.
		(0, 9, false),
		// Cheap for short prompts with long outputs: 1 against 1 + 55.
		(50, 0, false),
		// Dear enough in one kind of token to pay for the other.
		(0, 20, true),
		(70, 0, true),
	] {
		ExtBuilder::default()
			.offer_with(PETER, with_prices(prompt_token, output_token))
			.execute_with(|| {
				let quote = Jobs::quote(ALICE, model(), generate(40), 14, Default::default());
				assert_eq!(
					quote.unwrap().providers,
					u32::from(fits),
					"{prompt_token}, {output_token}"
				);
				let id = submit(0);
				run_for(2);
				let status = if fits { JobStatus::Assigned } else { JobStatus::Queued };
				assert_eq!(job(id).status(), status, "{prompt_token}, {output_token}");
			});
	}
}

#[test]
fn what_burn_and_treasury_take_does_not_pay_for_audits() {
	// An embedding of one token: 576 multiply-accumulates, 3 + 2 % of 100 taken first.
	for (audit_price, fits) in [(164_930, true), (164_931, false)] {
		ExtBuilder::default()
			.audit_price(audit_price)
			.offer_with(PETER, |offer| {
				offer.prices = TokenPrices { prompt_token: 100, output_token: 0 }
			})
			.execute_with(|| {
				let kind = JobKind::Embed;
				let id = Request { kind, prompt: b"a".to_vec(), ..Default::default() }.submit();
				run_for(2);
				let is_assigned = job(id.unwrap()).status() == JobStatus::Assigned;
				assert_eq!(is_assigned, fits, "{audit_price}");
			});
	}
}

#[test]
fn a_job_that_too_few_can_audit_waits_for_more() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = submit(0);
		WithoutAuditors::set(vec![model()]);
		run_for(2);
		assert_eq!(job(id).status(), JobStatus::Queued);
		assert!(!asked().iter().any(|asked| matches!(asked, Asked::Assign { .. })));
		WithoutAuditors::take();
		run_for(5);
		assert_eq!(job(id).status(), JobStatus::Assigned);
	});
}

#[test]
fn a_job_without_a_fitting_offer_is_retried_until_it_expires() {
	ExtBuilder::default().execute_with(|| {
		let id = submit(0);
		run_to(3);
		assert_eq!((job(id).status(), job(id).due), (JobStatus::Queued, 8));
		// An offer appears in time for the second attempt.
		run_to(7);
		let mut request = Request { who: BOB, ..Default::default() };
		request.constraints.min_reputation = 1;
		let other = request.submit().unwrap();
		let offer = Offer {
			model: model(),
			provider: PETER,
			prices: prices(),
			country: Country(*b"CH"),
			reputation: 0,
			slots: 1,
		};
		Offers::set(vec![offer]);
		next_block();
		assert_eq!(job(id).status(), JobStatus::Assigned);

		// The other job wants another one and waits: 9, 14, .. 54, and then 57.
		run_to(56);
		assert_eq!((job(other).status(), job(other).due), (JobStatus::Queued, 57));
		events();
		next_block();
		let reason = ExpiryReason::NoProvider;
		assert_eq!(job(other).state, JobState::Expired(Expired { reason, at: 57 }));
		assert_eq!(events(), [Event::JobExpired { job: other, reason, refunded: 10_000 }]);
		assert_eq!(held(BOB), 1_000);
		assert_eq!(free(BOB) + held(BOB), ENDOWMENT);
	});
}

#[test]
fn a_missed_deadline_gives_the_job_to_somebody_else_twice_and_then_the_money_back() {
	ExtBuilder::default().offer(PETER).offer(PAULA).offer(PIA).offer(14).execute_with(|| {
		let id = submit(0);
		let mut failed = vec![];
		for (round, provider) in [PETER, PAULA, PIA].into_iter().enumerate() {
			run_for(2);
			let assigned_at = System::block_number();
			let record = job(id);
			assert_eq!(record.round, round as u8);
			assert_eq!(record.excluded.clone().into_inner(), failed);
			assert_eq!(record.assignment().unwrap().provider, provider);
			assert_eq!(record.assignment().unwrap().assigned_at, assigned_at);
			assert_eq!(
				asked(),
				[Asked::Assign {
					model: model(),
					work: WORST_WORK,
					excluded: failed.clone(),
					randomness: [0; 32]
				}]
			);
			run_to(assigned_at + ANSWER_TIME);
			assert_eq!(job(id).status(), JobStatus::Assigned);
			events();
			next_block();
			assert_eq!(
				asked(),
				[
					Asked::Vacate { provider, work: WORST_WORK, safe_at: System::block_number() },
					Asked::Release { provider, max_price: 10_000 },
					Asked::NoteFailure(provider),
				]
			);
			assert!(!Assignments::<Test>::contains_key(provider, id));
			failed.push(provider);
			if round < 2 {
				let failure = Failure::Missed;
				let round = round as u8 + 1;
				assert_eq!(events(), [Event::JobRequeued { job: id, provider, failure, round }]);
			}
		}
		let reason = ExpiryReason::Failed(Failure::Missed);
		let at = System::block_number();
		assert_eq!(job(id).state, JobState::Expired(Expired { reason, at }));
		assert_eq!(events(), [Event::JobExpired { job: id, reason, refunded: 10_000 }]);
		assert_eq!(free(ALICE) + held(ALICE), ENDOWMENT);
		assert_eq!(held(ALICE), 1_000);
		assert_eq!(job(id).round, 2);
	});
}

#[test]
fn each_stay_in_the_queue_has_its_own_time() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = assigned();
		// Peter fails, and nobody else is there.
		run_to(3 + ANSWER_TIME + 1);
		let requeued_at = System::block_number();
		assert_eq!(job(id).state, JobState::Queued(Queued { expires_at: requeued_at + 50 }));
		run_to(requeued_at + 49);
		assert_eq!(job(id).status(), JobStatus::Queued);
		next_block();
		assert_eq!(job(id).status(), JobStatus::Expired);
	});
}

#[test]
fn the_failure_of_the_only_provider_that_may_is_the_end() {
	ExtBuilder::default().offer(PETER).offer(PAULA).execute_with(|| {
		let mut request = Request::default();
		request.constraints.provider = Some(PETER);
		let id = request.submit().unwrap();
		run_for(2);
		next_block();
		assert_ok!(apply(decline_call(id, DeclineReason::EngineFailure)).unwrap());
		let failure = Failure::Declined(DeclineReason::EngineFailure);
		assert_eq!(
			job(id).state,
			JobState::Expired(Expired { reason: ExpiryReason::Failed(failure), at: 4 })
		);
		assert_eq!(held(ALICE), 1_000);
	});
}

#[test]
fn a_recalled_model_voids_its_jobs_when_they_are_looked_at() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let assigned = submit(1);
		run_for(2);
		let queued = submit(2);
		let before = free(ALICE) + held(ALICE);
		set_model_status(ModelStatus::Recalled);
		asked();
		events();
		run_to(job(assigned).due);

		for id in [assigned, queued] {
			assert_eq!(job(id).status(), JobStatus::Voided, "{id:?}");
			assert_eq!(job(id).escrow, 0);
		}
		let voided =
			|job| Event::JobVoided { job, reason: VoidReason::ModelRecalled, refunded: 10_000 };
		assert_eq!(events(), [voided(queued), voided(assigned)]);
		let release = Asked::Release { provider: PETER, max_price: 10_000 };
		assert_eq!(
			asked(),
			[
				Asked::Vacate {
					provider: PETER,
					work: WORST_WORK,
					safe_at: System::block_number()
				},
				release,
			]
		);
		assert_eq!(free(ALICE) + held(ALICE), before);
	});
}

#[test]
fn a_quarantined_model_finishes_what_it_has_begun() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = submit(0);
		set_model_status(ModelStatus::Quarantined);
		run_for(3);
		assert_ok!(apply(attest_call(id)).unwrap());
		assert_eq!(job(id).status(), JobStatus::Attested);
	});
}

#[test]
fn a_model_that_is_gone_counts_as_recalled() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = submit(0);
		KnownModels::take();
		run_for(2);
		assert_eq!(job(id).status(), JobStatus::Voided);
	});
}
