// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `submit` and `cancel`.

use super::*;
use ergon_core::{job::MAX_PROMPT_BYTES, Architecture, Country, ModelManifest};
use frame_support::{assert_noop, assert_ok, traits::fungible::Mutate};

#[test]
fn submit_holds_price_and_deposit_and_queues_the_job() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = Request { nonce: 5, ..Default::default() }.submit().unwrap();

		assert_eq!(held(ALICE), 10_000 + DEPOSIT);
		assert_eq!(free(ALICE), ENDOWMENT - 10_000 - DEPOSIT);
		let job = job(id);
		assert_eq!(
			job,
			Job {
				requester: ALICE,
				nonce: 5,
				model: model(),
				kind: generate(40),
				constraints: Default::default(),
				prompt_bytes: 14,
				prompt_tokens: 17,
				submitted_at: 1,
				max_price: 10_000,
				escrow: 10_000,
				deposit: DEPOSIT,
				replica: None,
				round: 0,
				excluded: Default::default(),
				due: 3,
				state: JobState::Queued(Queued { expires_at: 51 }),
			}
		);
		assert_eq!(agenda(3), [id]);
		assert_eq!(Prompts::<Test>::get(id).unwrap().into_inner(), PROMPT);
		assert_eq!(
			events(),
			[Event::JobSubmitted {
				job: id,
				requester: ALICE,
				model: model(),
				max_price: 10_000,
				deposit: DEPOSIT,
			}]
		);
	});
}

#[test]
fn each_bad_request_has_its_error_and_changes_nothing() {
	use Error::*;
	type Change = fn(&mut Request);
	let params = |change: fn(&mut GenerationParams)| {
		let mut params = GenerationParams::greedy(40);
		change(&mut params);
		JobKind::Generate(params)
	};
	let kinds: Vec<(JobKind, Error<Test>)> = vec![
		(params(|p| p.max_tokens = 0), TokenLimitOutOfRange),
		(params(|p| p.max_tokens = 1_025), TokenLimitOutOfRange),
		(params(|p| p.temperature = 2_001), TemperatureOutOfRange),
		(params(|p| p.top_p = 0), TopPOutOfRange),
		(params(|p| p.top_p = 1_001), TopPOutOfRange),
		(params(|p| p.top_k = 0), TopKOutOfRange),
		(params(|p| p.top_k = 65), TopKOutOfRange),
		(params(|p| p.stop.try_push(Default::default()).unwrap()), StopSequenceEmpty),
	];
	let changes: Vec<(Change, Error<Test>)> = vec![
		(|r| r.prompt = vec![], PromptEmpty),
		(|r| r.prompt = vec![b'a'; MAX_PROMPT_BYTES as usize + 1], PromptTooLong),
		(|r| r.prompt = vec![b'a', 0xff], PromptNotUtf8),
		(|r| r.constraints.countries.try_push(Country(*b"ch")).unwrap(), CountryUnknown),
		(|r| r.constraints.min_reputation = 1_001, ReputationOutOfRange),
		(|r| r.model = H256::zero(), ModelUnknown),
		(|r| r.max_price = WORST_PRICE - 1, PriceTooLow),
		(|r| r.max_price = ENDOWMENT - DEPOSIT - EXISTENTIAL_DEPOSIT + 1, BalanceTooLow),
		(|r| r.max_price = Balance::MAX, BalanceTooLow),
		(|r| r.who = NOBODY, BalanceTooLow),
	];
	ExtBuilder::default().offer(PETER).execute_with(|| {
		for (kind, error) in kinds {
			let request = Request { kind: kind.clone(), ..Default::default() };
			assert_noop!(request.submit(), error);
		}
		for (change, error) in changes {
			let mut request = Request::default();
			change(&mut request);
			assert_noop!(request.submit(), error);
		}
		assert_eq!((held(ALICE), events()), (0, vec![]));
	});
}

#[test]
fn the_extremes_of_each_range_are_accepted() {
	ExtBuilder::default().execute_with(|| {
		Balances::set_balance(&ALICE, 1_000 * ENDOWMENT);
		let widest = GenerationParams {
			max_tokens: 1_024,
			temperature: 2_000,
			top_p: 1_000,
			top_k: 64,
			stop: vec![vec![b'x'; 32].try_into().unwrap(); 4].try_into().unwrap(),
		};
		let narrowest = GenerationParams {
			max_tokens: 1,
			temperature: 0,
			top_p: 1,
			top_k: 1,
			stop: Default::default(),
		};
		let kinds = [JobKind::Generate(widest), JobKind::Generate(narrowest), JobKind::Embed];
		for (nonce, kind) in kinds.into_iter().enumerate() {
			let prompt = vec![b'a'; MAX_PROMPT_BYTES as usize];
			assert_ok!(Request { nonce: nonce as u64, kind, prompt, ..Default::default() }.submit());
		}
		// Without any offer there is no lowest price.
		assert_ok!(Request { nonce: 9, max_price: 0, ..Default::default() }.submit());
	});
}

