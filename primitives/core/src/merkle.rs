// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The Merkle tree of RFC 6962, with blake2b-256.
//!
//! A leaf is hashed behind a zero byte and a node behind a one byte, so neither can pose as the
//! other. With `n` > 1 leaves, the left subtree holds the largest power of two below `n`. The tree
//! without leaves has the hash of the empty string.

use alloc::vec::Vec;
use core::ops::Range;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

/// Hash of a leaf's bytes.
pub fn leaf(bytes: &[u8]) -> H256 {
	let mut input = Vec::with_capacity(bytes.len() + 1);
	input.push(0);
	input.extend_from_slice(bytes);
	H256(blake2_256(&input))
}

/// Hash of a node over its two children.
pub fn node(left: H256, right: H256) -> H256 {
	let mut input = [1; 65];
	input[1..33].copy_from_slice(left.as_bytes());
	input[33..].copy_from_slice(right.as_bytes());
	H256(blake2_256(&input))
}

/// Root over leaf hashes in order; needs memory for one hash per level.
pub fn root(leaves: impl IntoIterator<Item = H256>) -> H256 {
	// Perfect subtrees from left to right, each with its number of leaves; sizes strictly decrease.
	let mut peaks: Vec<(u64, H256)> = Vec::new();
	for hash in leaves {
		let mut peak = (1, hash);
		while let Some(&(size, left)) = peaks.last() {
			if size != peak.0 {
				break;
			}
			peaks.pop();
			peak = (size * 2, node(left, peak.1));
		}
		peaks.push(peak);
	}
	peaks
		.into_iter()
		.rev()
		.map(|(_, hash)| hash)
		.reduce(|right, left| node(left, right))
		.unwrap_or_else(|| H256(blake2_256(&[])))
}

/// Sibling hashes from the leaf at `index` up to the root, or nothing when there is no such leaf.
pub fn proof(leaves: &[H256], index: usize) -> Option<Vec<H256>> {
	if index >= leaves.len() {
		return None;
	}
	let mut path = Vec::new();
	let (mut leaves, mut index) = (leaves, index);
	while leaves.len() > 1 {
		let (left, right) = leaves.split_at(left_size(leaves.len()));
		if index < left.len() {
			path.push(root(right.iter().copied()));
			leaves = left;
		} else {
			path.push(root(left.iter().copied()));
			index -= left.len();
			leaves = right;
		}
	}
	path.reverse();
	Some(path)
}

/// Whether `path` leads from the leaf hash at `index` of `count` leaves to `root`.
pub fn verify(root: H256, leaf: H256, index: u64, count: u64, path: &[H256]) -> bool {
	climb(leaf, index, count, path) == Some(root)
}

/// The root to which `path` leads from the leaf hash at `index` of `count` leaves, if it is as long as
/// such a path is.
pub fn climb(leaf: H256, index: u64, count: u64, path: &[H256]) -> Option<H256> {
	if index >= count {
		return None;
	}
	// RFC 9162, section 2.1.3.2.
	let (mut position, mut last, mut hash) = (index, count - 1, leaf);
	for sibling in path {
		if last == 0 {
			return None;
		}
		if position % 2 == 1 || position == last {
			hash = node(*sibling, hash);
			while position % 2 == 0 && position != 0 {
				position /= 2;
				last /= 2;
			}
		} else {
			hash = node(hash, *sibling);
		}
		position /= 2;
		last /= 2;
	}
	(last == 0).then_some(hash)
}

