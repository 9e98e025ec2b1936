// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The index of a GGUF file: named values and where tensors lie. No length is believed before the
//! file was seen to have as many bytes.

use std::{collections::BTreeMap, ops::Range};

use candle_core::quantized::GgmlDType;

use crate::error::Fault;

/// Most bytes that the index may have; tokenizers take some ten millions.
const MAX_INDEX_BYTES: usize = 1 << 28;
/// Most named values, and most tensors; models have some hundreds of each.
const MAX_ENTRIES: u64 = 1 << 16;
/// Most texts of an array; vocabularies have some hundred thousands of tokens and of merges.
const MAX_TEXTS: u64 = 1 << 21;
/// Where tensors begin to be multiples of, unless the file says otherwise.
const ALIGNMENT: usize = 32;

/// A named value.
enum Value {
	Number(f64),
	Boolean(bool),
	/// Where its bytes lie.
	Text(Range<usize>),
	/// Of which type they are, and where their bytes lie: as numbers they may take eight times as many.
	Numbers(u32, Range<usize>),
	/// How many there are, and where their bytes lie.
	Texts(u64, Range<usize>),
}

/// Where a tensor lies; whole within the file.
pub(super) struct Tensor {
	pub(super) kind: GgmlDType,
	pub(super) rows: usize,
	pub(super) columns: usize,
	pub(super) data: Range<usize>,
}

/// The index.
pub(super) struct Container {
	values: BTreeMap<String, Value>,
	tensors: BTreeMap<String, Tensor>,
}

impl Container {
	/// Reads the index at the beginning of `bytes`.
	pub(super) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
		let mut reader = Reader { bytes: &bytes[..bytes.len().min(MAX_INDEX_BYTES)], at: 0 };
		if reader.take(4).ok() != Some(&b"GGUF"[..]) {
			return Err(Fault::new("", "does not begin with GGUF"));
		}
		let version = reader.u32()?;
		if !(2..=3).contains(&version) {
			let reason = format!("begins the version, which is {version}, not 2 or 3");
			return Err(Fault::new("byte 4", reason));
		}
		let tensor_count = reader.count("tensors")?;
		let value_count = reader.count("values")?;
		let mut values = BTreeMap::new();
		for _ in 0..value_count {
			let name = reader.name()?;
			let value = reader.value(&name)?;
			if values.insert(name.clone(), value).is_some() {
				return Err(Fault::new(format!("key {name}"), "is there twice"));
			}
		}
		let mut found = Vec::new();
		for _ in 0..tensor_count {
			let name = reader.name()?;
			let dimensions = reader.u32()?;
			if !(1..=4).contains(&dimensions) {
				let reason = format!("has {dimensions} dimensions, not 1 to 4");
				return Err(Fault::new(format!("tensor {name}"), reason));
			}
			// The innermost comes first.
			let sizes = (0..dimensions).map(|_| reader.u64()).collect::<Result<Vec<_>, _>>()?;
			let (kind, offset) = (reader.u32()?, reader.u64()?);
			found.push((name, sizes, kind, offset));
		}

		let alignment = match values.get("general.alignment") {
			None => ALIGNMENT,
			Some(Value::Number(number)) if *number >= 1.0 && *number <= 65_536.0 => {
				*number as usize
			}
			Some(_) => return Err(Fault::new("key general.alignment", "is not from 1 to 65536")),
		};
		let start = reader.at.next_multiple_of(alignment);
		let mut tensors = BTreeMap::new();
		for (name, sizes, kind, offset) in found {
			let invalid = |reason: String| Fault::new(format!("tensor {name}"), reason);
			let tensor = tensor(&sizes, kind, offset, start).map_err(invalid)?;
			let (end, length) = (tensor.data.end, bytes.len());
			if end > length {
				return Err(invalid(format!("ends at byte {end}, but there are {length} bytes")));
			}
			if tensors.insert(name.clone(), tensor).is_some() {
				return Err(Fault::new(format!("tensor {name}"), "is there twice"));
			}
		}
		Ok(Self { values, tensors })
	}

	/// A number or a truth value, as a number.
	pub(super) fn number(&self, name: &str) -> Option<f64> {
		match self.values.get(name)? {
			Value::Number(number) => Some(*number),
			Value::Boolean(truth) => Some((*truth).into()),
			_ => None,
		}
	}

	/// A text, if it is one.
	pub(super) fn text<'a>(&self, bytes: &'a [u8], name: &str) -> Option<&'a str> {
		match self.values.get(name)? {
			Value::Text(range) => std::str::from_utf8(&bytes[range.clone()]).ok(),
			_ => None,
		}
	}

	/// The first `most` of an array of numbers, or all where there are fewer.
	pub(super) fn numbers(&self, bytes: &[u8], name: &str, most: usize) -> Option<Vec<f64>> {
		match self.values.get(name)? {
			Value::Numbers(kind, range) => {
				let count = range.len() / number_bytes(*kind)?;
				let mut reader = Reader { bytes: &bytes[range.clone()], at: 0 };
				(0..count.min(most)).map(|_| reader.number(*kind).ok().flatten()).collect()
			}
			_ => None,
		}
	}

	/// An array of texts.
	pub(super) fn texts<'a>(&self, bytes: &'a [u8], name: &str) -> Result<Vec<&'a str>, Fault> {
		let invalid = |reason: String| Fault::new(format!("key {name}"), reason);
		let Some(Value::Texts(count, range)) = self.values.get(name) else {
			return Err(invalid("is missing, or no array of texts".into()));
		};
		if *count > MAX_TEXTS {
			return Err(invalid(format!("has {count} texts, {MAX_TEXTS} at most")));
		}
		let mut reader = Reader { bytes: &bytes[range.clone()], at: 0 };
		let texts = (0..*count).map(|index| {
			let text = std::str::from_utf8(reader.text()?);
			text.map_err(|_| invalid(format!("has a text that is not UTF-8, number {index}")))
		});
		texts.collect()
	}

	/// A tensor.
	pub(super) fn tensor(&self, name: &str) -> Option<&Tensor> {
		self.tensors.get(name)
	}

	/// Names of all tensors.
	pub(super) fn tensor_names(&self) -> impl Iterator<Item = &str> {
		self.tensors.keys().map(String::as_str)
	}
}

