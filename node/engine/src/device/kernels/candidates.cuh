// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// The best tokens of a row of logits.

#pragma once

#include "exact.cuh"

constexpr int MAX_CANDIDATES = 64;
constexpr int DIGITS = 256;

struct Candidate {
	uint32_t id;
	int32_t logit;
};

struct CandidatesArguments {
	const int32_t *logits;
	// MAX_CANDIDATES per row, in no order.
	Candidate *out;
	int32_t vocabulary;
};

// Higher logit first, among equals lower id first: all keys of a row differ.
INLINE uint64_t rank(int32_t logit, uint32_t id) {
	return uint64_t(uint32_t(logit) ^ 0x80000000u) << 32 | uint32_t(~id);
}

// Finds the key of the last candidate digit by digit, most significant first, by counting; then takes
// all that are not below it. A block per row; the vocabulary has at least MAX_CANDIDATES tokens.
KERNEL(best_candidates, CandidatesArguments) {
	SHARED int counts[DIGITS];
	SHARED int next;
	const int32_t *logits = of.logits + int64_t(BLOCK_X) * of.vocabulary;
	Candidate *out = of.out + int64_t(BLOCK_X) * MAX_CANDIDATES;
	uint64_t last = 0;
	int wanted = MAX_CANDIDATES;
	for (int shift = 56; shift >= 0; shift -= 8) {
		TOGETHER;
		EACH(digit, DIGITS) counts[digit] = 0;
		TOGETHER;
		EACH(id, of.vocabulary) {
			uint64_t key = rank(logits[id], uint32_t(id));
			// Keys that begin like the one that is looked for.
			if (shift == 56 || (key ^ last) >> (shift + 8) == 0) {
				atomic_next(&counts[(key >> shift) % DIGITS]);
			}
		}
		TOGETHER;
		int digit = DIGITS - 1;
		while (counts[digit] < wanted) wanted -= counts[digit--];
		last |= uint64_t(digit) << shift;
	}
	TOGETHER;
	EACH(index, 1) next = 0;
	TOGETHER;
	EACH(id, of.vocabulary) {
		if (rank(logits[id], uint32_t(id)) >= last) {
			out[atomic_next(&next)] = {uint32_t(id), logits[id]};
		}
	}
}
