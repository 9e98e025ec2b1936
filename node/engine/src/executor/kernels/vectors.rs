// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The few vector operations that dot products need, on every instruction set.
//!
//! Kernels are written once, over [`Vectors`]; an instruction set brings nothing but these operations.
//! All of them are exact: 32-bit sums wrap around only where a kernel adds more products than it says
//! that it adds.

#[cfg(target_arch = "aarch64")]
pub(super) mod neon;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86;

/// Vectors of [`Self::LANES`] sums of 32 bits, and of twice as many elements of 16 bits, which are
/// multiplied and added in pairs.
///
/// # Safety
///
/// Every function may be called only where the machine has the instruction set. Pointers need no
/// alignment; what they point to must be as long as the function reads or writes.
pub(super) trait Vectors: Copy {
	/// Sums of a vector; at most [`MOST_LANES`].
	const LANES: usize;
	/// Elements of a vector.
	const ELEMENTS: usize = 2 * Self::LANES;
	/// [`Self::ELEMENTS`] elements of 16 bits.
	type Elements: Copy;
	/// [`Self::LANES`] sums of 32 bits.
	type Sums: Copy;

	/// Sums of nothing.
	unsafe fn zero() -> Self::Sums;
	/// Reads [`Self::ELEMENTS`] elements.
	unsafe fn load(from: *const i16) -> Self::Elements;
	/// Reads as many bytes and widens them.
	unsafe fn widen(from: *const i8) -> Self::Elements;
	/// Reads one pair and repeats it.
	unsafe fn repeat(from: *const i16) -> Self::Elements;
	/// Says that what is there will be read soon; it need not exist.
	unsafe fn prefetch(_from: *const i8) {}
	/// Adds to each lane the two products of its pair.
	unsafe fn multiply_add(
		sums: Self::Sums,
		left: Self::Elements,
		right: Self::Elements,
	) -> Self::Sums;
	/// Writes the sums.
	unsafe fn store(sums: Self::Sums, to: *mut i32);
	/// The sum of all lanes.
	unsafe fn total(sums: Self::Sums) -> i64;
}

/// The most lanes that an instruction set has.
pub(super) const MOST_LANES: usize = 16;

/// What every machine can do: arrays, of which the compiler makes what it can.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Vectors for Portable {
	const LANES: usize = 4;
	type Elements = [i16; 8];
	type Sums = [i32; 4];

	#[inline(always)]
	unsafe fn zero() -> [i32; 4] {
		[0; 4]
	}

	#[inline(always)]
	unsafe fn load(from: *const i16) -> [i16; 8] {
		from.cast::<[i16; 8]>().read_unaligned()
	}

	#[inline(always)]
	unsafe fn widen(from: *const i8) -> [i16; 8] {
		from.cast::<[i8; 8]>().read_unaligned().map(i16::from)
	}

	#[inline(always)]
	unsafe fn repeat(from: *const i16) -> [i16; 8] {
		let [first, second] = from.cast::<[i16; 2]>().read_unaligned();
		[first, second, first, second, first, second, first, second]
	}

	#[inline(always)]
	unsafe fn multiply_add(sums: [i32; 4], left: [i16; 8], right: [i16; 8]) -> [i32; 4] {
		let product = |index: usize| i32::from(left[index]) * i32::from(right[index]);
		std::array::from_fn(|lane| {
			// Two products of -2^15 by -2^15 would wrap; see the module's documentation.
			let pair = product(2 * lane).wrapping_add(product(2 * lane + 1));
			sums[lane].wrapping_add(pair)
		})
	}

	#[inline(always)]
	unsafe fn store(sums: [i32; 4], to: *mut i32) {
		to.cast::<[i32; 4]>().write_unaligned(sums);
	}

	#[inline(always)]
	unsafe fn total(sums: [i32; 4]) -> i64 {
		sums.into_iter().map(i64::from).sum()
	}
}

#[cfg(test)]
mod tests {
	#[cfg(target_arch = "x86_64")]
	use super::super::{InstructionSet, Kind};
	use super::*;
	use proptest::prelude::*;

	/// Everything that a vector does with these elements, as numbers.
	///
	/// # Safety
	///
	/// As for [`Vectors`].
	unsafe fn uses<V: Vectors>(left: &[i16; 32], right: &[i16; 32], bytes: &[i8; 32]) -> Vec<i64> {
		let sums = |sums: V::Sums| {
			let mut out = vec![0; V::LANES];
			V::store(sums, out.as_mut_ptr());
			out.into_iter().map(i64::from).chain([V::total(sums)]).collect::<Vec<_>>()
		};
		let (left, right) = (left.as_ptr(), right.as_ptr());
		let once = V::multiply_add(V::zero(), V::load(left), V::load(right));
		let twice = V::multiply_add(once, V::widen(bytes.as_ptr()), V::repeat(right));
		[sums(V::zero()), sums(once), sums(twice)].concat()
	}

	/// The same by the definition.
	fn expected<V: Vectors>(left: &[i16; 32], right: &[i16; 32], bytes: &[i8; 32]) -> Vec<i64> {
		let pair = |left: &dyn Fn(usize) -> i64, right: &dyn Fn(usize) -> i64, lane: usize| {
			left(2 * lane) * right(2 * lane) + left(2 * lane + 1) * right(2 * lane + 1)
		};
		let once = |lane| pair(&|i| left[i].into(), &|i| right[i].into(), lane);
		let twice = |lane| once(lane) + pair(&|i| bytes[i].into(), &|i| right[i % 2].into(), lane);
		let sums = |of: &dyn Fn(usize) -> i64| {
			let lanes: Vec<i64> = (0..V::LANES).map(of).collect();
			let total = lanes.iter().sum();
			[lanes, vec![total]].concat()
		};
		[sums(&|_| 0), sums(&once), sums(&twice)].concat()
	}

	/// Elements at which no sum of three products leaves 32 bits.
	fn elements() -> impl Strategy<Value = [i16; 32]> {
		prop::array::uniform32(prop_oneof![-32_000i16..=32_000, Just(32_000), Just(-32_000)])
	}

	proptest! {
		#[test]
		fn operations_are_what_they_say(
			left in elements(),
			right in elements(),
			bytes in prop::array::uniform32(any::<i8>()),
		) {
			macro_rules! check {
				($vectors:ty) => {
					let expected = expected::<$vectors>(&left, &right, &bytes);
					// SAFETY: called only where the instruction set is.
					prop_assert_eq!(unsafe { uses::<$vectors>(&left, &right, &bytes) }, expected);
				};
			}
			check!(Portable);
			#[cfg(target_arch = "aarch64")]
			check!(neon::Neon);
			#[cfg(target_arch = "x86_64")]
			for set in InstructionSet::available() {
				match set.0 {
					Kind::Avx2 => { check!(x86::Avx2); }
					Kind::Avx512 => { check!(x86::Avx512); }
					Kind::Portable | Kind::Amx => {}
				}
			}
		}
	}
}
