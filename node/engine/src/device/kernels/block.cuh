// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// How a block of threads is written down, so that the same source also runs without a device.
//
// A kernel is the program of one block. What stands in EACH is done once for every index, by whichever
// thread; what stands outside is done by all threads alike, with the same values. Between writing to
// memory of the block and reading what other threads wrote stands TOGETHER. Compiled by a C++ compiler
// instead of nvcc, a block is one thread that does everything in turn: tests run the kernels so where
// there is no device.

#pragma once

#include <stdint.h>

#ifdef __CUDACC__

#include <mma.h>

#define INLINE __device__ __forceinline__
#define SHARED __shared__
#define EACH(index, count) for (int index = threadIdx.x; index < (count); index += blockDim.x)
#define EACH_WARP(index, count) \
	for (int index = threadIdx.x / 32; index < (count); index += blockDim.x / 32)
#define TOGETHER __syncthreads()
#define UNROLL _Pragma("unroll")
#define KERNEL(name, Arguments) extern "C" __global__ void name(const Arguments of)
#define BLOCK_X int(blockIdx.x)
#define BLOCK_Y int(blockIdx.y)

namespace tiles = nvcuda::wmma;

INLINE int dot4(int left, int right, int sum) { return __dp4a(left, right, sum); }
INLINE void atomic_max(int32_t *to, int32_t value) { atomicMax(to, value); }
INLINE void atomic_add(int64_t *to, int64_t value) {
	atomicAdd(reinterpret_cast<unsigned long long *>(to), static_cast<unsigned long long>(value));
}
INLINE int atomic_next(int *counter) { return atomicAdd(counter, 1); }
INLINE int leading_zeros(uint64_t value) { return __clzll(static_cast<long long>(value)); }

template <typename T, typename Join> INLINE T over_warp(T value, Join join) {
	for (int offset = 16; offset > 0; offset /= 2) {
		value = join(value, __shfl_xor_sync(0xffffffff, value, offset));
	}
	return value;
}

// What `join` makes of `of` of every index and `start`, to all threads of the block.
template <typename T, typename Join, typename Of>
INLINE T over_block(int count, T start, Join join, Of of) {
	SHARED T parts[32];
	T mine = start;
	EACH(index, count) mine = join(mine, of(index));
	mine = over_warp(mine, join);
	__syncthreads();
	if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = mine;
	__syncthreads();
	T all = start;
	for (int warp = 0; warp < int(blockDim.x / 32); ++warp) all = join(all, parts[warp]);
	return all;
}

// Tells all threads of a warp the sum of what its lanes add up, each of every thirty-second index.
template <typename Of> INLINE void each_lane(int count, Of of) {
	for (int index = threadIdx.x % 32; index < count; index += 32) of(index);
}
INLINE int warp_sum(int value) {
	return over_warp(value, [](int left, int right) { return left + right; });
}
INLINE int64_t warp_sum(int64_t value) {
	return over_warp(value, [](int64_t left, int64_t right) { return left + right; });
}
INLINE bool is_first_lane() { return threadIdx.x % 32 == 0; }
INLINE void warp_together() { __syncwarp(); }

#else

#define INLINE static inline
#define SHARED static thread_local
#define EACH(index, count) for (int index = 0; index < (count); ++index)
#define EACH_WARP(index, count) for (int index = 0; index < (count); ++index)
#define TOGETHER
#define UNROLL
#define KERNEL(name, Arguments)                                                      \
	static void name##_block(const Arguments &of);                                     \
	extern "C" void ergon_emulated_##name(int x, int y, const Arguments *arguments) {  \
		for (block_y = 0; block_y < y; ++block_y)                                        \
			for (block_x = 0; block_x < x; ++block_x) name##_block(*arguments);            \
	}                                                                                  \
	static void name##_block(const Arguments &of)
#define BLOCK_X block_x
#define BLOCK_Y block_y

static thread_local int block_x, block_y;

INLINE int dot4(int left, int right, int sum) {
	for (int byte = 0; byte < 32; byte += 8) sum += int8_t(left >> byte) * int8_t(right >> byte);
	return sum;
}
INLINE void atomic_max(int32_t *to, int32_t value) { *to = *to < value ? value : *to; }
INLINE void atomic_add(int64_t *to, int64_t value) { *to += value; }
INLINE int atomic_next(int *counter) { return (*counter)++; }
INLINE int leading_zeros(uint64_t value) { return value == 0 ? 64 : __builtin_clzll(value); }

template <typename T, typename Join, typename Of>
INLINE T over_block(int count, T start, Join join, Of of) {
	EACH(index, count) start = join(start, of(index));
	return start;
}
template <typename Of> INLINE void each_lane(int count, Of of) { EACH(index, count) of(index); }
template <typename T> INLINE T warp_sum(T value) { return value; }
INLINE bool is_first_lane() { return true; }
INLINE void warp_together() {}

// The part of nvcuda::wmma that is used, one tile at a time.
namespace tiles {
struct matrix_a;
struct matrix_b;
struct accumulator;
struct row_major;
struct col_major;
enum layout_t { mem_row_major };
template <typename Use, int, int, int, typename T, typename Order = void> struct fragment {
	T tile[256];
};
template <typename F> void fill_fragment(F &to, int value) {
	for (auto &element : to.tile) element = value;
}
template <typename F, typename T> void load_matrix_sync(F &to, const T *from, unsigned stride) {
	for (int i = 0; i < 256; ++i) to.tile[i] = from[i / 16 * stride + i % 16];
}
// The second matrix was loaded column after column.
template <typename C, typename A, typename B>
void mma_sync(C &to, const A &left, const B &right, const C &sum) {
	for (int row = 0; row < 16; ++row)
		for (int column = 0; column < 16; ++column) {
			int total = sum.tile[16 * row + column];
			for (int k = 0; k < 16; ++k) total += left.tile[16 * row + k] * right.tile[16 * column + k];
			to.tile[16 * row + column] = total;
		}
}
template <typename F, typename T>
void store_matrix_sync(T *to, const F &from, unsigned stride, layout_t) {
	for (int i = 0; i < 256; ++i) to[i / 16 * stride + i % 16] = from.tile[i];
}
}  // namespace tiles

#endif

template <typename T, typename Of> INLINE T block_max(int count, T start, Of of) {
	return over_block(count, start, [](T left, T right) { return left < right ? right : left; }, of);
}
template <typename T, typename Of> INLINE T block_sum(int count, Of of) {
	return over_block(count, T(0), [](T left, T right) { return left + right; }, of);
}
