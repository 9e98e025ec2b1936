// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Keys and values of a sequence in a device's memory.

use ergon_core::Dimensions;

use super::{kernels::PAGE, Address, Device, DeviceError, Memory};

/// The pages of one sequence; see `attention.cuh` for what is in one.
pub(crate) struct Pages {
	device: Device,
	page_bytes: usize,
	pages: Vec<Memory>,
}

impl Pages {
	/// None.
	pub(crate) fn new(device: &Device, dimensions: &Dimensions) -> Self {
		let [layers, heads, width] =
			[dimensions.layers, dimensions.key_value_heads, dimensions.head_width]
				.map(|size| size as usize);
		let page_bytes = layers * heads * PAGE * (2 * width + 2) * size_of::<i16>();
		Self { device: device.clone(), page_bytes, pages: Vec::new() }
	}

	/// Makes room for that many positions.
	pub(super) fn grow(&mut self, positions: usize) -> Result<(), DeviceError> {
		while self.pages.len() < positions.div_ceil(PAGE) {
			self.pages.push(self.device.allocate(self.page_bytes)?);
		}
		Ok(())
	}

	/// Where each begins.
	pub(super) fn addresses(&self) -> impl Iterator<Item = Address> + '_ {
		self.pages.iter().map(Memory::address)
	}
}
