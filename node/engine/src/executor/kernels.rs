// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The inner loops.
//!
//! Each computes what the function of the same purpose in `ergon_exact` defines; sums are split into
//! 32-bit partial sums that cannot overflow, and integer addition gives the same total in any order.
//! The same source is compiled for several instruction sets, and the best that the machine has is
//! chosen at run time. Loops count through slices of known length: iterator adapters and closures
//! would have to be inlined across units of compilation to become the same code.

// The loops are the point of this file.
#![allow(clippy::needless_range_loop)]

#[cfg(target_arch = "x86_64")]
mod amx;
mod attention;
mod linear;
mod memory;
mod rows;
mod vectors;

use std::{cell::Cell, marker::PhantomData};

use ergon_exact::Scale;

pub(super) use self::{
	attention::Attention,
	memory::{reserve, Room},
};
use crate::{model::Matrix, team::Team};

/// Tokens from which on the tile unit is faster than vectors, although it computes sixteen anyway.
#[cfg(target_arch = "x86_64")]
const TILES_FROM: usize = 4;
/// Bytes of weights that a thread takes at a time.
const TASK_BYTES: usize = 1 << 16;

/// The instruction set that kernels use: one that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstructionSet(Kind);

/// The instruction sets that there are kernels for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
	Portable,
	/// 128-bit vectors of 64-bit Arm.
	#[cfg(target_arch = "aarch64")]
	Neon,
	/// 256-bit vectors of x86-64.
	#[cfg(target_arch = "x86_64")]
	Avx2,
	/// 512-bit vectors of x86-64 with VNNI.
	#[cfg(target_arch = "x86_64")]
	Avx512,
	/// These, and the tile unit for products of matrices.
	#[cfg(target_arch = "x86_64")]
	Amx,
}

impl InstructionSet {
	/// What every machine of the target has.
	pub const PORTABLE: Self = Self(Kind::Portable);

	/// All that this machine has, best last.
	pub fn available() -> Vec<Self> {
		let mut sets = vec![Self::PORTABLE];
		#[cfg(target_arch = "aarch64")]
		sets.push(Self(Kind::Neon));
		#[cfg(target_arch = "x86_64")]
		{
			if is_x86_feature_detected!("avx2") {
				sets.push(Self(Kind::Avx2));
			}
			if is_x86_feature_detected!("avx512f")
				&& is_x86_feature_detected!("avx512bw")
				&& is_x86_feature_detected!("avx512dq")
				&& is_x86_feature_detected!("avx512vl")
				&& is_x86_feature_detected!("avx512vnni")
			{
				sets.push(Self(Kind::Avx512));
				if amx::is_available() {
					sets.push(Self(Kind::Amx));
				}
			}
		}
		sets
	}

	/// The best that this machine has.
	pub fn best() -> Self {
		Self::available().pop().unwrap_or(Self::PORTABLE)
	}
}

thread_local! {
	/// A row before it becomes one of 16 bits.
	static WIDE: Cell<Vec<i64>> = const { Cell::new(Vec::new()) };
}

/// Compiles a function once per instruction set and calls the one that is asked for. Its body may call
/// functions over the type parameter, which is the instruction set's [`vectors::Vectors`].
macro_rules! dispatch {
	($set:ident, $vectors:ident, ($($argument:ident: $type:ty),*), $body:block) => {{
		#[inline(always)]
		unsafe fn body<$vectors: vectors::Vectors>($($argument: $type),*) $body

		#[cfg(target_arch = "x86_64")]
		#[target_feature(enable = "avx2")]
		unsafe fn avx2($($argument: $type),*) {
			body::<vectors::x86::Avx2>($($argument),*)
		}

		#[cfg(target_arch = "x86_64")]
		#[target_feature(enable = "avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
		unsafe fn avx512($($argument: $type),*) {
			body::<vectors::x86::Avx512>($($argument),*)
		}

		match $set.0 {
			Kind::Portable => body::<vectors::Portable>($($argument),*),
			#[cfg(target_arch = "aarch64")]
			Kind::Neon => body::<vectors::neon::Neon>($($argument),*),
			#[cfg(target_arch = "x86_64")]
			Kind::Avx2 => avx2($($argument),*),
			#[cfg(target_arch = "x86_64")]
			Kind::Avx512 | Kind::Amx => avx512($($argument),*),
		}
	}};
}

