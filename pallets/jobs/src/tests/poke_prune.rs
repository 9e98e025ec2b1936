// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! `poke` and `prune`.

use super::*;
use crate::traits::{Audited, Conclusion};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{GetDispatchInfo, Pays},
	storage::storage_prefix,
};

fn poke(id: JobId) -> DispatchResultWithPostInfo {
	let result = Jobs::poke(RuntimeOrigin::signed(BOB), id);
	Jobs::do_try_state().unwrap();
	result
}

/// Blocks in which the hook does not run.
fn skip_to(block: BlockNumber) {
	while System::block_number() < block {
		next_block_with(None);
	}
}

#[test]
fn an_overdue_job_can_be_poked_in_every_state_and_the_fee_comes_back() {
	ExtBuilder::default().offer(PETER).offer(PAULA).execute_with(|| {
		let id = assigned();
		let queued = submit(1);
		let declared = RuntimeCall::Jobs(Call::poke { job: id }).get_dispatch_info().call_weight;
		let poked = |id, weight| {
			let post = poke(id).unwrap();
			assert_eq!(post.pays_fee, Pays::No);
			assert_eq!(post.actual_weight, Some(Jobs::poke_weight(weight)));
			assert!(post.actual_weight.unwrap().all_lte(declared));
		};

		skip_to(assignment(id).deadline);
		assert_noop!(poke(id), Error::<Test>::NotOverdue);
		next_block_with(None);
		poked(id, <() as WeightInfo>::serve_requeue());
		assert_eq!(job(id).status(), JobStatus::Queued);

		next_block();
		run_for(2);
		apply(attest_call(id)).unwrap().unwrap();
		let due = job(id).due;
		skip_to(due - 1);
		assert_noop!(poke(id), Error::<Test>::NotOverdue);
		next_block_with(None);
		let asking = <() as WeightInfo>::serve_pending()
			.saturating_add(<FakeAudits as traits::Audits<_, _, _>>::conclude_weight_of(&id));
		poked(id, asking);
		assert_noop!(poke(id), Error::<Test>::NotOverdue);

		assert_eq!(job(queued).status(), JobStatus::Assigned);
		let waiting = Request { nonce: 2, max_price: WORST_PRICE, ..Default::default() };
		let waiting = waiting.submit().unwrap();
		Offers::take();
		let JobState::Queued(Queued { expires_at }) = job(waiting).state else { unreachable!() };
		skip_to(expires_at - 1);
		assert_noop!(poke(waiting), Error::<Test>::NotOverdue);
		next_block_with(None);
		poked(waiting, <() as WeightInfo>::serve_expire());
		assert_eq!(job(waiting).status(), JobStatus::Expired);
	});
}

#[test]
fn nobody_chooses_the_block_of_an_assignment() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = submit(0);
		// Its slot has passed, and it could be assigned; but only the hook does that.
		skip_to(20);
		assert_noop!(poke(id), Error::<Test>::NotOverdue);
		next_block();
		assert_eq!(job(id).status(), JobStatus::Assigned);
	});
}

#[test]
fn a_recalled_model_ends_a_job_without_a_result_at_once() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let assigned = submit(1);
		run_for(2);
		let queued = submit(2);
		set_model_status(ModelStatus::Recalled);
		for id in [assigned, queued] {
			assert_eq!(poke(id).unwrap().pays_fee, Pays::No);
			assert_eq!(job(id).status(), JobStatus::Voided);
			assert_noop!(poke(id), Error::<Test>::NotOverdue);
		}
		assert_eq!(free(ALICE) + held(ALICE), ENDOWMENT);
	});
}

#[test]
fn a_recalled_model_saves_nobody_from_the_audits_of_a_result() {
	for is_wrong in [false, true] {
		ExtBuilder::default().offer(PETER).execute_with(|| {
			let id = attested();
			set_model_status(ModelStatus::Recalled);
			assert_noop!(poke(id), Error::<Test>::NotOverdue);
			let conclusion = match is_wrong {
				true => Conclusion::Overturned {
					finders: vec![BOB],
					false_votes: vec![],
					spared: false,
				},
				false => Conclusion::Upheld { pay: vec![], penalties: vec![], audited: true },
			};
			will_conclude(id, conclusion);
			run_for(AUDIT_TIME);
			let (status, outcome) = match is_wrong {
				true => (JobStatus::Voided, Audited::Faulty),
				false => (JobStatus::Settled, Audited::Clean),
			};
			assert_eq!(job(id).status(), status);
			assert!(asked().contains(&Asked::NoteAudited(PETER, outcome)));
			assert_eq!(bond_of(PETER, bonds::HoldReason::Provider) < BOND, is_wrong);
		});
	}
}

