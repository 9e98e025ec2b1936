// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Golden vectors: inputs and outputs of every operator, which this code and every other
//! implementation must reproduce. `vectors/README.md` describes the files.
//!
//! With `ERGON_WRITE_VECTORS=1` the test writes them instead: a change of a file is a change of the
//! protocol.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{fs, path::PathBuf};

use ergon_exact::{
	attention::{self, Normaliser, Rows, ScoreScale},
	candidates::Candidates,
	digest::{self, Point, Position},
	exp2::exp2_negative,
	fixed::shift_round,
	gelu::{gelu, normal},
	gumbel::{gumbel, log2, random_word},
	linear::{dot, embedding, linear},
	norm::{self, Reciprocal},
	operators::residual_root,
	pooling, rope, row,
	row::MAX_ELEMENT,
	sample,
	silu::{gated, sigmoid, silu},
	tables, Candidate, Sampling, Scale,
};
use serde_json::{json, Value};

/// A source of inputs: SplitMix64.
struct Inputs(u64);

impl Inputs {
	fn word(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		word ^ (word >> 31)
	}

	/// In `low..=high`.
	fn within(&mut self, low: i64, high: i64) -> i64 {
		low + (self.word() % (high - low + 1) as u64) as i64
	}

	/// Of any magnitude up to `bits` bits, either sign.
	fn sized(&mut self, bits: i64) -> i64 {
		let bits = self.within(0, bits);
		let magnitude = (self.word() as u128 & ((1u128 << bits) - 1)) as i64;
		if self.word() & 1 == 0 {
			magnitude
		} else {
			-magnitude
		}
	}

	fn list<T>(&mut self, count: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
		(0..count).map(|_| make(self)).collect()
	}

	fn element(&mut self) -> i16 {
		let most = i64::from(MAX_ELEMENT);
		self.within(-most, most) as i16
	}

	fn q16(&mut self) -> i32 {
		self.sized(31) as i32
	}

	fn digest(&mut self) -> [u8; 32] {
		let mut bytes = [0; 32];
		bytes.chunks_mut(8).for_each(|part| part.copy_from_slice(&self.word().to_le_bytes()));
		bytes
	}

	fn scale(&mut self) -> Scale {
		Scale {
			mantissa: self.within(1 << 15, (1 << 16) - 1) as u16,
			exponent: self.within(-40, -10) as i16,
		}
	}
}

fn scale_json(scale: Scale) -> Value {
	json!({ "mantissa": scale.mantissa, "exponent": scale.exponent })
}

fn candidates_json(candidates: &[Candidate]) -> Value {
	candidates.iter().map(|candidate| json!([candidate.id, candidate.logit])).collect()
}

fn cases(count: usize, seed: u64, make: impl FnMut(&mut Inputs) -> Value) -> Value {
	Value::Array(Inputs(seed).list(count, make))
}

fn fixed_point() -> Value {
	let edges = [0, 1, -1, 2, -2, 3, -3, i64::MAX, i64::MIN, 1 << 62, -(1 << 62)];
	let shifts = [-64, -63, -62, -1, 0, 1, 2, 62, 63, 64, 1_000];
	let edges = edges.into_iter().flat_map(|value| shifts.map(|shift| (value, shift)));
	let mut inputs = Inputs(1);
	let random = (0..100).map(|_| (inputs.sized(63), inputs.within(-70, 70) as i32));
	edges
		.chain(random.collect::<Vec<_>>())
		.map(
			|(value, shift)| json!({ "value": value, "shift": shift, "result": shift_round(value, shift) }),
		)
		.collect()
}

fn rows() -> Value {
	cases(40, 2, |inputs| {
		let bits = inputs.within(1, 62);
		let count = inputs.within(1, 12) as usize;
		let mut values = inputs.list(count, |inputs| inputs.sized(bits));
		if inputs.within(0, 7) == 0 {
			// Where rounding decides about the shift.
			values[0] = 65_278 + inputs.within(0, 2);
		}
		let fraction = inputs.within(-10, 60) as i32;
		let mut out = vec![0; count];
		let exponent = row::quantise(&values, fraction, &mut out);
		json!({ "values": values, "fraction": fraction, "elements": out, "exponent": exponent })
	})
}

fn matrices() -> Value {
	cases(40, 3, |inputs| {
		let columns = inputs.within(1, 24) as usize;
		let weights = inputs.list(columns, |inputs| inputs.within(-127, 127) as i8);
		let row = inputs.list(columns, Inputs::element);
		let (scale, exponent) = (inputs.scale(), inputs.within(-24, 2) as i16);
		json!({
			"weights": weights,
			"scale": scale_json(scale),
			"scaleBytes": hex::encode(scale.to_bytes()),
			"row": row,
			"exponent": exponent,
			"dot": dot(&weights, &row),
			"output": linear(&weights, scale, &row, exponent),
			"embedding": embedding(weights[0], scale),
		})
	})
}

