// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! AdamW (Loshchilov and Hutter 2019) whose moments can be saved, so that an interrupted run
//! continues with the very bits that it would have had.

use crate::Result;
use candle_core::{Tensor, Var};
use std::collections::BTreeMap;

/// Decay of the mean of gradients.
const BETA1: f32 = 0.9;
/// Decay of the mean of squared gradients.
const BETA2: f32 = 0.98;
/// Keeps the denominator from zero.
const EPSILON: f32 = 1e-8;

/// Gradients by the weight's name, flattened.
pub type Gradients = BTreeMap<String, Vec<f32>>;

/// Mean and mean square of one weight's gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
	/// Decaying mean.
	pub mean: Vec<f32>,
	/// Decaying mean of squares.
	pub square: Vec<f32>,
}

/// AdamW with weight decay on matrices, not on norms.
pub struct AdamW {
	weights: BTreeMap<String, Var>,
	moments: BTreeMap<String, Moments>,
	decay: f32,
	step: i32,
}

impl AdamW {
	/// An optimiser at step 0. `decay` is the part of a weight that is lost per step, relative to
	/// the learning rate.
	pub fn new(weights: BTreeMap<String, Var>, decay: f32) -> Self {
		let zeros = |var: &Var| vec![0.0; var.elem_count()];
		let moments = weights
			.iter()
			.map(|(name, var)| (name.clone(), Moments { mean: zeros(var), square: zeros(var) }))
			.collect();
		Self { weights, moments, decay, step: 0 }
	}

	/// The moments, to be saved.
	pub fn moments(&self) -> &BTreeMap<String, Moments> {
		&self.moments
	}

	/// Continues with saved moments after `step` steps.
	pub fn restore(&mut self, moments: BTreeMap<String, Moments>, step: usize) {
		self.moments = moments;
		self.step = step as i32;
	}

	/// One step against `gradients`, scaled down to a joint norm of at most `clip`. Returns the norm
	/// before scaling.
	pub fn step(&mut self, gradients: &Gradients, rate: f32, clip: f32) -> Result<f32> {
		let squares = gradients.values().flatten().map(|g| f64::from(*g) * f64::from(*g));
		let norm = squares.sum::<f64>().sqrt() as f32;
		let scale = if norm > clip { clip / norm } else { 1.0 };
		self.step += 1;
		let correct_mean = 1.0 / (1.0 - BETA1.powi(self.step));
		let correct_square = 1.0 / (1.0 - BETA2.powi(self.step));
		for (name, gradient) in gradients {
			let (Some(var), Some(moments)) = (self.weights.get(name), self.moments.get_mut(name))
			else {
				continue;
			};
			let decay = if var.rank() > 1 { 1.0 - rate * self.decay } else { 1.0 };
			let mut values = var.flatten_all()?.to_vec1::<f32>()?;
			let moments = moments.mean.iter_mut().zip(&mut moments.square);
			for ((w, g), (m, s)) in values.iter_mut().zip(gradient).zip(moments) {
				let g = g * scale;
				*m += (1.0 - BETA1) * (g - *m);
				*s += (1.0 - BETA2) * (g * g - *s);
				let update = *m * correct_mean / ((*s * correct_square).sqrt() + EPSILON);
				*w = *w * decay - rate * update;
			}
			var.set(&Tensor::from_vec(values, var.shape(), var.device())?)?;
		}
		Ok(norm)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use candle_core::Device;

	fn single(values: &[f32]) -> BTreeMap<String, Var> {
		let shape = (1, values.len());
		let var = Var::from_vec(values.to_vec(), shape, &Device::Cpu).unwrap();
		BTreeMap::from([("w".into(), var)])
	}

	fn values(optimiser: &AdamW) -> Vec<f32> {
		optimiser.weights["w"].flatten_all().unwrap().to_vec1().unwrap()
	}

	#[test]
	fn first_step_moves_by_the_rate_against_the_sign_and_decays() {
		let mut optimiser = AdamW::new(single(&[1.0, -1.0]), 0.1);
		let gradients = BTreeMap::from([("w".into(), vec![0.3, -0.4])]);
		let norm = optimiser.step(&gradients, 0.01, 1.0).unwrap();
		assert!((norm - 0.5).abs() < 1e-6);
		let expected = 1.0 * (1.0 - 0.001) - 0.01;
		for (value, expected) in values(&optimiser).iter().zip([expected, -expected]) {
			assert!((value - expected).abs() < 1e-5, "{value} {expected}");
		}
	}

	#[test]
	fn restored_run_continues_with_the_same_bits() {
		let gradients = |step: usize| {
			BTreeMap::from([("w".into(), vec![0.1 * step as f32, 0.7 - step as f32])])
		};
		let mut whole = AdamW::new(single(&[0.5, 0.25]), 0.1);
		(0..6).for_each(|i| _ = whole.step(&gradients(i), 0.01, 1.0).unwrap());
		let mut first = AdamW::new(single(&[0.5, 0.25]), 0.1);
		(0..3).for_each(|i| _ = first.step(&gradients(i), 0.01, 1.0).unwrap());
		let mut second = AdamW::new(single(&values(&first)), 0.1);
		second.restore(first.moments().clone(), 3);
		(3..6).for_each(|i| _ = second.step(&gradients(i), 0.01, 1.0).unwrap());
		assert_eq!(values(&whole), values(&second));
	}
}
