// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The provider's off-chain worker, with a fake engine, keystore and pool.

use super::*;
use codec::Decode;
use ergon_core::{
	crypto::WORKER_KEY_TYPE,
	engine::{EngineFailure, Order, OrderId, Outcome},
	Vote,
};
use ergon_engine_interface::{Backend, EngineExt, Progress, Submission};
use frame_support::traits::Hooks;
use sp_core::offchain::{
	testing::{PoolState, TestOffchainExt, TestTransactionPoolExt},
	OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::TransactionOutcome;
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex},
};

#[derive(Default)]
struct State {
	/// Every accepted submission, in order.
	submitted: Vec<Order>,
	/// What is known; nothing while an order is at work.
	orders: BTreeMap<OrderId, Option<Outcome>>,
	down: bool,
	full: bool,
	/// Times that the engine was spoken to.
	calls: u32,
}

#[derive(Default)]
struct FakeEngine(Mutex<State>);

impl Backend for FakeEngine {
	fn submit(&self, order: Order, _blocks: u32) -> Submission {
		let mut state = self.0.lock().unwrap();
		state.calls += 1;
		if state.down {
			return Submission::Unavailable;
		}
		if state.full {
			return Submission::Busy;
		}
		state.orders.insert(order.id(), None);
		state.submitted.push(order);
		Submission::Accepted
	}

	fn progress(&self, order: &OrderId) -> Progress {
		let mut state = self.0.lock().unwrap();
		state.calls += 1;
		match state.orders.get(order) {
			_ if state.down => Progress::Unavailable,
			None => Progress::Unknown,
			Some(None) => Progress::Pending,
			Some(Some(_)) => Progress::Done,
		}
	}

	fn outcome(&self, order: &OrderId) -> Option<Vec<u8>> {
		let state = self.0.lock().unwrap();
		state.orders.get(order)?.as_ref().map(Encode::encode)
	}

	fn models(&self) -> Vec<ModelId> {
		vec![model()]
	}
}

/// A provider's node.
struct Node {
	engine: Arc<FakeEngine>,
	pool: Arc<parking_lot::RwLock<PoolState>>,
}

impl Node {
	fn with<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
		change(&mut self.engine.0.lock().unwrap())
	}

	/// Runs the worker as the node does behind each best block: the block's own hash is known, and
	/// what is written is thrown away.
	fn work(&self) {
		frame_support::storage::with_transaction_unchecked(|| {
			let now = System::block_number();
			frame_system::BlockHash::<Test>::insert(now, parent_hash_of(now + 1));
			<Jobs as Hooks<BlockNumber>>::offchain_worker(now);
			TransactionOutcome::Rollback(())
		});
	}

	/// Calls that were submitted since the last call.
	fn sent(&self) -> Vec<Call<Test>> {
		let transactions = std::mem::take(&mut self.pool.write().transactions);
		transactions
			.into_iter()
			.map(|bytes| match Extrinsic::decode(&mut &bytes[..]).unwrap().function {
				RuntimeCall::Jobs(call) => call,
				call => panic!("unexpected {call:?}"),
			})
			.collect()
	}

	/// Orders that were submitted since the last call.
	fn ordered(&self) -> Vec<Order> {
		self.with(|state| std::mem::take(&mut state.submitted))
	}

	fn finish(&self, order: &Order, outcome: Outcome) {
		self.with(|state| state.orders.insert(order.id(), Some(outcome)));
	}
}

fn executed(id: JobId) -> Outcome {
	let (attestation, bundle) = delivery(id, 15, 20);
	Outcome::Executed { attestation, bundle }
}

