// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How many moves each kind of game has, and how many bytes: the figures that the READMEs state.
//!
//! Moves are made of zeros and as long as they have to be, so that what is counted is what is sent. Where the
//! way to a root depends on the leaf, the longest counts.

use alloc::{collections::BTreeMap, format, string::String, vec, vec::Vec};
use core::ops::Range;

use codec::Encode;
use ergon_core::{
	attestation::{MAX_TEXT_BYTES, MAX_TOKEN_BYTES},
	job::{MAX_OUTPUT_TOKENS, MAX_PROMPT_BYTES},
	merkle,
	network::{Constants, Leaves, Pooling, Projection},
	Architecture::{self, Bert, Llama},
	Dimensions, CHUNK_TOKENS, H256,
};

use super::{
	sum_hashes, Groundwork, Move, Opened, Proof, Row, Side, Turn, LEVELS, MAX_MOVES, MAX_TURN_BYTES,
};
use crate::{
	candidates::{Candidate, MAX_CANDIDATES},
	digest::WORK_POINTS,
	operators::{inputs, Input, Number, Opening, Operator, Place, Sequence, Tensor, BLOCK},
	text::{
		Frame, Misread, Normaliser, Pieces, Reading, Step, TextRules, Word, Words, MAX_RULES_BYTES,
		MAX_SYMBOLS,
	},
};

/// Bytes that go with a turn: the job, the step and the signature of the call are 103, and what makes a
/// transaction of it a few more.
const AROUND: usize = 128;

/// A game from its first move to its last.
type Game = Vec<Move>;

/// What games take at most: moves, KiB of all that is sent, KiB of the longest turn.
type Figure = (usize, usize, usize);

/// A network, and the sequence that a game is about.
struct Setting {
	sequence: Sequence,
	/// Tokens of the prompt, which is what of the sequence has to be shown.
	prompt: usize,
}

/// Levels of a Merkle tree.
fn levels(leaves: u64) -> usize {
	leaves.next_power_of_two().ilog2() as usize
}

fn hashes(count: usize) -> Vec<H256> {
	vec![H256::zero(); count]
}

/// The longest way from a leaf of so many bytes to the root of a tree.
fn leaf(bytes: usize, count: u64) -> Proof {
	Proof::Leaf { bytes: vec![0; bytes], path: hashes(levels(count)) }
}

impl Setting {
	/// A network of 32 layers, each with heads of 128 elements that make up the hidden width.
	fn new(
		architecture: Architecture,
		(hidden, intermediate): (u32, u32),
		prompt: u32,
		answer: u32,
	) -> Self {
		let heads = hidden / 128;
		let dimensions = Dimensions {
			vocabulary: 128_256,
			hidden,
			intermediate,
			layers: 32,
			heads,
			// Decoders of this width share keys and values among four heads.
			key_value_heads: if architecture.generates() { heads / 4 } else { heads },
			head_width: 128,
			context: 1 << 14,
		};
		assert!(dimensions.is_sound());
		let sequence = Sequence { architecture, dimensions, positions: prompt + answer };
		Self { sequence, prompt: prompt as usize }
	}

	fn generates(&self) -> bool {
		self.sequence.architecture.generates()
	}

	fn leaves(&self) -> Leaves {
		Leaves::new(self.sequence.architecture, self.sequence.dimensions)
	}

	fn constants(&self) -> Vec<u8> {
		Constants {
			tied: false,
			norm_epsilon: 0,
			score_mantissa: 0,
			score_shift: 0,
			pooling: Pooling::Mean,
		}
		.to_bytes(self.sequence.architecture)
	}

	/// A row of a matrix, with its scale and perhaps a bias.
	fn weight(&self, columns: usize, has_bias: bool) -> Proof {
		let bias = if has_bias { 4 } else { 0 };
		leaf(columns + 4 + bias, self.leaves().weights(false))
	}

