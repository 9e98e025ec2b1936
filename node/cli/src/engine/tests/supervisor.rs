// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The supervisor over a socket.

use super::*;
use crate::engine::{book::Limits, supervisor::Supervisor, Engine};
use ergon_core::engine::EngineFailure;
use ergon_engine_interface::{Backend, Progress, Submission};
use std::sync::Arc;
use substrate_prometheus_endpoint::{prometheus::TextEncoder, Registry};
use tokio::sync::mpsc;

/// For how long outcomes are wanted.
const BLOCKS: u32 = 1_000;

fn limits() -> Limits {
	Limits { retry_after: Duration::from_millis(1), ..Limits::default() }
}

/// A supervisor over an engine that lives the given lives.
fn supervise(lives: impl IntoIterator<Item = Life>) -> (Arc<Engine>, JoinHandle<()>) {
	supervise_with(timing(), None, lives)
}

fn supervise_with(
	timing: Timing,
	registry: Option<&Registry>,
	lives: impl IntoIterator<Item = Life>,
) -> (Arc<Engine>, JoinHandle<()>) {
	let engine = Engine::new(limits(), registry).unwrap();
	let supervisor = Supervisor::new(Arc::clone(&engine), Played::new(lives), timing);
	(engine, tokio::spawn(supervisor.run()))
}

/// Waits for the outcome of an order.
async fn done(engine: &Engine, order: &OrderId) -> Outcome {
	until("the order is done", || engine.progress(order) == Progress::Done).await;
	Outcome::decode_all(&mut &engine.outcome(order).unwrap()[..]).unwrap()
}

#[tokio::test]
async fn orders_are_filled_and_the_status_is_known() {
	let (engine, _task) = supervise([honest_life()]);
	for order in [job(1), audit(1), job(2)] {
		assert_eq!(engine.progress(&order.id()), Progress::Unknown);
		assert_eq!(engine.submit(order.clone(), BLOCKS), Submission::Accepted);
		assert_eq!(done(&engine, &order.id()).await, outcome(&order));
	}
	until("the engine is up", || engine.health().up).await;
	assert_eq!(engine.models(), [model()]);
	assert_eq!(engine.health().engine, status());
	let health = engine.health();
	assert_eq!((health.restarts, health.pending, health.last_error), (0, 0, None));
}

#[tokio::test]
async fn orders_submitted_before_the_engine_is_there_wait_for_it() {
	let engine = Engine::new(limits(), None).unwrap();
	assert_eq!(engine.submit(job(1), BLOCKS), Submission::Accepted);
	assert_eq!(engine.progress(&job(1).id()), Progress::Pending);
	assert!(engine.models().is_empty());
	let supervisor = Supervisor::new(Arc::clone(&engine), Played::new([honest_life()]), timing());
	let _task = tokio::spawn(supervisor.run());
	assert_eq!(done(&engine, &job(1).id()).await, outcome(&job(1)));
}

#[tokio::test]
async fn an_order_submitted_often_is_sent_once() {
	let (seen, mut orders) = mpsc::unbounded_channel();
	let (engine, _task) = supervise([life(move |mut peer| async move {
		peer.greet().await;
		loop {
			let order = peer.next_order().await;
			seen.send(order.id()).unwrap();
			peer.finish(order.id(), outcome(&order)).await;
		}
	})]);
	for _ in 0..5 {
		assert_eq!(engine.submit(job(1), BLOCKS), Submission::Accepted);
	}
	done(&engine, &job(1).id()).await;
	assert_eq!(engine.submit(job(1), BLOCKS), Submission::Accepted);
	engine.submit(job(2), BLOCKS);
	done(&engine, &job(2).id()).await;
	orders.close();
	let mut sent = Vec::new();
	while let Some(id) = orders.recv().await {
		sent.push(id);
	}
	assert_eq!(sent, [job(1).id(), job(2).id()]);
}

