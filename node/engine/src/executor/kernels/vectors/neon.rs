// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! [`Vectors`] of 64-bit Arm, all of which have NEON.

use std::arch::aarch64::{
	int16x8_t, int32x4_t, vaddlvq_s32, vaddq_s32, vdupq_n_s32, vget_low_s16, vld1_s8, vld1q_s16,
	vmovl_s8, vmull_high_s16, vmull_s16, vpaddq_s32, vreinterpretq_s16_s32, vst1q_s32,
};

use super::Vectors;

/// 128 bits.
#[derive(Clone, Copy)]
pub(in super::super) struct Neon;

impl Vectors for Neon {
	const LANES: usize = 4;
	type Elements = int16x8_t;
	type Sums = int32x4_t;

	#[inline(always)]
	unsafe fn zero() -> int32x4_t {
		vdupq_n_s32(0)
	}

	#[inline(always)]
	unsafe fn load(from: *const i16) -> int16x8_t {
		vld1q_s16(from)
	}

	#[inline(always)]
	unsafe fn widen(from: *const i8) -> int16x8_t {
		vmovl_s8(vld1_s8(from))
	}

	#[inline(always)]
	unsafe fn repeat(from: *const i16) -> int16x8_t {
		vreinterpretq_s16_s32(vdupq_n_s32(from.cast::<i32>().read_unaligned()))
	}

	#[inline(always)]
	unsafe fn multiply_add(sums: int32x4_t, left: int16x8_t, right: int16x8_t) -> int32x4_t {
		let low = vmull_s16(vget_low_s16(left), vget_low_s16(right));
		vaddq_s32(sums, vpaddq_s32(low, vmull_high_s16(left, right)))
	}

	#[inline(always)]
	unsafe fn store(sums: int32x4_t, to: *mut i32) {
		vst1q_s32(to, sums);
	}

	#[inline(always)]
	unsafe fn total(sums: int32x4_t) -> i64 {
		vaddlvq_s32(sums)
	}
}
