// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Plays disputes, on either side, as nodes play them that have the model: the defender shows what it has
//! committed to, and the challenger names the first part that it finds differently.
//!
//! There are two passes, the right one and one that was made up. Whichever opens what was shown before is the
//! defender's. The challenger has the right one; where that has nothing to say, since the result is right, it has
//! the other one, and so it loses.

use super::{
	answer::{misspell, slip, spell, spelt, vector, Lie},
	model::Model,
	pass::{Pass, Rows, Twist},
};
use ergon_core::{engine::JobOrder, merkle, Bundle, JobKind, Output, H256};
use ergon_exact::{
	game::{sum_hashes, Frame, Groundwork, Move, Opened, Proof, Side, Stage, Target, Turn, LEVELS},
	operators::{Operator, Place, Tensor, BLOCK},
	text::Misread,
};

/// The next turn in the dispute about a result, by whoever's turn it is; `lies` says whether the provider did.
/// Nothing where there is nothing to say.
pub(super) fn next_turn(
	order: &JobOrder,
	bundle: &Bundle,
	stage: &Stage,
	lies: bool,
) -> Option<Turn> {
	if stage.is_about_text() {
		let made = next_about_text(order, bundle, stage, lies)?;
		return Some(Turn { groundwork: None, made });
	}
	let model = Model::get();
	let lie = Lie::of(order);
	let (_, prompt) = match lies && lie == Lie::Prompt {
		true => model.misread(order)?,
		false => model.read(order)?,
	};
	let of_job = match lie {
		Lie::Inside(twist) => Some(twist),
		_ => None,
	};
	// Whatever the lie of the job is, auditors who have not worked make up the same.
	let twists = [None, of_job, Some(Twist::Slip(slip(order)))];
	let made = twists.into_iter().find_map(|twist| {
		let side = View { pass: Pass::of(order, &prompt, bundle, twist) };
		match stage.turn() {
			Side::Defender => side.show(bundle, stage),
			Side::Challenger => side.name(stage),
		}
	})?;
	let groundwork = match made {
		Move::Chunk(_) | Move::Vector { .. } | Move::Work(_) => {
			Some(Groundwork { prompt, constants: model.table(0) })
		}
		_ => None,
	};
	Some(Turn { groundwork, made })
}

/// The same in a game about a text. A challenger who is wrong names what is not so.
fn next_about_text(order: &JobOrder, bundle: &Bundle, stage: &Stage, lies: bool) -> Option<Move> {
	let model = Model::get();
	let rules = || model.rules.clone();
	match stage {
		Stage::Prompt => {
			let (reading, _) = match lies && Lie::of(order) == Lie::Prompt {
				true => model.misread(order)?,
				false => model.read(order)?,
			};
			Some(Move::Read { rules: rules(), reading })
		}
		Stage::Read { .. } => {
			let part = Misread::Merge { word: 0, step: 0, left: 0, rank: 0 };
			Some(Move::Misread { part, leaf: model.merge_leaf() })
		}
		Stage::Ending => {
			let (JobKind::Generate(params), Output::Text { tokens, text }) =
				(&order.kind, &bundle.output)
			else {
				return None;
			};
			let mut texts = spell(tokens);
			// How long the prompt is changes the end, and not the text.
			if spelt(params, 0, tokens, &texts).0 != text[..] {
				misspell(&mut texts);
			}
			Some(Move::Spelt { rules: rules(), texts })
		}
		Stage::Spelt { texts, .. } => {
			let Output::Text { tokens, .. } = &bundle.output else { return None };
			let found = spell(tokens);
			let wrong = first_difference(texts, &found).unwrap_or(0);
			let leaf = model.token_leaf(*tokens.get(wrong as usize)?);
			Some(Move::Misspelt { index: wrong, leaf })
		}
		_ => None,
	}
}

/// The first index at which two lists differ.
fn first_difference<T: PartialEq>(shown: &[T], found: &[T]) -> Option<u32> {
	shown.iter().zip(found).position(|(shown, found)| shown != found).map(|index| index as u32)
}

/// The move that names the first layer whose rows differ: what enters the first, or what leaves another.
fn wrong_layer(shown: &[H256], found: &[H256]) -> Option<Move> {
	Some(match first_difference(shown, found)? {
		0 => Move::Entry,
		after => Move::Layer(after - 1),
	})
}

/// Where a tensor of a game lies.
fn rows_of(target: &Target) -> Rows {
	let Frame { layer, positions, .. } = target.frame;
	Rows { layer, tensor: target.tensor, positions }
}

