// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Every number of a forward pass can be opened, and computed again from what was opened.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, sync::Arc};

use common::{seen::Seen, two_threads, Choices, Imported};
use ergon_core::{merkle, Architecture, H256};
use ergon_engine::{
	executor::{Executor, Priority, Session, Want},
	regenerate::{Opened, OpenedInput, Regeneration},
	synthetic::Shape,
	Model,
};
use ergon_exact::{
	judge::{self, Recomputed},
	operators::{inputs, Input, Number, Operator, Place, Sequence, Tensor},
};

const ARCHITECTURES: [Architecture; 4] =
	[Architecture::Llama, Architecture::Qwen2, Architecture::Qwen3, Architecture::Bert];

fn imported(architecture: Architecture) -> Imported {
	let mut dimensions = Shape::TINY.dimensions;
	if architecture == Architecture::Bert {
		dimensions.key_value_heads = dimensions.heads;
	}
	Imported::new(&Shape { architecture, dimensions, tied: true }, 11)
}

/// A pass, and the roots that both sides of a dispute would agree on.
struct Setup {
	model: Arc<Model>,
	executor: Executor,
	tokens: Vec<u32>,
}

impl Setup {
	fn new(architecture: Architecture, length: u32) -> Self {
		let model = Arc::clone(&imported(architecture).model);
		let tokens = (0..length).map(|token| token * 37 % 320).collect();
		Self { model, executor: Executor::new(two_threads()), tokens }
	}

	fn regeneration(&self) -> Regeneration<'_> {
		let Self { model, executor, tokens } = self;
		Regeneration::new(executor, model, tokens, Priority::Audit, two_threads())
	}

	/// What the pass gives.
	fn outputs(&self) -> Seen {
		let capacity = self.tokens.len() as u32;
		let control = two_threads();
		let mut session =
			Session::new(&self.executor, &self.model, capacity, Priority::Audit, control);
		let seen = Rc::new(RefCell::new(Seen::default()));
		let want = Want { from: 0, candidates: true };
		self.executor.complete(session.feed(&self.tokens, want, &seen)).unwrap();
		seen.take()
	}

	/// Roots of a layer's tensors.
	fn roots(&self, regeneration: &Regeneration, layer: u32) -> BTreeMap<Tensor, H256> {
		let layers = self.executor.complete(regeneration.layer_roots()).unwrap();
		assert_eq!(layers.len(), self.model.manifest().dimensions.layers as usize + 1);
		let operators = self.executor.complete(regeneration.operator_roots(layer)).unwrap();
		// A layer's last operator is the next layer's input.
		assert_eq!(operators.last(), Some(&layers[layer as usize + 1]));
		let named = Operator::ALL.into_iter().map(Tensor::Of).zip(operators);
		named.chain([(Tensor::Residual, layers[layer as usize])]).collect()
	}
}

/// A number of a tensor.
fn draw(sequence: &Sequence, layer: u32, tensor: Tensor, choices: &mut Choices) -> Number {
	let shape = sequence.shape(tensor);
	let row = choices.below(shape.rows.into()) as u32;
	let place = match choices.below(4) {
		0 if shape.exponents > 0 => Place::Exponent(choices.below(shape.exponents.into()) as u32),
		_ => Place::Element(choices.below(shape.elements.into()) as u32),
	};
	Number { layer, tensor, row, place }
}

/// The number as it stands in the block that was opened.
fn claimed(sequence: &Sequence, opened: &Opened) -> i32 {
	let shape = sequence.shape(opened.number.tensor);
	let (index, size) = match opened.number.place {
		Place::Exponent(index) => (index % 64, 2),
		Place::Element(index) => (index % 64, shape.element_bytes as usize),
	};
	let bytes = &opened.block.bytes[index as usize * size..][..size];
	match size {
		2 => i16::from_le_bytes(bytes.try_into().unwrap()).into(),
		_ => i32::from_le_bytes(bytes.try_into().unwrap()),
	}
}