#[test]
fn what_is_not_there_is_not_poked() {
	ExtBuilder::default().execute_with(|| {
		assert_noop!(poke(H256::zero()), Error::<Test>::JobUnknown);
		assert_noop!(Jobs::poke(RuntimeOrigin::none(), H256::zero()), DispatchError::BadOrigin);
	});
}

#[test]
fn anybody_prunes_after_the_retention_time_for_a_share_of_the_deposit() {
	ExtBuilder::default().offer(PETER).execute_with(|| {
		let id = attested();
		let conclusion = Conclusion::Upheld { pay: vec![], penalties: vec![], audited: false };
		will_conclude(id, conclusion);
		run_for(AUDIT_TIME);
		let deposit = job(id).deposit;
		assert_eq!(held(ALICE), deposit);
		let finished_at = job(id).finished_at().unwrap();
		run_to(finished_at + 99);
		let prune = |who| Jobs::prune(RuntimeOrigin::signed(who), id);
		assert_noop!(prune(BOB), Error::<Test>::NotPrunable);
		assert_noop!(prune(ALICE), Error::<Test>::NotPrunable);
		next_block();
		events();
		let alice = free(ALICE);
		assert_ok!(prune(BOB));

		let (reward, returned) = (deposit / 10, deposit - deposit / 10);
		assert_eq!(free(BOB), ENDOWMENT + reward);
		assert_eq!((free(ALICE), held(ALICE)), (alice + returned, 0));
		assert_eq!(events(), [Event::JobPruned { job: id, by: BOB, reward, returned }]);
		assert_noop!(prune(BOB), Error::<Test>::JobUnknown);
	});
}

#[test]
fn the_requester_prunes_for_the_whole_deposit() {
	ExtBuilder::default().execute_with(|| {
		let id = submit(0);
		assert_noop!(Jobs::prune(RuntimeOrigin::signed(ALICE), id), Error::<Test>::NotFinal);
		assert_ok!(Jobs::cancel(RuntimeOrigin::signed(ALICE), id));
		run_for(100);
		assert_ok!(Jobs::prune(RuntimeOrigin::signed(ALICE), id));
		assert_eq!((free(ALICE), held(ALICE)), (ENDOWMENT, 0));
	});
}

#[test]
fn a_pruned_chain_stores_nothing_of_its_jobs() {
	ExtBuilder::default().offer(PETER).offer(PAULA).execute_with(|| {
		let settled = attested();
		let conclusion =
			Conclusion::Upheld { pay: vec![(21, 5)], penalties: vec![], audited: true };
		will_conclude(settled, conclusion);
		run_for(AUDIT_TIME);
		let voided = submit(1);
		run_for(3);
		apply(attest_call(voided)).unwrap().unwrap();
		will_conclude(
			voided,
			Conclusion::Overturned { finders: vec![], false_votes: vec![], spared: false },
		);
		run_for(AUDIT_TIME);
		let cancelled = submit(2);
		assert_ok!(Jobs::cancel(RuntimeOrigin::signed(ALICE), cancelled));
		let expired = submit(3);
		Offers::take();
		run_for(200);
		assert_eq!(job(expired).status(), JobStatus::Expired);
		for id in [settled, voided, cancelled, expired] {
			assert_ok!(Jobs::prune(RuntimeOrigin::signed(BOB), id));
		}
		assert_eq!(held(ALICE), 0);

		// All that is left under the pallet's prefix: version, cursor, and a count of nothing.
		let prefix = sp_io::hashing::twox_128(b"Jobs");
		let mut keys = vec![];
		let mut key = prefix.to_vec();
		while let Some(next) = sp_io::storage::next_key(&key) {
			if !next.starts_with(&prefix) {
				break;
			}
			keys.push(next.clone());
			key = next;
		}
		let mut allowed = [&b"AgendaCursor"[..], b"LiveJobs", b":__STORAGE_VERSION__:"]
			.map(|name| storage_prefix(b"Jobs", name).to_vec());
		allowed.sort();
		keys.sort();
		assert!(keys.iter().all(|key| allowed.contains(key)), "{keys:?}");
		assert_eq!(LiveJobs::<Test>::get(), 0);
	});
}
