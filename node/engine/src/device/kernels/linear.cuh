// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// Products of a matrix and rows. An element is 256 * high + low, both signed bytes; sums of products
// with either half fit 32 bits for up to 2^16 columns, and adding them in any order gives the same.

#pragma once

#include "exact.cuh"

struct SplitArguments {
	const int16_t *rows;
	// High bytes of all rows, then low bytes.
	int8_t *planes;
	int64_t plane;
	int32_t columns;
};

KERNEL(split_rows, SplitArguments) {
	int64_t first = int64_t(BLOCK_X) * of.columns;
	EACH(index, of.columns) {
		int16_t value = of.rows[first + index];
		int8_t low = int8_t(value);
		of.planes[first + index] = int8_t((value - low) >> 8);
		of.planes[of.plane + first + index] = low;
	}
}

struct LinearArguments {
	const int8_t *weights;
	const Scale *scales;
	const int32_t *biases;
	const int16_t *rows;
	const int16_t *exponents;
	const int8_t *planes;
	int64_t plane;
	int32_t *out;
	int32_t outputs;
	int32_t columns;
	int32_t tokens;
	// Outputs of a token in `out`, and which of them is this matrix's first.
	int32_t stride;
	int32_t first;
};

INLINE void put(const LinearArguments &of, int token, int row, int64_t dot) {
	int32_t value = requantise(dot, of.scales[row], of.exponents[token]);
	if (of.biases) value = add(value, of.biases[row]);
	of.out[int64_t(token) * of.stride + of.first + row] = value;
}

// Outputs that a block computes.
constexpr int BLOCK_OUTPUTS = 4;
// Tokens that share a weight that was loaded.
constexpr int FEW_TOKENS = 8;

// For any number of columns: a warp per output.
KERNEL(linear_any, LinearArguments) {
	EACH_WARP(warp, BLOCK_OUTPUTS) {
		int row = BLOCK_X * BLOCK_OUTPUTS + warp;
		if (row < of.outputs) {
			const int8_t *weights = of.weights + int64_t(row) * of.columns;
			const int16_t *elements = of.rows + int64_t(BLOCK_Y) * of.columns;
			int64_t sum = 0;
			each_lane(of.columns, [&](int index) { sum += int(weights[index]) * elements[index]; });
			sum = warp_sum(sum);
			if (is_first_lane()) put(of, BLOCK_Y, row, sum);
		}
	}
}

struct alignas(16) Sixteen {
	int32_t words[4];
};

// For few tokens and columns in sixteens: bound by how fast weights are read.
KERNEL(linear_few, LinearArguments) {
	int begin = BLOCK_Y * FEW_TOKENS;
	int count = of.tokens - begin < FEW_TOKENS ? of.tokens - begin : FEW_TOKENS;
	EACH_WARP(warp, BLOCK_OUTPUTS) {
		int row = BLOCK_X * BLOCK_OUTPUTS + warp;
		if (row < of.outputs) {
			auto sixteens = [&](const int8_t *from, int64_t row) {
				return reinterpret_cast<const Sixteen *>(from + row * of.columns);
			};
			const Sixteen *weights = sixteens(of.weights, row);
			int high[FEW_TOKENS] = {}, low[FEW_TOKENS] = {};
			each_lane(of.columns / 16, [&](int index) {
				Sixteen left = weights[index];
				UNROLL
				for (int token = 0; token < FEW_TOKENS; ++token) {
					if (token < count) {
						Sixteen highs = sixteens(of.planes, begin + token)[index];
						Sixteen lows = sixteens(of.planes + of.plane, begin + token)[index];
						for (int word = 0; word < 4; ++word) {
							high[token] = dot4(left.words[word], highs.words[word], high[token]);
							low[token] = dot4(left.words[word], lows.words[word], low[token]);
						}
					}
				}
			});
			UNROLL
			for (int token = 0; token < FEW_TOKENS; ++token) {
				if (token < count) {
					int64_t highs = warp_sum(high[token]), lows = warp_sum(low[token]);
					if (is_first_lane()) put(of, begin + token, row, 256 * highs + lows);
				}
			}
		}
	}
}

constexpr int TILE = 16;
// Tiles of tokens that share a tile of weights that was loaded.
constexpr int TOKEN_TILES = 4;

// For many tokens and columns in thirty-twos, on tensor cores: a warp computes sixteen outputs of
// sixty-four tokens. Rows beyond the last output are loaded and left out, and lie within the blob's
// allocation; so do tokens beyond the last.
KERNEL(linear_many, LinearArguments) {
	SHARED int32_t sums[BLOCK_OUTPUTS][2][TILE * TILE];
	EACH_WARP(warp, BLOCK_OUTPUTS) {
		int row = (BLOCK_X * BLOCK_OUTPUTS + warp) * TILE;
		int token = BLOCK_Y * TOKEN_TILES * TILE;
		if (row < of.outputs) {
			tiles::fragment<tiles::accumulator, 16, 16, 16, int> high[TOKEN_TILES], low[TOKEN_TILES];
			for (int tile = 0; tile < TOKEN_TILES; ++tile) {
				tiles::fill_fragment(high[tile], 0);
				tiles::fill_fragment(low[tile], 0);
			}
			for (int column = 0; column < of.columns; column += TILE) {
				tiles::fragment<tiles::matrix_a, 16, 16, 16, signed char, tiles::row_major> weights;
				const int8_t *from = of.weights + int64_t(row) * of.columns + column;
				tiles::load_matrix_sync(weights, from, of.columns);
				UNROLL
				for (int tile = 0; tile < TOKEN_TILES; ++tile) {
					if (token + tile * TILE < of.tokens) {
						tiles::fragment<tiles::matrix_b, 16, 16, 16, signed char, tiles::col_major> bytes;
						const int8_t *plane =
							of.planes + int64_t(token + tile * TILE) * of.columns + column;
						tiles::load_matrix_sync(bytes, plane, of.columns);
						tiles::mma_sync(high[tile], weights, bytes, high[tile]);
						tiles::load_matrix_sync(bytes, plane + of.plane, of.columns);
						tiles::mma_sync(low[tile], weights, bytes, low[tile]);
					}
				}
			}
			UNROLL
			for (int tile = 0; tile < TOKEN_TILES; ++tile) {
				tiles::store_matrix_sync(sums[warp][0], high[tile], TILE, tiles::mem_row_major);
				tiles::store_matrix_sync(sums[warp][1], low[tile], TILE, tiles::mem_row_major);
				warp_together();
				each_lane(TILE * TILE, [&](int place) {
					int output = row + place % TILE, at = token + tile * TILE + place / TILE;
					int from = place % TILE * TILE + place / TILE;
					if (output < of.outputs && at < of.tokens) {
						put(of, at, output, 256 * int64_t(sums[warp][0][from]) + sums[warp][1][from]);
					}
				});
				warp_together();
			}
		}
	}
}