/// Whether everything that was opened belongs to agreed roots, and what the number must be.
fn judged(
	sequence: &Sequence,
	model: &Model,
	roots: &BTreeMap<Tensor, H256>,
	opened: &Opened,
) -> Option<Recomputed> {
	let wanted = inputs(sequence, opened.number, opened.witness).unwrap();
	assert_eq!(wanted.len(), opened.inputs.len());
	for (wanted, input) in wanted.iter().zip(&opened.inputs) {
		let belongs = match (wanted, input) {
			(Input::Blocks { tensor, row, blocks }, OpenedInput::Blocks(opening)) => {
				let root = opening.root(&sequence.shape(*tensor), *row, blocks.clone());
				root.is_some() && root == roots.get(tensor).copied()
			}
			(Input::Weight(leaf), OpenedInput::Leaf { bytes, path }) => merkle::verify(
				model.manifest().weights_root,
				merkle::leaf(bytes),
				*leaf,
				model.layout().weight_rows,
				path,
			),
			(Input::Table(leaf), OpenedInput::Leaf { bytes, path }) => {
				let count = model.leaves().1.len() as u64;
				let root = model.manifest().tables_root;
				merkle::verify(root, merkle::leaf(bytes), *leaf, count, path)
			}
			_ => false,
		};
		assert!(belongs, "{wanted:?} of {:?}", opened.number);
	}
	let bytes: Vec<&[u8]> = opened.inputs.iter().map(OpenedInput::bytes).collect();
	judge::recompute(sequence, opened.number, opened.witness, &bytes)
}

#[test]
fn thousands_of_numbers_of_every_operator_are_computed_again() {
	for architecture in ARCHITECTURES {
		let setup = Setup::new(architecture, 75);
		let regeneration = setup.regeneration();
		let sequence = regeneration.sequence();
		let mut choices = Choices::new(5);
		for layer in 0..sequence.dimensions.layers {
			let roots = setup.roots(&regeneration, layer);
			let open =
				|number| setup.executor.complete(regeneration.open(number)).unwrap().unwrap();
			for operator in Operator::ALL {
				let tensor = Tensor::Of(operator);
				for _ in 0..20 {
					let number = draw(&sequence, layer, tensor, &mut choices);
					let opened = open(number);
					let shape = sequence.shape(tensor);
					let block = shape.block_of(number.place);
					let root = opened.block.root(&shape, number.row, block..block + 1);
					assert_eq!(root, Some(roots[&tensor]), "{number:?}");

					// Attention's scores are agreed on when one of its outputs is in dispute.
					let mut roots = roots.clone();
					if operator == Operator::Mixed {
						let Place::Element(element) = number.place else { panic!() };
						let head = element / sequence.dimensions.head_width;
						let scores = Tensor::Scores { position: number.row, head };
						let rows = regeneration.row_roots(layer, scores);
						let rows = setup.executor.complete(rows).unwrap();
						roots.insert(scores, merkle::root(rows));
						let score = draw(&sequence, layer, scores, &mut choices);
						let opened = open(score);
						let expected = Recomputed::Exactly(claimed(&sequence, &opened));
						let found = judged(&sequence, &setup.model, &roots, &opened);
						assert_eq!(found, Some(expected), "{architecture:?} {score:?}");
					}
					let claim = claimed(&sequence, &opened);
					let found = judged(&sequence, &setup.model, &roots, &opened).unwrap();
					let is_right = match found {
						Recomputed::Exactly(exact) => exact == claim,
						// The witness that was named is the best there is.
						Recomputed::AtLeast(least) => i32::from(least) == claim,
					};
					assert!(is_right, "{architecture:?} {number:?}: {found:?}, not {claim}");
				}
			}
		}
	}
}

