// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What becomes of orders.

use super::*;
use ergon_core::engine::EngineFailure;

/// The failure that was the answer.
fn failure(message: FromEngine) -> EngineFailure {
	match message {
		FromEngine::Finished { outcome: Outcome::Failed(failure), .. } => failure,
		other => panic!("{other:?} is no failure"),
	}
}

#[tokio::test]
async fn orders_are_filled_and_counted() {
	let service = Running::start();
	let mut client = service.client().await;
	for order in [job(1), audit(1), job(2)] {
		client.submit(&order).await;
		assert_eq!(client.next().await, finished(&order));
	}
	let expected = EngineStatus {
		models: vec![model()],
		queued: 0,
		running: 0,
		completed: 3,
		failed: 0,
		generated_tokens: 2 * 3,
		prefilled_tokens: 2 * 2 + 3,
	};
	assert_eq!(client.status().await, expected);
}

#[tokio::test]
async fn equal_orders_are_one_order_and_everybody_gets_the_outcome() {
	let service = Running::start();
	let order = slow(1);
	let mut clients = [service.client().await, service.client().await, service.client().await];
	for client in &mut clients {
		// Also from one client: it is told once.
		client.submit(&order).await;
		client.submit(&order).await;
		service.runner.until_begun(&order).await;
		assert_eq!(client.status().await.queued, 0);
	}
	service.runner.release(&order);
	for client in &mut clients {
		assert_eq!(client.next().await, finished(&order));
		assert_eq!(client.status().await.completed, 1);
	}
	// And later, from memory.
	let mut late = service.client().await;
	late.submit(&order).await;
	assert_eq!(late.next().await, finished(&order));
	assert_eq!(service.runner.begun(), [order.id()]);
}

#[tokio::test]
async fn audits_go_before_jobs_and_otherwise_the_first_comes_first() {
	let service = Running::start();
	let mut client = service.client().await;
	let orders = [slow(0), job(1), job(2), audit(3), job(4), audit(5)];
	for order in &orders {
		client.submit(order).await;
		service.runner.until_begun(&orders[0]).await;
	}
	assert_eq!(client.status().await.queued, 5);
	service.runner.release(&orders[0]);
	let sequence = [0, 3, 5, 1, 2, 4];
	for index in sequence {
		assert_eq!(client.next().await, finished(&orders[index]));
	}
	assert_eq!(service.runner.begun(), sequence.map(|index| orders[index].id()));
}

#[tokio::test]
async fn orders_run_together_up_to_the_limit() {
	let service = Running::with(8, 3);
	let mut client = service.client().await;
	let orders = [0, 1, 2, 3, 4].map(slow);
	for order in &orders {
		client.submit(order).await;
	}
	service.runner.until_begun(&orders[2]).await;
	let status = client.status().await;
	assert_eq!((status.running, status.queued), (3, 2));
	assert_eq!(service.measured(), [2, 3]);
	// Each ends for itself, and gives its place to the next.
	service.runner.release(&orders[1]);
	assert_eq!(client.next().await, finished(&orders[1]));
	service.runner.until_begun(&orders[3]).await;
	client.send(ToEngine::Cancel(orders[0].id())).await;
	service.runner.until_begun(&orders[4]).await;
	for order in [&orders[4], &orders[2], &orders[3]] {
		service.runner.release(order);
		assert_eq!(client.next().await, finished(order));
	}
	assert_eq!(client.status().await.running, 0);
	assert_eq!(service.measured(), [0, 0]);
}

#[tokio::test]
async fn a_full_queue_is_busy_for_new_orders_only() {
	let service = Running::with(2, 1);
	let mut client = service.client().await;
	client.submit(&slow(0)).await;
	service.runner.until_begun(&slow(0)).await;
	for number in 1..=2 {
		client.submit(&job(number)).await;
	}
	for order in [job(3), audit(4)] {
		client.submit(&order).await;
		assert_eq!(client.next().await, FromEngine::Busy(order.id()));
	}
	client.submit(&job(1)).await;
	assert_eq!(client.status().await.queued, 2);
	service.runner.release(&slow(0));
	for order in [slow(0), job(1), job(2)] {
		assert_eq!(client.next().await, finished(&order));
	}
	client.submit(&job(3)).await;
	assert_eq!(client.next().await, finished(&job(3)));
}

#[tokio::test]
async fn a_cancelled_order_stops_and_is_not_answered() {
	let service = Running::start();
	let mut client = service.client().await;
	client.submit(&slow(0)).await;
	service.runner.until_begun(&slow(0)).await;
	client.submit(&job(1)).await;
	client.submit(&job(2)).await;
	client.send(ToEngine::Cancel(job(1).id())).await;
	client.send(ToEngine::Cancel(slow(0).id())).await;
	client.send(ToEngine::Cancel(job(9).id())).await;
	assert_eq!(client.next().await, finished(&job(2)));
	let status = client.status().await;
	assert_eq!((status.completed, status.failed, status.queued, status.running), (1, 0, 0, 0));
	assert_eq!(service.runner.begun(), [slow(0).id(), job(2).id()]);
}