/// Roots of the largest subtrees beside a range of leaves, from left to right: with the hashes of the
/// range they make the root. Nothing when the range is empty or goes beyond the leaves.
pub fn range_proof(leaves: &[H256], range: Range<usize>) -> Option<Vec<H256>> {
	fn collect(leaves: &[H256], first: usize, range: &Range<usize>, proof: &mut Vec<H256>) {
		let end = first + leaves.len();
		if range.start <= first && end <= range.end {
			return;
		}
		if end <= range.start || range.end <= first {
			return proof.push(root(leaves.iter().copied()));
		}
		let (left, right) = leaves.split_at(left_size(leaves.len()));
		collect(left, first, range, proof);
		collect(right, first + left.len(), range, proof);
	}
	if range.is_empty() || range.end > leaves.len() {
		return None;
	}
	let mut proof = Vec::new();
	collect(leaves, 0, &range, &mut proof);
	Some(proof)
}

/// The root that a range of `count` leaves has, which begins at `first`, with what [`range_proof`]
/// gives; nothing when they do not fit each other.
pub fn climb_range(leaves: &[H256], first: u64, count: u64, proof: &[H256]) -> Option<H256> {
	struct Climb<'a> {
		range: Range<u64>,
		leaves: core::slice::Iter<'a, H256>,
		proof: core::slice::Iter<'a, H256>,
	}
	impl Climb<'_> {
		fn root(&mut self, first: u64, count: u64) -> Option<H256> {
			let end = first + count;
			if end <= self.range.start || self.range.end <= first {
				return self.proof.next().copied();
			}
			if count == 1 {
				return self.leaves.next().copied();
			}
			let left_count = count.next_power_of_two() / 2;
			let left = self.root(first, left_count)?;
			let right = self.root(first + left_count, count - left_count)?;
			Some(node(left, right))
		}
	}
	let end = first.checked_add(leaves.len() as u64).filter(|end| *end <= count)?;
	if leaves.is_empty() || count > 1 << 63 {
		return None;
	}
	let mut climb = Climb { range: first..end, leaves: leaves.iter(), proof: proof.iter() };
	let root = climb.root(0, count)?;
	climb.proof.next().is_none().then_some(root)
}

/// Leaves below each node that stands `depth` levels below the root of a tree of `count` leaves, from
/// left to right; a leaf that stands higher counts too.
pub fn branch_sizes(count: u64, depth: u32) -> Vec<u64> {
	fn collect(count: u64, depth: u32, sizes: &mut Vec<u64>) {
		if depth == 0 || count == 1 {
			return sizes.push(count);
		}
		let left = count.next_power_of_two() / 2;
		collect(left, depth - 1, sizes);
		collect(count - left, depth - 1, sizes);
	}
	let mut sizes = Vec::new();
	if (1..=1 << 63).contains(&count) {
		collect(count, depth, &mut sizes);
	}
	sizes
}

/// Hashes of the nodes of [`branch_sizes`].
pub fn branches(leaves: &[H256], depth: u32) -> Vec<H256> {
	let mut rest = leaves;
	let sizes = branch_sizes(leaves.len() as u64, depth);
	let of = |size: u64| {
		let (here, others) = rest.split_at(size as usize);
		rest = others;
		root(here.iter().copied())
	};
	sizes.into_iter().map(of).collect()
}

/// The root of a tree with these [`branches`]; nothing when their number is not that of such a tree.
pub fn join(count: u64, depth: u32, branches: &[H256]) -> Option<H256> {
	fn up(count: u64, depth: u32, branches: &mut core::slice::Iter<H256>) -> Option<H256> {
		if depth == 0 || count == 1 {
			return branches.next().copied();
		}
		let left = count.next_power_of_two() / 2;
		let hash = up(left, depth - 1, branches)?;
		Some(node(hash, up(count - left, depth - 1, branches)?))
	}
	if count == 0 || count > 1 << 63 || depth >= u64::BITS {
		return None;
	}
	let mut rest = branches.iter();
	let root = up(count, depth, &mut rest)?;
	rest.next().is_none().then_some(root)
}

