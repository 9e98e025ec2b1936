// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The row operations of a llama and their derivatives, on plain slices.
//!
//! The loops have independent lanes and no library function in them, so the compiler vectorises
//! them. Sums are split into a fixed number of lanes, so the bits do not depend on the width of
//! the vector instructions.

// The loops are the point of this file.
#![allow(clippy::needless_range_loop)]

/// Lanes of a sum. Every row length is a multiple of it.
pub(crate) const LANES: usize = 16;

/// Defines a function that runs in a version compiled for AVX-512 or AVX2 where the processor has
/// it. All versions execute the same operations in the same order, hence give the same bits.
macro_rules! vectorised {
	($(#[$doc:meta])* $visibility:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block) => {
		$(#[$doc])*
		#[allow(clippy::too_many_arguments)]
		$visibility fn $name($($argument: $type),*) {
			#[inline(always)]
			#[allow(clippy::too_many_arguments)]
			fn body($($argument: $type),*) $body
			#[cfg(target_arch = "x86_64")]
			{
				#[target_feature(enable = "avx512f")]
				#[allow(clippy::too_many_arguments)]
				fn avx512($($argument: $type),*) {
					body($($argument),*)
				}
				#[target_feature(enable = "avx2,fma")]
				#[allow(clippy::too_many_arguments)]
				fn avx2($($argument: $type),*) {
					body($($argument),*)
				}
				if std::arch::is_x86_feature_detected!("avx512f") {
					// SAFETY: the processor has AVX-512F, all that the function requires.
					return unsafe { avx512($($argument),*) };
				}
				if std::arch::is_x86_feature_detected!("avx2")
					&& std::arch::is_x86_feature_detected!("fma")
				{
					// SAFETY: the processor has AVX2 and FMA, all that the function requires.
					return unsafe { avx2($($argument),*) };
				}
			}
			body($($argument),*)
		}
	};
}

/// Sum of `f(i)` over `0..length` in [`LANES`] lanes. `length` is a multiple of [`LANES`].
#[inline(always)]
fn lane_sum(length: usize, f: impl Fn(usize) -> f32) -> f32 {
	let mut lanes = [0f32; LANES];
	for base in (0..length).step_by(LANES) {
		for (lane, sum) in lanes.iter_mut().enumerate() {
			*sum += f(base + lane);
		}
	}
	lanes.iter().sum()
}

/// e^x, relative error below 3e-7. Inputs are clamped to the range of f32.
///
/// Cody–Waite reduction by ln 2 in two parts, then a polynomial of degree six (Taylor).
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
	const ROUND: f32 = 12_582_912.0; // 1.5 · 2^23: adding it rounds to an integer.
	let x = x.clamp(-87.0, 88.0);
	let shifted = x * std::f32::consts::LOG2_E + ROUND;
	let k = shifted - ROUND;
	let r = x - k * (355.0 / 512.0) + k * 2.121_944_4e-4;
	let p = 1.0 / 720.0;
	let p = p * r + 1.0 / 120.0;
	let p = p * r + 1.0 / 24.0;
	let p = p * r + 1.0 / 6.0;
	let p = p * r + 0.5;
	let p = p * r + 1.0;
	let p = p * r + 1.0;
	// The low bits of `shifted` are k: moved into the exponent they are 2^k.
	p * f32::from_bits(shifted.to_bits().wrapping_add(127) << 23)
}

vectorised! {
	/// y = x / sqrt(mean(x²) + epsilon) · w for each row of `x`; rows are as long as `w`.
	pub(crate) fn rms_norm(x: &[f32], w: &[f32], epsilon: f32, y: &mut [f32]) {
		let width = w.len();
		for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
			let r = 1.0 / (lane_sum(width, |i| x[i] * x[i]) / width as f32 + epsilon).sqrt();
			for i in 0..width {
				y[i] = x[i] * r * w[i];
			}
		}
	}
}