#[tokio::test]
async fn cancelling_takes_nothing_from_others() {
	let service = Running::start();
	let [mut one, mut other] = [service.client().await, service.client().await];
	for client in [&mut one, &mut other] {
		client.submit(&slow(0)).await;
		client.submit(&job(1)).await;
		client.status().await;
	}
	one.send(ToEngine::Cancel(slow(0).id())).await;
	one.send(ToEngine::Cancel(job(1).id())).await;
	one.status().await;
	service.runner.release(&slow(0));
	assert_eq!(other.next().await, finished(&slow(0)));
	assert_eq!(other.next().await, finished(&job(1)));
	assert_eq!(one.status().await.completed, 2);
}

#[tokio::test]
async fn an_order_that_is_wanted_again_before_it_stopped_runs_again() {
	let service = Running::start();
	let mut client = service.client().await;
	client.submit(&slow(0)).await;
	service.runner.until_begun(&slow(0)).await;
	client.send(ToEngine::Cancel(slow(0).id())).await;
	client.submit(&slow(0)).await;
	service.runner.release(&slow(0));
	assert_eq!(client.next().await, finished(&slow(0)));
}

#[tokio::test]
async fn cancelling_forgets_an_outcome() {
	let service = Running::start();
	let mut client = service.client().await;
	for _ in 0..2 {
		client.submit(&job(1)).await;
		assert_eq!(client.next().await, finished(&job(1)));
		client.send(ToEngine::Cancel(job(1).id())).await;
	}
	assert_eq!(service.runner.begun(), [job(1).id(), job(1).id()]);
}

#[tokio::test]
async fn a_panic_fails_its_order_and_no_other() {
	let service = Running::start();
	let mut client = service.client().await;
	let orders = [job(1), special(2, "panic"), job(3)];
	for order in &orders {
		client.submit(order).await;
	}
	assert_eq!(client.next().await, finished(&orders[0]));
	match failure(client.next().await) {
		EngineFailure::Internal(reason) => assert!(reason.contains("as it was asked to")),
		other => panic!("{other:?} is another failure"),
	}
	assert_eq!(client.next().await, finished(&orders[2]));
	let status = client.status().await;
	assert_eq!((status.completed, status.failed), (2, 1));
}

#[tokio::test]
async fn failures_that_may_pass_are_not_remembered_and_the_others_are() {
	let service = Running::start();
	let mut client = service.client().await;
	let [passing, lasting] = [special(1, "fail"), special(2, "too long")];
	for _ in 0..3 {
		client.submit(&passing).await;
		let expected = EngineFailure::Internal("out of luck".into());
		assert_eq!(failure(client.next().await), expected);
		client.submit(&lasting).await;
		let expected = EngineFailure::PromptTooLong { tokens: 9, context: 8 };
		assert_eq!(failure(client.next().await), expected);
	}
	let begun = service.runner.begun();
	let count = |order: &Order| begun.iter().filter(|id| **id == order.id()).count();
	assert_eq!((count(&passing), count(&lasting)), (3, 1));
}

#[tokio::test]
async fn what_nobody_wants_any_more_is_not_done() {
	let service = Running::start();
	let mut client = service.client().await;
	// One that runs, and one that waits behind it.
	client.submit_for(&slow(0), 30).await;
	client.submit_for(&job(1), 0).await;
	for order in [slow(0), job(1)] {
		let outcome = Outcome::Failed(EngineFailure::TooLate);
		assert_eq!(client.next().await, FromEngine::Finished { order: order.id(), outcome });
	}
	assert_eq!(client.status().await.failed, 2);
	assert_eq!(service.runner.begun(), [slow(0).id()]);
	// Whoever wants it for longer gets it.
	client.submit(&job(1)).await;
	assert_eq!(client.next().await, finished(&job(1)));
}

#[tokio::test]
async fn a_client_that_goes_takes_its_waiting_orders_along() {
	let service = Running::start();
	let mut leaving = service.client().await;
	let mut staying = service.client().await;
	leaving.submit(&slow(0)).await;
	service.runner.until_begun(&slow(0)).await;
	leaving.submit(&job(1)).await;
	leaving.submit(&job(2)).await;
	leaving.status().await;
	staying.submit(&job(2)).await;
	staying.status().await;
	drop(leaving);
	while staying.status().await.queued != 1 {
		sleep(Duration::from_millis(1)).await;
	}
	service.runner.release(&slow(0));
	assert_eq!(staying.next().await, finished(&job(2)));
	// What was running went on, and is remembered.
	staying.submit(&slow(0)).await;
	assert_eq!(staying.next().await, finished(&slow(0)));
	assert_eq!(service.runner.begun(), [slow(0).id(), job(2).id()]);
}