/// A kernel, whose first argument is the instruction set; see [`dispatch`].
macro_rules! kernel {
	(
		$(#[$attribute:meta])*
		fn $name:ident<$vectors:ident>($($argument:ident: $type:ty),* $(,)?) $body:block
	) => {
		$(#[$attribute])*
		pub(super) fn $name(set: InstructionSet, $($argument: $type),*) {
			// SAFETY: an instruction set is one that the machine has.
			unsafe { dispatch!(set, $vectors, ($($argument: $type),*), $body) }
		}
	};
	(
		$(#[$attribute:meta])*
		unsafe fn $name:ident<$vectors:ident>($($argument:ident: $type:ty),* $(,)?) $body:block
	) => {
		$(#[$attribute])*
		unsafe fn $name(set: InstructionSet, $($argument: $type),*) {
			dispatch!(set, $vectors, ($($argument: $type),*), $body)
		}
	};
}

/// Rows of equal length, one exponent each: what a batch of tokens brings to a matrix.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
	/// Row after row.
	pub(super) elements: &'a [i16],
	/// One per row.
	pub(super) exponents: &'a [i16],
}

/// Consecutive rows of a matrix.
#[derive(Clone, Copy)]
pub(super) struct MatrixRows<'a> {
	/// Row after row.
	weights: &'a [i8],
	/// One per row.
	scales: &'a [Scale],
	/// Length of a row.
	columns: usize,
}

impl<'a> MatrixRows<'a> {
	/// `count` rows of a matrix from `first` on.
	pub(super) fn of(matrix: Matrix<'a>, first: usize, count: usize) -> Self {
		Self {
			weights: &matrix.weights[first * matrix.columns..][..count * matrix.columns],
			scales: &matrix.scales[first..][..count],
			columns: matrix.columns,
		}
	}
}

/// Where a product goes: one row of outputs per token. Tasks of one product share it, and each writes
/// to columns of its own.
#[derive(Clone, Copy)]
pub(super) struct Grid<'a> {
	to: *mut i32,
	/// Outputs of a token.
	stride: usize,
	lifetime: PhantomData<&'a mut [i32]>,
}

// SAFETY: whoever writes through it says that nobody else writes to the same place.
unsafe impl Send for Grid<'_> {}
// SAFETY: as above.
unsafe impl Sync for Grid<'_> {}

impl<'a> Grid<'a> {
	/// Rows of `stride` outputs.
	pub(super) fn new(out: &'a mut [i32], stride: usize) -> Self {
		Self { to: out.as_mut_ptr(), stride, lifetime: PhantomData }
	}

	/// The part from a token and a column on.
	///
	/// # Safety
	///
	/// They are within the grid.
	#[inline(always)]
	unsafe fn at(self, token: usize, column: usize) -> Self {
		Self { to: self.to.add(token * self.stride + column), ..self }
	}

	/// The outputs of one token.
	///
	/// # Safety
	///
	/// It is within the grid, and nobody else accesses them.
	#[inline(always)]
	pub(super) unsafe fn row(self, token: usize) -> &'a mut [i32] {
		std::slice::from_raw_parts_mut(self.to.add(token * self.stride), self.stride)
	}

	/// The first outputs of one token.
	///
	/// # Safety
	///
	/// They are within the grid, and nobody else accesses them.
	#[inline(always)]
	unsafe fn part(self, token: usize, count: usize) -> &'a mut [i32] {
		std::slice::from_raw_parts_mut(self.to.add(token * self.stride), count)
	}
}

/// A batch in the form in which it is multiplied.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
	batch: Batch<'a>,
	#[cfg(target_arch = "x86_64")]
	planes: Option<&'a [amx::Line]>,
}

