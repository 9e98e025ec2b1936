// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Keys and values of a sequence, in pages.
//!
//! A page holds [`PAGE`] positions of all layers, so that a sequence takes memory as it grows, and
//! leaves it in pieces that any other sequence can use; it is all that decoding allocates. Within a page
//! each head of each layer has:
//!
//! 1. its keys, in groups of [`GROUP`] positions: for each pair of elements, that pair of each
//!    position in turn; a vector of pairs times one pair of a query adds to as many scores;
//! 2. its values, in pairs of positions: for each element, both positions; a vector of pairs times one
//!    pair of weights adds to as many outputs;
//! 3. the exponents of the keys, then those of the values, one per position.

use ergon_core::Dimensions;

#[cfg(device)]
use crate::device::Pages;

/// Positions of a page.
pub(super) const PAGE: usize = 32;
/// Positions whose keys lie interleaved.
pub(super) const GROUP: usize = 16;

/// Where everything lies in a page.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PageLayout {
	/// Elements of a key.
	pub(super) width: usize,
	/// Elements of a value, with zeros up to a multiple of [`GROUP`].
	pub(super) value_width: usize,
	heads: usize,
	layers: usize,
}

/// Where one head of one layer lies in a page, in elements.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeadPlace {
	pub(super) keys: usize,
	pub(super) values: usize,
	pub(super) key_exponents: usize,
	pub(super) value_exponents: usize,
}

impl PageLayout {
	pub(super) fn new(dimensions: &Dimensions) -> Self {
		let [width, heads, layers] =
			[dimensions.head_width, dimensions.key_value_heads, dimensions.layers]
				.map(|size| size as usize);
		let width = width.next_multiple_of(2);
		Self { width, value_width: width.next_multiple_of(GROUP), heads, layers }
	}

	fn head_elements(&self) -> usize {
		PAGE * (self.width + self.value_width + 2)
	}

	/// Elements of a page.
	pub(super) fn elements(&self) -> usize {
		self.layers * self.heads * self.head_elements()
	}

	/// Where a head lies.
	pub(super) fn head(&self, layer: usize, head: usize) -> HeadPlace {
		let keys = (layer * self.heads + head) * self.head_elements();
		let values = keys + PAGE * self.width;
		let key_exponents = values + PAGE * self.value_width;
		HeadPlace { keys, values, key_exponents, value_exponents: key_exponents + PAGE }
	}
}

/// Where one position lies in one page.
pub(super) struct Slot {
	page: *mut i16,
	position: usize,
}

// SAFETY: whoever writes says that nobody else accesses the position.
unsafe impl Send for Slot {}

impl Slot {
	/// Writes a key, of at most the layout's width, and its exponent.
	///
	/// # Safety
	///
	/// The page was made for this layout and lives, and nobody else accesses this position.
	pub(super) unsafe fn write_key(
		&self,
		layout: PageLayout,
		place: HeadPlace,
		key: &[i16],
		exponent: i16,
	) {
		let group = place.keys + self.position / GROUP * GROUP * layout.width;
		let first = group + self.position % GROUP * 2;
		for (index, &element) in key.iter().enumerate() {
			self.page.add(first + index / 2 * 2 * GROUP + index % 2).write(element);
		}
		self.page.add(place.key_exponents + self.position).write(exponent);
	}

	/// Writes a value, of at most the layout's width, and its exponent.
	///
	/// # Safety
	///
	/// As for [`Self::write_key`].
	pub(super) unsafe fn write_value(
		&self,
		layout: PageLayout,
		place: HeadPlace,
		value: &[i16],
		exponent: i16,
	) {
		let pair = place.values + self.position / 2 * 2 * layout.value_width;
		let first = pair + self.position % 2;
		for (index, &element) in value.iter().enumerate() {
			self.page.add(first + 2 * index).write(element);
		}
		self.page.add(place.value_exponents + self.position).write(exponent);
	}
}

/// Memory for [`PAGE`] positions.
pub(super) type Page = Box<[i16]>;

/// The keys and values of one sequence. The default stands in its place while a pass has it.
#[derive(Default)]
pub(super) struct Cache {
	layout: PageLayout,
	pages: Vec<Page>,
	/// Where they are instead when a device computes.
	#[cfg(device)]
	device: Option<Pages>,
}

impl Cache {
	/// An empty one, for at most so many positions.
	pub(super) fn new(dimensions: &Dimensions, positions: usize) -> Self {
		Self {
			layout: PageLayout::new(dimensions),
			pages: Vec::with_capacity(positions.div_ceil(PAGE)),
			#[cfg(device)]
			device: None,
		}
	}

	/// One in the memory of a device.
	#[cfg(device)]
	pub(super) fn on_device(pages: Pages) -> Self {
		Self { device: Some(pages), ..Self::default() }
	}

	/// What is in the memory of a device.
	#[cfg(device)]
	pub(super) fn device(&mut self) -> Option<&mut Pages> {
		self.device.as_mut()
	}

	/// Positions that it can have.
	pub(super) fn capacity(&self) -> usize {
		self.pages.capacity() * PAGE
	}

	/// Bytes that so many positions take.
	pub(super) fn bytes(dimensions: &Dimensions, positions: usize) -> u64 {
		let elements = PageLayout::new(dimensions).elements();
		(positions.div_ceil(PAGE) * elements * size_of::<i16>()) as u64
	}

	/// Makes room for that many positions.
	pub(super) fn grow(&mut self, positions: usize) {
		// Whatever is beyond the last position counts for nothing, but must be defined.
		let page = || vec![0; self.layout.elements()].into_boxed_slice();
		self.pages.resize_with(positions.div_ceil(PAGE).max(self.pages.len()), page);
	}

	pub(super) fn pages(&self) -> &[Page] {
		&self.pages
	}

	/// Fills everything with one number.
	#[cfg(test)]
	pub(super) fn fill(&mut self, element: i16) {
		self.pages.iter_mut().for_each(|page| page.fill(element));
	}

	/// Where a position lies.
	pub(super) fn slot(&mut self, position: usize) -> Slot {
		Slot { page: self.pages[position / PAGE].as_mut_ptr(), position: position % PAGE }
	}
}
