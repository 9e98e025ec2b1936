// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// The arithmetic of the crate `ergon_exact`, which defines it; names are the same there.

#pragma once

#include "block.cuh"

struct Scale {
	uint16_t mantissa;
	int16_t exponent;
};

constexpr int Q16 = 16;
constexpr int MAX_ELEMENT = 32639;

INLINE uint64_t magnitude(int64_t value) {
	return value < 0 ? uint64_t(0) - uint64_t(value) : uint64_t(value);
}

INLINE int bit_length(uint64_t value) { return 64 - leading_zeros(value); }

INLINE int64_t shift_left(int64_t value, int shift) {
	if (value == 0) return 0;
	if (shift < 63 && magnitude(value) <= uint64_t(INT64_MAX) >> shift) {
		return int64_t(uint64_t(value) << shift);
	}
	return value > 0 ? INT64_MAX : INT64_MIN;
}

INLINE int64_t shift_round(int64_t value, int shift) {
	if (shift <= 0) return shift_left(value, -shift);
	if (shift > 63) return 0;
	return (value >> shift) + ((value >> (shift - 1)) & 1);
}

INLINE int32_t saturate(int64_t value) {
	return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : int32_t(value);
}

INLINE int32_t add(int32_t left, int32_t right) { return saturate(int64_t(left) + right); }

INLINE int shift_for(uint64_t largest) {
	int shift = bit_length(largest) > 15 ? bit_length(largest) - 15 : 0;
	uint64_t rounded = shift == 0 ? largest : (largest >> shift) + ((largest >> (shift - 1)) & 1);
	return rounded > MAX_ELEMENT ? shift + 1 : shift;
}

INLINE int16_t element(int64_t value, int shift) {
	int64_t rounded = shift_round(value, shift);
	if (rounded > MAX_ELEMENT) return MAX_ELEMENT;
	return rounded < -MAX_ELEMENT ? -MAX_ELEMENT : int16_t(rounded);
}

INLINE int16_t row_exponent(int shift, int fraction) {
	int exponent = shift - fraction;
	return exponent > INT16_MAX ? INT16_MAX : exponent < INT16_MIN ? INT16_MIN : int16_t(exponent);
}

// A matrix has at most 2^16 columns here, so that a product is below 2^56.
INLINE int32_t requantise(int64_t dot, Scale scale, int16_t exponent) {
	return saturate(shift_round(dot * scale.mantissa, -(scale.exponent + exponent + Q16)));
}

INLINE int32_t embedding(int8_t weight, Scale scale) { return requantise(weight, scale, 0); }

// floor(sqrt(value)): an estimate, and what is missing.
INLINE uint64_t square_root(uint64_t value) {
	uint64_t root = uint64_t(sqrt(double(value)));
	if (root > 0xffffffff) root = 0xffffffff;
	while (root * root > value) --root;
	while (root < 0xffffffff && (root + 1) * (root + 1) <= value) ++root;
	return root;
}

struct Reciprocal {
	uint32_t mantissa;
	int shift;
};

INLINE Reciprocal reciprocal(uint64_t mean_square, uint64_t epsilon) {
	uint64_t sum = mean_square + epsilon;
	if (sum < epsilon) sum = UINT64_MAX;
	if (sum == 0) sum = 1;
	int zeros = leading_zeros(sum) & ~1;
	return {uint32_t((uint64_t(1) << 62) / square_root(sum << zeros)), 42 - zeros / 2};
}

INLINE int32_t normalise(int32_t value, Reciprocal by) {
	return saturate(shift_round(int64_t(value) * by.mantissa, by.shift));
}

constexpr int NORMALISED_FRACTION = 20;

INLINE int32_t to_q16(int64_t weighted, int fraction) {
	return saturate(shift_round(weighted, NORMALISED_FRACTION + fraction - Q16));
}

