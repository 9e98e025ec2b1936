// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What clients may say.

use super::*;
use ergon_core::engine::MAX_FRAME_BYTES;
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn another_version_is_told_ours_and_sent_away() {
	let service = Running::start();
	let mut client = service.stranger().await;
	client.send(ToEngine::Hello { version: PROTOCOL_VERSION + 1 }).await;
	assert_eq!(client.next().await, FromEngine::Hello { version: PROTOCOL_VERSION });
	assert!(client.is_closed().await);
}

#[tokio::test]
async fn nobody_gets_in_without_a_greeting_or_with_two() {
	let service = Running::start();
	for message in [
		ToEngine::Status,
		ToEngine::Submit { order: job(1), patience: 0 },
		ToEngine::Cancel(job(1).id()),
	] {
		let mut client = service.stranger().await;
		client.send(message).await;
		assert!(client.is_closed().await);
	}
	let mut client = service.client().await;
	client.send(ToEngine::Hello { version: PROTOCOL_VERSION }).await;
	assert!(client.is_closed().await);
	assert!(service.runner.begun().is_empty());
}

#[tokio::test]
async fn nonsense_ends_its_connection_and_no_other() {
	let service = Running::start();
	let mut honest = service.client().await;
	honest.submit(&slow(0)).await;
	let trailing = [ToEngine::Status.encode(), vec![0]].concat();
	let cut = ToEngine::Submit { order: job(1), patience: 0 }.encode()[..20].to_vec();
	for nonsense in [vec![], vec![0xff; 100], trailing, cut] {
		let mut client = service.client().await;
		client.0.send(Bytes::from(nonsense)).await.unwrap();
		assert!(client.is_closed().await);
	}
	let mut client = service.client().await;
	let length = (MAX_FRAME_BYTES + 1).to_le_bytes();
	client.0.get_mut().write_all(&length).await.unwrap();
	assert!(client.is_closed().await);
	service.runner.release(&slow(0));
	assert_eq!(honest.next().await, finished(&slow(0)));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_not_read_from() {
	let service = Running::with(4, 1);
	let mut deaf = service.client().await;
	let mut other = service.client().await;
	other.submit(&job(1)).await;
	assert_eq!(other.next().await, finished(&job(1)));
	// Answers pile up until the socket and the channel are full; then questions do too.
	let flood = async {
		loop {
			deaf.submit(&job(1)).await;
		}
	};
	assert!(timeout(Duration::from_secs(2), flood).await.is_err(), "the flood was stemmed");
	// Nobody else notices.
	for number in 2..20 {
		other.submit(&job(number)).await;
		assert_eq!(other.next().await, finished(&job(number)));
	}
}

#[tokio::test]
async fn a_connection_too_many_is_closed() {
	let service = Running::start();
	let mut clients = Vec::new();
	for _ in 0..crate::service::MAX_CONNECTIONS {
		clients.push(service.client().await);
	}
	assert!(service.stranger().await.is_closed().await);
	clients.pop();
	// The place is free as soon as the service has noticed.
	let wait = async {
		loop {
			let mut client = service.stranger().await;
			let hello = ToEngine::Hello { version: PROTOCOL_VERSION }.encode();
			if client.0.send(Bytes::from(hello)).await.is_ok() && !client.is_closed().await {
				return;
			}
		}
	};
	timeout(PATIENCE, wait).await.unwrap();
}
