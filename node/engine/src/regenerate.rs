// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Regenerates what happened inside a forward pass, for a dispute.
//!
//! Nothing of a pass is kept but chunk digests: exact arithmetic gives the same intermediate values
//! again whenever somebody asks. Each question runs the sequence once more, no further than the layer
//! that is asked about, and keeps of it 32 bytes per row and the rows that the answer needs.
//!
//! The questions come in the order of a dispute (see [`ergon_exact::operators`]): the roots of the
//! residual rows that enter each layer, the roots of a layer's operators, the roots of an operator's
//! rows, a row; and in the end one number, opened with everything that it was computed from.

use std::{
	cell::{OnceCell, RefCell},
	collections::{BTreeMap, BTreeSet},
	ops::Range,
	rc::Rc,
	sync::Arc,
};

use ergon_core::{merkle, network::Leaves, H256};
use ergon_exact::{
	attention::{dot, score, ScoreScale},
	digest::Point,
	gelu::gelu,
	operators::{inputs, Input, Number, Opening, Operator, Place, Sequence, Shape, Tensor},
	silu::gated,
};

use crate::{
	control::Control,
	error::ExecutionError,
	executor::{Elements, Executor, Observer, OperatorRow, Output, Priority, Session, Want},
	model::Model,
};

/// A sequence whose forward pass is asked about.
pub struct Regeneration<'a> {
	executor: &'a Executor,
	model: &'a Arc<Model>,
	tokens: &'a [u32],
	priority: Priority,
	control: &'a Control,
	/// Hashes of the model's leaves: of its weights, and of its tables.
	leaves: OnceCell<(Vec<H256>, Vec<H256>)>,
}

/// A number of a layer with everything that it was computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
	/// The number.
	pub number: Number,
	/// The element that decides it, where it is an exponent of a long row.
	pub witness: u32,
	/// The block that holds it.
	pub block: Opening,
	/// What it was computed from, in the order of [`inputs`].
	pub inputs: Vec<OpenedInput>,
}

/// Bytes that a number was computed from, and the proof that they are agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenedInput {
	/// Of a tensor of the layer.
	Blocks(Opening),
	/// A leaf of the model's weights or tables.
	Leaf {
		/// Its bytes.
		bytes: Vec<u8>,
		/// The way to the root.
		path: Vec<H256>,
	},
}

impl OpenedInput {
	/// The bytes.
	pub fn bytes(&self) -> &[u8] {
		match self {
			Self::Blocks(opening) => &opening.bytes,
			Self::Leaf { bytes, .. } => bytes,
		}
	}
}

impl<'a> Regeneration<'a> {
	/// About tokens that the model has, as many as its context at most. The executor is one of the
	/// processor, whichever computed the answer: devices do not show the inside of a layer.
	pub fn new(
		executor: &'a Executor,
		model: &'a Arc<Model>,
		tokens: &'a [u32],
		priority: Priority,
		control: &'a Control,
	) -> Self {
		Self { executor, model, tokens, priority, control, leaves: OnceCell::new() }
	}

	/// The sequence and its network.
	pub fn sequence(&self) -> Sequence {
		let manifest = self.model.manifest();
		Sequence {
			architecture: manifest.architecture,
			dimensions: manifest.dimensions,
			positions: self.tokens.len() as u32,
		}
	}

	/// Where the leaves of its model stand.
	pub fn leaves_of(&self) -> Leaves {
		Leaves::new(self.model.manifest().architecture, self.model.manifest().dimensions)
	}

	/// Roots of the residual rows that enter each layer, and of those that leave the last.
	///
	/// # Errors
	///
	/// As [`Session::feed`].
	pub async fn layer_roots(&self) -> Result<Vec<H256>, ExecutionError> {
		let record = self.run(Record { layers: true, ..Record::default() }).await?;
		Ok(record.layer_roots.into_iter().map(merkle::root).collect())
	}