// The reciprocal of the root mean square of a row, by a block.
template <typename Of> INLINE Reciprocal block_reciprocal(int count, uint64_t epsilon, Of of) {
	uint64_t largest =
		block_max(count, uint64_t(0), [&](int index) { return magnitude(of(index)); });
	int shift = bit_length(largest) > 23 ? bit_length(largest) - 23 : 0;
	uint64_t sum = block_sum<uint64_t>(count, [&](int index) {
		uint64_t value = magnitude(of(index)) >> shift;
		return value * value;
	});
	return reciprocal((sum / uint64_t(count)) << (2 * shift), epsilon);
}

// a - b and a + b, saturated.
INLINE int64_t minus(int64_t a, int64_t b) {
	int64_t difference = int64_t(uint64_t(a) - uint64_t(b));
	if (((a ^ b) & (a ^ difference)) < 0) return a < 0 ? INT64_MIN : INT64_MAX;
	return difference;
}
INLINE int64_t plus(int64_t a, int64_t b) {
	int64_t sum = int64_t(uint64_t(a) + uint64_t(b));
	if ((~(a ^ b) & (a ^ sum)) < 0) return a < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

constexpr int TABLE_FRACTION = 30;

INLINE int32_t rotated(int64_t product, int64_t other, bool is_sum) {
	int64_t total = is_sum ? plus(product, other) : minus(product, other);
	return saturate(shift_round(total, TABLE_FRACTION));
}

struct ScoreScale {
	uint32_t mantissa;
	int32_t shift;
};

// Heads are at most 2^10 wide, so that a product is below 2^62.
INLINE int32_t score(int64_t dot, int16_t query, int16_t key, ScoreScale scale) {
	return saturate(shift_round(dot * scale.mantissa, -(query + key - scale.shift + Q16)));
}

constexpr uint32_t MAX_WEIGHT = (1 << 24) - 1;

INLINE uint32_t exp2_negative(uint32_t distance, const uint32_t *table) {
	uint32_t whole = distance >> 16;
	uint64_t rest = distance & 0xff;
	uint64_t series =
		(uint64_t(1) << 30) - ((rest * 2907270) >> 8) + ((rest * rest * 62974) >> 20);
	uint64_t product = table[(distance >> 8) & 0xff] * series;
	uint32_t shift = 36 + whole;
	if (shift > 63) return 0;
	uint64_t rounded = (product >> shift) + ((product >> (shift - 1)) & 1);
	return rounded > MAX_WEIGHT ? MAX_WEIGHT : uint32_t(rounded);
}

INLINE uint32_t weight(int32_t score, int32_t largest, const uint32_t *table) {
	return exp2_negative(uint32_t(int64_t(largest) - score), table);
}

INLINE uint32_t value_weight(uint32_t weight, int16_t exponent, int largest) {
	int distance = largest - exponent;
	return uint32_t(shift_round(weight, distance < 0 ? 0 : distance));
}

// One element of a head, from the sum of weighted values and that of weights.
INLINE int32_t attended(int64_t sum, uint64_t weights, int largest_exponent) {
	if (weights == 0) weights = 1;
	int bits = bit_length(weights);
	uint64_t leading = bits > 32 ? weights >> (bits - 32) : weights << (32 - bits);
	int64_t mantissa = int64_t((uint64_t(1) << 62) / leading);
	return saturate(shift_round(shift_round(sum, bits - 16) * mantissa, 30 - largest_exponent));
}

// A curve by the table of its upper half, times 2^31; `last` is the table's last index.
INLINE int32_t weigh(const uint32_t *table, uint32_t last, int32_t x) {
	uint32_t size = uint32_t(magnitude(x));
	uint32_t index = size >> 10, upper = uint32_t(1) << 31;
	if (index < last) {
		uint64_t chord = uint64_t(table[index + 1] - table[index]) * (size & 0x3ff) + 512;
		upper = table[index] + uint32_t(chord >> 10);
	}
	int64_t share = x < 0 ? (int64_t(1) << 31) - upper : int64_t(upper);
	return saturate(shift_round(x * share, 31));
}