#[tokio::test]
async fn an_engine_that_dies_in_the_middle_is_restarted_and_gets_the_order_again() {
	let (engine, _task) = supervise([
		life(|mut peer| async move {
			peer.greet().await;
			assert_eq!(peer.next_order().await, job(1));
			assert_eq!(peer.next_order().await, job(2));
		}),
		honest_life(),
	]);
	engine.submit(job(1), BLOCKS);
	engine.submit(job(2), BLOCKS);
	assert_eq!(done(&engine, &job(1).id()).await, outcome(&job(1)));
	assert_eq!(done(&engine, &job(2).id()).await, outcome(&job(2)));
	let health = engine.health();
	assert_eq!(health.restarts, 1);
	assert_eq!(health.last_error.as_deref(), Some("it ended with the script"));
}

#[tokio::test]
async fn a_busy_engine_gets_the_order_again() {
	let (engine, _task) = supervise([life(|mut peer| async move {
		peer.greet().await;
		for _ in 0..5 {
			let order = peer.next_order().await;
			peer.send(FromEngine::Busy(order.id())).await;
		}
		peer.serve().await;
	})]);
	engine.submit(job(1), BLOCKS);
	assert_eq!(done(&engine, &job(1).id()).await, outcome(&job(1)));
	assert_eq!(engine.health().restarts, 0);
}

#[tokio::test]
async fn internal_failures_are_tried_again_but_not_for_ever() {
	let failure = || Outcome::Failed(EngineFailure::Internal("no".into()));
	let (engine, _task) = supervise([life(move |mut peer| async move {
		peer.greet().await;
		// The first order fails once, the second one always.
		let order = peer.next_order().await;
		peer.finish(order.id(), failure()).await;
		let order = peer.next_order().await;
		peer.finish(order.id(), outcome(&order)).await;
		for _ in 0..limits().attempts {
			let order = peer.next_order().await;
			peer.finish(order.id(), failure()).await;
		}
		peer.serve().await;
	})]);
	engine.submit(job(1), BLOCKS);
	assert_eq!(done(&engine, &job(1).id()).await, outcome(&job(1)));
	engine.submit(job(2), BLOCKS);
	assert_eq!(done(&engine, &job(2).id()).await, failure());
	engine.submit(job(3), BLOCKS);
	assert_eq!(done(&engine, &job(3).id()).await, outcome(&job(3)));
	assert_eq!(engine.health().restarts, 0);
}

