// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! All that an observer sees.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use ergon_engine::{
	executor::{Executor, Observer, Output, Priority, Session, Want},
	Control, Model,
};
use ergon_exact::{digest::Point, Candidate};

/// Everything that an observer sees.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Seen {
	pub(crate) residuals: Vec<(Point, Vec<i32>)>,
	pub(crate) outputs: Vec<(u32, Vec<i16>, i16, Vec<Candidate>)>,
}

impl Seen {
	/// In the order of positions, which does not depend on how the tokens were fed.
	pub(crate) fn sorted(mut self) -> Self {
		self.residuals.sort();
		self
	}
}

impl Observer for Seen {
	fn residual(&mut self, point: Point, row: &[i32]) {
		self.residuals.push((point, row.to_vec()));
	}

	fn output(&mut self, output: Output<'_>) {
		let candidates = output.candidates.unwrap().as_slice().to_vec();
		self.outputs.push((output.position, output.hidden.to_vec(), output.exponent, candidates));
	}
}

/// What is seen of `tokens` that are fed in pieces of at most `piece`, beside whatever else the executor
/// runs.
pub(crate) async fn feed(
	executor: &Executor,
	model: &Arc<Model>,
	tokens: &[u32],
	piece: usize,
	control: &Control,
) -> Seen {
	let capacity = tokens.len() as u32;
	let mut session = Session::new(executor, model, capacity, Priority::Job, control);
	let seen = Rc::new(RefCell::new(Seen::default()));
	let want = Want { from: 0, candidates: true };
	for tokens in tokens.chunks(piece) {
		session.feed(tokens, want, &seen).await.unwrap();
	}
	seen.take().sorted()
}