	fn row_of(&self, projection: Projection) -> Proof {
		let Sequence { architecture, dimensions, .. } = self.sequence;
		self.weight(projection.shape(&dimensions).1, projection.has_biases(architecture))
	}

	fn norm(&self, width: u32) -> Proof {
		let numbers = if self.generates() { 1 + width } else { 1 + 2 * width };
		leaf(4 * numbers as usize, self.leaves().tables())
	}

	fn opening(&self, tensor: Tensor, blocks: Range<u32>) -> Opening {
		let shape = self.sequence.shape(tensor);
		let lengths = blocks.clone().filter_map(|block| Some(shape.bytes_of(block)?.len()));
		let beside = match blocks.len() as u32 {
			count if count == shape.blocks() => 0,
			1 => levels(shape.blocks().into()),
			_ => 2 * levels(shape.blocks().into()),
		};
		Opening {
			bytes: vec![0; lengths.sum()],
			beside: hashes(beside),
			path: hashes(levels(shape.rows.into())),
		}
	}

	/// A whole row.
	fn whole(&self, tensor: Tensor) -> Opening {
		self.opening(tensor, 0..self.sequence.shape(tensor).blocks())
	}

	/// What a number of the last row is shown to follow from.
	fn proofs(&self, tensor: Tensor, place: Place) -> Vec<Proof> {
		let Sequence { dimensions, .. } = self.sequence;
		let is_behind = matches!(tensor, Tensor::Final | Tensor::Columns);
		let layer = if is_behind { dimensions.layers } else { dimensions.layers - 1 };
		let row = self.sequence.shape(tensor).rows - 1;
		let number = Number { layer, tensor, row, place };
		let wanted = inputs(&self.sequence, number, 0).unwrap();
		let proofs = wanted.into_iter().map(|input| match input {
			// What the defender has just shown.
			Input::Blocks { tensor: of, .. }
				if of == tensor || matches!(of, Tensor::Scores { .. }) =>
			{
				Proof::Shown
			}
			Input::Blocks { tensor, blocks, .. } => Proof::Blocks(self.opening(tensor, blocks)),
			Input::Weight(_) => self.row_of(match tensor {
				Tensor::Of(Operator::Projected) => Projection::Query,
				Tensor::Of(Operator::AttentionOutput) => Projection::Output,
				Tensor::Of(Operator::Expanded) => Projection::Up,
				Tensor::Of(Operator::FeedForwardOutput) => Projection::Down,
				other => panic!("{other:?} is no product"),
			}),
			Input::Table(0) => leaf(self.constants().len(), self.leaves().tables()),
			Input::Table(table) if table > self.leaves().final_norm() => {
				leaf(4 * dimensions.head_width as usize, self.leaves().tables())
			}
			Input::Table(_) if tensor == Tensor::Of(Operator::Heads) => {
				self.norm(dimensions.head_width)
			}
			Input::Table(_) => self.norm(dimensions.hidden),
		});
		proofs.collect()
	}

	/// From the root of a tensor to a block of one of its rows.
	fn descent(&self, tensor: Tensor) -> Game {
		let shape = self.sequence.shape(tensor);
		let (mut moves, mut rows) = (Vec::new(), u64::from(shape.rows));
		while rows > 1 {
			let sizes = merkle::branch_sizes(rows, LEVELS);
			moves.extend([Move::Branches(hashes(sizes.len())), Move::Branch(0)]);
			rows = sizes.into_iter().max().unwrap();
		}
		let counts_by_it = tensor.has_witness(self.sequence.architecture);
		moves.extend([
			Move::Blocks(hashes(shape.blocks() as usize)),
			Move::Block(0),
			Move::Numbers {
				bytes: vec![0; (BLOCK * shape.element_bytes) as usize],
				exponent: vec![0; if counts_by_it { 2 } else { 0 }],
			},
		]);
		moves
	}