/// Memory for [`Input`].
#[derive(Default)]
pub(super) struct InputMemory {
	#[cfg(target_arch = "x86_64")]
	planes: amx::Planes,
}

impl<'a> Input<'a> {
	/// Brings a batch of rows of `columns` elements into the form that the instruction set wants.
	pub(super) fn new(
		set: InstructionSet,
		team: &Team,
		batch: Batch<'a>,
		columns: usize,
		memory: &'a mut InputMemory,
	) -> Self {
		#[cfg(target_arch = "x86_64")]
		{
			let tokens = batch.exponents.len();
			if set.0 != Kind::Amx || tokens < TILES_FROM || !amx::suits(columns) {
				return Self { batch, planes: None };
			}
			let blocks = memory.planes.blocks(tokens, columns);
			let rows = batch.elements[..tokens * columns].chunks(amx::TILE * columns);
			team.for_each(blocks.zip(rows), |(block, rows)| amx::pack(rows, columns, block));
			Self { batch, planes: Some(memory.planes.lines()) }
		}
		#[cfg(not(target_arch = "x86_64"))]
		{
			_ = (set, team, columns, memory);
			Self { batch }
		}
	}

	/// Number of tokens.
	pub(super) fn tokens(&self) -> usize {
		self.batch.exponents.len()
	}
}

/// Rows of a matrix with `columns` columns that a thread takes at a time: a multiple of what any
/// instruction set multiplies together.
pub(super) fn task_rows(columns: usize) -> usize {
	(TASK_BYTES / columns.max(1)).next_multiple_of(32)
}

/// Multiplies some rows with a batch: `out` gets one column per row, in Q16.
///
/// # Safety
///
/// `out` has at least as many columns as there are rows, and as many rows as there are tokens; nobody
/// else accesses them.
pub(super) unsafe fn multiply(set: InstructionSet, rows: MatrixRows, input: Input, out: Grid) {
	#[cfg(target_arch = "x86_64")]
	if let Some(planes) = input.planes {
		return amx::multiply(rows, planes, input.batch.exponents, out);
	}
	multiply_vectors(set, rows, input.batch, out);
}

/// Multiplies a batch with matrices of as many columns: `out` gets, for each token, the outputs of one
/// matrix after the other, in Q16.
pub(super) fn linear(
	set: InstructionSet,
	team: &Team,
	matrices: &[Matrix],
	input: Input,
	out: &mut [i32],
) {
	let Some(columns) = matrices.first().map(|matrix| matrix.columns) else { return };
	let outputs: usize = matrices.iter().map(Matrix::rows).sum();
	let grid = Grid::new(&mut out[..outputs * input.tokens()], outputs);
	let rows_of_task = task_rows(columns);
	let tasks_of = |matrix: &Matrix| matrix.rows().div_ceil(rows_of_task);
	team.run(matrices.iter().map(tasks_of).sum(), &|_, mut task| {
		let mut column = 0;
		for matrix in matrices {
			let tasks = tasks_of(matrix);
			if task >= tasks {
				task -= tasks;
				column += matrix.rows();
				continue;
			}
			let first = task * rows_of_task;
			let count = rows_of_task.min(matrix.rows() - first);
			// SAFETY: each row of each matrix has a column of its own, and a task rows of its own.
			return unsafe {
				multiply(
					set,
					MatrixRows::of(*matrix, first, count),
					input,
					grid.at(0, column + first),
				)
			};
		}
	});
}

kernel! {
	/// [`linear::multiply`].
	unsafe fn multiply_vectors<V>(rows: MatrixRows, batch: Batch, out: Grid) {
		linear::multiply::<V>(rows, batch, out);
	}
}

kernel! {
	/// A row of one head for each head of `width` elements, and its exponent.
	fn quantise_heads<V>(values: &[i32], width: usize, out: &mut [i16], exponents: &mut [i16]) {
		for head in 0..exponents.len() {
			let values = &values[head * width..][..width];
			exponents[head] = rows::quantise(values, &mut out[head * width..][..width]);
		}
	}
}