fn norms() -> Value {
	cases(40, 4, |inputs| {
		let count = inputs.within(1, 16) as usize;
		let bits = inputs.within(0, 31);
		let values = inputs.list(count, |inputs| inputs.sized(bits) as i32);
		let weights = inputs.list(count, |inputs| inputs.sized(23) as i32);
		let (fraction, epsilon) = (inputs.within(10, 30) as i16, inputs.within(1, 50_000) as u64);
		let mean = norm::mean_square(&values);
		let reciprocal = Reciprocal::of(mean, epsilon);
		let mut out = vec![0; count];
		let exponent = norm::rms_norm(&values, &weights, fraction, epsilon, &mut out);
		json!({
			"values": values,
			"weights": weights,
			"fraction": fraction,
			"epsilon": epsilon,
			"meanSquare": mean,
			"reciprocal": { "mantissa": reciprocal.mantissa, "shift": reciprocal.shift },
			"normalised":
				values.iter().map(|&value| norm::normalise(value, reciprocal)).collect::<Vec<_>>(),
			"elements": out,
			"exponent": exponent,
		})
	})
}

fn encoder_norms() -> Value {
	cases(40, 14, |inputs| {
		let count = inputs.within(1, 16) as usize;
		let bits = inputs.within(0, 31);
		let values = inputs.list(count, |inputs| inputs.sized(bits) as i32);
		let weights = inputs.list(count, |inputs| inputs.sized(23) as i32);
		let biases = inputs.list(count, |inputs| inputs.sized(20) as i32);
		let (fraction, epsilon) = (inputs.within(10, 30) as i16, inputs.within(1, 50_000) as u64);
		let (mut rms, mut layer) = (values.clone(), values.clone());
		norm::rms_norm_q16(&mut rms, &weights, fraction, epsilon);
		norm::layer_norm(&mut layer, &weights, fraction, &biases, epsilon);
		json!({
			"values": values,
			"weights": weights,
			"fraction": fraction,
			"biases": biases,
			"epsilon": epsilon,
			"mean": norm::mean(&values),
			"rmsNorm": rms,
			"layerNorm": layer,
		})
	})
}

fn normal_distributions() -> Value {
	let edges =
		[0, 1, -1, 1_023, 1_024, -1_024, 8 << 16, (8 << 16) - 1, -8 << 16, i32::MAX, i32::MIN];
	let mut inputs = Inputs(15);
	let random = inputs.list(200, |inputs| inputs.sized(20) as i32);
	edges
		.into_iter()
		.chain(random)
		.map(|x| json!({ "x": x, "normal": normal(x), "gelu": gelu(x) }))
		.collect()
}

fn rotations() -> Value {
	cases(40, 5, |inputs| {
		let (first, second) = (inputs.q16(), inputs.q16());
		let angle = || 1i64 << 30;
		let cosine = inputs.within(-angle(), angle()) as i32;
		let sine = inputs.within(-angle(), angle()) as i32;
		let (real, imaginary) = rope::rotate(first, second, cosine, sine);
		json!({
			"pair": [first, second], "cosine": cosine, "sine": sine, "rotated": [real, imaginary],
		})
	})
}

fn powers() -> Value {
	let edges = [0, 1, 255, 256, 65_535, 65_536, 25 << 16, (25 << 16) + 256, 27 << 16, u32::MAX];
	let mut inputs = Inputs(6);
	let random = inputs.list(200, |inputs| inputs.within(0, 26 << 16) as u32);
	edges
		.into_iter()
		.chain(random)
		.map(|distance| json!({ "distance": distance, "weight": exp2_negative(distance) }))
		.collect()
}

