// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What clients are told.

use super::*;
use crate::traits::Conclusion;
use ergon_core::Country;
use frame_support::{assert_noop, assert_ok, traits::fungible::Mutate};

fn quote(who: AccountId) -> Quote {
	Jobs::quote(who, model(), generate(40), 14, Default::default()).unwrap()
}

#[test]
fn a_quote_is_what_submit_holds() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let expected = Quote {
			prompt_tokens: 17,
			output_tokens: 40,
			cheapest: Some(WORST_PRICE),
			deposit: DEPOSIT,
			total: WORST_PRICE + DEPOSIT,
			available: ENDOWMENT - EXISTENTIAL_DEPOSIT,
			lacking: 0,
			providers: 1,
		};
		assert_eq!(quote(ALICE), expected);
		assert_ok!(Request { max_price: WORST_PRICE, ..Default::default() }.submit());
		assert_eq!(held(ALICE), expected.total);
	});
}

#[test]
fn a_quote_names_what_is_lacking() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let total = WORST_PRICE + DEPOSIT;
		assert_eq!((quote(NOBODY).available, quote(NOBODY).lacking), (0, total));
		Balances::set_balance(&BOB, EXISTENTIAL_DEPOSIT + total - 1);
		assert_eq!((quote(BOB).available, quote(BOB).lacking), (total - 1, 1));
		let request = Request { who: BOB, max_price: WORST_PRICE, ..Default::default() };
		assert_noop!(request.clone().submit(), Error::<Test>::BalanceTooLow);
		Balances::mint_into(&BOB, 1).unwrap();
		assert_eq!(quote(BOB).lacking, 0);
		assert_ok!(request.submit());
	});
}

#[test]
fn what_is_frozen_can_be_held_all_the_same() {
	use frame_support::traits::fungible::MutateFreeze;
	ExtBuilder::default().offer(PETER).execute_with(|| {
		Balances::set_freeze(&0, &ALICE, Balance::MAX).unwrap();
		assert_eq!(quote(ALICE).available, ENDOWMENT - EXISTENTIAL_DEPOSIT);
		let max_price = ENDOWMENT - EXISTENTIAL_DEPOSIT - DEPOSIT;
		assert_ok!(Request { max_price, ..Default::default() }.submit());
	});
}

#[test]
fn without_an_offer_a_quote_has_no_price() {
	ExtBuilder::default().execute_with(|| {
		let Quote { cheapest, total, providers, .. } = quote(ALICE);
		assert_eq!((cheapest, total, providers), (None, DEPOSIT, 0));
	});
}

#[test]
fn a_quote_refuses_what_submit_would_refuse() {
	ExtBuilder::default().execute_with(|| {
		let quote = |kind, bytes| Jobs::quote(ALICE, model(), kind, bytes, Default::default());
		assert_eq!(quote(generate(40), 0), Err(Error::<Test>::PromptEmpty.into()));
		assert_eq!(quote(generate(40), 8_193), Err(Error::<Test>::PromptTooLong.into()));
		assert_eq!(quote(generate(0), 1), Err(Error::<Test>::TokenLimitOutOfRange.into()));
		set_model_status(ModelStatus::Recalled);
		assert_eq!(quote(JobKind::Embed, 1), Err(Error::<Test>::ModelRecalled.into()));
	});
}

#[test]
fn eligible_providers_are_those_that_could_be_assigned() {
	ExtBuilder::default()
		.offer(PETER)
		.offer_with(PAULA, |offer| offer.prices.output_token = 300)
		.offer_with(PIA, |offer| offer.country = Country(*b"DE"))
		.execute_with(|| {
			let ask = |max_price, constraints| {
				Jobs::eligible_providers(model(), generate(40), 14, max_price, constraints)
					.unwrap()
					.into_iter()
					.map(|eligible| (eligible.provider, eligible.worst_price))
					.collect::<Vec<_>>()
			};
			let all = [(PETER, WORST_PRICE), (PAULA, 12_170), (PIA, WORST_PRICE)];
			assert_eq!(ask(Balance::MAX, Default::default()), all);
			assert_eq!(ask(WORST_PRICE, Default::default()), [all[0], all[2]]);
			let countries = vec![Country(*b"CH")].try_into().unwrap();
			assert_eq!(ask(WORST_PRICE, Constraints { countries, ..Default::default() }), [all[0]]);
		});
}