/// A tensor of the sizes and the type that the index gives; why there can be none, in words.
fn tensor(sizes: &[u64], kind: u32, offset: u64, start: usize) -> Result<Tensor, String> {
	use GgmlDType::*;
	let kind = match kind {
		0 => F32,
		1 => F16,
		2 => Q4_0,
		3 => Q4_1,
		6 => Q5_0,
		7 => Q5_1,
		8 => Q8_0,
		10 => Q2K,
		11 => Q3K,
		12 => Q4K,
		13 => Q5K,
		14 => Q6K,
		30 => BF16,
		_ => return Err(format!("is of type {kind}, which is not read")),
	};
	let (block_bytes, block_elements) = (kind.type_size(), kind.block_size());
	let place = || {
		let columns = usize::try_from(*sizes.first()?).ok().filter(|columns| *columns > 0)?;
		let outer = sizes[1..].iter().map(|size| usize::try_from(*size).ok());
		let rows = outer.into_iter().try_fold(1usize, |rows, size| rows.checked_mul(size?))?;
		if columns % block_elements != 0 {
			return None;
		}
		let length = (columns / block_elements).checked_mul(block_bytes)?.checked_mul(rows)?;
		let begin = usize::try_from(offset).ok()?.checked_add(start)?;
		Some(Tensor { kind, rows, columns, data: begin..begin.checked_add(length)? })
	};
	place().ok_or_else(|| {
		format!("has sizes {sizes:?}, of which rows of {block_elements} elements cannot be made")
	})
}

/// Bytes of a number of one of the format's types; nothing for types that are no numbers.
fn number_bytes(kind: u32) -> Option<usize> {
	match kind {
		0 | 1 | 7 => Some(1),
		2 | 3 => Some(2),
		4..=6 => Some(4),
		10..=12 => Some(8),
		_ => None,
	}
}

/// Reads little-endian values one after another.
struct Reader<'a> {
	bytes: &'a [u8],
	at: usize,
}