/// Leaves in the left subtree: the largest power of two below `count`, for `count` > 1.
fn left_size(count: usize) -> usize {
	count.next_power_of_two() / 2
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn leaves(count: usize) -> Vec<H256> {
		(0..count).map(|index| leaf(&(index as u32).to_le_bytes())).collect()
	}

	fn recursive_root(leaves: &[H256]) -> H256 {
		match leaves {
			[] => H256(blake2_256(&[])),
			[one] => *one,
			many => {
				let (left, right) = many.split_at(left_size(many.len()));
				node(recursive_root(left), recursive_root(right))
			}
		}
	}

	#[test]
	fn streamed_root_is_the_recursive_definition() {
		for count in 0..70 {
			let leaves = leaves(count);
			assert_eq!(root(leaves.iter().copied()), recursive_root(&leaves), "{count} leaves");
		}
	}

	#[test]
	fn branches_join_to_the_root() {
		for count in 1..70 {
			let leaves = leaves(count);
			for depth in 0..8 {
				let sizes = branch_sizes(count as u64, depth);
				let branches = branches(&leaves, depth);
				assert_eq!(sizes.iter().sum::<u64>(), count as u64);
				assert_eq!((sizes.len(), sizes.len() <= 1 << depth), (branches.len(), true));
				let root = recursive_root(&leaves);
				assert_eq!(join(count as u64, depth, &branches), Some(root));
				assert_eq!(join(count as u64, depth, &branches[1..]), None);
				let more = [&branches[..], &branches[..1]].concat();
				assert_eq!(join(count as u64, depth, &more), None);
			}
		}
		assert_eq!((branch_sizes(0, 3), join(0, 3, &[])), (vec![], None));
	}

	proptest! {
		#[test]
		fn ranges_lead_to_the_root(
			(count, first, length) in (1usize..70).prop_flat_map(|count| {
				(Just(count), 0..count).prop_flat_map(|(count, first)| {
					(Just(count), Just(first), 1..=count - first)
				})
			}),
			wrong: usize,
		) {
			let leaves = leaves(count);
			let root = root(leaves.iter().copied());
			let range = first..first + length;
			let proof = range_proof(&leaves, range.clone()).unwrap();
			let climb = |leaves: &[H256], first: usize, proof: &[H256]| {
				climb_range(leaves, first as u64, count as u64, proof)
			};
			prop_assert_eq!(climb(&leaves[range.clone()], first, &proof), Some(root));
			// Nothing else does.
			let mut other = leaves[range.clone()].to_vec();
			other[wrong % length] = leaf(b"another");
			prop_assert_ne!(climb(&other, first, &proof), Some(root));
			if let Some((_, shorter)) = proof.split_last() {
				prop_assert_ne!(climb(&leaves[range.clone()], first, shorter), Some(root));
			}
			let longer = [&proof[..], &[leaf(b"one too many")]].concat();
			prop_assert_eq!(climb(&leaves[range.clone()], first, &longer), None);
			prop_assert_eq!(climb(&leaves[range], count - length + 1, &proof), None);
		}

		#[test]
		fn every_leaf_opens_and_no_other_does(count in 1usize..200, index: usize, other: usize) {
			let leaves = leaves(count);
			let index = index % count;
			let root = root(leaves.iter().copied());
			let path = proof(&leaves, index).unwrap();
			prop_assert!(verify(root, leaves[index], index as u64, count as u64, &path));
			let other = other % count;
			if other != index {
				prop_assert!(!verify(root, leaves[index], other as u64, count as u64, &path));
				prop_assert!(!verify(root, leaves[other], index as u64, count as u64, &path));
			}
			let mut longer = path.clone();
			longer.push(root);
			prop_assert!(!verify(root, leaves[index], index as u64, count as u64, &longer));
			if let Some((_, shorter)) = path.split_last() {
				prop_assert!(!verify(root, leaves[index], index as u64, count as u64, shorter));
			}
		}
	}

	#[test]
	fn a_leaf_that_does_not_exist_has_no_proof() {
		assert_eq!(proof(&leaves(3), 3), None);
		assert!(!verify(H256::zero(), H256::zero(), 0, 0, &[]));
	}
}
