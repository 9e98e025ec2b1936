// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The row operations as candle operators with derivatives. candle's own fused ones have none, and
//! composing them from elementary operators costs several passes over memory each.

use super::kernels::{self, AttentionShape, RopeTables};
use candle_core::{
	CpuStorage, CustomOp1, CustomOp2, CustomOp3, Layout, Result, Shape, Storage, Tensor,
};
use std::sync::Arc;

/// The values of a contiguous f32 tensor on the CPU.
fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
	let (start, end) = layout
		.contiguous_offsets()
		.ok_or_else(|| candle_core::Error::Msg("operand is not contiguous".into()))?;
	Ok(&storage.as_slice::<f32>()?[start..end])
}

/// Calls `f` with the values of `tensors`.
fn with_values<const N: usize, R>(
	tensors: [&Tensor; N],
	f: impl FnOnce([&[f32]; N]) -> R,
) -> Result<R> {
	let guards = tensors.map(Tensor::storage_and_layout);
	let mut slices: [&[f32]; N] = [&[]; N];
	for ((storage, layout), slice) in guards.iter().zip(&mut slices) {
		let Storage::Cpu(storage) = &**storage else {
			candle_core::bail!("operand is not on the CPU");
		};
		*slice = values(storage, layout)?;
	}
	Ok(f(slices))
}

/// A tensor of the shape of `like`.
fn tensor(data: Vec<f32>, like: &Tensor) -> Result<Tensor> {
	Tensor::from_vec(data, like.shape(), like.device())
}

/// Root-mean-square norm of the rows of x (…, width), times weights w (width).
struct RmsNorm {
	epsilon: f32,
}

impl CustomOp2 for RmsNorm {
	fn name(&self) -> &'static str {
		"rms-norm"
	}

	fn cpu_fwd(
		&self,
		x: &CpuStorage,
		x_layout: &Layout,
		w: &CpuStorage,
		w_layout: &Layout,
	) -> Result<(CpuStorage, Shape)> {
		let x = values(x, x_layout)?;
		let mut y = vec![0.0; x.len()];
		kernels::rms_norm(x, values(w, w_layout)?, self.epsilon, &mut y);
		Ok((CpuStorage::F32(y), x_layout.shape().clone()))
	}

	fn bwd(
		&self,
		x: &Tensor,
		w: &Tensor,
		_y: &Tensor,
		g: &Tensor,
	) -> Result<(Option<Tensor>, Option<Tensor>)> {
		let (mut dx, mut dw) = (vec![0.0; x.elem_count()], vec![0.0; w.elem_count()]);
		with_values([x, w, &g.contiguous()?], |[x, w, g]| {
			kernels::rms_norm_backward(x, w, g, self.epsilon, &mut dx, &mut dw);
		})?;
		Ok((Some(tensor(dx, x)?), Some(tensor(dw, w)?)))
	}
}

/// silu(gate) · up.
struct SwiGlu;

impl CustomOp2 for SwiGlu {
	fn name(&self) -> &'static str {
		"swiglu"
	}

	fn cpu_fwd(
		&self,
		gate: &CpuStorage,
		gate_layout: &Layout,
		up: &CpuStorage,
		up_layout: &Layout,
	) -> Result<(CpuStorage, Shape)> {
		let gate = values(gate, gate_layout)?;
		let mut y = vec![0.0; gate.len()];
		kernels::swiglu(gate, values(up, up_layout)?, &mut y);
		Ok((CpuStorage::F32(y), gate_layout.shape().clone()))
	}

	fn bwd(
		&self,
		gate: &Tensor,
		up: &Tensor,
		_y: &Tensor,
		g: &Tensor,
	) -> Result<(Option<Tensor>, Option<Tensor>)> {
		let (mut dgate, mut dup) = (vec![0.0; gate.elem_count()], vec![0.0; up.elem_count()]);
		with_values([gate, up, &g.contiguous()?], |[gate, up, g]| {
			kernels::swiglu_backward(gate, up, g, &mut dgate, &mut dup);
		})?;
		Ok((Some(tensor(dgate, gate)?), Some(tensor(dup, up)?)))
	}
}