kernel! {
	/// [`rows::norm_row`].
	fn norm_row<V>(
		values: &[i32],
		weights: &[i32],
		fraction: i16,
		epsilon: u64,
		out: &mut [i16],
		exponent: &mut i16,
	) {
		let mut wide = WIDE.take();
		*exponent = rows::norm_row(values, weights, fraction, epsilon, &mut wide, out);
		WIDE.set(wide);
	}
}

kernel! {
	/// [`rows::norm_q16`] of every head of `width` elements.
	fn norm_heads<V>(
		heads: &mut [i32],
		width: usize,
		weights: &[i32],
		fraction: i16,
		epsilon: u64,
	) {
		let mut start = 0;
		while start + width <= heads.len() {
			rows::norm_q16(&mut heads[start..start + width], weights, fraction, epsilon);
			start += width;
		}
	}
}

kernel! {
	/// [`rows::layer_norm`].
	fn layer_norm_row<V>(
		values: &mut [i32],
		weights: &[i32],
		fraction: i16,
		biases: &[i32],
		epsilon: u64,
	) {
		rows::layer_norm(values, weights, fraction, biases, epsilon);
	}
}

kernel! {
	/// [`rows::gelu`].
	fn gelu_row<V>(values: &[i32], out: &mut [i16], exponent: &mut i16) {
		let mut wide = WIDE.take();
		*exponent = rows::gelu(values, &mut wide, out);
		WIDE.set(wide);
	}
}

kernel! {
	/// [`rows::add`].
	fn add_row<V>(values: &mut [i32], addends: &[i32]) {
		rows::add(values, addends);
	}
}

kernel! {
	/// [`rows::gate`].
	fn gate_row<V>(gates: &[i32], ups: &[i32], out: &mut [i16], exponent: &mut i16) {
		let mut wide = WIDE.take();
		*exponent = rows::gate(gates, ups, &mut wide, out);
		WIDE.set(wide);
	}
}

kernel! {
	/// [`rows::rotate`].
	fn rotate_heads<V>(heads: &mut [i32], width: usize, cosines: &[i32], sines: &[i32]) {
		rows::rotate(heads, width, cosines, sines);
	}
}

kernel! {
	/// [`attention::attend`].
	fn attend<V>(attention: Attention, out: &mut [i32]) {
		attention::attend::<V>(attention, out);
	}
}

#[cfg(test)]
mod tests {
	use super::super::cache::{Cache, PageLayout};
	use super::*;
	use ergon_core::Dimensions;
	use ergon_exact::{
		attention::{self, Rows, ScoreScale},
		linear as exact,
		row::MAX_ELEMENT,
	};
	use proptest::prelude::*;

	fn element() -> impl Strategy<Value = i16> {
		prop_oneof![-MAX_ELEMENT..=MAX_ELEMENT, Just(MAX_ELEMENT), Just(-MAX_ELEMENT)]
	}

	fn weight() -> impl Strategy<Value = i8> {
		prop_oneof![any::<i8>(), Just(i8::MIN), Just(i8::MAX)]
	}

