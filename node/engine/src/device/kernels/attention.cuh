// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// Attention. A maximum and a sum of integers are the same in any order, so that blocks which share a
// query join what they find by atomic operations, and nobody waits for anybody.

#pragma once

#include "exact.cuh"

// Positions of a page; per layer and head of keys it has their keys, their values, the exponents of the
// keys and those of the values.
constexpr int PAGE = 32;

struct Sequences {
	// Pages of all sequences, and for each row of the pass which is the first of its own.
	int16_t *const *pages;
	const uint32_t *first_page;
	const uint32_t *position;
	// Positions that each row sees.
	const uint32_t *sees;
	int32_t layer;
	int32_t heads;
	int32_t key_heads;
	int32_t width;
};

INLINE int16_t *page_of(const Sequences &of, int row, int position, int head) {
	int64_t elements = int64_t(PAGE) * (2 * of.width + 2);
	return of.pages[of.first_page[row] + position / PAGE] +
		(int64_t(of.layer) * of.key_heads + head) * elements;
}

struct HeadsArguments {
	Sequences sequences;
	// Queries, keys and values of every row.
	int32_t *projected;
	const int32_t *query_weights;
	const int32_t *key_weights;
	const int32_t *angles;
	uint64_t epsilon;
	int16_t *queries;
	int16_t *exponents;
	int32_t query_fraction;
	int32_t key_fraction;
};

// Norms and turns a head where the model does so, and keeps it: a block per row and head.
KERNEL(finish_heads, HeadsArguments) {
	const Sequences &all = of.sequences;
	int row = BLOCK_X, head = BLOCK_Y, width = all.width;
	int position = all.position[row];
	bool is_query = head < all.heads, is_value = head >= all.heads + all.key_heads;
	int32_t *values = of.projected +
		(int64_t(row) * (all.heads + 2 * all.key_heads) + head) * width;
	const int32_t *weights = is_query ? of.query_weights : is_value ? nullptr : of.key_weights;
	if (weights) {
		int fraction = is_query ? of.query_fraction : of.key_fraction;
		Reciprocal by = block_reciprocal(width, of.epsilon, [&](int index) { return values[index]; });
		EACH(index, width) {
			values[index] = to_q16(int64_t(normalise(values[index], by)) * weights[index], fraction);
		}
		TOGETHER;
	}
	if (of.angles && !is_value) {
		int half = width / 2;
		const int32_t *cosines = of.angles + int64_t(position) * width, *sines = cosines + half;
		EACH(index, half) {
			int64_t first = values[index], second = values[half + index];
			int64_t cosine = cosines[index], sine = sines[index];
			values[index] = rotated(first * cosine, second * sine, false);
			values[half + index] = rotated(second * cosine, first * sine, true);
		}
		TOGETHER;
	}
	uint64_t largest =
		block_max(width, uint64_t(0), [&](int index) { return magnitude(values[index]); });
	int shift = shift_for(largest);
	int16_t *out, *exponent;
	if (is_query) {
		out = of.queries + (int64_t(row) * all.heads + head) * width;
		exponent = of.exponents + int64_t(row) * all.heads + head;
	} else {
		int key_head = (head - all.heads) % all.key_heads, place = position % PAGE;
		int16_t *page = page_of(all, row, position, key_head);
		out = page + (is_value ? PAGE * width : 0) + place * width;
		exponent = page + 2 * PAGE * width + (is_value ? PAGE : 0) + place;
	}
	EACH(index, width) out[index] = element(values[index], shift);
	EACH(index, 1) *exponent = row_exponent(shift, Q16);
}

// What blocks find together of one query.
struct Found {
	int64_t weights;
	int32_t score;
	int32_t exponent;
};

struct AttendArguments {
	Sequences sequences;
	const int16_t *queries;
	const int16_t *exponents;
	const uint32_t *exp2;
	Found *found;
	// One per element of every query.
	int64_t *sums;
	int32_t *out;
	ScoreScale scale;
};

