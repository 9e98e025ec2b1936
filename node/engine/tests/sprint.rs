// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Sprints: the leaves are those of the items done alone, whatever else is under way.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{ops::Range, sync::Arc};

use common::{one_thread, order, paths, two_threads, warm, Imported};
use ergon_core::{
	engine::{Order, Outcome},
	sprint::{item, leaf, subject, MAX_ORDER_ITEMS},
	Architecture, JobKind, Output, Vote, H256,
};
use ergon_engine::{
	execute,
	executor::{Executor, InstructionSet, Priority},
	generate::execute_on,
	service::{ModelRunner, ModelStore, Runner},
	synthetic::Shape,
	verify, Control, Model,
};
use futures::future::{join, join_all};

/// A model, what runs orders on it, and whose items they are.
struct Setup {
	imported: Imported,
	runner: ModelRunner,
	subject: H256,
}

impl Setup {
	fn new(architecture: Architecture) -> Self {
		let mut dimensions = Shape::TINY.dimensions;
		if !architecture.generates() {
			dimensions.key_value_heads = dimensions.heads;
		}
		let imported = Imported::new(&Shape { architecture, dimensions, tied: false }, 8);
		let runner = ModelRunner::new(ModelStore::open(imported.folder.path(), u64::MAX).unwrap());
		let subject = subject(H256::repeat_byte(1), &[2u8; 32]);
		Self { imported, runner, subject }
	}

	fn model(&self) -> &Arc<Model> {
		&self.imported.model
	}

	fn generates(&self) -> bool {
		self.model().manifest().architecture.generates()
	}

	/// The leaves of items that are executed one after the other, by the portable instructions.
	fn alone(&self, indices: Range<u32>) -> Vec<H256> {
		let executor = Executor::with_instruction_set(one_thread(), InstructionSet::PORTABLE);
		let run = |index| {
			let job = item(self.subject, self.model().id(), self.generates(), index);
			let (priority, ignore) = (Priority::Job, &mut |_: &str| ());
			let run = execute_on(&executor, self.model(), &job, priority, one_thread(), ignore);
			let (attestation, bundle) = executor.complete(run).unwrap();
			assert!(bundle.fits(&attestation));
			leaf(&attestation, &bundle)
		};
		indices.map(run).collect()
	}

	fn order(&self, first: u32, items: u32) -> Order {
		Order::Sprint { subject: self.subject, model: self.model().id(), first, items }
	}

	/// The leaves that an order gives, among others on an executor.
	async fn leaves(&self, executor: &Executor, order: &Order, control: &Control) -> Vec<H256> {
		match self.runner.run(executor, order, control).await.unwrap() {
			Outcome::Sprinted { leaves } => leaves,
			other => panic!("{other:?} is no sprint"),
		}
	}
}

#[test]
fn leaves_are_those_of_the_items_done_alone() {
	for architecture in [Architecture::Llama, Architecture::Qwen3, Architecture::Bert] {
		let setup = Setup::new(architecture);
		let alone = setup.alone(0..40);
		for control in paths() {
			for (first, items) in [(0, 1), (8, MAX_ORDER_ITEMS), (7, 9)] {
				let executor = Executor::new(&control);
				let order = setup.order(first, items);
				let leaves = executor.complete(setup.leaves(&executor, &order, &control));
				let expected = &alone[first as usize..(first + items) as usize];
				assert_eq!(leaves, expected, "{architecture:?}, {control:?}, {first} + {items}");
			}
		}
	}
}

#[test]
fn orders_that_share_passes_with_each_other_and_with_jobs_give_the_same() {
	let setup = Setup::new(Architecture::Llama);
	let (control, model) = (two_threads(), setup.model());
	let alone = setup.alone(0..48);
	let jobs: Vec<_> = (0..3)
		.map(|number| order(model, JobKind::Generate(warm(30)), &format!("Number {number}")))
		.collect();
	let done: Vec<_> =
		jobs.iter().map(|job| execute(model, job, control, &mut |_| ()).unwrap()).collect();
	for pieces in [vec![0..16, 16..48], vec![30..48, 5..30, 0..5], vec![47..48, 46..47, 0..7]] {
		let executor = &Executor::new(control);
		let orders: Vec<_> =
			pieces.iter().map(|piece| setup.order(piece.start, piece.len() as u32)).collect();
		let sprints = orders.iter().map(|order| setup.leaves(executor, order, control));
		let executed = jobs.iter().map(|job| async move {
			execute_on(executor, model, job, Priority::Job, control, &mut |_| ()).await.unwrap()
		});
		let (leaves, executed) = executor.complete(join(join_all(sprints), join_all(executed)));
		assert_eq!(executed, done);
		for (piece, leaves) in pieces.into_iter().zip(leaves) {
			assert_eq!(leaves, alone[piece.start as usize..piece.end as usize], "{piece:?}");
		}
		// Many rows in a pass, and not one item after another.
		let passes = executor.passes();
		assert!(passes.tokens > 4 * passes.count, "{passes:?}");
	}
}

#[test]
fn every_item_is_a_job_that_can_be_checked() {
	for architecture in [Architecture::Llama, Architecture::Bert] {
		let setup = Setup::new(architecture);
		let (model, control) = (setup.model(), two_threads());
		for index in [0, 1, u32::MAX] {
			let job = item(setup.subject, model.id(), setup.generates(), index);
			let (attestation, bundle) = execute(model, &job, control, &mut |_| ()).unwrap();
			assert_eq!(matches!(bundle.output, Output::Text { .. }), setup.generates());
			let challenges = [H256::repeat_byte(3)];
			let (vote, _) =
				verify(model, &job, &attestation, &bundle, &challenges, control).unwrap();
			assert_eq!(vote, Vote::Match);
		}
	}
}
