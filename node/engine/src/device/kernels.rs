// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The kernels by name, each with the type of its arguments and the threads of its blocks.

use std::marker::PhantomData;

use super::arguments::{
	ActivateArguments, AddArguments, AttendArguments, CandidatesArguments, EmbedArguments,
	HeadsArguments, LinearArguments, NormArguments, QuantiseArguments, SplitArguments,
	SumArguments,
};

/// Outputs that a block of a product computes; as in `linear.cuh`.
pub(super) const BLOCK_OUTPUTS: usize = 4;
/// Tokens that a block of [`LINEAR_FEW`] takes.
pub(super) const FEW_TOKENS: usize = 8;
/// Side of a tile of [`LINEAR_MANY`].
pub(super) const TILE: usize = 16;
/// Tokens that a block of it takes.
pub(super) const TILED_TOKENS: usize = 4 * TILE;
/// Positions that a block of attention looks at; as in `attention.cuh`.
pub(super) const CHUNK: usize = 256;
/// Positions of a page.
pub(super) const PAGE: usize = 32;

/// A kernel with arguments of a type.
pub(crate) struct Kernel<A> {
	/// Its place in [`NAMES`].
	pub(super) index: usize,
	/// Threads of a block.
	#[cfg_attr(not(feature = "cuda"), allow(dead_code))]
	pub(super) threads: u32,
	arguments: PhantomData<A>,
}

impl<A> Clone for Kernel<A> {
	fn clone(&self) -> Self {
		*self
	}
}

impl<A> Copy for Kernel<A> {}

macro_rules! kernels {
	($($(#[$attribute:meta])* $constant:ident = $name:ident($arguments:ty) by $threads:expr;)*) => {
		#[allow(non_camel_case_types, clippy::upper_case_acronyms)]
		enum Index {
			$($constant,)*
		}

		/// Their names in the compiled module.
		#[cfg_attr(not(feature = "cuda"), allow(dead_code))]
		pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];

		$($(#[$attribute])* pub(super) const $constant: Kernel<$arguments> =
			Kernel { index: Index::$constant as usize, threads: $threads, arguments: PhantomData };)*
	};
}

/// A warp per output.
const LINEAR_THREADS: u32 = 32 * BLOCK_OUTPUTS as u32;

kernels! {
	EMBED = embed(EmbedArguments) by 256;
	NORM_ROWS = norm_rows(NormArguments) by 256;
	LAYER_NORM = layer_norm(NormArguments) by 256;
	QUANTISE_ROWS = quantise_rows(QuantiseArguments) by 256;
	ACTIVATE = activate(ActivateArguments) by 512;
	ADD_ROWS = add_rows(AddArguments) by 256;
	SPLIT_ROWS = split_rows(SplitArguments) by 256;
	LINEAR_ANY = linear_any(LinearArguments) by LINEAR_THREADS;
	LINEAR_FEW = linear_few(LinearArguments) by LINEAR_THREADS;
	LINEAR_MANY = linear_many(LinearArguments) by LINEAR_THREADS;
	FINISH_HEADS = finish_heads(HeadsArguments) by 128;
	ATTEND_BEGIN = attend_begin(AttendArguments) by 128;
	ATTEND_LARGEST = attend_largest(AttendArguments) by 128;
	ATTEND_SUM = attend_sum(AttendArguments) by 128;
	ATTEND_END = attend_end(AttendArguments) by 128;
	BEST_CANDIDATES = best_candidates(CandidatesArguments) by 1_024;
	SUM_WORDS = sum_words(SumArguments) by 256;
}