#[test]
fn the_cheapest_fitting_offer_is_the_lowest_price() {
	ExtBuilder::default()
		.offer(PETER)
		.offer_with(PAULA, |offer| {
			offer.prices.output_token = 50;
			offer.country = Country(*b"DE");
		})
		.execute_with(|| {
			let cheapest = WORST_PRICE - 40 * 50;
			let request = Request { max_price: cheapest, ..Default::default() };
			assert_noop!(
				Request { max_price: cheapest - 1, ..request.clone() }.submit(),
				Error::<Test>::PriceTooLow
			);
			assert_ok!(request.clone().submit());

			// Demands make the cheap offer unfit.
			let mut swiss = Request { nonce: 1, ..request };
			swiss.constraints.countries.try_push(Country(*b"CH")).unwrap();
			assert_noop!(swiss.clone().submit(), Error::<Test>::PriceTooLow);
			assert_ok!(Request { max_price: WORST_PRICE, ..swiss }.submit());
		});
}

#[test]
fn the_whole_balance_down_to_the_existential_deposit_can_be_held() {
	ExtBuilder::default().execute_with(|| {
		let max_price = ENDOWMENT - DEPOSIT - EXISTENTIAL_DEPOSIT;
		assert_ok!(Request { max_price, ..Default::default() }.submit());
		assert_eq!(free(ALICE), EXISTENTIAL_DEPOSIT);
	});
}

#[test]
fn a_nonce_names_one_job_per_block_and_requester() {
	ExtBuilder::default().execute_with(|| {
		let first = submit(0);
		assert_noop!(Request::default().submit(), Error::<Test>::NonceUsed);
		let bob = Request { who: BOB, ..Default::default() }.submit().unwrap();
		next_block();
		let later = submit(0);
		assert!(first != bob && first != later && bob != later);
	});
}

#[test]
fn a_model_that_is_not_active_takes_no_new_jobs() {
	ExtBuilder::default().execute_with(|| {
		set_model_status(ModelStatus::Quarantined);
		assert_noop!(Request::default().submit(), Error::<Test>::ModelQuarantined);
		set_model_status(ModelStatus::Recalled);
		assert_noop!(Request::default().submit(), Error::<Test>::ModelRecalled);
	});
}

#[test]
fn a_model_that_too_few_can_audit_takes_no_new_jobs() {
	ExtBuilder::default().execute_with(|| {
		WithoutAuditors::set(vec![model()]);
		assert_noop!(Request::default().submit(), Error::<Test>::TooFewAuditors);
		WithoutAuditors::take();
		Request::default().submit().unwrap();
	});
}

#[test]
fn an_encoder_embeds_but_does_not_generate() {
	ExtBuilder::default().execute_with(|| {
		let mut encoder: ModelManifest = manifest();
		encoder.architecture = Architecture::Bert;
		KnownModels::mutate(|models| models.insert(encoder.id(), (encoder, ModelStatus::Active)));
		let request = Request { model: encoder.id(), ..Default::default() };
		assert_noop!(request.clone().submit(), Error::<Test>::ModelCannotGenerate);
		assert_ok!(Request { kind: JobKind::Embed, ..request }.submit());
	});
}

#[test]
fn a_model_that_is_too_wide_generates_but_does_not_embed() {
	ExtBuilder::default().execute_with(|| {
		let mut wide: ModelManifest = manifest();
		wide.dimensions.hidden = 4_097;
		KnownModels::mutate(|models| models.insert(wide.id(), (wide, ModelStatus::Active)));
		let request = Request { model: wide.id(), ..Default::default() };
		assert_noop!(
			Request { kind: JobKind::Embed, ..request.clone() }.submit(),
			Error::<Test>::ModelCannotEmbed
		);
		assert_ok!(request.submit());
	});
}

#[test]
fn submit_needs_a_signature() {
	ExtBuilder::default().execute_with(|| {
		assert_noop!(
			Jobs::submit(
				RuntimeOrigin::root(),
				model(),
				generate(1),
				PROMPT.to_vec(),
				0,
				Default::default(),
				0
			),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn cancel_releases_the_price_at_once_and_the_deposit_for_the_record_later() {
	ExtBuilder::default().execute_with(|| {
		let id = submit(0);
		let kept = submit(1);
		next_block();
		events();
		assert_ok!(Jobs::cancel(RuntimeOrigin::signed(ALICE), id));

		let cancelled = job(id);
		assert_eq!(cancelled.state, JobState::Cancelled { at: 2 });
		assert_eq!((cancelled.escrow, cancelled.deposit), (0, 1_000));
		assert_eq!(held(ALICE), 1_000 + 10_000 + DEPOSIT);
		assert_eq!(free(ALICE) + held(ALICE), ENDOWMENT);
		assert_eq!(Prompts::<Test>::get(id), None);
		assert_eq!(agenda(3), [kept]);
		assert_eq!(events(), [Event::JobCancelled { job: id, refunded: 10_000 }]);
		assert_eq!(asked(), []);
	});
}

#[test]
fn only_the_requester_cancels_and_only_in_the_queue() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let cancel = |who, id| Jobs::cancel(RuntimeOrigin::signed(who), id);
		assert_noop!(cancel(ALICE, H256::zero()), Error::<Test>::JobUnknown);
		let id = submit(0);
		assert_noop!(cancel(BOB, id), Error::<Test>::NotRequester);
		run_for(2);
		assert_noop!(cancel(BOB, id), Error::<Test>::NotRequester);
		assert_noop!(cancel(ALICE, id), Error::<Test>::NotQueued);
		next_block();
		apply(attest_call(id)).unwrap().unwrap();
		assert_noop!(cancel(ALICE, id), Error::<Test>::NotQueued);

		let second = submit(1);
		assert_ok!(cancel(ALICE, second));
		assert_noop!(cancel(ALICE, second), Error::<Test>::NotQueued);
		assert_noop!(cancel(BOB, second), Error::<Test>::NotRequester);
	});
}
