// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the model is: weights, tables, vocabulary, and the trees over them.

use codec::Encode;
use ergon_core::{
	engine::JobOrder,
	merkle,
	network::{Constants, Leaves, Pooling, Projection},
	Dimensions, ModelManifest, H256,
};
use ergon_exact::{
	candidates::{Candidate, Candidates},
	digest::{candidates_hash, hidden_hash},
	game::{Opened, Proof, Row},
	linear::{embedding, linear, Scale},
	norm::rms_norm,
	text::{
		encode, Entry, Frame, Merge, Normaliser, Pieces, Read, Reading, Step, TextRules,
		Vocabulary, Word, Words,
	},
};
use ergon_runtime::presets;
use sp_io::hashing::blake2_256;
use std::sync::{LazyLock, OnceLock};

/// The token before every prompt; those below it are bytes.
const BEGIN: u32 = 256;
/// Of the tokens behind it, one in so many ends an answer.
const END_EVERY: u32 = 64;
/// Scale of the embedding: elements are between -2 and 2.
const EMBEDDING_SCALE: Scale = Scale { mantissa: 1 << 15, exponent: -21 };
/// Scale of the head: so small that a temperature of one lets many tokens be drawn.
const HEAD_SCALE: Scale = Scale { mantissa: 1 << 15, exponent: -27 };
/// The head's row of token t is the embedding of token t × this + that.
const HEAD_ORDER: (u32, u32) = (1_365, 77);
/// Fraction bits of the weights of norms, which are all one.
const NORM_FRACTION: i16 = 14;
/// What is added to the first element of a row that is made up.
const RAISED: i32 = 1 << 16;

/// The only merge: of bytes that no prompt has, which is UTF-8.
const MERGE: Merge = Merge { left: 0xff, right: 0xff, into: BEGIN + 1 };

/// What is the same wherever a token stands, because nothing in the layers changes it.
pub(super) struct TokenRows {
	/// Its residual row in Q16, as bytes.
	pub(super) residual: Vec<u8>,
	/// What norms make of it.
	pub(super) hidden: Row,
	/// The same as bytes: the exponent, then the elements.
	pub(super) normed: Vec<u8>,
}

impl TokenRows {
	/// The rows of a token with these weights; `raised` ones are those of no token.
	fn new(weights: &[i8], raised: bool, epsilon: u64) -> Self {
		let mut residual: Vec<i32> =
			weights.iter().map(|weight| embedding(*weight, EMBEDDING_SCALE)).collect();
		if raised {
			residual[0] += RAISED;
		}
		let ones = vec![1i32 << NORM_FRACTION; residual.len()];
		let mut elements = vec![0; residual.len()];
		let exponent = rms_norm(&residual, &ones, NORM_FRACTION, epsilon, &mut elements);
		let halves = std::iter::once(exponent).chain(elements.iter().copied());
		Self {
			normed: halves.flat_map(i16::to_le_bytes).collect(),
			residual: residual.iter().flat_map(|element| element.to_le_bytes()).collect(),
			hidden: Row { exponent, elements },
		}
	}
}

/// The model with all that opens it.
pub(super) struct Model {
	pub(super) manifest: ModelManifest,
	pub(super) constants: Constants,
	pub(super) rules: TextRules,
	/// Where its leaves stand.
	pub(super) leaves: Leaves,
	/// Weights of each token.
	embeddings: Vec<Vec<i8>>,
	/// Rows of each token, as they are and as somebody makes them up.
	rows: [Vec<TokenRows>; 2],
	/// What may follow each token, once somebody has asked.
	candidates: Vec<OnceLock<Vec<Candidate>>>,
	/// What the digest of a chunk says of what follows each token, with rows as they are and made up.
	opened: [Vec<OnceLock<Opened>>; 2],
	vocabulary: Vec<Entry>,
	/// Hashes of the leaves of weights, tables and vocabulary.
	trees: [Vec<H256>; 3],
}