fn attentions() -> Value {
	cases(30, 7, |inputs| {
		let (width, count) = (inputs.within(1, 8) as usize, inputs.within(1, 10) as usize);
		let query = inputs.list(width, Inputs::element);
		let keys = inputs.list(width * count, Inputs::element);
		let values = inputs.list(width * count, Inputs::element);
		let query_exponent = inputs.within(-16, -12) as i16;
		let key_exponents = inputs.list(count, |inputs| inputs.within(-16, -12) as i16);
		let value_exponents = inputs.list(count, |inputs| inputs.within(-16, -6) as i16);
		let scale = ScoreScale::of(width as u32);
		let scores: Vec<i32> = keys
			.chunks(width)
			.zip(&key_exponents)
			.map(|(key, &exponent)| {
				attention::score(attention::dot(&query, key), query_exponent, exponent, scale)
			})
			.collect();
		let largest = scores.iter().copied().max().unwrap();
		let weights: Vec<u32> =
			scores.iter().map(|&score| attention::weight(score, largest)).collect();
		let largest_exponent = value_exponents.iter().copied().max().unwrap();
		let value_weights: Vec<u32> = weights
			.iter()
			.zip(&value_exponents)
			.map(|(&weight, &exponent)| attention::value_weight(weight, exponent, largest_exponent))
			.collect();
		let normaliser = Normaliser::of(weights.iter().copied().map(u64::from).sum());
		let mut out = vec![0; width];
		attention::head(
			&query,
			query_exponent,
			Rows { elements: &keys, exponents: &key_exponents },
			Rows { elements: &values, exponents: &value_exponents },
			scale,
			&mut out,
		);
		json!({
			"query": query,
			"queryExponent": query_exponent,
			"keys": keys.chunks(width).collect::<Vec<_>>(),
			"keyExponents": key_exponents,
			"values": values.chunks(width).collect::<Vec<_>>(),
			"valueExponents": value_exponents,
			"scoreScale": { "mantissa": scale.mantissa, "shift": scale.shift },
			"scores": scores,
			"weights": weights,
			"valueWeights": value_weights,
			"normaliser": { "mantissa": normaliser.mantissa, "bits": normaliser.bits },
			"output": out,
		})
	})
}

fn activations() -> Value {
	let edges = [0, 1, -1, 1_023, 1_024, -1_024, 16 << 16, -(16 << 16), i32::MAX, i32::MIN];
	let mut inputs = Inputs(8);
	let random = inputs.list(100, |inputs| inputs.sized(21) as i32);
	edges
		.into_iter()
		.chain(random)
		.map(|gate| {
			let up = inputs.q16();
			json!({
				"gate": gate,
				"up": up,
				"sigmoid": sigmoid(gate),
				"silu": silu(gate),
				"product": gated(gate, up),
			})
		})
		.collect()
}

fn noise() -> Value {
	let edges = [0, 1, 1 << 31, u32::MAX - 1, u32::MAX];
	let mut inputs = Inputs(9);
	let words = inputs.list(60, |inputs| inputs.word() as u32);
	let gumbels = edges.into_iter().chain(words);
	let logs = inputs.list(60, |inputs| inputs.sized(63).unsigned_abs().max(1));
	let draws = inputs.list(20, |inputs| {
		let (seed, position) = (inputs.digest(), inputs.word() as u32 >> 20);
		let id = inputs.word() as u32 >> inputs.within(8, 30);
		json!({
			"seed": hex::encode(seed),
			"position": position,
			"id": id,
			"word": random_word(&seed, position, id),
		})
	});
	json!({
		"words": draws,
		"gumbel": gumbels.map(|word| json!([word, gumbel(word)])).collect::<Vec<_>>(),
		"log2": logs.into_iter().map(|value| json!([value, log2(value)])).collect::<Vec<_>>(),
	})
}

fn choices() -> Value {
	let selections = cases(6, 10, |inputs| {
		let count = inputs.within(1, 200) as usize;
		let logits = inputs.list(count, |inputs| inputs.within(-40, 40) as i32);
		let mut candidates = Candidates::new();
		candidates.offer_logits(0, &logits);
		json!({ "logits": logits, "candidates": candidates_json(candidates.as_slice()) })
	});
	let samples = cases(60, 11, |inputs| {
		let count = inputs.within(1, 64) as usize;
		let mut candidates = Candidates::new();
		for id in 0..count as u32 {
			let logit = inputs.within(-(6 << 16), 6 << 16) as i32;
			candidates.offer(Candidate { id: id * 997 % 50_000, logit });
		}
		let sampling = Sampling {
			temperature: [0, 1, 300, 700, 1_000, 2_000][inputs.within(0, 5) as usize],
			top_k: [1, 5, 40, 64][inputs.within(0, 3) as usize],
			top_p: [1, 500, 900, 950, 1_000][inputs.within(0, 4) as usize],
		};
		let (seed, position) = (inputs.digest(), inputs.within(0, 1_023) as u32);
		json!({
			"candidates": candidates_json(candidates.as_slice()),
			"temperature": sampling.temperature,
			"topK": sampling.top_k,
			"topP": sampling.top_p,
			"seed": hex::encode(seed),
			"position": position,
			"token": sample(candidates.as_slice(), sampling, &seed, position),
		})
	});
	json!({ "candidates": selections, "samples": samples })
}

fn embeddings() -> Value {
	let shares = cases(30, 12, |inputs| {
		let (element, exponent) = (inputs.element(), inputs.within(-40, 0) as i16);
		let largest = exponent + inputs.within(0, 40) as i16;
		json!({
			"element": element,
			"exponent": exponent,
			"largestExponent": largest,
			"share": pooling::share(element, exponent, largest),
		})
	});
	let units = cases(20, 13, |inputs| {
		let count = inputs.within(1, 12) as usize;
		let bits = inputs.within(0, 50);
		let sums = inputs.list(count, |inputs| inputs.sized(bits));
		let mut out = vec![0; count];
		pooling::normalise(&sums, &mut out);
		json!({ "sums": sums, "unit": out })
	});
	json!({ "shares": shares, "units": units })
}