	proptest! {
		#[test]
		fn linear_is_the_definition(
			(columns, tokens, rows) in (1usize..1_100, 1usize..40, 1usize..80),
			seed in prop::collection::vec((weight(), element()), 1_100),
			exponent in -20i16..-5,
		) {
			let weights: Vec<i8> =
				(0..columns * rows).map(|index| seed[index * 7 % seed.len()].0).collect();
			let elements: Vec<i16> =
				(0..columns * tokens).map(|index| seed[index * 3 % seed.len()].1).collect();
			let scales: Vec<Scale> =
				(0..rows).map(|row| Scale { mantissa: 40_000 + row as u16, exponent: -25 }).collect();
			let exponents: Vec<i16> = (0..tokens).map(|token| exponent + token as i16 % 3).collect();
			let matrix = Matrix { weights: &weights, scales: &scales, biases: &[], columns };
			let team = Team::new(2).unwrap();
			for set in InstructionSet::available() {
				let mut out = vec![0; rows * tokens];
				let mut memory = InputMemory::default();
				let batch = Batch { elements: &elements, exponents: &exponents };
				let input = Input::new(set, &team, batch, columns, &mut memory);
				linear(set, &team, &[matrix], input, &mut out);
				for row in 0..rows {
					for token in 0..tokens {
						let exact = exact::linear(
							&weights[row * columns..][..columns],
							scales[row],
							&elements[token * columns..][..columns],
							exponents[token],
						);
						prop_assert_eq!(out[token * rows + row], exact, "{:?}", set);
					}
				}
			}
		}

		#[test]
		fn attention_is_the_definition(
			(width, queries) in (1usize..80, 1usize..10),
			positions in 1usize..100,
			seed in prop::collection::vec(element(), 997),
			exponents in prop::collection::vec(-20i16..1, 100),
			spread in prop_oneof![Just(1), Just(300)],
		) {
			let take = |from: usize, count: usize| -> Vec<i16> {
				(from..from + count).map(|index| seed[index % seed.len()]).collect()
			};
			// A spread of exponents beyond what is computed in vectors.
			let exponent = |index: usize| exponents[index % 100] * spread;
			let exponents_from = |from, count| (from..from + count).map(exponent).collect::<Vec<_>>();
			let (keys, key_exponents) = (take(7, width * positions), exponents_from(3, positions));
			let (values, value_exponents) =
				(take(401, width * positions), exponents_from(50, positions));
			let (all, all_exponents) = (take(0, width * queries), exponents_from(0, queries));
			let scale = ScoreScale::of(width as u32);

			let dimensions = Dimensions {
				vocabulary: 1,
				hidden: 1,
				intermediate: 1,
				layers: 2,
				heads: 2 * queries as u32,
				key_value_heads: 2,
				head_width: width as u32,
				context: 1_000,
			};
			let mut cache = Cache::new(&dimensions, positions);
			// What another sequence left there counts for nothing.
			cache.grow(positions + 40);
			cache.fill(17);
			let layout = PageLayout::new(&dimensions);
			let place = layout.head(1, 1);
			for position in 0..positions {
				let slot = cache.slot(position);
				let of = |rows: &[i16]| rows[position * width..][..width].to_vec();
				// SAFETY: the cache is of this layout, and nobody else uses it.
				unsafe {
					slot.write_key(layout, place, &of(&keys), key_exponents[position]);
					slot.write_value(layout, place, &of(&values), value_exponents[position]);
				}
			}
			for set in InstructionSet::available() {
				let mut out = vec![0; queries * width];
				let attention = Attention {
					queries: &all,
					exponents: &all_exponents,
					scale,
					pages: cache.pages(),
					layout,
					place,
					positions,
				};
				attend(set, attention, &mut out);
				for (query, out) in out.chunks(width).enumerate() {
					let mut exact = vec![0; width];
					attention::head(
						&all[query * width..][..width],
						all_exponents[query],
						Rows { elements: &keys, exponents: &key_exponents },
						Rows { elements: &values, exponents: &value_exponents },
						scale,
						&mut exact,
					);
					prop_assert_eq!(out, exact, "{:?}", set);
				}
			}
		}
	}

	#[test]
	fn full_range_does_not_overflow() {
		for set in InstructionSet::available() {
			let (weights, elements) = ([i8::MIN; 4_096], [-MAX_ELEMENT; 4_096]);
			let scales = [Scale { mantissa: 1 << 15, exponent: -31 }];
			let batch = Batch { elements: &elements, exponents: &[-16] };
			let mut out = [0];
			let (mut memory, team) = (InputMemory::default(), Team::new(1).unwrap());
			let input = Input::new(set, &team, batch, 4_096, &mut memory);
			let matrix = Matrix { weights: &weights, scales: &scales, biases: &[], columns: 4_096 };
			linear(set, &team, &[matrix], input, &mut out);
			assert_eq!(out[0], exact::linear(&weights, scales[0], &elements, -16));
		}
	}
}