	/// Roots of a layer's operators, in the order of [`Operator::ALL`].
	///
	/// # Errors
	///
	/// As [`Session::feed`].
	pub async fn operator_roots(&self, layer: u32) -> Result<Vec<H256>, ExecutionError> {
		let record = self.run(Record::of(layer)).await?;
		let roots = Operator::ALL.map(|operator| record.row_roots(Tensor::Of(operator)));
		Ok(roots.into_iter().map(merkle::root).collect())
	}

	/// Roots of the rows of a tensor of a layer.
	///
	/// # Errors
	///
	/// As [`Session::feed`].
	pub async fn row_roots(&self, layer: u32, tensor: Tensor) -> Result<Vec<H256>, ExecutionError> {
		Ok(self.run(Record::of(layer).with(tensor, 0)).await?.row_roots(tensor))
	}

	/// The bytes of a row of a tensor of a layer; nothing beyond the last row.
	///
	/// # Errors
	///
	/// As [`Session::feed`].
	pub async fn row(
		&self,
		layer: u32,
		tensor: Tensor,
		row: u32,
	) -> Result<Option<Vec<u8>>, ExecutionError> {
		Ok(self.run(Record::of(layer).with(tensor, row)).await?.row(tensor, row))
	}

	/// The bytes of all rows of a tensor of a layer.
	///
	/// # Errors
	///
	/// As [`Session::feed`].
	pub async fn rows(&self, layer: u32, tensor: Tensor) -> Result<Vec<Vec<u8>>, ExecutionError> {
		let rows = 0..self.sequence().shape(tensor).rows;
		let record = rows.fold(Record::of(layer), |record, row| record.with(tensor, row));
		let record = self.run(record).await?;
		Ok(record.rows.into_iter().filter(|((it, _), _)| *it == tensor).map(|it| it.1).collect())
	}

	/// A whole row of a tensor of a layer, with what leads to the tensor's root; nothing beyond the last.
	///
	/// # Errors
	///
	/// As [`Session::feed`].
	pub async fn open_row(
		&self,
		layer: u32,
		tensor: Tensor,
		row: u32,
	) -> Result<Option<Opening>, ExecutionError> {
		let blocks = 0..self.sequence().shape(tensor).blocks();
		Ok(self.run(Record::of(layer).with(tensor, row)).await?.open(tensor, row, blocks))
	}

	/// Opens a number; nothing when there is no such number.
	///
	/// # Errors
	///
	/// As [`Session::feed`].
	pub async fn open(&self, number: Number) -> Result<Option<Opened>, ExecutionError> {
		let sequence = self.sequence();
		// Which rows are wanted does not depend on the witness.
		let Some(wanted) = inputs(&sequence, number, 0) else { return Ok(None) };
		let mut record = Record::of(number.layer).with(number.tensor, number.row);
		for input in &wanted {
			if let Input::Blocks { tensor, row, .. } = input {
				record = record.with(*tensor, *row);
			}
		}
		let record = self.run(record).await?;
		let witness = record.witness(number).unwrap_or(0);
		let block = sequence.shape(number.tensor).block_of(number.place);
		let open = || {
			let block = record.open(number.tensor, number.row, block..block + 1)?;
			let inputs = inputs(&sequence, number, witness)?
				.into_iter()
				.map(|input| match input {
					Input::Blocks { tensor, row, blocks } => {
						record.open(tensor, row, blocks).map(OpenedInput::Blocks)
					}
					Input::Weight(leaf) => self.weight(leaf),
					Input::Table(leaf) => self.table(leaf),
				})
				.collect::<Option<Vec<_>>>()?;
			Some(Opened { number, witness, block, inputs })
		};
		open().map(Some).ok_or_else(|| {
			ExecutionError::Internal(format!(
				"the forward pass did not show what {number:?} was computed from: report this as a \
				 defect"
			))
		})
	}

	/// A leaf of the model's weights.
	pub fn weight(&self, leaf: u64) -> Option<OpenedInput> {
		let bytes = self.model.weight_leaf(leaf)?;
		let path = merkle::proof(&self.leaves().0, leaf as usize)?;
		Some(OpenedInput::Leaf { bytes, path })
	}