/// Runs a test on the node that has the worker keys of `providers`.
fn on_node(builder: ExtBuilder, providers: &[AccountId], test: impl FnOnce(&Node)) {
	let keystore = MemoryKeystore::new();
	for provider in providers {
		let mut seed = [0; 32];
		seed[..8].copy_from_slice(&provider.to_le_bytes());
		let suri = format!("0x{}", sp_core::hexdisplay::HexDisplay::from(&seed));
		keystore.ed25519_generate_new(WORKER_KEY_TYPE, Some(&suri)).unwrap();
	}
	let (offchain, _) = TestOffchainExt::new();
	let (pool, pool_state) = TestTransactionPoolExt::new();
	let node = Node { engine: Default::default(), pool: pool_state };
	let mut externalities = builder.build();
	externalities.register_extension(OffchainDbExt::new(offchain.clone()));
	externalities.register_extension(OffchainWorkerExt::new(offchain));
	externalities.register_extension(TransactionPoolExt::new(pool));
	externalities.register_extension(KeystoreExt::new(keystore));
	externalities.register_extension(EngineExt(node.engine.clone()));
	externalities.execute_with(|| {
		test(&node);
		Jobs::do_try_state().unwrap();
	});
}

fn one_offer() -> ExtBuilder {
	ExtBuilder::default().offer(PETER)
}

#[test]
fn a_job_goes_from_assignment_over_the_engine_to_the_chain() {
	on_node(one_offer(), &[PETER], |node| {
		let id = submit(0);
		node.work();
		next_block();
		node.work();
		assert_eq!((node.ordered(), node.with(|state| state.calls)), (vec![], 0));

		// Already behind the block of the assignment, whose hash only the node knows.
		next_block();
		node.work();
		let order = node.ordered().pop().unwrap();
		next_block();
		assert_eq!(order, Order::Execute(Jobs::job_order(&id).unwrap()));
		node.work();
		assert_eq!(node.ordered(), []);
		assert_eq!(node.sent(), []);

		node.finish(&order, executed(id));
		node.work();
		let call = node.sent().pop().unwrap();
		assert_eq!(call, attest_call(id));
		next_block();
		apply(call).unwrap().unwrap();
		assert_eq!(job(id).status(), JobStatus::Attested);
		node.work();
		assert_eq!((node.ordered(), node.sent()), (vec![], vec![]));
	});
}

#[test]
fn running_twice_orders_once_and_sends_the_same_bytes() {
	on_node(one_offer(), &[PETER], |node| {
		let id = assigned();
		node.work();
		node.work();
		let orders = node.ordered();
		assert_eq!(orders.len(), 1);
		node.finish(&orders[0], executed(id));
		node.work();
		node.work();
		next_block();
		node.work();
		let transactions = node.pool.read().transactions.clone();
		assert_eq!(transactions.len(), 3);
		assert!(transactions.iter().all(|other| *other == transactions[0]));
	});
}

#[test]
fn a_lost_transaction_is_sent_again_until_it_is_in_a_block() {
	on_node(one_offer(), &[PETER], |node| {
		let id = assigned();
		node.work();
		node.finish(&node.ordered()[0], executed(id));
		for _ in 0..5 {
			next_block();
			node.work();
			assert_eq!(node.sent(), [attest_call(id)]);
		}
		next_block();
		apply(attest_call(id)).unwrap().unwrap();
		node.work();
		assert_eq!(node.sent(), []);
	});
}

#[test]
fn blocks_in_which_the_worker_did_not_run_do_not_matter() {
	on_node(one_offer(), &[PETER], |node| {
		let id = assigned();
		run_for(10);
		node.work();
		node.finish(&node.ordered()[0], executed(id));
		run_to(assignment(id).deadline - 1);
		node.work();
		assert_eq!(node.sent(), [attest_call(id)]);
	});
}