fn digests() -> Value {
	let chunks = cases(4, 14, |inputs| {
		let (job, index) = (inputs.digest(), inputs.within(0, 31) as u32);
		let count = inputs.within(1, 3) as usize;
		let mut positions = Vec::new();
		let opened = inputs.list(count, |inputs| {
			let hidden = inputs.list(6, Inputs::element);
			let exponent = inputs.within(-30, 0) as i16;
			let candidates = inputs.list(3, |inputs| Candidate {
				id: inputs.within(0, 50_000) as u32,
				logit: inputs.q16(),
			});
			let position = Position {
				token: candidates[0].id,
				hidden: digest::hidden_hash(&hidden, exponent),
				candidates: digest::candidates_hash(&candidates),
			};
			positions.push(position);
			json!({
				"token": position.token,
				"hidden": hidden,
				"exponent": exponent,
				"candidates": candidates_json(&candidates),
				"hiddenHash": hex::encode(position.hidden),
				"candidatesHash": hex::encode(position.candidates),
			})
		});
		json!({
			"job": hex::encode(job),
			"index": index,
			"positions": opened,
			"digest": hex::encode(digest::chunk_digest(&job, index, &positions)),
		})
	});
	let vectors = cases(2, 15, |inputs| {
		let (job, vector) = (inputs.digest(), inputs.list(5, Inputs::element));
		let digest = digest::embedding_digest(&job, &vector);
		json!({ "job": hex::encode(job), "vector": vector, "digest": hex::encode(digest) })
	});
	let work = cases(4, 16, |inputs| {
		let challenge = inputs.digest();
		let (positions, layers) = (inputs.within(1, 1_000) as u32, inputs.within(1, 40) as u32);
		let points = digest::work_points(&challenge, positions, layers).into_iter().map(|point| {
			let Point { position, layer } = point;
			json!({ "position": position, "layer": layer })
		});
		let points: Vec<_> = points.collect();
		// Two blocks.
		let row = inputs.list(70, Inputs::q16);
		let root = residual_root(&row);
		let digest = digest::work_digest(&challenge, positions, &[root; 16]);
		json!({
			"challenge": hex::encode(challenge),
			"positions": positions,
			"layers": layers,
			"points": points,
			"row": row,
			"root": hex::encode(root),
			"digestOfThatRowEverywhere": hex::encode(digest),
		})
	});
	json!({ "chunks": chunks, "embeddings": vectors, "work": work })
}

fn constant_tables() -> Value {
	json!({
		"exp2": tables::EXP2.as_slice(),
		"normal": tables::NORMAL.as_slice(),
		"sigmoid": tables::SIGMOID.as_slice(),
		"reciprocal": tables::RECIPROCAL.as_slice(),
		"log2Reciprocal": tables::LOG2_RECIPROCAL.as_slice(),
	})
}

/// One value per line where a case begins, so that a difference can be read.
fn layout(value: &Value) -> String {
	match value {
		Value::Array(items) if items.iter().any(Value::is_object) => {
			let lines: Vec<String> = items.iter().map(|item| format!("\t{item}")).collect();
			format!("[\n{}\n]", lines.join(",\n"))
		}
		Value::Object(fields) => {
			let lines: Vec<String> = fields
				.iter()
				.map(|(name, value)| format!("\"{name}\": {}", layout(value)))
				.collect();
			format!("{{\n{}\n}}", lines.join(",\n"))
		}
		other => other.to_string(),
	}
}

fn check(name: &str, value: Value) {
	let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name);
	if std::env::var_os("ERGON_WRITE_VECTORS").is_some() {
		fs::write(&path, layout(&value) + "\n").unwrap();
	}
	let golden: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
	assert!(golden == value, "{} is not what this code computes", path.display());
}

macro_rules! vectors {
	($($function:ident => $file:literal),* $(,)?) => {
		$(
			mod $function {
				#[test]
				fn are_reproduced() {
					super::check($file, super::$function());
				}
			}
		)*
	};
}

vectors! {
	fixed_point => "shift_round.json",
	rows => "row.json",
	matrices => "linear.json",
	norms => "norm.json",
	encoder_norms => "encoder_norm.json",
	rotations => "rope.json",
	powers => "exp2.json",
	attentions => "attention.json",
	activations => "silu.json",
	normal_distributions => "gelu.json",
	noise => "gumbel.json",
	choices => "sampler.json",
	embeddings => "pooling.json",
	digests => "digest.json",
	constant_tables => "tables.json",
}
