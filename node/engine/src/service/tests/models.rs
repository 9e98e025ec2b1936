// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Models and orders that share memory.

use std::{cell::RefCell, fs, sync::Weak};

use futures::{
	executor::block_on,
	future::{join, join_all},
};
use tokio::task::yield_now;

use super::super::{
	models::{Lease, Need},
	MemoryUse, ModelStore,
};
use crate::{
	error::ExecutionError,
	executor::Priority,
	import,
	synthetic::{write_folder, Shape},
	Control, Model,
};

use super::*;

/// A folder with some tiny models.
pub(super) struct Folder {
	folder: TempDir,
	pub(super) ids: Vec<ModelId>,
	/// Memory of each.
	bytes: u64,
}

impl Folder {
	pub(super) fn new(count: u64) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let mut made = Self { folder, ids: Vec::new(), bytes: 0 };
		for seed in 0..count {
			made.import(seed);
		}
		made.bytes = Model::open(&made.path(0)).unwrap().memory_bytes();
		made
	}

	fn import(&mut self, seed: u64) {
		let source = tempfile::tempdir().unwrap();
		write_folder(source.path(), &Shape::TINY, seed).unwrap();
		self.ids.push(import(source.path(), &self.path(seed), &mut |_| {}).unwrap().id());
	}

	pub(super) fn path(&self, number: u64) -> PathBuf {
		self.folder.path().join(number.to_string())
	}

	/// The store with memory for so many models, and some bytes for orders.
	pub(super) fn store(&self, models: u64, orders: u64) -> Arc<ModelStore> {
		ModelStore::open(self.folder.path(), models * self.bytes + orders).unwrap()
	}
}

fn control() -> Control {
	Control::new(1).unwrap()
}

async fn acquire(store: &Arc<ModelStore>, id: &ModelId, bytes: u64) -> Lease {
	let need = |_: &_| Need { bytes, priority: Priority::Job };
	store.acquire(id, need, &control()).await.unwrap().expect("the model is there")
}

#[test]
fn the_model_that_was_not_used_for_longest_makes_room() {
	let folder = Folder::new(3);
	let store = folder.store(2, 100);
	let used =
		|models, order_bytes| MemoryUse { models, model_bytes: models * folder.bytes, order_bytes };
	// The third found no room, and is known all the same.
	assert_eq!(store.ids().len(), 3);
	assert_eq!(store.memory_use(), used(2, 0));
	let mut last: [Weak<Model>; 3] = Default::default();
	block_on(async {
		// Which is wanted, and whether it is still loaded from the time before.
		let first = [(0, false), (1, false), (0, true)];
		for (wanted, stayed) in
			first.into_iter().chain([(2, false), (0, true), (1, false), (0, true)])
		{
			let before = last[wanted].upgrade().is_some();
			assert_eq!(before, stayed, "model {wanted}");
			let lease = acquire(&store, &folder.ids[wanted], 60).await;
			assert_eq!(lease.model.id(), folder.ids[wanted]);
			assert_eq!(store.memory_use(), used(2, 60));
			last[wanted] = Arc::downgrade(&lease.model);
		}
	});
	assert_eq!(store.memory_use(), used(2, 0));
}

#[test]
fn models_in_use_stay_and_whoever_wants_another_waits() {
	let folder = Folder::new(2);
	let store = folder.store(1, 100);
	let order = &RefCell::new(Vec::new());
	let (store, ids) = (&store, &folder.ids);
	block_on(async {
		let first = async {
			let lease = acquire(store, &ids[0], 10).await;
			for _ in 0..5 {
				yield_now().await;
			}
			order.borrow_mut().push("first");
			drop(lease);
		};
		let second = async {
			yield_now().await;
			let _lease = acquire(store, &ids[1], 10).await;
			order.borrow_mut().push("second");
		};
		join(first, second).await;
	});
	assert_eq!(*order.borrow(), ["first", "second"]);
}

#[test]
fn many_orders_of_many_models_all_get_their_turn() {
	let folder = Folder::new(3);
	let store = &folder.store(1, 1_000);
	block_on(async {
		let orders = (0..60).map(|number| {
			let id = &folder.ids[number % 3];
			async move {
				let lease = acquire(store, id, 1 + 333 * (number as u64 % 4)).await;
				yield_now().await;
				assert_eq!(lease.model.id(), *id);
				assert!(store.memory_use().models <= 1);
			}
		});
		join_all(orders).await;
	});
	assert_eq!(store.memory_use().order_bytes, 0);
}

#[test]
fn audits_go_first_and_the_cancelled_leave() {
	let folder = Folder::new(1);
	let store = &folder.store(1, 100);
	let order = &RefCell::new(Vec::new());
	let id = &folder.ids[0];
	let run = |name: &'static str, bytes: u64, priority: Priority| async move {
		let need = |_: &_| Need { bytes, priority };
		let lease = store.acquire(id, need, &control()).await.unwrap();
		yield_now().await;
		order.borrow_mut().push(name);
		drop(lease);
	};
	block_on(join_all([
		run("first", 100, Priority::Job),
		run("job", 50, Priority::Job),
		run("another job", 50, Priority::Job),
		run("audit", 100, Priority::Audit),
	]));
	assert_eq!(*order.borrow(), ["first", "audit", "job", "another job"]);

	block_on(async {
		let lease = acquire(store, &folder.ids[0], 100).await;
		let late = control().for_request(Some(std::time::Instant::now()));
		let need = |_: &_| Need { bytes: 1, priority: Priority::Job };
		let error = store.acquire(&folder.ids[0], need, &late).await.err();
		assert_eq!(error, Some(ExecutionError::TooLate));
		drop(lease);
	});
	assert_eq!(store.memory_use().order_bytes, 0);
}

#[test]
fn what_can_never_fit_is_refused() {
	let folder = Folder::new(2);
	let store = folder.store(1, 100);
	let need = |_: &_| Need { bytes: 101, priority: Priority::Job };
	let error = block_on(store.acquire(&folder.ids[0], need, &control())).err();
	let (bytes, budget) = (folder.bytes + 101, folder.bytes + 100);
	assert_eq!(error, Some(ExecutionError::OutOfMemory { bytes, budget }));
	assert_eq!(store.memory_use().order_bytes, 0);
}

#[test]
fn a_file_that_was_changed_is_noticed() {
	let mut folder = Folder::new(1);
	let (store, id) = (folder.store(2, 100), folder.ids[0]);
	let need = |_: &_| Need { bytes: 1, priority: Priority::Job };
	let blob = folder.path(0).join("blob");
	let mut bytes = fs::read(&blob).unwrap();
	*bytes.last_mut().unwrap() ^= 1;
	fs::remove_file(&blob).unwrap();
	fs::write(&blob, &bytes).unwrap();
	assert!(block_on(store.acquire(&id, need, &control())).unwrap().is_none());
	assert!(store.ids().is_empty(), "it is known to be broken");
	assert_eq!(store.memory_use(), MemoryUse::default());
	// Imported again, it is found again.
	fs::remove_dir_all(folder.path(0)).unwrap();
	folder.import(0);
	assert!(block_on(store.acquire(&id, need, &control())).unwrap().is_some());
}
