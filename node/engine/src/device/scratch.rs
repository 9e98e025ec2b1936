// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Memory of a pass on a device, allocated once and grown for models and passes that are larger.

use super::{Address, Device, DeviceError, Memory};

/// One piece of it; nothing at first.
#[derive(Default)]
pub(super) struct Piece(Option<Memory>);

impl Piece {
	/// Makes it at least so large; what was in it is lost if it was smaller.
	pub(super) fn fit(&mut self, device: &Device, bytes: usize) -> Result<(), DeviceError> {
		if self.0.as_ref().is_none_or(|memory| memory.bytes() < bytes) {
			// The old one first: there may not be room for both.
			self.0 = None;
			self.0 = Some(device.allocate(bytes)?);
		}
		Ok(())
	}

	/// Makes it hold these numbers.
	pub(super) fn set<T: bytemuck::NoUninit>(
		&mut self,
		device: &Device,
		numbers: &[T],
	) -> Result<(), DeviceError> {
		self.fit(device, size_of_val(numbers))?;
		match &self.0 {
			Some(memory) => device.upload(memory, 0, numbers),
			None => Ok(()),
		}
	}

	/// Its first numbers.
	pub(super) fn get<T: bytemuck::AnyBitPattern + bytemuck::NoUninit>(
		&self,
		device: &Device,
		count: usize,
	) -> Result<Vec<T>, DeviceError> {
		match &self.0 {
			Some(memory) => device.download(memory, count),
			None => Ok(Vec::new()),
		}
	}

	/// Where it begins; 0 for nothing.
	pub(super) fn address(&self) -> Address {
		self.0.as_ref().map_or(0, Memory::address)
	}
}

/// What a pass needs on its way through the layers.
#[derive(Default)]
pub(crate) struct DeviceScratch {
	/// Tokens, positions, how many positions each sees, and which page is the first of its sequence.
	pub(super) tokens: Piece,
	pub(super) positions: Piece,
	pub(super) sees: Piece,
	pub(super) first_pages: Piece,
	/// Addresses of all pages.
	pub(super) pages: Piece,
	/// The residual stream in Q16.
	pub(super) residual: Piece,
	/// What enters a matrix, its exponents, and the same as bytes.
	pub(super) rows: Piece,
	pub(super) exponents: Piece,
	pub(super) planes: Piece,
	/// What leaves the matrices.
	pub(super) wide: Piece,
	/// Queries of all heads, and their exponents.
	pub(super) queries: Piece,
	pub(super) query_exponents: Piece,
	/// What attention finds, and gives.
	pub(super) found: Piece,
	pub(super) sums: Piece,
	pub(super) mixed: Piece,
	/// Which rows have an output, and what it is.
	pub(super) wanted: Piece,
	pub(super) candidates: Piece,
}
