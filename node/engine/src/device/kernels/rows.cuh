// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// Rows: looking up, norms, what enters a matrix, activations, the residual stream. One block per row.

#pragma once

#include "exact.cuh"

struct Table {
	const int8_t *weights;
	const Scale *scales;
};

struct EmbedArguments {
	Table tokens;
	// In encoders only.
	Table positions;
	Table kinds;
	const uint32_t *token;
	const uint32_t *position;
	int32_t *residual;
	int32_t hidden;
};

KERNEL(embed, EmbedArguments) {
	int64_t token = of.token[BLOCK_X], position = of.position[BLOCK_X];
	EACH(index, of.hidden) {
		auto look_up = [&](Table table, int64_t row) {
			return embedding(table.weights[row * of.hidden + index], table.scales[row]);
		};
		int32_t value = look_up(of.tokens, token);
		if (of.positions.weights) {
			value = add(value, look_up(of.positions, position));
			value = add(value, look_up(of.kinds, 0));
		}
		of.residual[int64_t(BLOCK_X) * of.hidden + index] = value;
	}
}

struct NormArguments {
	int32_t *values;
	// Which row each block takes; none for its own.
	const uint32_t *which;
	const int32_t *weights;
	const int32_t *biases;
	uint64_t epsilon;
	int16_t *out;
	int16_t *exponents;
	int32_t width;
	int32_t fraction;
};

// RMS norm into rows.
KERNEL(norm_rows, NormArguments) {
	int64_t row = of.which ? of.which[BLOCK_X] : BLOCK_X;
	const int32_t *values = of.values + row * of.width;
	Reciprocal by = block_reciprocal(of.width, of.epsilon, [&](int index) { return values[index]; });
	auto weighted = [&](int index) {
		return int64_t(normalise(values[index], by)) * of.weights[index];
	};
	uint64_t largest =
		block_max(of.width, uint64_t(0), [&](int index) { return magnitude(weighted(index)); });
	int shift = shift_for(largest);
	int16_t *out = of.out + int64_t(BLOCK_X) * of.width;
	EACH(index, of.width) out[index] = element(weighted(index), shift);
	EACH(index, 1) of.exponents[BLOCK_X] = row_exponent(shift, NORMALISED_FRACTION + of.fraction);
}

// Layer norm in place, in Q16.
KERNEL(layer_norm, NormArguments) {
	int32_t *values = of.values + int64_t(BLOCK_X) * of.width;
	int64_t total = 2 * block_sum<int64_t>(of.width, [&](int index) { return values[index]; });
	int64_t count = 2 * int64_t(of.width);
	// The quotient rounded down.
	int64_t quotient = (total + of.width) / count;
	int32_t mean = saturate(quotient - ((total + of.width) % count < 0));
	EACH(index, of.width) values[index] = saturate(int64_t(values[index]) - mean);
	TOGETHER;
	Reciprocal by = block_reciprocal(of.width, of.epsilon, [&](int index) { return values[index]; });
	EACH(index, of.width) {
		int64_t weighted = int64_t(normalise(values[index], by)) * of.weights[index];
		values[index] = add(to_q16(weighted, of.fraction), of.biases[index]);
	}
}

struct QuantiseArguments {
	const int32_t *values;
	const uint32_t *which;
	int16_t *out;
	int16_t *exponents;
	int32_t width;
};

KERNEL(quantise_rows, QuantiseArguments) {
	int64_t row = of.which ? of.which[BLOCK_X] : BLOCK_X;
	const int32_t *values = of.values + row * of.width;
	uint64_t largest =
		block_max(of.width, uint64_t(0), [&](int index) { return magnitude(values[index]); });
	int shift = shift_for(largest);
	int16_t *out = of.out + int64_t(BLOCK_X) * of.width;
	EACH(index, of.width) out[index] = element(values[index], shift);
	EACH(index, 1) of.exponents[BLOCK_X] = row_exponent(shift, Q16);
}

struct ActivateArguments {
	// Gates, then what they gate; in encoders only the latter.
	const int32_t *values;
	const uint32_t *curve;
	int16_t *out;
	int16_t *exponents;
	int32_t width;
	int32_t last;
	int32_t is_gated;
};

KERNEL(activate, ActivateArguments) {
	int stride = of.is_gated ? 2 * of.width : of.width;
	const int32_t *values = of.values + int64_t(BLOCK_X) * stride;
	auto activated = [&](int index) {
		int64_t value = weigh(of.curve, of.last, values[index]);
		return of.is_gated ? value * values[of.width + index] : value;
	};
	uint64_t largest =
		block_max(of.width, uint64_t(0), [&](int index) { return magnitude(activated(index)); });
	int shift = shift_for(largest);
	int16_t *out = of.out + int64_t(BLOCK_X) * of.width;
	EACH(index, of.width) out[index] = element(activated(index), shift);
	EACH(index, 1) of.exponents[BLOCK_X] = row_exponent(shift, of.is_gated ? 32 : Q16);
}

struct AddArguments {
	int32_t *residual;
	const int32_t *updates;
	int32_t width;
};

KERNEL(add_rows, AddArguments) {
	int64_t first = int64_t(BLOCK_X) * of.width;
	EACH(index, of.width) {
		of.residual[first + index] = add(of.residual[first + index], of.updates[first + index]);
	}
}

struct SumArguments {
	const int64_t *words;
	int64_t *out;
	int64_t count;
};

// Adds up words, a share of them per block: how fast memory is read.
KERNEL(sum_words, SumArguments) {
	int64_t first = int64_t(BLOCK_X) * of.count;
	int64_t sum =
		block_sum<int64_t>(int(of.count), [&](int index) { return of.words[first + index]; });
	EACH(index, 1) atomic_add(of.out, sum);
}