	/// What can come after [`Self::descent`].
	fn endings(&self, tensor: Tensor) -> Vec<Game> {
		let shape = self.sequence.shape(tensor);
		let number = |place, proofs| Move::Number { place, witness: 0, proofs };
		let last = Place::Element(shape.elements - 1);
		if tensor == Tensor::Residual {
			let Dimensions { hidden, .. } = self.sequence.dimensions;
			let rows = self.leaves().embedding(0, 0).len();
			let mut proofs = vec![self.weight(hidden as usize, false); rows];
			proofs.extend((!self.generates()).then(|| self.norm(hidden)));
			return vec![vec![number(last, proofs)]];
		}
		if tensor == Tensor::Of(Operator::Mixed) {
			let (position, head) = (shape.rows - 1, 0);
			let keys = self.sequence.sees(position);
			let asked = [Move::AskScores(0), Move::Scores(vec![0; 4 * keys as usize])];
			let of_score = Place::Element(keys - 1);
			let proofs = self.proofs(Tensor::Scores { position, head }, of_score);
			return vec![
				[&asked[..], &[number(last, self.proofs(tensor, last))]].concat(),
				[&asked[..], &[Move::Score { key: keys - 1, proofs }]].concat(),
			];
		}
		let mut endings = vec![vec![number(last, self.proofs(tensor, last))]];
		if shape.exponents > 0 {
			let place = Place::Exponent(shape.exponents - 1);
			endings.push(vec![number(place, self.proofs(tensor, place))]);
			if tensor.has_witness(self.sequence.architecture) {
				let proofs = self.proofs(tensor, place);
				endings.push(vec![Move::AskWitness, Move::Witness { element: 0, proofs }]);
			}
		}
		endings
	}

	/// All games about a tensor that begin like this.
	fn about_tensor(&self, first: &[Move], tensor: Tensor) -> Vec<Game> {
		let descent = self.descent(tensor);
		let endings = self.endings(tensor).into_iter();
		endings.map(|ending| [first, &descent, &ending].concat()).collect()
	}

	/// All games that lead to the layers like this: about what enters the first, and about every operator of one.
	fn about_layers(&self, first: &[Move]) -> Vec<(Tensor, Game)> {
		let inside = [
			Move::Layer(0),
			Move::Operators(hashes(Operator::ALL.len())),
			Move::Operator(Operator::Output),
		];
		let inside = [first, &inside].concat();
		let entry = [first, &[Move::Entry]].concat();
		let operators = Operator::ALL.map(|operator| (Tensor::Of(operator), &inside));
		let tensors = operators.into_iter().chain([(Tensor::Residual, &entry)]);
		tensors
			.flat_map(|(tensor, first)| {
				let games = self.about_tensor(first, tensor).into_iter();
				games.map(move |game| (tensor, game))
			})
			.collect()
	}

	fn layer_roots(&self) -> Vec<H256> {
		hashes(self.sequence.dimensions.layers as usize + 1)
	}

	fn row(&self) -> Row {
		Row { exponent: 0, elements: vec![0; self.sequence.dimensions.hidden as usize] }
	}

	/// How a game about a chunk begins that is about a final row.
	fn chunk(&self) -> [Move; 2] {
		let opened = Opened { hidden: [0; 32], candidates: [0; 32] };
		[Move::Chunk(vec![opened; CHUNK_TOKENS as usize]), Move::Hidden(0)]
	}