	/// A leaf of the model's tables.
	pub fn table(&self, leaf: u64) -> Option<OpenedInput> {
		let bytes = self.model.table_leaf(leaf)?;
		let path = merkle::proof(&self.leaves().1, leaf as usize)?;
		Some(OpenedInput::Leaf { bytes, path })
	}

	fn leaves(&self) -> &(Vec<H256>, Vec<H256>) {
		self.leaves.get_or_init(|| self.model.leaves())
	}

	/// Runs the sequence and records.
	async fn run(&self, record: Record) -> Result<Recorder, ExecutionError> {
		let capacity = self.tokens.len() as u32;
		let recorder = Recorder::new(self.sequence(), self.model, record);
		let recorder = Rc::new(RefCell::new(recorder));
		let mut session =
			Session::new(self.executor, self.model, capacity, self.priority, self.control);
		let want = match recorder.borrow().is_behind_layers() {
			true => Want { from: 0, candidates: false },
			false => Want::NOTHING,
		};
		session.feed(self.tokens, want, &recorder).await?;
		drop(session);
		let mut recorder = Rc::into_inner(recorder)
			.ok_or_else(|| ExecutionError::Internal("the pass is not over: report this".into()))?
			.into_inner();
		recorder.finish();
		Ok(recorder)
	}
}

/// What is to be recorded.
#[derive(Default)]
struct Record {
	/// Whether row roots of all layers are.
	layers: bool,
	/// The layer whose operators are.
	layer: Option<u32>,
	/// Rows that are kept.
	rows: BTreeSet<(Tensor, u32)>,
}

impl Record {
	/// The operators of a layer.
	fn of(layer: u32) -> Self {
		Self { layer: Some(layer), ..Self::default() }
	}

	/// Keeps a row.
	fn with(mut self, tensor: Tensor, row: u32) -> Self {
		self.rows.insert((tensor, row));
		self
	}
}

/// Records a pass.
struct Recorder {
	sequence: Sequence,
	scale: ScoreScale,
	record: Record,
	/// Roots of the residual rows that enter each layer, and of those that leave the last.
	layer_roots: Vec<Vec<H256>>,
	/// Roots of rows, by position or, for values and scores, by row.
	row_roots: BTreeMap<Tensor, BTreeMap<u32, H256>>,
	rows: BTreeMap<(Tensor, u32), Vec<u8>>,
	/// Rows of [`Operator::Values`].
	values: Vec<Vec<u8>>,
	/// Rows of [`Tensor::Columns`].
	columns: Vec<Vec<u8>>,
	/// For each position and head whose scores are kept: the query, and the keys.
	queries: BTreeMap<(u32, u32), HeadRow>,
	keys: BTreeMap<(u32, u32), Vec<HeadRow>>,
}

/// A row of one head, and its exponent.
type HeadRow = (Vec<i16>, i16);

impl Recorder {
	fn new(sequence: Sequence, model: &Model, record: Record) -> Self {
		let layers = if record.layers { sequence.dimensions.layers + 1 } else { 0 };
		let columns = sequence.shape(Tensor::Of(Operator::Values)).rows;
		Self {
			sequence,
			scale: ScoreScale::from(model.constants()),
			record,
			layer_roots: vec![Vec::new(); layers as usize],
			row_roots: BTreeMap::new(),
			rows: BTreeMap::new(),
			values: vec![Vec::new(); columns as usize],
			columns: vec![Vec::new(); sequence.shape(Tensor::Columns).rows as usize],
			queries: BTreeMap::new(),
			keys: BTreeMap::new(),
		}
	}

	fn shape(&self, tensor: Tensor) -> Shape {
		self.sequence.shape(tensor)
	}

	/// Whether it is asked about what comes behind the last layer.
	fn is_behind_layers(&self) -> bool {
		self.record.layer == Some(self.sequence.dimensions.layers)
	}

