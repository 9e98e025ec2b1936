// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Sprints come last, and are in nobody's way.

use std::{cell::RefCell, time::Instant};

use ergon_core::{
	engine::EngineFailure,
	sprint::{item, MAX_ORDER_ITEMS},
};
use futures::future::join;
use tokio::task::yield_now;

use super::{
	super::{worker::SPRINTS_TOGETHER, ModelRunner, ModelStore},
	models::Folder,
	*,
};
use crate::{executor::sequence_bytes, Model};

/// Has as many sprints run as can, which all do until they are released.
async fn occupy(service: &Running, client: &mut Client) -> Vec<Order> {
	let busy: Vec<_> = (0..SPRINTS_TOGETHER as u64).map(|it| slow_sprint(100 + it)).collect();
	for order in &busy {
		client.submit(order).await;
		service.runner.until_begun(order).await;
	}
	busy
}

#[tokio::test]
async fn sprints_take_no_place_of_others_and_are_counted() {
	let service = Running::start();
	let mut client = service.client().await;
	let busy = occupy(&service, &mut client).await;
	client.submit(&sprint(1)).await;
	for order in [job(2), audit(3), job(4)] {
		client.submit(&order).await;
		assert_eq!(client.next().await, finished(&order));
	}
	let status = client.status().await;
	assert_eq!((status.running, status.queued), (SPRINTS_TOGETHER as u32, 1));
	assert!(!service.runner.begun().contains(&sprint(1).id()));
	service.runner.release(&busy[0]);
	for order in [&busy[0], &sprint(1)] {
		assert_eq!(client.next().await, finished(order));
	}
	assert_eq!(client.status().await.completed, 5);
	assert_eq!(service.queue.metrics().sprint_items.get(), 4);
	service.runner.release(&busy[1]);
	assert_eq!(client.next().await, finished(&busy[1]));
}

#[tokio::test]
async fn no_sprint_begins_while_anything_else_waits() {
	let service = Running::start();
	let mut client = service.client().await;
	let busy = occupy(&service, &mut client).await;
	client.submit(&slow(0)).await;
	service.runner.until_begun(&slow(0)).await;
	for order in [sprint(1), job(2), sprint(3), audit(4)] {
		client.submit(&order).await;
	}
	assert_eq!(client.status().await.queued, 4);
	// There is a place for a sprint, and nobody takes it.
	service.runner.release(&busy[0]);
	assert_eq!(client.next().await, finished(&busy[0]));
	assert_eq!(client.status().await.queued, 4);
	service.runner.release(&slow(0));
	for order in [slow(0), audit(4), job(2), sprint(1), sprint(3)] {
		assert_eq!(client.next().await, finished(&order));
	}
	service.runner.release(&busy[1]);
	assert_eq!(client.next().await, finished(&busy[1]));
}

#[tokio::test]
async fn waiting_sprints_are_few_and_fill_nobody_elses_line() {
	let service = Running::with(8, 1);
	let mut client = service.client().await;
	let busy = occupy(&service, &mut client).await;
	client.submit(&slow(0)).await;
	service.runner.until_begun(&slow(0)).await;
	for number in 1..=2 {
		client.submit(&sprint(number)).await;
	}
	client.submit(&sprint(3)).await;
	assert_eq!(client.next().await, FromEngine::Busy(sprint(3).id()));
	for number in 1..=8 {
		client.submit(&job(number)).await;
	}
	client.submit(&job(9)).await;
	assert_eq!(client.next().await, FromEngine::Busy(job(9).id()));
	assert_eq!(client.status().await.queued, 10);
	service.runner.release(&slow(0));
	for order in [slow(0)].into_iter().chain((1..=8).map(job)) {
		assert_eq!(client.next().await, finished(&order));
	}
	for order in [&busy[0], &sprint(1), &sprint(2)] {
		service.runner.release(order);
		assert_eq!(client.next().await, finished(order));
	}
	service.runner.release(&busy[1]);
	assert_eq!(client.next().await, finished(&busy[1]));
}

#[tokio::test]
async fn outcomes_of_sprints_are_remembered_and_drive_out_no_others() {
	let service = Running::start();
	let mut client = service.client().await;
	let orders = [job(1)].into_iter().chain((0..300).map(sprint));
	for order in orders.chain([job(1), sprint(299)]) {
		client.submit(&order).await;
		assert_eq!(client.next().await, finished(&order));
	}
	let begun = service.runner.begun();
	let count = |order: &Order| begun.iter().filter(|id| **id == order.id()).count();
	assert_eq!((count(&job(1)), count(&sprint(299))), (1, 1));
	// One that is cancelled is forgotten.
	client.send(ToEngine::Cancel(sprint(299).id())).await;
	client.submit(&sprint(299)).await;
	assert_eq!(client.next().await, finished(&sprint(299)));
	assert_eq!(service.runner.begun().len(), begun.len() + 1);
}

