// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who looks on while a sequence goes through a pass, and what is seen.

use std::{
	cell::RefCell,
	panic::{catch_unwind, AssertUnwindSafe},
	rc::Rc,
};

use ergon_exact::{digest::Point, operators::Operator, Candidates};

use crate::{control::Control, error::ExecutionError};

/// What a position gives: the final hidden row, and the candidates for the next token.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a> {
	/// Index in the sequence.
	pub position: u32,
	/// Elements of the final, normed row.
	pub hidden: &'a [i16],
	/// Their exponent.
	pub exponent: i16,
	/// The best next tokens, where they were asked for.
	pub candidates: Option<&'a Candidates>,
}

/// Sees what happens to a sequence inside a pass. One that panics ends its sequence, and no other.
pub trait Observer {
	/// The residual row of a position after a layer, in Q16; for every layer and position. After an
	/// accident of another sequence in the same pass, a row may come a second time.
	fn residual(&mut self, _point: Point, _row: &[i32]) {}

	/// Whether [`Self::residual`] is of interest after a layer, or [`Self::embedded`] for none: on a device,
	/// the others are not fetched.
	fn looks_at(&self, _layer: Option<u32>) -> bool {
		true
	}

	/// What a position gives, in ascending order; for the positions that were asked for.
	fn output(&mut self, _output: Output<'_>) {}

	/// The row of a position that enters the first layer, in Q16.
	fn embedded(&mut self, _position: u32, _row: &[i32]) {}

	/// The layer whose operators are to be shown.
	fn traced_layer(&self) -> Option<u32> {
		None
	}

	/// What an operator of that layer gives for a position; [`Operator::Values`] is left out, which says
	/// nothing new. As with residual rows, some may come twice.
	fn operator(&mut self, _operator: Operator, _position: u32, _row: OperatorRow) {}

	/// The last layer that matters. When it does for nobody in a pass, later layers and outputs are left
	/// out.
	fn last_layer(&self) -> u32 {
		u32::MAX
	}
}

/// A row of an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorRow {
	/// Its exponents, if it has any.
	pub exponents: Vec<i16>,
	/// Its elements.
	pub elements: Elements,
}

/// Elements of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elements {
	/// In Q16.
	Q16(Vec<i32>),
	/// Under exponents.
	Row(Vec<i16>),
}

/// Sees nothing.
impl Observer for () {
	fn looks_at(&self, _layer: Option<u32>) -> bool {
		false
	}
}

/// Which outputs are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
	/// The first position whose output is computed.
	pub from: u32,
	/// Whether candidates are computed too.
	pub candidates: bool,
}

impl Want {
	/// No output.
	pub const NOTHING: Self = Self { from: u32::MAX, candidates: false };
}

/// Who looks on, and how it went so far.
pub(crate) struct Spectator {
	pub(crate) want: Want,
	observer: Rc<RefCell<dyn Observer>>,
	control: Control,
	pub(super) traced_layer: Option<u32>,
	pub(super) last_layer: u32,
	pub(crate) result: Result<(), ExecutionError>,
}

impl Spectator {
	/// Who looks on, under a control.
	pub(super) fn new(want: Want, observer: &Rc<RefCell<dyn Observer>>, control: &Control) -> Self {
		let (traced_layer, last_layer) = {
			let observer = observer.borrow();
			(observer.traced_layer(), observer.last_layer())
		};
		Self {
			want,
			observer: Rc::clone(observer),
			control: control.clone(),
			traced_layer,
			last_layer,
			result: Ok(()),
		}
	}

	/// Ends it if its control says so.
	pub(crate) fn check(&mut self) {
		if self.result.is_ok() {
			self.result = self.control.check();
		}
	}

	/// Tells the observer something; if it panics, that is the end of its sequence and of no other.
	pub(crate) fn tell(&mut self, what: impl FnOnce(&mut dyn Observer)) {
		if self.result.is_ok() {
			let observer = &self.observer;
			self.result = catch_unwind(AssertUnwindSafe(|| what(&mut *observer.borrow_mut())))
				.map_err(|panic| ExecutionError::panicked(&*panic));
		}
	}

	/// Whether residual rows are of interest; see [`Observer::looks_at`].
	#[cfg(device)]
	pub(crate) fn looks_at(&self, layer: Option<u32>) -> bool {
		self.observer.borrow().looks_at(layer)
	}

	/// Ends it if it traces a layer, which devices do not show the inside of.
	#[cfg(device)]
	pub(crate) fn refuse_traces(&mut self) {
		if self.traced_layer.is_some() && self.result.is_ok() {
			let what = "a device does not show the inside of a layer: trace it on the processor";
			self.result = Err(ExecutionError::Internal(what.into()));
		}
	}
}