vectorised! {
	/// Derivative of [`rms_norm`]: sets `dx` and adds to `dw`, given the derivative `g` of y.
	pub(crate) fn rms_norm_backward(
		x: &[f32], w: &[f32], g: &[f32], epsilon: f32, dx: &mut [f32], dw: &mut [f32],
	) {
		let width = w.len();
		let rows = x.chunks_exact(width).zip(g.chunks_exact(width));
		for ((x, g), dx) in rows.zip(dx.chunks_exact_mut(width)) {
			let r = 1.0 / (lane_sum(width, |i| x[i] * x[i]) / width as f32 + epsilon).sqrt();
			let c = r * r * r / width as f32 * lane_sum(width, |i| g[i] * w[i] * x[i]);
			for i in 0..width {
				dx[i] = g[i] * w[i] * r - x[i] * c;
				dw[i] += g[i] * x[i] * r;
			}
		}
	}
}

vectorised! {
	/// y = silu(gate) · up, with silu(z) = z / (1 + e^-z).
	pub(crate) fn swiglu(gate: &[f32], up: &[f32], y: &mut [f32]) {
		for ((z, u), y) in gate.iter().zip(up).zip(y) {
			*y = z / (1.0 + exp(-z)) * u;
		}
	}
}

vectorised! {
	/// Derivative of [`swiglu`], given the derivative `g` of y.
	pub(crate) fn swiglu_backward(
		gate: &[f32], up: &[f32], g: &[f32], dgate: &mut [f32], dup: &mut [f32],
	) {
		let arguments = gate.iter().zip(up).zip(g);
		for (((z, u), g), (dz, du)) in arguments.zip(dgate.iter_mut().zip(dup)) {
			let s = 1.0 / (1.0 + exp(-z));
			*dz = g * u * s * (1.0 + z * (1.0 - s));
			*du = g * z * s;
		}
	}
}

/// Width of one attention head.
pub(crate) const HEAD: usize = 32;

/// One head at one position.
type Row = [f32; HEAD];

/// One head at [`LANES`] positions, by column.
type Block = [[f32; LANES]; HEAD];

/// Shape of one attention: `batch` sequences of `length` positions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttentionShape {
	pub batch: usize,
	pub length: usize,
	/// Query heads; a multiple of `kv_heads`.
	pub heads: usize,
	pub kv_heads: usize,
}

/// Rotary position tables: cosine and sine of position · base^(-2i/[`HEAD`]).
#[derive(Debug)]
pub(crate) struct RopeTables(Vec<[[f32; HEAD / 2]; 2]>);

impl RopeTables {
	pub(crate) fn new(positions: usize, base: f64) -> Self {
		let angle =
			|position: usize, i: usize| position as f64 * base.powf(-2.0 * i as f64 / HEAD as f64);
		let row = |position| {
			let cos = std::array::from_fn(|i| angle(position, i).cos() as f32);
			let sin = std::array::from_fn(|i| angle(position, i).sin() as f32);
			[cos, sin]
		};
		Self((0..positions).map(row).collect())
	}

	/// Rotates the pairs (i, i + HEAD/2) of `x` by the angles of `position`; `direction` is 1 forward
	/// and -1 backward.
	#[inline(always)]
	fn rotate(&self, x: &Row, position: usize, direction: f32) -> Row {
		const HALF: usize = HEAD / 2;
		let [cos, sin] = &self.0[position];
		let mut y = [0.0; HEAD];
		for i in 0..HALF {
			let (c, s) = (cos[i], sin[i] * direction);
			y[i] = x[i] * c - x[i + HALF] * s;
			y[i + HALF] = x[i + HALF] * c + x[i] * s;
		}
		y
	}
}

/// The head that begins at `x[0]`.
#[inline(always)]
fn row(x: &[f32]) -> Row {
	let mut row = [0.0; HEAD];
	row.copy_from_slice(&x[..HEAD]);
	row
}

/// Puts `x` into the columns of `blocks` at position `t`.
#[inline(always)]
fn put_column(x: &Row, t: usize, blocks: &mut [Block]) {
	let block = &mut blocks[t / LANES];
	for i in 0..HEAD {
		block[i][t % LANES] = x[i];
	}
}