#[tokio::test]
async fn sprints_end_like_other_orders() {
	let service = Running::start();
	let mut client = service.client().await;
	let busy = occupy(&service, &mut client).await;
	// One is cancelled where it runs, and the next has its place until nobody wants it any more.
	client.submit_for(&slow_sprint(1), 300).await;
	client.submit(&sprint(2)).await;
	client.send(ToEngine::Cancel(sprint(2).id())).await;
	client.send(ToEngine::Cancel(busy[0].id())).await;
	let outcome = Outcome::Failed(EngineFailure::TooLate);
	let order = slow_sprint(1).id();
	assert_eq!(client.next().await, FromEngine::Finished { order, outcome });
	// The others end with the service.
	client.submit(&slow_sprint(3)).await;
	client.submit(&sprint(4)).await;
	service.runner.until_begun(&slow_sprint(3)).await;
	client.status().await;
	let shutdown = service.shutdown.clone();
	shutdown.send(Request::Signal("SIGTERM")).await.unwrap();
	assert_eq!(client.next().await, FromEngine::Busy(sprint(4).id()));
	let runner = service.runner.clone();
	for order in [&busy[1], &slow_sprint(3)] {
		runner.release(order);
		assert_eq!(client.next().await, finished(order));
	}
	assert!(client.is_closed().await);
	timeout(PATIENCE, service.task).await.unwrap().unwrap().unwrap();
	assert!(!runner.begun().contains(&sprint(2).id()));
}

/// A runner with memory for one tiny model and `items` items of a sprint.
fn runner(folder: &Folder, items: u64) -> (ModelRunner, Arc<ModelStore>) {
	let manifest = *Model::open(&folder.path(0)).unwrap().manifest();
	let item = item(H256::zero(), folder.ids[0], true, 0);
	let JobKind::Generate(params) = item.kind else { panic!("the model generates") };
	let positions = manifest.max_prompt_tokens(item.prompt.len() as u32);
	let positions = positions + u32::from(params.max_tokens);
	let positions = positions.min(manifest.dimensions.context);
	let store = folder.store(1, items * sequence_bytes(&manifest.dimensions, positions));
	(ModelRunner::new(Arc::clone(&store)), store)
}

#[test]
fn whoever_pays_waits_for_items_and_not_for_orders() {
	let folder = Folder::new(1);
	let control = Control::new(1).unwrap();
	let executor = Executor::new(&control);
	let (model, subject) = (folder.ids[0], H256::repeat_byte(3));
	let order = |first| Order::Sprint { subject, model, first, items: MAX_ORDER_ITEMS };
	let (first, second) = (order(0), order(MAX_ORDER_ITEMS));
	let paid = Order::Execute(item(subject, model, true, 0));
	let run = |memory: u64| {
		let (runner, store) = runner(&folder, memory);
		let ended = RefCell::new(Vec::new());
		let fill = async |order: &Order| {
			let outcome = runner.run(&executor, order, &control).await.unwrap();
			ended.borrow_mut().push(order.id());
			outcome
		};
		let late = async {
			// When items of both have all the memory that there is.
			while executor.passes().count == 0 {
				yield_now().await;
			}
			fill(&paid).await
		};
		let sprints = join(fill(&first), fill(&second));
		let (sprints, _) = executor.complete(join(sprints, late));
		assert_eq!(store.memory_use().order_bytes, 0);
		assert_eq!(ended.borrow()[0], paid.id(), "memory for {memory}");
		sprints
	};
	// Where there is less memory, fewer items are under way, and they are the same.
	let (one, many) = (run(1), run(1_000));
	assert_eq!(one, many);
}

#[test]
fn what_no_sprint_can_be_is_refused() {
	let folder = Folder::new(1);
	let control = Control::new(1).unwrap();
	let executor = Executor::new(&control);
	let (runner, store) = runner(&folder, 1);
	let fill = |model: ModelId, first: u32, items: u32, control: &Control| {
		let order = Order::Sprint { subject: H256::zero(), model, first, items };
		executor.complete(runner.run(&executor, &order, control))
	};
	let model = folder.ids[0];
	for (first, items) in [(0, 0), (3, MAX_ORDER_ITEMS + 1), (u32::MAX, 1)] {
		let error = fill(model, first, items, &control).unwrap_err();
		assert_eq!(error, ExecutionError::ItemsOutOfRange { first, items });
	}
	let unknown = fill(H256::zero(), 0, 1, &control);
	assert_eq!(unknown, Ok(Outcome::Failed(EngineFailure::UnknownModel)));
	let late = control.for_request(Some(Instant::now()));
	assert_eq!(fill(model, 0, 2, &late), Err(ExecutionError::TooLate));
	let cancelled = control.for_request(None);
	cancelled.cancel();
	assert_eq!(fill(model, 0, 2, &cancelled), Err(ExecutionError::Cancelled));
	assert_eq!(store.memory_use().order_bytes, 0);
	let small = ModelRunner::new(folder.store(1, 1));
	let order = Order::Sprint { subject: H256::zero(), model, first: 0, items: 1 };
	let error = executor.complete(small.run(&executor, &order, &control)).unwrap_err();
	assert!(matches!(error, ExecutionError::OutOfMemory { .. }), "{error}");
}