#[test]
fn what_enters_and_what_leaves_is_computed_again_too() {
	for architecture in ARCHITECTURES {
		let setup = Setup::new(architecture, 20);
		let (model, regeneration) = (&setup.model, setup.regeneration());
		let sequence = regeneration.sequence();
		let leaves = ergon_core::network::Leaves::new(architecture, model.manifest().dimensions);
		let row = |layer, row| {
			let row = regeneration.row(layer, Tensor::Residual, row);
			let bytes = setup.executor.complete(row).unwrap().unwrap();
			let (numbers, _) = bytes.as_chunks();
			numbers.iter().copied().map(i32::from_le_bytes).collect::<Vec<_>>()
		};
		for position in [0, 7, 19] {
			let token = setup.tokens[position as usize];
			let vocabulary = sequence.dimensions.vocabulary;
			let mut inputs = vec![model.weight_leaf(token.into()).unwrap()];
			if !architecture.generates() {
				inputs.push(model.weight_leaf((vocabulary + position).into()).unwrap());
				let kind = vocabulary + sequence.dimensions.context;
				inputs.push(model.weight_leaf(kind.into()).unwrap());
				inputs.push(model.table_leaf(leaves.final_norm()).unwrap());
				inputs.push(model.table_leaf(0).unwrap());
			}
			let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
			for (element, expected) in (0..).zip(row(0, position)) {
				assert_eq!(judge::embedded(&sequence, element, &inputs), Some(expected));
			}
		}
		if !architecture.generates() {
			continue;
		}
		let seen = setup.outputs();
		let last = sequence.dimensions.layers - 1;
		for (position, hidden, exponent, candidates) in &seen.outputs {
			let row = regeneration.row(last, Tensor::Of(Operator::Output), *position);
			let residual = setup.executor.complete(row).unwrap().unwrap();
			let [norm, constants] =
				[leaves.final_norm(), 0].map(|leaf| model.table_leaf(leaf).unwrap());
			let found = judge::final_row(&sequence, &[&residual, &norm, &constants]).unwrap();
			assert_eq!((&found.0, found.1), (hidden, *exponent));
			// The head is the embedding.
			for candidate in candidates {
				let leaf = model.weight_leaf(candidate.id.into()).unwrap();
				assert_eq!(judge::logit(&leaf, hidden, *exponent), Some(candidate.logit));
			}
		}
	}
}

#[test]
fn bytes_of_a_wrong_length_are_no_inputs() {
	let setup = Setup::new(Architecture::Qwen3, 10);
	let regeneration = setup.regeneration();
	let sequence = regeneration.sequence();
	let mut choices = Choices::new(2);
	for operator in Operator::ALL {
		let number = draw(&sequence, 1, Tensor::Of(operator), &mut choices);
		let opened = setup.executor.complete(regeneration.open(number)).unwrap().unwrap();
		let bytes: Vec<&[u8]> = opened.inputs.iter().map(OpenedInput::bytes).collect();
		for index in 0..bytes.len() {
			for cut in [0, bytes[index].len() - 1] {
				let mut bytes = bytes.clone();
				bytes[index] = &bytes[index][..cut];
				let found = judge::recompute(&sequence, number, opened.witness, &bytes);
				assert_eq!(found, None, "{number:?}");
			}
			let fewer: Vec<&[u8]> = bytes[..index].to_vec();
			assert_eq!(judge::recompute(&sequence, number, opened.witness, &fewer), None);
		}
	}
	let beyond = |tensor, row, place| Number { layer: 0, tensor, row, place };
	for number in [
		beyond(Tensor::Residual, 0, Place::Element(0)),
		beyond(Tensor::Of(Operator::Mixed), 10, Place::Element(0)),
		beyond(Tensor::Of(Operator::Mixed), 0, Place::Element(1 << 20)),
		beyond(Tensor::Of(Operator::Mixed), 0, Place::Exponent(0)),
	] {
		assert_eq!(setup.executor.complete(regeneration.open(number)).unwrap(), None);
	}
}