/// scores[j] = x · column j, for at least `count` columns.
#[inline(always)]
fn project(x: &Row, blocks: &[Block], count: usize, scores: &mut [[f32; LANES]]) {
	for (block, scores) in blocks.iter().zip(scores).take(count.div_ceil(LANES)) {
		let mut sums = [0.0; LANES];
		for i in 0..HEAD {
			for lane in 0..LANES {
				sums[lane] = x[i].mul_add(block[i][lane], sums[lane]);
			}
		}
		*scores = sums;
	}
}

/// y += factor · x.
#[inline(always)]
fn add_scaled(factor: f32, x: &Row, y: &mut Row) {
	for i in 0..HEAD {
		y[i] = factor.mul_add(x[i], y[i]);
	}
}

/// Softmax in place of the first `count` scores; the rest of their last block becomes 0.
#[inline(always)]
fn softmax(scores: &mut [[f32; LANES]], count: usize) {
	let scores = &mut scores[..count.div_ceil(LANES)];
	for lane in count..scores.len() * LANES {
		scores[lane / LANES][lane % LANES] = f32::NEG_INFINITY;
	}
	let mut maxima = [f32::NEG_INFINITY; LANES];
	for block in scores.iter() {
		for lane in 0..LANES {
			maxima[lane] = if block[lane] > maxima[lane] { block[lane] } else { maxima[lane] };
		}
	}
	let maximum = maxima.iter().fold(f32::NEG_INFINITY, |a, b| if *b > a { *b } else { a });
	let mut sums = [0.0; LANES];
	for block in scores.iter_mut() {
		for lane in 0..LANES {
			block[lane] = exp(block[lane] - maximum);
			sums[lane] += block[lane];
		}
	}
	// What was minus infinity became e^-87, far below the last bit of the sum.
	let inverse = 1.0 / sums.iter().sum::<f32>();
	for block in scores.iter_mut() {
		for value in block.iter_mut() {
			*value *= inverse;
		}
	}
}

vectorised! {
	/// Causal grouped-query attention with rotary positions. `q` and `y` are (batch, length, heads,
	/// [`HEAD`]), `k` and `v` (batch, length, kv_heads, [`HEAD`]).
	pub(crate) fn attention(
		q: &[f32], k: &[f32], v: &[f32], shape: AttentionShape, rope: &RopeTables, y: &mut [f32],
	) {
		let AttentionShape { batch, length, heads, kv_heads } = shape;
		let (q_stride, k_stride) = (heads * HEAD, kv_heads * HEAD);
		let scale = 1.0 / (HEAD as f32).sqrt();
		let blocks = length.div_ceil(LANES);
		let mut keys: Vec<Block> = vec![[[0.0; LANES]; HEAD]; blocks];
		let mut values: Vec<Row> = vec![[0.0; HEAD]; length];
		let mut scores = vec![[0.0; LANES]; blocks];
		for b in 0..batch {
			for kv in 0..kv_heads {
				for t in 0..length {
					let at = (b * length + t) * k_stride + kv * HEAD;
					put_column(&rope.rotate(&row(&k[at..]), t, 1.0), t, &mut keys);
					values[t] = row(&v[at..]);
				}
				for h in kv * heads / kv_heads..(kv + 1) * heads / kv_heads {
					for t in 0..length {
						let at = (b * length + t) * q_stride + h * HEAD;
						let query = rope.rotate(&row(&q[at..]), t, 1.0).map(|x| x * scale);
						project(&query, &keys, t + 1, &mut scores);
						softmax(&mut scores, t + 1);
						let mut sum = [0.0; HEAD];
						for j in 0..=t {
							add_scaled(scores[j / LANES][j % LANES], &values[j], &mut sum);
						}
						y[at..at + HEAD].copy_from_slice(&sum);
					}
				}
			}
		}
	}
}