/// A life that answers the first order with raw bytes.
fn raw_life(bytes: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Life {
	life(move |mut peer| async move {
		peer.greet().await;
		peer.next_order().await;
		peer.send_raw(bytes()).await;
		peer.next().await;
	})
}

#[tokio::test]
async fn an_engine_that_talks_nonsense_is_replaced() {
	let wrong_kind =
		|| FromEngine::Finished { order: job(1).id(), outcome: outcome(&audit(1)) }.encode();
	let trailing = || [FromEngine::Busy(job(1).id()).encode(), vec![0]].concat();
	let nonsense: [(Life, &str); 5] = [
		(raw_life(|| vec![0xff; 10]), "no message"),
		(raw_life(Vec::new), "no message"),
		(raw_life(trailing), "no message"),
		(raw_life(wrong_kind), "another kind"),
		(raw_life(|| FromEngine::Hello { version: PROTOCOL_VERSION }.encode()), "greet"),
	];
	for (nonsense, reason) in nonsense {
		let (engine, _task) = supervise([nonsense, honest_life()]);
		engine.submit(job(1), BLOCKS);
		assert_eq!(done(&engine, &job(1).id()).await, outcome(&job(1)));
		let health = engine.health();
		assert_eq!(health.restarts, 1);
		let error = health.last_error.unwrap();
		assert!(error.contains(reason), "{error}");
	}
}

#[tokio::test]
async fn a_frame_longer_than_allowed_ends_the_connection() {
	let oversized = life(|mut peer| async move {
		use tokio::io::AsyncWriteExt;
		peer.greet().await;
		peer.next_order().await;
		let length = (MAX_FRAME_BYTES + 1).to_le_bytes();
		peer.0.get_mut().write_all(&length).await.unwrap();
		peer.next().await;
	});
	let (engine, _task) = supervise([oversized, honest_life()]);
	engine.submit(job(1), BLOCKS);
	done(&engine, &job(1).id()).await;
	assert_eq!(engine.health().restarts, 1);
}

#[tokio::test]
async fn an_engine_of_another_version_is_refused_with_the_remedy() {
	let other = || {
		life(|mut peer| async move {
			peer.next().await;
			peer.send(FromEngine::Hello { version: PROTOCOL_VERSION + 1 }).await;
			peer.next().await;
		})
	};
	let (engine, _task) = supervise([other(), other(), honest_life()]);
	engine.submit(job(1), BLOCKS);
	done(&engine, &job(1).id()).await;
	let health = engine.health();
	assert_eq!(health.restarts, 2);
	let error = health.last_error.unwrap();
	assert!(error.contains("install the engine and the node of one release"), "{error}");
}

#[tokio::test]
async fn an_engine_that_hangs_is_replaced() {
	let silent = life(|mut peer| async move {
		peer.greet().await;
		std::future::pending::<()>().await;
	});
	let patience = Timing { silence: Duration::from_millis(200), ..timing() };
	let (engine, _task) = supervise_with(patience, None, [silent, honest_life()]);
	engine.submit(job(1), BLOCKS);
	done(&engine, &job(1).id()).await;
	let error = engine.health().last_error.unwrap();
	assert!(error.contains("did not answer"), "{error}");
}

#[tokio::test]
async fn an_order_that_kills_every_engine_fails_and_the_others_are_filled() {
	let mortal = || {
		life(|mut peer| async move {
			peer.greet().await;
			loop {
				let order = peer.next_order().await;
				if order == job(1) {
					return;
				}
				peer.finish(order.id(), outcome(&order)).await;
			}
		})
	};
	let (engine, _task) = supervise((0..8).map(|_| mortal()));
	for number in 0..4 {
		engine.submit(job(number), BLOCKS);
	}
	for number in [0, 2, 3] {
		assert_eq!(done(&engine, &job(number).id()).await, outcome(&job(number)));
	}
	let outcome = done(&engine, &job(1).id()).await;
	assert!(matches!(outcome, Outcome::Failed(EngineFailure::Internal(_))), "{outcome:?}");
}

#[tokio::test]
async fn models_are_gone_while_the_engine_is_down() {
	let (kill, killed) = tokio::sync::oneshot::channel::<()>();
	let (engine, _task) = supervise([life(|mut peer| async move {
		peer.greet().await;
		tokio::select! {
			() = peer.serve() => {},
			_ = killed => {},
		}
	})]);
	until("the engine is up", || engine.models() == [model()]).await;
	kill.send(()).unwrap();
	until("the engine is down", || !engine.health().up && engine.models().is_empty()).await;
	assert_eq!(engine.submit(job(1), BLOCKS), Submission::Accepted);
	assert_eq!(engine.progress(&job(1).id()), Progress::Pending);
}

#[tokio::test]
async fn dropping_the_supervisor_ends_the_engine() {
	let (alive, mut gone) = mpsc::unbounded_channel::<()>();
	let (engine, task) = supervise([life(|mut peer| async move {
		let _alive = alive;
		peer.greet().await;
		peer.serve().await;
	})]);
	until("the engine is up", || engine.health().up).await;
	task.abort();
	assert_eq!(gone.recv().await, None);
}

#[tokio::test]
async fn counters_run_on_over_restarts() {
	let registry = Registry::new();
	let mortal = || {
		life(|mut peer| async move {
			peer.greet().await;
			peer.next_order().await;
			// What was counted reaches the node before the end.
			peer.send(FromEngine::Status(status())).await;
		})
	};
	let (engine, _task) =
		supervise_with(timing(), Some(&registry), [mortal(), mortal(), honest_life()]);
	engine.submit(job(1), BLOCKS);
	done(&engine, &job(1).id()).await;
	until("the engine is up", || engine.health().up).await;
	let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
	for line in [
		"ergon_engine_up 1",
		"ergon_engine_restarts_total 2",
		"ergon_engine_models 1",
		"ergon_engine_orders_queued 1",
		"ergon_engine_orders_total{outcome=\"executed\"} 1",
		"ergon_engine_tokens_total{kind=\"generated\"} 300",
		"ergon_engine_tokens_total{kind=\"prefilled\"} 600",
	] {
		assert!(text.lines().any(|it| it == line), "{line} is missing in\n{text}");
	}
}