	/// Takes note of a row.
	fn see(&mut self, tensor: Tensor, row: u32, bytes: Vec<u8>) {
		let root = self.shape(tensor).row_root(&bytes);
		self.row_roots.entry(tensor).or_default().insert(row, root);
		if self.record.rows.contains(&(tensor, row)) {
			self.rows.insert((tensor, row), bytes);
		}
	}

	/// Takes note of a residual row, which enters the layer of that number.
	fn residual_row(&mut self, layer: u32, position: u32, row: &[i32]) {
		let is_entry = self.record.layer == Some(layer);
		if !is_entry && !self.record.layers {
			return;
		}
		let bytes: Vec<u8> = row.iter().flat_map(|element| element.to_le_bytes()).collect();
		if let Some(roots) = self.layer_roots.get_mut(layer as usize) {
			let root = self.sequence.shape(Tensor::Residual).row_root(&bytes);
			// Again after an accident.
			roots.truncate(position as usize);
			roots.push(root);
		}
		if is_entry {
			self.see(Tensor::Residual, position, bytes);
		}
	}

	/// Collects values by columns, and what scores are computed from.
	fn heads(&mut self, position: u32, exponents: &[i16], elements: &[i16]) {
		let dimensions = self.sequence.dimensions;
		let [heads, pairs, width] =
			[dimensions.heads, dimensions.key_value_heads, dimensions.head_width]
				.map(|size| size as usize);
		let head = |head: usize| (elements[head * width..][..width].to_vec(), exponents[head]);
		for pair in 0..pairs {
			let (value, exponent) = head(heads + pairs + pair);
			let columns = &mut self.values[pair * (width + 1)..][..width + 1];
			for (column, number) in columns.iter_mut().zip(value.into_iter().chain([exponent])) {
				// Again after an accident.
				column.truncate(2 * position as usize);
				column.extend(number.to_le_bytes());
			}
		}
		for (tensor, _) in &self.record.rows {
			let Tensor::Scores { position: at, head: query } = *tensor else { continue };
			if query as usize >= heads {
				continue;
			}
			if at == position {
				self.queries.insert((at, query), head(query as usize));
			}
			if position < self.sequence.sees(at) {
				let keys = self.keys.entry((at, query)).or_default();
				keys.truncate(position as usize);
				keys.push(head(heads + query as usize / (heads / pairs)));
			}
		}
	}

	/// Makes the tensors that do not come position by position.
	fn finish(&mut self) {
		for (row, bytes) in (0..).zip(std::mem::take(&mut self.columns)) {
			if !bytes.is_empty() {
				self.see(Tensor::Columns, row, bytes);
			}
		}
		for (row, bytes) in (0..).zip(std::mem::take(&mut self.values)) {
			if !bytes.is_empty() {
				self.see(Tensor::Of(Operator::Values), row, bytes);
			}
		}
		for ((position, head), (query, exponent)) in std::mem::take(&mut self.queries) {
			let keys = self.keys.remove(&(position, head)).unwrap_or_default();
			let scores = keys.iter().map(|(key, key_exponent)| {
				score(dot(&query, key), exponent, *key_exponent, self.scale)
			});
			let bytes = scores.flat_map(i32::to_le_bytes).collect();
			self.see(Tensor::Scores { position, head }, 0, bytes);
		}
	}

	/// Roots of the rows of a tensor.
	fn row_roots(&self, tensor: Tensor) -> Vec<H256> {
		self.row_roots.get(&tensor).map(|rows| rows.values().copied().collect()).unwrap_or_default()
	}

	/// A row that was kept.
	fn row(&self, tensor: Tensor, row: u32) -> Option<Vec<u8>> {
		self.rows.get(&(tensor, row)).cloned()
	}