#[test]
fn another_fork_is_another_order() {
	on_node(one_offer(), &[PETER], |node| {
		let id = assigned();
		next_block();
		node.work();
		let first = node.ordered().pop().unwrap();
		node.finish(&first, executed(id));
		// The block that assigned the job turns out to be another one, and so does the seed.
		frame_system::BlockHash::<Test>::insert(3, H256::repeat_byte(0xf0));
		node.work();
		let second = node.ordered().pop().unwrap();
		assert!(first.id() != second.id());
		assert_eq!(node.sent(), []);
		node.finish(&second, executed(id));
		node.work();
		assert_eq!(node.sent(), [attest_call(id)]);

		// Back on the first fork, the first outcome still serves.
		frame_system::BlockHash::<Test>::insert(3, parent_hash_of(4));
		node.work();
		assert_eq!((node.ordered(), node.sent()), (vec![], vec![attest_call(id)]));
	});
}

#[test]
fn an_engine_that_died_is_given_the_order_again() {
	on_node(one_offer(), &[PETER], |node| {
		let id = assigned();
		node.work();
		let order = node.ordered().pop().unwrap();
		node.with(|state| state.down = true);
		next_block();
		node.work();
		assert_eq!((node.ordered(), node.sent()), (vec![], vec![]));
		// It comes back and remembers nothing.
		node.with(|state| {
			state.down = false;
			state.orders.clear();
		});
		next_block();
		node.work();
		assert_eq!(node.ordered(), std::slice::from_ref(&order));
		node.finish(&order, executed(id));
		node.work();
		assert_eq!(node.sent(), [attest_call(id)]);
	});
}

#[test]
fn a_dead_engine_is_asked_once_per_block() {
	on_node(ExtBuilder::default().offer(PETER).offer(PAULA), &[PETER, PAULA], |node| {
		node.with(|state| state.down = true);
		for nonce in 0..4 {
			Random::set([nonce as u8; 32]);
			submit(nonce);
		}
		run_for(3);
		for _ in 0..3 {
			let before = node.with(|state| state.calls);
			node.work();
			assert_eq!(node.with(|state| state.calls), before + 1);
			next_block();
		}
		assert_eq!(node.sent(), []);
	});
}

#[test]
fn without_the_engine_extension_nothing_happens() {
	let keystore = MemoryKeystore::new();
	let seed = format!("0x{:02x}{}", PETER, "00".repeat(31));
	keystore.ed25519_generate_new(WORKER_KEY_TYPE, Some(&seed)).unwrap();
	let (pool, state) = TestTransactionPoolExt::new();
	let mut externalities = one_offer().build();
	externalities.register_extension(TransactionPoolExt::new(pool));
	externalities.register_extension(KeystoreExt::new(keystore));
	externalities.execute_with(|| {
		assigned();
		next_block();
		<Jobs as Hooks<BlockNumber>>::offchain_worker(System::block_number());
		assert!(state.read().transactions.is_empty());
	});
}

#[test]
fn a_full_queue_is_tried_again() {
	on_node(one_offer(), &[PETER], |node| {
		assigned();
		node.with(|state| state.full = true);
		node.work();
		assert_eq!(node.ordered(), []);
		node.with(|state| state.full = false);
		next_block();
		node.work();
		assert_eq!(node.ordered().len(), 1);
	});
}

#[test]
fn only_the_jobs_of_this_nodes_keys_are_done() {
	on_node(ExtBuilder::default().offer(PETER).offer(PAULA), &[PAULA, PIA], |node| {
		let peters = submit(0);
		run_for(2);
		assert_eq!(assignment(peters).provider, PETER);
		node.work();
		assert_eq!(node.ordered(), []);
		Random::set([1; 32]);
		let paulas = submit(1);
		run_for(3);
		assert_eq!(assignment(paulas).provider, PAULA);
		node.work();
		assert_eq!(node.ordered(), [Order::Execute(Jobs::job_order(&paulas).unwrap())]);
	});
}

