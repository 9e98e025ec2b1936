// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How the service ends.

use super::*;

#[tokio::test]
async fn an_idle_service_ends_at_once() {
	for request in [Request::Signal("SIGTERM"), Request::EndOfInput] {
		let service = Running::start();
		let mut client = service.client().await;
		client.submit(&job(1)).await;
		assert_eq!(client.next().await, finished(&job(1)));
		service.end(request).await;
		assert!(client.is_closed().await);
	}
}

#[tokio::test]
async fn after_a_signal_the_running_order_is_finished_and_the_others_are_sent_away() {
	let service = Running::start();
	let mut client = service.client().await;
	client.submit(&slow(0)).await;
	service.runner.until_begun(&slow(0)).await;
	client.submit(&job(1)).await;
	client.status().await;
	service.shutdown.send(Request::Signal("SIGTERM")).await.unwrap();
	assert_eq!(client.next().await, FromEngine::Busy(job(1).id()));
	client.submit(&job(2)).await;
	assert_eq!(client.next().await, FromEngine::Busy(job(2).id()));
	let runner = service.runner.clone();
	runner.release(&slow(0));
	assert_eq!(client.next().await, finished(&slow(0)));
	assert!(client.is_closed().await);
	timeout(PATIENCE, service.task).await.unwrap().unwrap().unwrap();
	assert_eq!(runner.begun(), [slow(0).id()]);
}

#[tokio::test]
async fn a_second_signal_cancels_the_running_order() {
	let service = Running::start();
	let mut client = service.client().await;
	client.submit(&slow(0)).await;
	service.runner.until_begun(&slow(0)).await;
	service.shutdown.send(Request::Signal("SIGTERM")).await.unwrap();
	service.shutdown.send(Request::Signal("SIGINT")).await.unwrap();
	assert_eq!(client.next().await, FromEngine::Busy(slow(0).id()));
	assert!(client.is_closed().await);
	timeout(PATIENCE, service.task).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn when_the_node_is_gone_nothing_is_finished_for_it() {
	let service = Running::start();
	let mut client = service.client().await;
	client.submit(&slow(0)).await;
	service.runner.until_begun(&slow(0)).await;
	service.end(Request::EndOfInput).await;
	assert_eq!(client.next().await, FromEngine::Busy(slow(0).id()));
	assert!(client.is_closed().await);
}