impl Model {
	/// The only one there is.
	pub(super) fn get() -> &'static Self {
		static MODEL: LazyLock<Model> = LazyLock::new(Model::new);
		&MODEL
	}

	/// A model of the sizes of the demo model, so that audits of it cost the same.
	fn new() -> Self {
		let demo = presets::demo_manifest().expect("the demo model was imported");
		let (architecture, dimensions) = (demo.architecture, demo.dimensions);
		let Dimensions { vocabulary: size, hidden, .. } = dimensions;
		let constants = Constants {
			tied: false,
			norm_epsilon: 42_950,
			score_mantissa: 1 << 30,
			score_shift: 34,
			pooling: Pooling::Mean,
		};
		let embeddings: Vec<_> = (0..size).map(|token| noise(token, hidden)).collect();
		let rows = [false, true].map(|raised| {
			let rows = |weights: &Vec<i8>| TokenRows::new(weights, raised, constants.norm_epsilon);
			embeddings.iter().map(rows).collect()
		});
		let mut model = Self {
			manifest: demo,
			constants,
			rules: rules(size),
			leaves: Leaves::new(architecture, dimensions),
			embeddings,
			rows,
			candidates: (0..size).map(|_| OnceLock::new()).collect(),
			opened: [(); 2].map(|()| (0..size).map(|_| OnceLock::new()).collect()),
			vocabulary: (0..size).map(entry).collect(),
			trees: Default::default(),
		};
		let hashes = |count: u64, bytes: &dyn Fn(u64) -> Vec<u8>| -> Vec<H256> {
			(0..count).map(|leaf| merkle::leaf(&bytes(leaf))).collect()
		};
		let trees = [
			hashes(model.leaves.weights(false), &|leaf| model.weight_bytes(leaf)),
			hashes(model.leaves.tables(), &|leaf| model.table_bytes(leaf)),
			hashes(size.into(), &|leaf| model.vocabulary[leaf as usize].encode()),
		];
		let [weights_root, tables_root, vocabulary_root] =
			[0, 1, 2].map(|tree: usize| merkle::root(trees[tree].iter().copied()));
		model.manifest = ModelManifest {
			weights_root,
			tables_root,
			vocabulary_root,
			merges_root: merkle::leaf(&MERGE.encode()),
			text_rules: model.rules.hash(),
			template_tokens: 1,
			..demo
		};
		model.trees = trees;
		model
	}

	/// The rows of a token, as they are or made up.
	pub(super) fn rows(&self, token: u32, raised: bool) -> &TokenRows {
		&self.rows[usize::from(raised)][token as usize]
	}

	/// What may follow a token.
	pub(super) fn candidates(&self, token: u32) -> &[Candidate] {
		self.candidates[token as usize].get_or_init(|| {
			let Row { exponent, elements } = &self.rows(token, false).hidden;
			let mut candidates = Candidates::new();
			for id in 0..self.manifest.dimensions.vocabulary {
				let weights = &self.embeddings[self.source_of_head(id) as usize];
				let logit = linear(weights, HEAD_SCALE, elements, *exponent);
				candidates.offer(Candidate { id, logit });
			}
			candidates.as_slice().to_vec()
		})
	}

	/// What the digest of a chunk says of what follows a token.
	pub(super) fn opened(&self, token: u32, raised: bool) -> Opened {
		*self.opened[usize::from(raised)][token as usize]
			.get_or_init(|| opened(&self.rows(token, raised).hidden, self.candidates(token)))
	}

	/// The token whose embedding is the head's row of another.
	fn source_of_head(&self, token: u32) -> u32 {
		let (step, offset) = HEAD_ORDER;
		(token * step + offset) % self.manifest.dimensions.vocabulary
	}

	/// The bytes that a token adds to an answer.
	pub(super) fn text(&self, token: u32) -> Vec<u8> {
		self.vocabulary[token as usize].text(&self.rules)
	}

	/// How the prompt of an order is read, and its tokens; nothing where it cannot be.
	pub(super) fn read(&self, order: &JobOrder) -> Option<(Reading, Vec<u32>)> {
		self.read_as(order, |reading| reading)
	}

	/// The same by somebody who merges the first two bytes, which nothing says.
	pub(super) fn misread(&self, order: &JobOrder) -> Option<(Reading, Vec<u32>)> {
		self.read_as(order, |mut reading| {
			if let Some(first) = reading.words.first_mut() {
				*first = Word::Merged(vec![Step::new(0, 0, MERGE.into)]);
			}
			reading
		})
	}

	fn read_as(
		&self,
		order: &JobOrder,
		by: impl FnOnce(Reading) -> Reading,
	) -> Option<(Reading, Vec<u32>)> {
		let text = std::str::from_utf8(&order.prompt).ok()?;
		let read = Read::new(&self.rules, self.rules.frame(&order.kind), text).ok()?;
		let reading = by(encode(&read, self));
		let tokens = read.tokens(&reading, self.manifest.dimensions.vocabulary)?;
		Some((reading, tokens))
	}

	/// A leaf of the weights with its way to the root.
	pub(super) fn weight(&self, leaf: u64) -> Proof {
		self.proof(0, leaf, self.weight_bytes(leaf))
	}

	/// A leaf of the tables with its way to the root.
	pub(super) fn table(&self, leaf: u64) -> Proof {
		self.proof(1, leaf, self.table_bytes(leaf))
	}

	/// A token of the vocabulary with its way to the root.
	pub(super) fn token_leaf(&self, token: u32) -> Proof {
		self.proof(2, token.into(), self.vocabulary[token as usize].encode())
	}

	/// The merge, which is a tree of its own.
	pub(super) fn merge_leaf(&self) -> Proof {
		Proof::Leaf { bytes: MERGE.encode(), path: Vec::new() }
	}

	fn proof(&self, tree: usize, leaf: u64, bytes: Vec<u8>) -> Proof {
		let path = merkle::proof(&self.trees[tree], leaf as usize).expect("there is such a leaf");
		Proof::Leaf { bytes, path }
	}

	/// The embedding, then the layers, which have nothing but zeros, then the head.
	fn weight_bytes(&self, leaf: u64) -> Vec<u8> {
		let Dimensions { vocabulary, layers, .. } = self.manifest.dimensions;
		let row = |token: u32, scale: Scale| {
			let weights = self.embeddings[token as usize].iter().map(|weight| *weight as u8);
			weights.chain(scale.to_bytes()).collect()
		};
		let first_of_head = self.leaves.head(0, false);
		if let Some(token) = leaf.checked_sub(first_of_head) {
			return row(self.source_of_head(token as u32), HEAD_SCALE);
		}
		let Some(row_of_layers) = leaf.checked_sub(vocabulary.into()) else {
			return row(leaf as u32, EMBEDDING_SCALE);
		};
		let rows_of_layer = (first_of_head - u64::from(vocabulary)) / u64::from(layers);
		let mut place = (row_of_layers % rows_of_layer) as usize;
		for projection in Projection::all(self.manifest.architecture) {
			let (rows, columns) = projection.shape(&self.manifest.dimensions);
			if place < rows {
				return vec![0; columns + Scale::BYTES];
			}
			place -= rows;
		}
		unreachable!("every row of a layer belongs to a matrix")
	}

	/// The constants, norms whose weights are one, and angles, which turn nothing here.
	fn table_bytes(&self, leaf: u64) -> Vec<u8> {
		let Dimensions { hidden, head_width, .. } = self.manifest.dimensions;
		let ones = std::iter::repeat_n(1i32 << NORM_FRACTION, hidden as usize);
		match leaf {
			0 => self.constants.to_bytes(self.manifest.architecture),
			_ if leaf <= self.leaves.final_norm() => std::iter::once(i32::from(NORM_FRACTION))
				.chain(ones)
				.flat_map(i32::to_le_bytes)
				.collect(),
			_ => vec![0; 4 * head_width as usize],
		}
	}
}