/// Causal grouped-query attention with rotary positions.
struct Attention {
	shape: AttentionShape,
	rope: Arc<RopeTables>,
}

impl CustomOp3 for Attention {
	fn name(&self) -> &'static str {
		"attention"
	}

	fn cpu_fwd(
		&self,
		q: &CpuStorage,
		q_layout: &Layout,
		k: &CpuStorage,
		k_layout: &Layout,
		v: &CpuStorage,
		v_layout: &Layout,
	) -> Result<(CpuStorage, Shape)> {
		let (q, k, v) = (values(q, q_layout)?, values(k, k_layout)?, values(v, v_layout)?);
		let mut y = vec![0.0; q.len()];
		kernels::attention(q, k, v, self.shape, &self.rope, &mut y);
		Ok((CpuStorage::F32(y), q_layout.shape().clone()))
	}

	fn bwd(
		&self,
		q: &Tensor,
		k: &Tensor,
		v: &Tensor,
		_y: &Tensor,
		g: &Tensor,
	) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
		let mut dq = vec![0.0; q.elem_count()];
		let (mut dk, mut dv) = (vec![0.0; k.elem_count()], vec![0.0; v.elem_count()]);
		with_values([q, k, v, &g.contiguous()?], |[q, k, v, g]| {
			let (shape, rope) = (self.shape, &*self.rope);
			kernels::attention_backward(q, k, v, g, shape, rope, &mut dq, &mut dk, &mut dv);
		})?;
		Ok((Some(tensor(dq, q)?), Some(tensor(dk, k)?), Some(tensor(dv, v)?)))
	}
}

/// Loss of each row of logits (rows, vocabulary) against its target.
struct CrossEntropy {
	targets: Vec<u32>,
	vocabulary: usize,
}

impl CustomOp1 for CrossEntropy {
	fn name(&self) -> &'static str {
		"cross-entropy"
	}

	fn cpu_fwd(&self, logits: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
		let mut losses = vec![0.0; self.targets.len()];
		let logits = values(logits, layout)?;
		kernels::cross_entropy(logits, &self.targets, self.vocabulary, &mut losses);
		Ok((CpuStorage::F32(losses), self.targets.len().into()))
	}

	fn bwd(&self, logits: &Tensor, _losses: &Tensor, g: &Tensor) -> Result<Option<Tensor>> {
		let mut d = vec![0.0; logits.elem_count()];
		with_values([logits, &g.contiguous()?], |[logits, g]| {
			kernels::cross_entropy_backward(logits, &self.targets, self.vocabulary, g, &mut d);
		})?;
		Ok(Some(tensor(d, logits)?))
	}
}

/// x / sqrt(mean(x²) + epsilon) · w over the last dimension.
pub(crate) fn rms_norm(x: &Tensor, w: &Tensor, epsilon: f32) -> Result<Tensor> {
	x.apply_op2(w, RmsNorm { epsilon })
}

/// silu(gate) · up, element by element.
pub(crate) fn swiglu(gate: &Tensor, up: &Tensor) -> Result<Tensor> {
	gate.apply_op2(up, SwiGlu)
}

/// Causal attention of q (batch · length, heads · 32) over k and v (batch · length, kv_heads ·
/// 32), with rotary positions counted from 0 in each sequence.
pub(crate) fn attention(
	q: &Tensor,
	k: &Tensor,
	v: &Tensor,
	shape: AttentionShape,
	rope: &Arc<RopeTables>,
) -> Result<Tensor> {
	q.apply_op3(k, v, Attention { shape, rope: rope.clone() })
}