// Nothing found so far: a block per query.
KERNEL(attend_begin, AttendArguments) {
	int64_t query = BLOCK_X;
	EACH(index, 1) of.found[query] = {0, INT32_MIN, INT32_MIN};
	EACH(index, of.sequences.width) of.sums[query * of.sequences.width + index] = 0;
}

// Positions that a block looks at.
constexpr int CHUNK = 256;

INLINE int32_t score_of(const AttendArguments &of, int64_t query, int position) {
	const Sequences &all = of.sequences;
	int row = int(query / all.heads), head = int(query % all.heads);
	const int16_t *page = page_of(all, row, position, head / (all.heads / all.key_heads));
	const int16_t *key = page + position % PAGE * all.width;
	const int16_t *elements = of.queries + query * all.width;
	int64_t dot = 0;
	for (int index = 0; index < all.width; ++index) dot += int(elements[index]) * int(key[index]);
	int16_t exponent = page[2 * PAGE * all.width + position % PAGE];
	return score(dot, of.exponents[query], exponent, of.scale);
}

INLINE int16_t value_exponent(const AttendArguments &of, int64_t query, int position) {
	const Sequences &all = of.sequences;
	int row = int(query / all.heads), head = int(query % all.heads);
	const int16_t *page = page_of(all, row, position, head / (all.heads / all.key_heads));
	return page[2 * PAGE * all.width + PAGE + position % PAGE];
}

INLINE int seen_of_chunk(const AttendArguments &of, int64_t query) {
	int left = int(of.sequences.sees[query / of.sequences.heads]) - BLOCK_Y * CHUNK;
	return left < CHUNK ? left : CHUNK;
}

// The largest score and the largest exponent of a value: a block per query and chunk of positions.
KERNEL(attend_largest, AttendArguments) {
	int64_t query = BLOCK_X;
	int count = seen_of_chunk(of, query), first = BLOCK_Y * CHUNK;
	if (count <= 0) return;
	int32_t largest = block_max(
		count, INT32_MIN, [&](int index) { return score_of(of, query, first + index); });
	int32_t exponent = block_max(count, INT32_MIN, [&](int index) {
		return int32_t(value_exponent(of, query, first + index));
	});
	EACH(index, 1) {
		atomic_max(&of.found[query].score, largest);
		atomic_max(&of.found[query].exponent, exponent);
	}
}

// Sums of weights, and of weighted values: likewise.
KERNEL(attend_sum, AttendArguments) {
	SHARED uint32_t weights[CHUNK];
	const Sequences &all = of.sequences;
	int64_t query = BLOCK_X;
	int count = seen_of_chunk(of, query), first = BLOCK_Y * CHUNK;
	if (count <= 0) return;
	Found found = of.found[query];
	int64_t sum = block_sum<int64_t>(count, [&](int index) {
		uint32_t of_key = weight(score_of(of, query, first + index), found.score, of.exp2);
		weights[index] =
			value_weight(of_key, value_exponent(of, query, first + index), found.exponent);
		return int64_t(of_key);
	});
	TOGETHER;
	EACH(index, 1) atomic_add(&of.found[query].weights, sum);
	int row = int(query / all.heads), head = int(query % all.heads);
	EACH(index, all.width) {
		int64_t total = 0;
		for (int place = 0; place < count; ++place) {
			int position = first + place;
			const int16_t *page = page_of(all, row, position, head / (all.heads / all.key_heads));
			total += int64_t(weights[place]) *
				page[PAGE * all.width + position % PAGE * all.width + index];
		}
		atomic_add(&of.sums[query * all.width + index], total);
	}
}

// The outputs in Q16: a block per query.
KERNEL(attend_end, AttendArguments) {
	int64_t query = BLOCK_X, first = query * of.sequences.width;
	Found found = of.found[query];
	EACH(index, of.sequences.width) {
		of.out[first + index] =
			attended(of.sums[first + index], uint64_t(found.weights), found.exponent);
	}
}