/// What one side has.
struct View<'a> {
	pass: Pass<'a>,
}

impl View<'_> {
	/// What a defender shows who has committed to this pass; nothing if it was another one.
	fn show(&self, bundle: &Bundle, stage: &Stage) -> Option<Move> {
		let pass = &self.pass;
		match stage {
			Stage::Chunk { chunk } => {
				let is_own = bundle.digests.get(*chunk as usize) == Some(&pass.digest(*chunk));
				let opened = pass.chunk(*chunk).map(|index| pass.opened(index));
				is_own.then(|| Move::Chunk(opened.collect()))
			}
			Stage::Candidates { index, opened } => {
				let (hidden, candidates) = pass.output(*index);
				(pass.opened(*index) == *opened).then_some(Move::Opened { candidates, hidden })
			}
			Stage::Layers { index, opened } => {
				let is_own = pass.opened(*index).hidden == opened.hidden;
				is_own.then(|| Move::Layers(pass.layer_roots(pass.positions(*index))))
			}
			Stage::Final { index, opened, root } => {
				let (hidden, _) = pass.output(*index);
				let positions = pass.positions(*index);
				let rows = Rows { layer: Pass::layers(), tensor: Tensor::Residual, positions };
				let is_own =
					pass.opened(*index).hidden == opened.hidden && pass.root(rows) == *root;
				is_own.then(|| Move::FinalRow {
					residual: pass.open_row(rows, positions - 1),
					hidden,
					norm: Model::get().table(Model::get().leaves.final_norm()),
				})
			}
			Stage::Vector => {
				let sums = pass.sums();
				let Output::Vector(shown) = &bundle.output else { return None };
				let (finals, columns) = (pass.finals(), pass.columns());
				(vector(&sums)[..] == shown[..]).then(|| Move::Vector {
					layers: pass.layer_roots(finals.positions),
					rows: pass.root(finals),
					columns: pass.root(columns),
					sums: sum_hashes(&sums),
				})
			}
			Stage::Work { challenge, digest } => (pass.work_digest(*challenge) == *digest)
				.then(|| Move::Work(pass.work_rows(*challenge))),
			Stage::WorkRow { point, row } => {
				if pass.work_row(*point) != *row {
					return None;
				}
				let positions = point.position + 1;
				let mut layers = pass.layer_roots(positions);
				layers.truncate(point.layer as usize + 2);
				let layer = point.layer + 1;
				let rows = Rows { layer, tensor: Tensor::Residual, positions };
				Some(Move::WorkRow { layers, path: pass.open_row(rows, point.position).path })
			}
			_ => self.show_inside(stage),
		}
	}

	/// The same further down.
	fn show_inside(&self, stage: &Stage) -> Option<Move> {
		let pass = &self.pass;
		match stage {
			Stage::Operators { frame, output } => {
				let roots = pass.operator_roots(frame.layer, frame.positions);
				(roots.last() == Some(output)).then_some(Move::Operators(roots))
			}
			Stage::Branches { target, first, count, root } => {
				let roots = pass.row_roots(rows_of(target));
				let roots = roots.get(*first as usize..(first + count) as usize)?;
				let is_own = merkle::root(roots.iter().copied()) == *root;
				is_own.then(|| Move::Branches(merkle::branches(roots, LEVELS)))
			}
			Stage::Blocks { target, row, root } => {
				let rows = rows_of(target);
				let hashes = Pass::shape(rows).block_hashes(&pass.row(rows, *row));
				let is_own = merkle::root(hashes.iter().copied()) == *root;
				is_own.then_some(Move::Blocks(hashes))
			}
			Stage::Numbers { target, row, block, hash, exponent } => {
				let rows = rows_of(target);
				let bytes = pass.block(rows, *row, *block)?;
				let exponent = match exponent {
					Some(_) => pass.block(rows, *row, 0)?,
					None => Vec::new(),
				};
				(merkle::leaf(&bytes) == *hash).then_some(Move::Numbers { bytes, exponent })
			}
			Stage::Scores { target, row, element, .. } => {
				let tensor = Self::scores(*row, *element);
				Some(Move::Scores(pass.row(Rows { tensor, ..rows_of(target) }, 0)))
			}
			_ => None,
		}
	}

	/// What a challenger names first who has this pass; nothing where it has what was shown.
	fn name(&self, stage: &Stage) -> Option<Move> {
		let pass = &self.pass;
		match stage {
			Stage::Position { chunk, opened } => {
				let outputs = pass.chunk(*chunk).zip(opened);
				(0..).zip(outputs).find_map(|(position, (index, shown))| {
					let Opened { hidden, candidates } = pass.opened(index);
					let is_other = candidates != shown.candidates || !pass.is_sampled(index);
					match hidden == shown.hidden {
						false => Some(Move::Hidden(position)),
						true => is_other.then_some(Move::Candidates(position)),
					}
				})
			}
			Stage::Logit { index, candidates, .. } => {
				let (_, found) = pass.output(*index);
				let wrong = candidates.iter().find(|candidate| !found.contains(candidate))?;
				let leaf = Model::get().leaves.head(wrong.id, false);
				Some(Move::Logit { id: wrong.id, leaf: Model::get().weight(leaf) })
			}
			Stage::Layer { index, opened, roots } => {
				let is_final = pass.opened(*index).hidden != opened.hidden;
				wrong_layer(roots, &pass.layer_roots(pass.positions(*index)))
					.or_else(|| is_final.then_some(Move::Final))
			}
			// Whoever makes something up makes up rows, from which the sums follow.
			Stage::Sums { layers, rows, columns, .. } => {
				let (finals, of_columns) = (pass.finals(), pass.columns());
				wrong_layer(layers, &pass.layer_roots(finals.positions))
					.or_else(|| (*rows != pass.root(finals)).then_some(Move::Rows))
					.or_else(|| (*columns != pass.root(of_columns)).then_some(Move::Columns))
			}
			Stage::WorkPoint { challenge, rows } => {
				first_difference(rows, &pass.work_rows(*challenge)).map(Move::WorkPoint)
			}
			Stage::WorkLayers { point, layers } => {
				wrong_layer(layers, &pass.layer_roots(point.position + 1))
			}
			_ => self.name_inside(stage),
		}
	}

	/// The same further down.
	fn name_inside(&self, stage: &Stage) -> Option<Move> {
		let pass = &self.pass;
		match stage {
			Stage::Operator { frame, operators } => {
				let found = pass.operator_roots(frame.layer, frame.positions);
				let first = first_difference(operators, &found)?;
				Some(Move::Operator(Operator::ALL[first as usize]))
			}
			Stage::Branch { target, first, count, hashes } => {
				let roots = pass.row_roots(rows_of(target));
				let roots = roots.get(*first as usize..(first + count) as usize)?;
				first_difference(hashes, &merkle::branches(roots, LEVELS)).map(Move::Branch)
			}
			Stage::Block { target, row, hashes } => {
				let rows = rows_of(target);
				let found = Pass::shape(rows).block_hashes(&pass.row(rows, *row));
				first_difference(hashes, &found).map(Move::Block)
			}
			Stage::Number { target, row, block, bytes, .. } => {
				self.name_number(target, *row, *block, bytes)
			}
			// Scores are zero whatever is made up: it is the sum that does not follow from them.
			Stage::Score { target, row, element, .. } => {
				let place = Place::Element(*element);
				let mut proofs = pass.prove(rows_of(target), *row, place);
				*proofs.first_mut()? = Proof::Shown;
				Some(Move::Number { place, witness: 0, proofs })
			}
			_ => None,
		}
	}

	/// The first number of a block that is another one here.
	fn name_number(&self, target: &Target, row: u32, block: u32, shown: &[u8]) -> Option<Move> {
		let (pass, rows) = (&self.pass, rows_of(target));
		let shape = Pass::shape(rows);
		let found = pass.block(rows, row, block)?;
		let exponent_blocks = shape.exponents.div_ceil(BLOCK);
		// Nothing that is made up is an exponent.
		let first = block.checked_sub(exponent_blocks)? * BLOCK;
		let size = shape.element_bytes as usize;
		let [shown, found]: [Vec<&[u8]>; 2] =
			[shown, &found[..]].map(|bytes| bytes.chunks_exact(size).collect());
		let element = first + first_difference(&shown, &found)?;
		let place = Place::Element(element);
		let proofs = match target.tensor {
			Tensor::Residual => pass.prove_entry(row),
			Tensor::Of(Operator::Mixed) => return Some(Move::AskScores(element)),
			tensor => {
				let mut proofs = pass.prove(rows, row, place);
				if tensor.has_witness(Model::get().manifest.architecture) {
					// The exponent of the same row, whose other blocks are not the same here.
					*proofs.last_mut()? = Proof::Shown;
				}
				proofs
			}
		};
		Some(Move::Number { place, witness: 0, proofs })
	}

	/// The scores that a sum of attention follows from.
	fn scores(row: u32, element: u32) -> Tensor {
		let head = element / Model::get().manifest.dimensions.head_width;
		Tensor::Scores { position: row, head }
	}
}
