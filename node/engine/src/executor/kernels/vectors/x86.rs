// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! [`Vectors`] of x86-64.

use std::arch::x86_64::{
	__m256i, __m512i, _mm256_add_epi32, _mm256_add_epi64, _mm256_castsi256_si128,
	_mm256_cvtepi32_epi64, _mm256_cvtepi8_epi16, _mm256_extracti128_si256, _mm256_loadu_si256,
	_mm256_madd_epi16, _mm256_set1_epi32, _mm256_setzero_si256, _mm256_storeu_si256,
	_mm512_add_epi64, _mm512_castsi512_si256, _mm512_cvtepi32_epi64, _mm512_cvtepi8_epi16,
	_mm512_dpwssd_epi32, _mm512_extracti64x4_epi64, _mm512_loadu_si512, _mm512_reduce_add_epi64,
	_mm512_set1_epi32, _mm512_setzero_si512, _mm512_storeu_si512, _mm_loadu_si128, _mm_prefetch,
	_MM_HINT_T0,
};

use super::Vectors;

/// 256 bits: AVX2.
#[derive(Clone, Copy)]
pub(in super::super) struct Avx2;

impl Vectors for Avx2 {
	const LANES: usize = 8;
	type Elements = __m256i;
	type Sums = __m256i;

	#[inline(always)]
	unsafe fn zero() -> __m256i {
		_mm256_setzero_si256()
	}

	#[inline(always)]
	unsafe fn load(from: *const i16) -> __m256i {
		_mm256_loadu_si256(from.cast())
	}

	#[inline(always)]
	unsafe fn widen(from: *const i8) -> __m256i {
		_mm256_cvtepi8_epi16(_mm_loadu_si128(from.cast()))
	}

	#[inline(always)]
	unsafe fn repeat(from: *const i16) -> __m256i {
		_mm256_set1_epi32(from.cast::<i32>().read_unaligned())
	}

	#[inline(always)]
	unsafe fn prefetch(from: *const i8) {
		_mm_prefetch::<_MM_HINT_T0>(from);
	}

	#[inline(always)]
	unsafe fn multiply_add(sums: __m256i, left: __m256i, right: __m256i) -> __m256i {
		_mm256_add_epi32(sums, _mm256_madd_epi16(left, right))
	}

	#[inline(always)]
	unsafe fn store(sums: __m256i, to: *mut i32) {
		_mm256_storeu_si256(to.cast(), sums);
	}

	#[inline(always)]
	unsafe fn total(sums: __m256i) -> i64 {
		let low = _mm256_cvtepi32_epi64(_mm256_castsi256_si128(sums));
		let high = _mm256_cvtepi32_epi64(_mm256_extracti128_si256::<1>(sums));
		let mut lanes = [0i64; 4];
		_mm256_storeu_si256(lanes.as_mut_ptr().cast(), _mm256_add_epi64(low, high));
		lanes.into_iter().sum()
	}
}

/// 512 bits: AVX-512 F, BW, DQ, VL and VNNI.
#[derive(Clone, Copy)]
pub(in super::super) struct Avx512;

impl Vectors for Avx512 {
	const LANES: usize = 16;
	type Elements = __m512i;
	type Sums = __m512i;

	#[inline(always)]
	unsafe fn zero() -> __m512i {
		_mm512_setzero_si512()
	}

	#[inline(always)]
	unsafe fn load(from: *const i16) -> __m512i {
		_mm512_loadu_si512(from.cast())
	}

	#[inline(always)]
	unsafe fn widen(from: *const i8) -> __m512i {
		_mm512_cvtepi8_epi16(_mm256_loadu_si256(from.cast()))
	}

	#[inline(always)]
	unsafe fn repeat(from: *const i16) -> __m512i {
		_mm512_set1_epi32(from.cast::<i32>().read_unaligned())
	}

	#[inline(always)]
	unsafe fn prefetch(from: *const i8) {
		_mm_prefetch::<_MM_HINT_T0>(from);
	}

	// Not the instruction of the same name that saturates.
	#[inline(always)]
	unsafe fn multiply_add(sums: __m512i, left: __m512i, right: __m512i) -> __m512i {
		_mm512_dpwssd_epi32(sums, left, right)
	}

	#[inline(always)]
	unsafe fn store(sums: __m512i, to: *mut i32) {
		_mm512_storeu_si512(to.cast(), sums);
	}

	#[inline(always)]
	unsafe fn total(sums: __m512i) -> i64 {
		let low = _mm512_cvtepi32_epi64(_mm512_castsi512_si256(sums));
		let high = _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64::<1>(sums));
		_mm512_reduce_add_epi64(_mm512_add_epi64(low, high))
	}
}