#[test]
fn the_details_follow_the_life_of_a_job() {
	ExtBuilder::default().offer(PETER).offer(PAULA).execute_with(|| {
		assert_eq!(Jobs::job(H256::zero()), None);
		let id = submit(4);
		let queued = JobDetails {
			id,
			status: JobStatus::Queued,
			requester: ALICE,
			nonce: 4,
			model: model(),
			kind: generate(40),
			constraints: Default::default(),
			prompt: Some(PROMPT.to_vec()),
			max_price: 10_000,
			escrow: 10_000,
			deposit: DEPOSIT,
			replica: None,
			round: 0,
			failed_providers: vec![],
			provider: None,
			prices: None,
			submitted_at: 1,
			assigned_at: None,
			deadline: None,
			attested_at: None,
			finished_at: None,
			due: Some(3),
			prunable_at: None,
			price: None,
			prompt_tokens: None,
			output_tokens: None,
			finish: None,
			output: None,
			audit: AuditOutcome::None,
			settlement: None,
			expiry: None,
			voided: None,
		};
		assert_eq!(Jobs::job(id), Some(queued.clone()));

		run_for(3);
		apply(decline_call(id, DeclineReason::EngineFailure)).unwrap().unwrap();
		let requeued =
			JobDetails { round: 1, failed_providers: vec![PETER], due: Some(6), ..queued.clone() };
		assert_eq!(Jobs::job(id), Some(requeued.clone()));

		run_to(6);
		let assigned = JobDetails {
			status: JobStatus::Assigned,
			provider: Some(PAULA),
			prices: Some(prices()),
			assigned_at: Some(6),
			deadline: Some(28),
			due: Some(29),
			..requeued
		};
		assert_eq!(Jobs::job(id), Some(assigned.clone()));
		assert_eq!(Jobs::receipt(id), None);

		run_to(7);
		let (attestation, bundle) = delivery(id, 15, 20);
		apply(attest_call(id)).unwrap().unwrap();
		let attested = JobDetails {
			status: JobStatus::Attested,
			attested_at: Some(7),
			due: Some(13),
			price: Some(2_150),
			prompt_tokens: Some(15),
			output_tokens: Some(20),
			finish: Some(FinishReason::EndOfText),
			output: Some(bundle.output.clone()),
			audit: AuditOutcome::Pending { disputed: false },
			..assigned
		};
		assert_eq!(Jobs::job(id), Some(attested.clone()));
		let result = Results::<Test>::get(id).unwrap();
		assert_eq!(result.attestation, attestation);
		let receipt = Receipt {
			genesis: GENESIS,
			status: JobStatus::Attested,
			requester: ALICE,
			provider: PAULA,
			round: 1,
			kind: generate(40),
			seed: job(id).attested().unwrap().seed,
			attested_at: 7,
			result,
			settlement: None,
		};
		assert_eq!(Jobs::receipt(id), Some(receipt.clone()));
		// The receipt proves itself.
		assert!(sp_core::ed25519::Pair::verify(
			&sp_core::ed25519::Signature::from(receipt.result.signature),
			receipt.result.attestation.signing_payload(receipt.genesis, receipt.round),
			&receipt.result.worker.clone().into(),
		));

		will_conclude(id, Conclusion::Pending { until: 15, disputed: true });
		will_conclude(
			id,
			Conclusion::Upheld { pay: vec![(21, 30)], penalties: vec![], audited: true },
		);
		run_to(13);
		let disputed = JobDetails {
			status: JobStatus::Disputed,
			due: Some(15),
			audit: AuditOutcome::Pending { disputed: true },
			..attested
		};
		assert_eq!(Jobs::job(id), Some(disputed.clone()));

		run_to(15);
		let JobState::Settled(settled) = job(id).state else { panic!("not settled") };
		let finished = JobDetails {
			status: JobStatus::Settled,
			prompt: None,
			escrow: 0,
			deposit: job(id).deposit,
			finished_at: Some(15),
			due: None,
			prunable_at: Some(115),
			audit: AuditOutcome::Upheld { auditors: 1, audited: true, disputed: true },
			settlement: Some(settled.settlement),
			..disputed
		};
		assert_eq!(Jobs::job(id), Some(finished));
		let final_receipt =
			Receipt { status: JobStatus::Settled, settlement: Some(settled.settlement), ..receipt };
		assert_eq!(Jobs::receipt(id), Some(final_receipt));
	});
}

#[test]
fn the_details_say_why_a_job_ended_without_a_result() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = attested();
		will_conclude(
			id,
			Conclusion::Overturned { finders: vec![21], false_votes: vec![], spared: false },
		);
		run_for(AUDIT_TIME);
		let details = Jobs::job(id).unwrap();
		assert_eq!(details.voided, Some(VoidReason::Overturned));
		assert_eq!(details.audit, AuditOutcome::Overturned);
		assert_eq!((details.provider, details.price), (Some(PETER), Some(2_150)));
		assert!(Jobs::receipt(id).is_some());

		Offers::take();
		let id = submit(1);
		run_for(50);
		assert_eq!(Jobs::job(id).unwrap().expiry, Some(ExpiryReason::NoProvider));
	});
}

#[test]
fn open_jobs_are_listed_page_by_page() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		assert_eq!((Jobs::open_jobs(None, 9), Jobs::open_job_count()), (vec![], 0));
		let mut ids: Vec<_> = (0..9).map(submit).collect();
		assert_eq!(Jobs::open_job_count(), 9);
		assert_ok!(Jobs::cancel(RuntimeOrigin::signed(ALICE), ids.remove(4)));
		run_for(2);
		let mut seen = vec![];
		let mut after = None;
		loop {
			let page = Jobs::open_jobs(after, 9);
			assert!(page.len() <= 4);
			for open in &page {
				let record = job(open.id);
				let provider = record.assignment().map(|assignment| assignment.provider);
				let expected = OpenJob {
					id: open.id,
					status: record.status(),
					requester: ALICE,
					model: model(),
					max_price: 10_000,
					provider,
					submitted_at: 1,
					due: record.due,
				};
				assert_eq!(*open, expected);
				seen.push(open.id);
			}
			if page.len() < 4 {
				break;
			}
			after = page.last().map(|open| open.id);
		}
		ids.sort();
		seen.sort();
		assert_eq!(seen, ids);
		assert_eq!(Jobs::open_jobs(None, 2).len(), 2);
		assert_eq!(Jobs::open_jobs(None, 0), vec![]);
	});
}