/// Loss of each row of `logits` (rows, vocabulary) against its target, in nats.
pub(crate) fn cross_entropy(logits: &Tensor, targets: Vec<u32>) -> Result<Tensor> {
	let (rows, vocabulary) = logits.dims2()?;
	if rows != targets.len() || targets.iter().any(|t| *t as usize >= vocabulary) {
		candle_core::bail!("targets do not fit logits of {rows} rows of {vocabulary}");
	}
	logits.apply_op1(CrossEntropy { targets, vocabulary })
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::random::{Purpose, Random};
	use candle_core::{Device, Var};

	fn random(shape: &[usize], index: u64) -> Tensor {
		let mut random = Random::new(5, Purpose::Weights, index);
		let data: Vec<f32> = (0..shape.iter().product()).map(|_| random.normal()).collect();
		Tensor::from_vec(data, shape, &Device::Cpu).unwrap()
	}

	/// Compares the derivative of sum(f(x) · weights) by each argument with a central difference
	/// along a random direction.
	fn check_derivative(arguments: &[Tensor], f: impl Fn(&[Tensor]) -> Tensor) {
		let weights = random(f(arguments).dims(), 99);
		let value = |arguments: &[Tensor]| (f(arguments) * &weights).unwrap().sum_all().unwrap();
		for (index, argument) in arguments.iter().enumerate() {
			let var = Var::from_tensor(argument).unwrap();
			let mut inputs = arguments.to_vec();
			inputs[index] = var.as_tensor().clone();
			let gradients = value(&inputs).backward().unwrap();
			let direction = random(argument.dims(), 100 + index as u64);
			let analytic = (gradients.get(&var).unwrap() * &direction).unwrap().sum_all().unwrap();
			let step = 1e-3;
			let shifted = |sign: f64| {
				let mut inputs = arguments.to_vec();
				inputs[index] = (argument + (&direction * (sign * step)).unwrap()).unwrap();
				f64::from(value(&inputs).to_scalar::<f32>().unwrap())
			};
			let numeric = (shifted(1.0) - shifted(-1.0)) / (2.0 * step);
			let analytic = f64::from(analytic.to_scalar::<f32>().unwrap());
			let error = (numeric - analytic).abs() / (1.0 + analytic.abs());
			assert!(error < 2e-2, "argument {index}: {numeric} against {analytic}");
		}
	}

	#[test]
	fn exp_agrees_with_the_library() {
		for i in -8700..8800 {
			let x = i as f32 / 100.0;
			let relative = (f64::from(kernels::exp(x)) / f64::from(x).exp() - 1.0).abs();
			assert!(relative < 5e-7, "exp({x}) is off by {relative}");
		}
	}

	#[test]
	fn rms_norm_is_right_and_has_the_right_derivative() {
		let (x, w) = (random(&[3, 32], 0), random(&[32], 1));
		let expected = {
			let mean = x.sqr().unwrap().mean_keepdim(1).unwrap();
			let root = (mean + 1e-5).unwrap().sqrt().unwrap();
			x.broadcast_div(&root).unwrap().broadcast_mul(&w).unwrap()
		};
		let difference = (rms_norm(&x, &w, 1e-5).unwrap() - expected).unwrap().abs().unwrap();
		assert!(difference.max_all().unwrap().to_scalar::<f32>().unwrap() < 1e-5);
		check_derivative(&[x, w], |a| rms_norm(&a[0], &a[1], 1e-5).unwrap());
	}

	#[test]
	fn swiglu_is_right_and_has_the_right_derivative() {
		let (gate, up) = (random(&[4, 16], 0), random(&[4, 16], 1));
		let expected = (gate.silu().unwrap() * &up).unwrap();
		let difference = (swiglu(&gate, &up).unwrap() - expected).unwrap().abs().unwrap();
		assert!(difference.max_all().unwrap().to_scalar::<f32>().unwrap() < 1e-5);
		check_derivative(&[gate, up], |a| swiglu(&a[0], &a[1]).unwrap());
	}

	#[test]
	fn cross_entropy_is_right_and_has_the_right_derivative() {
		let logits = random(&[5, 32], 0);
		let targets = vec![0, 31, 7, 7, 16];
		let losses = cross_entropy(&logits, targets.clone()).unwrap().to_vec1::<f32>().unwrap();
		for ((row, target), loss) in
			logits.to_vec2::<f32>().unwrap().iter().zip(&targets).zip(losses)
		{
			let sum: f32 = row.iter().map(|x| x.exp()).sum();
			assert!((sum.ln() - row[*target as usize] - loss).abs() < 1e-5);
		}
		check_derivative(&[logits], |a| cross_entropy(&a[0], targets.clone()).unwrap());
		assert!(cross_entropy(&random(&[1, 32], 0), vec![32]).is_err());
	}

	const SHAPE: AttentionShape = AttentionShape { batch: 2, length: 19, heads: 4, kv_heads: 2 };

	fn attend(a: &[Tensor]) -> Tensor {
		let rope = Arc::new(RopeTables::new(20, 10_000.0));
		attention(&a[0], &a[1], &a[2], SHAPE, &rope).unwrap()
	}

	#[test]
	fn attention_is_right_and_has_the_right_derivative() {
		let arguments = [random(&[38, 128], 0), random(&[38, 64], 1), random(&[38, 64], 2)];
		let expected = composed_attention(&arguments);
		let difference = (attend(&arguments) - expected).unwrap().abs().unwrap();
		assert!(difference.max_all().unwrap().to_scalar::<f32>().unwrap() < 1e-5);
		check_derivative(&arguments, attend);
	}

	/// The same attention, composed of candle's elementary operators.
	fn composed_attention(a: &[Tensor]) -> Tensor {
		let AttentionShape { batch, length, heads, kv_heads } = SHAPE;
		let width = kernels::HEAD;
		let split = |x: &Tensor, n: usize| {
			let x = x.reshape((batch, length, n, width)).unwrap().transpose(1, 2).unwrap();
			let x = x.unsqueeze(2).unwrap();
			let shape = (batch, n, heads / n, length, width);
			let x = x.broadcast_as(shape).unwrap().contiguous().unwrap();
			x.reshape((batch, heads, length, width)).unwrap()
		};
		let rotate = |x: &Tensor| {
			let angles: Vec<f32> = (0..length * width / 2)
				.map(|i| (i / 16) as f32 * 10_000f32.powf(-((i % 16) as f32) / 16.0))
				.collect();
			let angles = Tensor::from_vec(angles, (length, width / 2), &Device::Cpu).unwrap();
			let (cos, sin) = (angles.cos().unwrap(), angles.sin().unwrap());
			let (first, second) = (x.narrow(3, 0, 16).unwrap(), x.narrow(3, 16, 16).unwrap());
			let times = |x: &Tensor, y: &Tensor| x.broadcast_mul(y).unwrap();
			let low = (times(&first, &cos) - times(&second, &sin)).unwrap();
			let high = (times(&second, &cos) + times(&first, &sin)).unwrap();
			Tensor::cat(&[low, high], 3).unwrap()
		};
		let (q, k, v) =
			(rotate(&split(&a[0], heads)), rotate(&split(&a[1], kv_heads)), split(&a[2], kv_heads));
		let scores = (q.matmul(&k.t().unwrap()).unwrap() / (width as f64).sqrt()).unwrap();
		let mask: Vec<f32> = (0..length * length)
			.map(|i| if i % length > i / length { f32::NEG_INFINITY } else { 0.0 })
			.collect();
		let mask = Tensor::from_vec(mask, (length, length), &Device::Cpu).unwrap();
		let scores = scores.broadcast_add(&mask).unwrap().exp().unwrap();
		let sums = scores.sum_keepdim(3).unwrap();
		let y = scores.broadcast_div(&sums).unwrap().matmul(&v).unwrap();
		y.transpose(1, 2)
			.unwrap()
			.contiguous()
			.unwrap()
			.reshape((batch * length, heads * width))
			.unwrap()
	}
}
