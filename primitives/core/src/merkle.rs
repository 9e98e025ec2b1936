// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The Merkle tree of RFC 6962, with blake2b-256.
//!
//! A leaf is hashed behind a zero byte and a node behind a one byte, so neither can pose as the
//! other. With `n` > 1 leaves, the left subtree holds the largest power of two below `n`. The tree
//! without leaves has the hash of the empty string.

use alloc::vec::Vec;
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
	if index >= count {
		return false;
	}
	// RFC 9162, section 2.1.3.2.
	let (mut position, mut last, mut hash) = (index, count - 1, leaf);
	for sibling in path {
		if last == 0 {
			return false;
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
	last == 0 && hash == root
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

	proptest! {
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