impl Vocabulary for Model {
	fn piece(&self, _: &[u8]) -> Option<u32> {
		None
	}

	fn merge(&self, left: u32, right: u32) -> Option<(u32, u32)> {
		((left, right) == (MERGE.left, MERGE.right)).then_some((0, MERGE.into))
	}
}

/// What the digest of a chunk says of an output.
pub(super) fn opened(hidden: &Row, candidates: &[Candidate]) -> Opened {
	Opened {
		hidden: hidden_hash(&hidden.elements, hidden.exponent),
		candidates: candidates_hash(candidates),
	}
}

/// Weights of a token: a hash, as long as they are many.
fn noise(token: u32, count: u32) -> Vec<i8> {
	let blocks = (0..count.div_ceil(32)).map(|block| blake2_256(&(token, block).encode()));
	blocks.flatten().map(|byte| byte as i8).take(count as usize).collect()
}

fn is_end(token: u32) -> bool {
	token > MERGE.into && token.is_multiple_of(END_EVERY)
}

/// Bytes, two tokens without a text, and words, of which one in so many is silent and ends an answer.
fn entry(token: u32) -> Entry {
	match token {
		_ if token < BEGIN => Entry::Byte(token as u8),
		_ if token <= MERGE.into || is_end(token) => Entry::Silent,
		_ => Entry::Piece(format!(" {token}").into_bytes()),
	}
}

/// A prompt begins with one token, and each of its bytes is another.
fn rules(vocabulary: u32) -> TextRules {
	let frame = Frame { before: vec![BEGIN], ..Default::default() };
	TextRules {
		chat: frame.clone(),
		plain: frame,
		end_tokens: (0..vocabulary).filter(|token| is_end(*token)).collect(),
		strips_leading_space: false,
		normaliser: Normaliser::Nothing,
		words: Words::Whole,
		pieces: Pieces::Merges {
			bytes: (0..BEGIN).collect(),
			characters: false,
			whole_words: false,
			count: 1,
		},
	}
}
