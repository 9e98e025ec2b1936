// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The kernels on the processor, block after block.

use std::{cell::UnsafeCell, ffi::c_int};

use super::{
	arguments::{
		ActivateArguments, AddArguments, AttendArguments, CandidatesArguments, EmbedArguments,
		HeadsArguments, LinearArguments, NormArguments, QuantiseArguments, SplitArguments,
		SumArguments,
	},
	kernels::Kernel,
	Address,
};

/// Memory, aligned as a device's is.
pub(super) struct Slice(Box<[UnsafeCell<Line>]>);

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

// SAFETY: kernels and copies run on the thread of the executor that owns the memory.
unsafe impl Send for Slice {}
// SAFETY: as above.
unsafe impl Sync for Slice {}

impl Slice {
	pub(super) fn new(bytes: usize) -> Self {
		let lines = bytes.div_ceil(size_of::<Line>()).max(1);
		Self((0..lines).map(|_| UnsafeCell::new(Line([0; 64]))).collect())
	}

	pub(super) fn address(&self) -> Address {
		self.start() as Address
	}

	fn start(&self) -> *mut u8 {
		UnsafeCell::raw_get(self.0.as_ptr()).cast()
	}

	pub(super) fn write(&self, offset: usize, from: &[u8]) {
		// SAFETY: the caller has checked that it is within the memory, and no kernel runs.
		unsafe { self.start().add(offset).copy_from_nonoverlapping(from.as_ptr(), from.len()) }
	}

	pub(super) fn read(&self, to: &mut [u8]) {
		// SAFETY: as above.
		unsafe { to.as_mut_ptr().copy_from_nonoverlapping(self.start(), to.len()) }
	}
}

macro_rules! emulated {
	($($name:ident($arguments:ty);)*) => {
		extern "C" {
			$(fn $name(x: c_int, y: c_int, arguments: *const $arguments);)*
		}

		/// Runs a kernel.
		///
		/// # Safety
		///
		/// As [`super::Device::launch`].
		pub(super) unsafe fn launch<A: Copy>(
			kernel: Kernel<A>,
			(x, y): (usize, usize),
			arguments: &A,
		) {
			type Run = unsafe fn(c_int, c_int, *const u8);
			const ALL: &[Run] = &[$({
				unsafe fn run(x: c_int, y: c_int, arguments: *const u8) {
					$name(x, y, arguments.cast())
				}
				run
			}),*];
			ALL[kernel.index](x as c_int, y as c_int, std::ptr::from_ref(arguments).cast())
		}
	};
}

// In the order of `kernels.rs`.
emulated! {
	ergon_emulated_embed(EmbedArguments);
	ergon_emulated_norm_rows(NormArguments);
	ergon_emulated_layer_norm(NormArguments);
	ergon_emulated_quantise_rows(QuantiseArguments);
	ergon_emulated_activate(ActivateArguments);
	ergon_emulated_add_rows(AddArguments);
	ergon_emulated_split_rows(SplitArguments);
	ergon_emulated_linear_any(LinearArguments);
	ergon_emulated_linear_few(LinearArguments);
	ergon_emulated_linear_many(LinearArguments);
	ergon_emulated_finish_heads(HeadsArguments);
	ergon_emulated_attend_begin(AttendArguments);
	ergon_emulated_attend_largest(AttendArguments);
	ergon_emulated_attend_sum(AttendArguments);
	ergon_emulated_attend_end(AttendArguments);
	ergon_emulated_best_candidates(CandidatesArguments);
	ergon_emulated_sum_words(SumArguments);
}
