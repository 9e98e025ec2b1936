// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Items of a sprint: small jobs that the protocol issues, to see what a machine can compute.
//!
//! Each item is run like any job, but behind everything that is paid for, see
//! [`Priority`](crate::executor::Priority). Several items are under way at a time, so that they share
//! passes; which of them do so changes no bit of them.

use std::collections::BTreeMap;

use ergon_core::{
	engine::JobOrder,
	sprint::{item, leaf, MAX_ORDER_ITEMS},
	Attestation, Bundle, ModelManifest, H256,
};
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::error::ExecutionError;

/// Items of one order that are under way at a time.
pub const ITEMS_TOGETHER: usize = 8;

/// Some items of a sprint, one behind the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Items {
	/// What they follow from; see [`ergon_core::sprint::subject`].
	pub subject: H256,
	/// The first item.
	pub first: u32,
	/// How many, in 1..=[`MAX_ORDER_ITEMS`].
	pub count: u32,
}

impl Items {
	/// The item at `index` as a job for the model with that manifest.
	pub fn job(&self, manifest: &ModelManifest, index: u32) -> JobOrder {
		item(self.subject, manifest.id(), manifest.architecture.generates(), index)
	}

	/// Has every item done by `run`, which gets its index, and gives the leaves in the order of the items.
	/// Nothing as soon as `run` gives nothing.
	///
	/// # Errors
	///
	/// [`ExecutionError::ItemsOutOfRange`] when there are no such items, and the first error of `run`.
	pub async fn leaves(
		&self,
		run: impl AsyncFn(u32) -> Result<Option<(Attestation, Bundle)>, ExecutionError>,
	) -> Result<Option<Vec<H256>>, ExecutionError> {
		let Self { first, count, .. } = *self;
		let is_few = (1..=MAX_ORDER_ITEMS).contains(&count);
		let end = first.checked_add(count).filter(|_| is_few);
		let end = end.ok_or(ExecutionError::ItemsOutOfRange { first, items: count })?;
		let run = &run;
		let mut done = stream::iter(first..end)
			.map(|index| async move { run(index).await.map(|answer| (index, answer)) })
			.buffer_unordered(ITEMS_TOGETHER);
		let mut leaves = BTreeMap::new();
		while let Some((index, answer)) = done.try_next().await? {
			let Some((attestation, bundle)) = answer else { return Ok(None) };
			leaves.insert(index, leaf(&attestation, &bundle));
		}
		Ok(Some(leaves.into_values().collect()))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::service::tests::executed;
	use futures::executor::block_on;
	use std::cell::Cell;
	use tokio::task::yield_now;

	fn items(first: u32, count: u32) -> Items {
		Items { subject: H256::repeat_byte(3), first, count }
	}

	fn leaf_of(index: u32) -> H256 {
		let (attestation, bundle) = executed(index.into());
		leaf(&attestation, &bundle)
	}

	#[test]
	fn leaves_are_in_the_order_of_the_items_whoever_is_done_first() {
		let (running, most) = (Cell::new(0), Cell::new(0));
		let run = async |index: u32| {
			running.set(running.get() + 1);
			most.set(most.get().max(running.get()));
			for _ in 0..1 + (40 - index) % 7 {
				yield_now().await;
			}
			running.set(running.get() - 1);
			Ok(Some(executed(index.into())))
		};
		let leaves = block_on(items(3, MAX_ORDER_ITEMS).leaves(run)).unwrap().unwrap();
		let expected: Vec<_> = (3..3 + MAX_ORDER_ITEMS).map(leaf_of).collect();
		assert_eq!(leaves, expected);
		assert_eq!((most.get(), running.get()), (ITEMS_TOGETHER, 0));
	}

	#[test]
	fn too_few_and_too_many_items_are_refused_with_the_remedy() {
		let wrong =
			[(0, 0), (0, MAX_ORDER_ITEMS + 1), (0, u32::MAX), (u32::MAX, 1), (u32::MAX - 5, 6)];
		for (first, count) in wrong {
			let nobody = async |_: u32| panic!("no item is begun");
			let error = block_on(items(first, count).leaves(nobody)).unwrap_err();
			assert_eq!(error, ExecutionError::ItemsOutOfRange { first, items: count });
			assert!(error.to_string().contains("ask for 1 to 32"), "{error}");
		}
		let last = async |index: u32| Ok(Some(executed(index.into())));
		let leaves = block_on(items(u32::MAX - 1, 1).leaves(last));
		assert_eq!(leaves, Ok(Some(vec![leaf_of(u32::MAX - 1)])));
	}

	#[test]
	fn what_ends_an_item_ends_the_order() {
		let begun = Cell::new(0);
		let late = async |index: u32| {
			begun.set(begun.get() + 1);
			yield_now().await;
			match index {
				2 => Err(ExecutionError::TooLate),
				_ => Ok(Some(executed(index.into()))),
			}
		};
		assert_eq!(block_on(items(0, 32).leaves(late)), Err(ExecutionError::TooLate));
		assert!(begun.take() < 32);
		let unknown = async |_: u32| {
			begun.set(begun.get() + 1);
			Ok(None)
		};
		assert_eq!(block_on(items(0, 32).leaves(unknown)), Ok(None));
		assert!(begun.take() < 32);
	}
}