	/// Blocks of a row that was kept.
	fn open(&self, tensor: Tensor, row: u32, blocks: Range<u32>) -> Option<Opening> {
		let (shape, bytes) = (self.shape(tensor), self.rows.get(&(tensor, row))?);
		let first = shape.bytes_of(blocks.start)?;
		let last = shape.bytes_of(blocks.end.checked_sub(1)?)?;
		let hashes = shape.block_hashes(bytes);
		Some(Opening {
			bytes: bytes.get(first.start..last.end)?.to_vec(),
			beside: merkle::range_proof(&hashes, blocks.start as usize..blocks.end as usize)?,
			path: merkle::proof(&self.row_roots(tensor), row as usize)?,
		})
	}

	/// The element that decides an exponent: the largest of what the row was made from.
	fn witness(&self, number: Number) -> Option<u32> {
		let Place::Exponent(_) = number.place else { return None };
		let is_encoder = !self.sequence.architecture.generates();
		let numbers = |operator: Tensor| -> Option<Vec<i32>> {
			let bytes = self.rows.get(&(operator, number.row))?;
			let (numbers, _) = bytes.as_chunks();
			Some(numbers.iter().copied().map(i32::from_le_bytes).collect())
		};
		let values: Vec<i64> = match number.tensor {
			Tensor::Of(Operator::MixedRow) => wide(numbers(Tensor::Of(Operator::Mixed))?),
			Tensor::Final | Tensor::Of(Operator::AttentionInput) if is_encoder => {
				wide(numbers(Tensor::Residual)?)
			}
			Tensor::Of(Operator::FeedForwardInput) if is_encoder => {
				wide(numbers(Tensor::Of(Operator::AfterAttention))?)
			}
			Tensor::Of(Operator::Gated) => {
				let expanded = numbers(Tensor::Of(Operator::Expanded))?;
				match is_encoder {
					true => wide(expanded.into_iter().map(gelu).collect()),
					false => {
						let (gates, ups) = expanded.split_at(expanded.len() / 2);
						gates.iter().zip(ups).map(|(&gate, &up)| gated(gate, up)).collect()
					}
				}
			}
			_ => return None,
		};
		let largest = values.iter().enumerate().max_by_key(|(_, value)| value.unsigned_abs());
		largest.map(|(index, _)| index as u32)
	}
}

fn wide(values: Vec<i32>) -> Vec<i64> {
	values.into_iter().map(i64::from).collect()
}

impl Observer for Recorder {
	fn embedded(&mut self, position: u32, row: &[i32]) {
		self.residual_row(0, position, row);
	}

	fn residual(&mut self, point: Point, row: &[i32]) {
		self.residual_row(point.layer + 1, point.position, row);
	}

	fn output(&mut self, output: Output<'_>) {
		if !self.is_behind_layers() {
			return;
		}
		let position = output.position;
		let row = [output.exponent].into_iter().chain(output.hidden.iter().copied());
		let bytes = row.flat_map(i16::to_le_bytes).collect();
		self.see(Tensor::Final, position, bytes);
		let numbers = output.hidden.iter().copied().chain([output.exponent]);
		for (column, number) in self.columns.iter_mut().zip(numbers) {
			// Again after an accident.
			column.truncate(2 * position as usize);
			column.extend(number.to_le_bytes());
		}
	}

	fn traced_layer(&self) -> Option<u32> {
		self.record.layer.filter(|_| !self.is_behind_layers())
	}

	fn last_layer(&self) -> u32 {
		match self.record.layers {
			true => u32::MAX,
			false => self.record.layer.unwrap_or(0),
		}
	}

	fn operator(&mut self, operator: Operator, position: u32, row: OperatorRow) {
		let OperatorRow { exponents, elements } = row;
		let mut bytes: Vec<u8> =
			exponents.iter().flat_map(|exponent| exponent.to_le_bytes()).collect();
		match &elements {
			Elements::Q16(elements) => {
				bytes.extend(elements.iter().flat_map(|element| element.to_le_bytes()));
			}
			Elements::Row(elements) => {
				bytes.extend(elements.iter().flat_map(|element| element.to_le_bytes()));
				if operator == Operator::Heads {
					self.heads(position, &exponents, elements);
				}
			}
		}
		self.see(Tensor::Of(operator), position, bytes);
	}
}