vectorised! {
	/// Derivative of [`attention`], given the derivative `g` of y: sets `dq`, `dk` and `dv`.
	pub(crate) fn attention_backward(
		q: &[f32], k: &[f32], v: &[f32], g: &[f32], shape: AttentionShape, rope: &RopeTables,
		dq: &mut [f32], dk: &mut [f32], dv: &mut [f32],
	) {
		let AttentionShape { batch, length, heads, kv_heads } = shape;
		let (q_stride, k_stride) = (heads * HEAD, kv_heads * HEAD);
		let scale = 1.0 / (HEAD as f32).sqrt();
		let blocks = length.div_ceil(LANES);
		let mut keys: Vec<Block> = vec![[[0.0; LANES]; HEAD]; blocks];
		let mut values: Vec<Block> = vec![[[0.0; LANES]; HEAD]; blocks];
		let mut key_rows: Vec<Row> = vec![[0.0; HEAD]; length];
		let mut scores = vec![[0.0; LANES]; blocks];
		let mut dscores = vec![[0.0; LANES]; blocks];
		for b in 0..batch {
			for kv in 0..kv_heads {
				for t in 0..length {
					let at = (b * length + t) * k_stride + kv * HEAD;
					key_rows[t] = rope.rotate(&row(&k[at..]), t, 1.0);
					put_column(&key_rows[t], t, &mut keys);
					put_column(&row(&v[at..]), t, &mut values);
				}
				let mut dkeys: Vec<Row> = vec![[0.0; HEAD]; length];
				let mut dvalues: Vec<Row> = vec![[0.0; HEAD]; length];
				for h in kv * heads / kv_heads..(kv + 1) * heads / kv_heads {
					for t in 0..length {
						let at = (b * length + t) * q_stride + h * HEAD;
						let query = rope.rotate(&row(&q[at..]), t, 1.0).map(|x| x * scale);
						let gradient = row(&g[at..]);
						project(&query, &keys, t + 1, &mut scores);
						softmax(&mut scores, t + 1);
						project(&gradient, &values, t + 1, &mut dscores);
						let mut means = [0.0; LANES];
						for (p, d) in scores.iter().zip(&dscores).take(t / LANES + 1) {
							for lane in 0..LANES {
								means[lane] = p[lane].mul_add(d[lane], means[lane]);
							}
						}
						let mean: f32 = means.iter().sum();
						let mut dquery = [0.0; HEAD];
						for j in 0..=t {
							let p = scores[j / LANES][j % LANES];
							let d = p * (dscores[j / LANES][j % LANES] - mean);
							add_scaled(d, &key_rows[j], &mut dquery);
							add_scaled(d, &query, &mut dkeys[j]);
							add_scaled(p, &gradient, &mut dvalues[j]);
						}
						let dquery = rope.rotate(&dquery.map(|x| x * scale), t, -1.0);
						dq[at..at + HEAD].copy_from_slice(&dquery);
					}
				}
				for t in 0..length {
					let at = (b * length + t) * k_stride + kv * HEAD;
					dk[at..at + HEAD].copy_from_slice(&rope.rotate(&dkeys[t], t, -1.0));
					dv[at..at + HEAD].copy_from_slice(&dvalues[t]);
				}
			}
		}
	}
}

vectorised! {
	/// Loss of each row: -ln(softmax(logits)[target]). Rows are `vocabulary` long, a multiple of
	/// [`LANES`].
	pub(crate) fn cross_entropy(
		logits: &[f32], targets: &[u32], vocabulary: usize, losses: &mut [f32],
	) {
		let rows = logits.chunks_exact(vocabulary).zip(targets);
		for ((row, target), loss) in rows.zip(losses) {
			let maximum = row.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b));
			let sum = lane_sum(vocabulary, |i| exp(row[i] - maximum));
			*loss = sum.ln() + maximum - row[*target as usize];
		}
	}
}

vectorised! {
	/// Derivative of [`cross_entropy`], given the derivative `g` of each row's loss.
	pub(crate) fn cross_entropy_backward(
		logits: &[f32], targets: &[u32], vocabulary: usize, g: &[f32], dlogits: &mut [f32],
	) {
		let rows = logits.chunks_exact(vocabulary).zip(targets).zip(g);
		for (((row, target), g), d) in rows.zip(dlogits.chunks_exact_mut(vocabulary)) {
			let maximum = row.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b));
			for i in 0..vocabulary {
				d[i] = exp(row[i] - maximum);
			}
			let factor = g / lane_sum(vocabulary, |i| d[i]);
			for d in d.iter_mut() {
				*d *= factor;
			}
			d[*target as usize] -= g;
		}
	}
}