	/// Games about a chunk that do not go into the layers.
	fn outputs(&self) -> [(&'static str, Game); 3] {
		let Dimensions { hidden, .. } = self.sequence.dimensions;
		let [chunk, wrong_row] = self.chunk();
		let candidates = vec![Candidate::default(); MAX_CANDIDATES];
		let opened = Move::Opened { candidates, hidden: self.row() };
		let token = vec![chunk.clone(), Move::Candidates(0), opened];
		let logit = Move::Logit { id: 0, leaf: self.weight(hidden as usize, false) };
		let logit = [&token[..], &[logit]].concat();
		let final_row = Move::FinalRow {
			residual: self.whole(Tensor::Residual),
			hidden: self.row(),
			norm: self.norm(hidden),
		};
		let layers = Move::Layers(self.layer_roots());
		let row = vec![chunk, wrong_row, layers, Move::Final, final_row];
		[("token", token), ("logit", logit), ("final row", row)]
	}

	/// How a game about an embedding begins.
	fn vector(&self) -> Move {
		let sums = vec![0; self.sequence.dimensions.hidden as usize];
		Move::Vector {
			layers: self.layer_roots(),
			rows: H256::zero(),
			columns: H256::zero(),
			sums: sum_hashes(&sums),
		}
	}

	/// Games about an embedding that do not go into the layers.
	fn behind_layers(&self) -> Vec<(&'static str, Game)> {
		let Dimensions { hidden, .. } = self.sequence.dimensions;
		let vector = self.vector();
		let sums = |count: u32| Move::Sums(vec![0; count as usize]);
		let asked = vec![vector.clone(), Move::AskSums, sums(hidden)];
		let column = || self.whole(Tensor::Columns);
		let sum = Move::Sum { element: 0, column: column(), exponents: column() };
		let sum = vec![vector.clone(), Move::SumBlock(0), sums(BLOCK), sum];
		let mut games = vec![("vector", asked), ("sum", sum)];
		for (name, asked, tensor) in
			[("final row", Move::Rows, Tensor::Final), ("columns", Move::Columns, Tensor::Columns)]
		{
			let about = self.about_tensor(&[vector.clone(), asked], tensor);
			games.extend(about.into_iter().map(|game| (name, game)));
		}
		games
	}

	/// How a game about an auditor's work begins.
	fn work(&self) -> [Move; 3] {
		let path = hashes(levels(self.sequence.positions.into()));
		[
			Move::Work(hashes(WORK_POINTS as usize)),
			Move::WorkPoint(0),
			Move::WorkRow { layers: self.layer_roots(), path },
		]
	}

	/// Every game that there is about the sequence but for those about texts, by its name.
	fn games(&self) -> Vec<(String, Game)> {
		let mut games = Vec::new();
		let mut add = |kind: &str, about: Vec<(Tensor, Game)>| {
			games.extend(
				about.into_iter().map(|(tensor, game)| (format!("{kind}, {tensor:?}"), game)),
			);
		};
		add("embedding", self.about_layers(&[self.vector()]));
		add("work", self.about_layers(&self.work()));
		if self.generates() {
			let layers = Move::Layers(self.layer_roots());
			add("answer", self.about_layers(&[&self.chunk()[..], &[layers]].concat()));
			let outputs = self.outputs().into_iter();
			games.extend(outputs.map(|(name, game)| (format!("answer, {name}"), game)));
		}
		let behind = self.behind_layers().into_iter();
		games.extend(behind.map(|(name, game)| (format!("embedding, {name}"), game)));
		games
	}

	/// What is sent of a game: its turns, the first of which has the groundwork with it.
	fn turns(&self, game: Game) -> Vec<usize> {
		let constants = leaf(self.constants().len(), self.leaves().tables());
		let mut groundwork = Some(Groundwork { prompt: vec![0; self.prompt], constants });
		let turns = game.into_iter().map(|made| Turn { groundwork: groundwork.take(), made });
		turns.map(|turn| turn.encoded_size()).collect()
	}

	/// What the games of a kind take at most.
	fn figure(&self, kind: &str) -> Figure {
		let games = self.games().into_iter().filter(|(name, _)| name.starts_with(kind));
		largest(games.map(|(_, game)| self.turns(game)))
	}
}

/// What games with turns of so many bytes take at most.
fn largest(games: impl Iterator<Item = Vec<usize>>) -> Figure {
	let mut most = (0, 0, 0);
	for turns in games {
		let all = turns.iter().map(|turn| turn + AROUND).sum::<usize>();
		let turn = turns.iter().copied().max().unwrap_or(0);
		most = (
			most.0.max(turns.len()),
			most.1.max(all.div_ceil(1_024)),
			most.2.max(turn.div_ceil(1_024)),
		);
	}
	most
}

/// The largest rules that a turn has room for beside the longest reading.
fn largest_rules() -> TextRules {
	let mut rules = TextRules {
		chat: Frame::default(),
		plain: Frame::default(),
		end_tokens: Vec::new(),
		strips_leading_space: false,
		normaliser: Normaliser::Nothing,
		words: Words::Whole,
		pieces: Pieces::Merges {
			bytes: vec![0; 256],
			characters: false,
			whole_words: false,
			count: 1 << 20,
		},
	};
	// One less, for the length of the list takes a byte more.
	let room = (MAX_RULES_BYTES - rules.encoded_size()) / 4 - 1;
	rules.end_tokens = vec![0; room];
	assert!(rules.is_sound());
	rules
}

/// What a game about a text takes.
fn of_texts(game: [Move; 2]) -> Figure {
	let turns = game.map(|made| Turn { groundwork: None, made }.encoded_size());
	largest([turns.to_vec()].into_iter())
}

/// What a game about a prompt takes that is one word of so many symbols, and merged to the end.
fn of_one_word(symbols: usize) -> Figure {
	let steps = vec![Step::new(0, 0, 0); symbols - 1];
	let reading = Reading { characters: Vec::new(), words: vec![Word::Merged(steps)] };
	let part = Misread::Merge { word: 0, step: 0, left: 0, rank: 0 };
	let leaf = leaf(MAX_TOKEN_BYTES as usize + 3, 1 << 20);
	of_texts([Move::Read { rules: largest_rules(), reading }, Move::Misread { part, leaf }])
}

/// What a game about the end of the longest answer takes.
fn of_longest_answer() -> Figure {
	let text = vec![0; ((MAX_TEXT_BYTES + MAX_TOKEN_BYTES) / MAX_OUTPUT_TOKENS) as usize];
	let texts = vec![text; MAX_OUTPUT_TOKENS as usize];
	let leaf = leaf(MAX_TOKEN_BYTES as usize + 3, 1 << 20);
	of_texts([Move::Spelt { rules: largest_rules(), texts }, Move::Misspelt { index: 0, leaf }])
}

/// Tokens of the longest prompt, one for each byte, in a frame as large as rules have room for.
const LONGEST: u32 = MAX_PROMPT_BYTES + 5 * 1_024;

/// Hidden and intermediate width; tokens of the prompt and of the answer; what games take at most about an
/// answer, an embedding of the prompt, and the work of an auditor of the answer.
type Line = (Architecture, (u32, u32), (u32, u32), [Figure; 3]);

/// Encoders answer nothing.
const NONE: Figure = (0, 0, 0);

#[rustfmt::skip]
const TABLE: [Line; 10] = [
	(Llama, (4_096, 4_096), (4_096, 0), [(16, 63, 41), (14, 63, 34), (16, 62, 34)]),
	(Llama, (4_096, 4_096), (MAX_PROMPT_BYTES, 1_024), [(16, 121, 41), (14, 111, 36), (16, 120, 37)]),
	(Llama, (4_096, 4_096), (LONGEST, 1_024), [(16, 181, 57), (14, 173, 56), (16, 180, 57)]),
	(Llama, (4_096, 14_336), (4_096, 0), [(16, 73, 44), (14, 72, 44), (16, 71, 44)]),
	(Llama, (4_096, 14_336), (MAX_PROMPT_BYTES, 1_024), [(16, 121, 44), (14, 111, 44), (16, 120, 44)]),
	(Llama, (4_096, 14_336), (LONGEST, 1_024), [(16, 181, 57), (14, 173, 56), (16, 180, 57)]),
	(Bert, (1_024, 4_096), (512, 0), [NONE, (14, 28, 18), (16, 29, 18)]),
	(Bert, (4_096, 4_096), (4_096, 0), [NONE, (14, 94, 66), (16, 93, 66)]),
	(Bert, (4_096, 14_336), (4_096, 0), [NONE, (14, 94, 66), (16, 93, 66)]),
	(Bert, (4_096, 14_336), (LONGEST, 0), [NONE, (14, 173, 66), (16, 172, 66)]),
];

#[test]
fn games_take_no_more_than_is_stated() {
	for (architecture, widths, (prompt, answer), stated) in TABLE {
		let text = Setting::new(architecture, widths, prompt, answer);
		let embedded = Setting::new(architecture, widths, prompt, 0);
		let found = [text.figure("answer"), embedded.figure("embedding"), text.figure("work")];
		assert_eq!(found, stated, "{architecture:?} {widths:?} {prompt} + {answer}");
		assert!(found.iter().all(|figure| figure.2 <= MAX_TURN_BYTES as usize / 1_024));
	}
	// A prompt of 8 KiB, and one that normalising has made as long as it may be.
	assert_eq!(of_one_word(MAX_PROMPT_BYTES as usize), (2, 82, 80));
	assert_eq!(of_one_word(MAX_SYMBOLS), (2, 98, 96));
	assert_eq!(of_longest_answer(), (2, 36, 34));
}

#[test]
fn the_contract_is_kept_at_a_hidden_width_of_4_096() {
	// The first line is what the contract speaks of: 8 rounds and 64 KB.
	let (_, _, _, figures) = TABLE[0];
	assert!(figures.iter().all(|(moves, all, _)| *moves <= 2 * 8 && *all <= 64));
	// No position that can be asked for takes more rounds.
	let rounds = TABLE.iter().flat_map(|line| line.3).map(|figure| figure.0.div_ceil(2));
	assert_eq!(rounds.max(), Some(8));
}

#[test]
fn every_tensor_takes_so_many_moves() {
	for (architecture, positions, more) in [
		(Llama, 4_096, 0),
		(Llama, 1 << 14, 0),
		(Llama, 1 << 18, 2),
		(Bert, 4_096, 0),
		(Bert, 1 << 14, 0),
		(Bert, 1 << 18, 2),
	] {
		let setting = Setting::new(architecture, (4_096, 14_336), positions, 0);
		let mut found = BTreeMap::new();
		for (name, game) in setting.games() {
			let sides = game.iter().map(Move::side);
			assert!(
				sides.eq([Side::Defender, Side::Challenger].into_iter().cycle().take(game.len()))
			);
			let most = found.entry(name).or_insert(0);
			*most = game.len().max(*most);
		}

		let mut stated = BTreeMap::new();
		let mut state = |kind: &str, part: &str, moves: usize| {
			stated.insert(format!("{kind}, {part}"), moves);
		};
		// Two moves less lead to the layers of an embedding.
		for (kind, less) in [("answer", 0), ("work", 0), ("embedding", 2)] {
			if kind == "answer" && architecture == Bert {
				continue;
			}
			for operator in Operator::ALL {
				let moves = match (operator, architecture) {
					// The scores are asked for, and shown.
					(Operator::Mixed, _) => 16 + more,
					// The witness of an exponent is asked for.
					(Operator::MixedRow | Operator::Gated, _)
					| (Operator::AttentionInput | Operator::FeedForwardInput, Bert) => 15 + more,
					// Its rows are not those of positions.
					(Operator::Values, _) => 14,
					_ => 14 + more,
				};
				state(kind, &format!("{:?}", Tensor::Of(operator)), moves - less);
			}
			state(kind, "Residual", 12 + more - less);
		}
		if architecture == Llama {
			state("answer", "token", 3);
			state("answer", "logit", 4);
			state("answer", "final row", 5);
		}
		state("embedding", "vector", 3);
		state("embedding", "sum", 4);
		state("embedding", "final row", more + if architecture == Bert { 11 } else { 10 });
		state("embedding", "columns", 10);
		assert_eq!(found, stated, "{architecture:?}, {positions} positions");
		let most = if more == 0 { 16 } else { MAX_MOVES as usize };
		assert_eq!(found.into_values().max(), Some(most));
	}
}