impl<'a> Reader<'a> {
	fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
		let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
		let end = end.ok_or_else(|| {
			let reason = format!("has less than {count} bytes behind it: the index ends early");
			Fault::new(format!("byte {}", self.at), reason)
		})?;
		let taken = &self.bytes[self.at..end];
		self.at = end;
		Ok(taken)
	}

	fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
		let mut array = [0; N];
		array.copy_from_slice(self.take(N)?);
		Ok(array)
	}

	fn u32(&mut self) -> Result<u32, Fault> {
		Ok(u32::from_le_bytes(self.array()?))
	}

	fn u64(&mut self) -> Result<u64, Fault> {
		Ok(u64::from_le_bytes(self.array()?))
	}

	/// How many entries of a kind follow.
	fn count(&mut self, what: &str) -> Result<u64, Fault> {
		let at = self.at;
		let count = self.u64()?;
		if count > MAX_ENTRIES {
			let reason =
				format!("begins the number of {what}, which is {count}, {MAX_ENTRIES} at most");
			return Err(Fault::new(format!("byte {at}"), reason));
		}
		Ok(count)
	}

	/// The bytes of a text.
	fn text(&mut self) -> Result<&'a [u8], Fault> {
		let length = usize::try_from(self.u64()?).unwrap_or(usize::MAX);
		self.take(length)
	}

	fn name(&mut self) -> Result<String, Fault> {
		let at = self.at;
		let name = std::str::from_utf8(self.text()?).map(String::from);
		name.map_err(|_| Fault::new(format!("byte {at}"), "begins a name that is not UTF-8"))
	}

	/// A number of one of the format's types; nothing for types that are no numbers.
	fn number(&mut self, kind: u32) -> Result<Option<f64>, Fault> {
		Ok(Some(match kind {
			0 => f64::from(self.array::<1>()?[0]),
			1 => f64::from(self.array::<1>()?[0] as i8),
			2 => f64::from(u16::from_le_bytes(self.array()?)),
			3 => f64::from(i16::from_le_bytes(self.array()?)),
			4 => f64::from(self.u32()?),
			5 => f64::from(self.u32()? as i32),
			6 => f64::from(f32::from_le_bytes(self.array()?)),
			7 => f64::from(self.array::<1>()?[0] != 0),
			10 => self.u64()? as f64,
			11 => self.u64()? as i64 as f64,
			12 => f64::from_le_bytes(self.array()?),
			_ => return Ok(None),
		}))
	}

	/// The value of the key `name`.
	fn value(&mut self, name: &str) -> Result<Value, Fault> {
		let unknown = |what: &str, kind: u32| {
			Fault::new(format!("key {name}"), format!("is {what} type {kind}, which is not known"))
		};
		match self.u32()? {
			7 => Ok(Value::Boolean(self.array::<1>()?[0] != 0)),
			8 => {
				let length = self.text()?.len();
				Ok(Value::Text(self.at - length..self.at))
			}
			9 => {
				let (kind, count) = (self.u32()?, self.u64()?);
				let start = self.at;
				if kind == 8 {
					for _ in 0..count {
						self.text()?;
					}
					return Ok(Value::Texts(count, start..self.at));
				}
				let size = number_bytes(kind).ok_or_else(|| unknown("an array of", kind))?;
				let count = usize::try_from(count).unwrap_or(usize::MAX);
				self.take(count.saturating_mul(size))?;
				Ok(Value::Numbers(kind, start..self.at))
			}
			kind => {
				let number = self.number(kind)?;
				number.map(Value::Number).ok_or_else(|| unknown("of", kind))
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// An index with one array of numbers, named "a".
	fn with_array(kind: u32, count: u64, numbers: &[u8]) -> Vec<u8> {
		let mut bytes = b"GGUF".to_vec();
		bytes.extend(3u32.to_le_bytes());
		// No tensors, and one value.
		bytes.extend([0, 1, 1].map(u64::to_le_bytes).concat());
		bytes.push(b'a');
		bytes.extend([9, kind].map(u32::to_le_bytes).concat());
		bytes.extend(count.to_le_bytes());
		bytes.extend(numbers);
		bytes
	}

	#[test]
	fn arrays_of_every_type_are_read_where_they_lie() {
		for (kind, numbers) in [
			(0, vec![0, 1, 255]),
			(1, [0i8, 1, -1].map(|it| it as u8).to_vec()),
			(7, vec![0, 1, 1]),
			(2, [0u16, 1, 65_535].iter().flat_map(|it| it.to_le_bytes()).collect()),
			(3, [0i16, 1, -1].iter().flat_map(|it| it.to_le_bytes()).collect()),
			(4, [0u32, 1, u32::MAX].iter().flat_map(|it| it.to_le_bytes()).collect()),
			(5, [0i32, 1, -1].iter().flat_map(|it| it.to_le_bytes()).collect()),
			(6, [0f32, 1.0, -1.0].iter().flat_map(|it| it.to_le_bytes()).collect()),
			(10, [0u64, 1, 1 << 52].iter().flat_map(|it| it.to_le_bytes()).collect()),
			(11, [0i64, 1, -1].iter().flat_map(|it| it.to_le_bytes()).collect()),
			(12, [0f64, 1.0, -1.0].iter().flat_map(|it| it.to_le_bytes()).collect()),
		] {
			let last = match kind {
				0 => 255.0,
				2 => 65_535.0,
				4 => f64::from(u32::MAX),
				7 => 1.0,
				10 => (1u64 << 52) as f64,
				_ => -1.0,
			};
			let bytes = with_array(kind, 3, &numbers);
			let container = Container::parse(&bytes).unwrap();
			assert_eq!(container.numbers(&bytes, "a", 9), Some(vec![0.0, 1.0, last]), "{kind}");
			assert_eq!(container.numbers(&bytes, "a", 2), Some(vec![0.0, 1.0]), "{kind}");
		}
	}

	#[test]
	fn arrays_that_end_after_the_file_or_hold_no_numbers_are_refused() {
		let refusal = |kind, count| Container::parse(&with_array(kind, count, &[0; 8])).err();
		for (kind, count) in [(0, 9), (2, 5), (12, 2), (12, u64::MAX), (10, 1 << 61)] {
			let fault = refusal(kind, count).unwrap();
			assert_eq!(fault.field, "byte 49", "{kind}");
			assert!(fault.reason.contains("the index ends early"), "{kind}: {fault}");
		}
		for kind in [9, 13, u32::MAX] {
			let expected = format!("key a is an array of type {kind}, which is not known");
			assert_eq!(refusal(kind, 1).unwrap().to_string(), expected);
		}
	}
}