#[test]
fn each_final_failure_of_the_engine_gives_the_job_back() {
	let failures = [
		(EngineFailure::PromptTooLong { tokens: 300, context: 256 }, DeclineReason::PromptTooLong),
		(EngineFailure::UnknownModel, DeclineReason::ModelUnavailable),
		(EngineFailure::PromptNotUtf8, DeclineReason::EngineFailure),
	];
	for (failure, reason) in failures {
		on_node(one_offer(), &[PETER], |node| {
			let id = assigned();
			node.work();
			node.finish(&node.ordered()[0], Outcome::Failed(failure.clone()));
			next_block();
			node.work();
			assert_eq!(node.sent(), [decline_call(id, reason)]);
			apply(decline_call(id, reason)).unwrap().unwrap();
			node.work();
			assert_eq!((node.ordered(), node.sent()), (vec![], vec![]));
		});
	}
}

#[test]
fn an_internal_failure_is_tried_again_for_half_the_time() {
	on_node(one_offer(), &[PETER], |node| {
		let id = assigned();
		node.work();
		let order = node.ordered().pop().unwrap();
		let Assignment { assigned_at, deadline, .. } = assignment(id);
		let half = assigned_at + (deadline - assigned_at) / 2;
		let failure = || Outcome::Failed(EngineFailure::Internal("no memory".into()));
		while System::block_number() + 1 < half {
			node.finish(&order, failure());
			next_block();
			node.work();
			assert_eq!(node.ordered(), std::slice::from_ref(&order));
			assert_eq!(node.sent(), []);
		}
		node.finish(&order, failure());
		next_block();
		node.work();
		assert_eq!(node.ordered(), []);
		assert_eq!(node.sent(), [decline_call(id, DeclineReason::EngineFailure)]);
	});
}

#[test]
fn a_result_that_the_chain_would_refuse_is_not_sent() {
	type Change = fn(&mut Attestation, &mut Bundle);
	let changes: [Change; 4] = [
		|attestation, _| attestation.version = 9,
		|attestation, _| attestation.job_id = H256::zero(),
		|attestation, _| attestation.prompt_tokens = 18,
		|_, bundle| bundle.digests[0] = H256::repeat_byte(9),
	];
	for change in changes {
		on_node(one_offer(), &[PETER], |node| {
			let id = assigned();
			node.work();
			let (mut attestation, mut bundle) = delivery(id, 15, 20);
			change(&mut attestation, &mut bundle);
			node.finish(&node.ordered()[0], Outcome::Executed { attestation, bundle });
			next_block();
			node.work();
			assert_eq!(node.sent(), [decline_call(id, DeclineReason::EngineFailure)]);
		});
	}
}

#[test]
fn an_answer_to_another_question_is_ordered_again() {
	on_node(one_offer(), &[PETER], |node| {
		assigned();
		node.work();
		let order = node.ordered().pop().unwrap();
		let verified = Outcome::Verified { vote: Vote::Match, work_digests: vec![H256::zero()] };
		node.finish(&order, verified);
		node.work();
		assert_eq!(node.ordered(), [order]);
		assert_eq!(node.sent(), []);
	});
}

#[test]
fn what_would_be_too_late_is_not_begun() {
	on_node(one_offer(), &[PETER], |node| {
		let id = assigned();
		run_to(assignment(id).deadline);
		node.work();
		assert_eq!((node.ordered(), node.with(|state| state.calls)), (vec![], 0));
	});
}

#[test]
fn a_job_whose_model_was_recalled_is_left_alone() {
	on_node(one_offer(), &[PETER], |node| {
		assigned();
		set_model_status(ModelStatus::Recalled);
		node.work();
		assert_eq!((node.ordered(), node.with(|state| state.calls)), (vec![], 0));
	});
}

#[test]
fn at_most_so_many_jobs_are_looked_at_per_block() {
	on_node(ExtBuilder::default().offer_with(PETER, |o| o.slots = 12), &[PETER], |node| {
		(0..12).for_each(|nonce| {
			submit(nonce);
		});
		run_for(7);
		node.work();
		assert_eq!(node.ordered().len(), 8);
	});
}
