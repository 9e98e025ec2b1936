// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What an audit earns: a price that moves, slowly, to where duties are done.

use crate::{constants, Balance};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::RangeInclusive;
use scale_info::TypeInfo;
use sp_arithmetic::traits::Saturating;

/// What became of audit duties since the price was last looked at.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Backlog {
	/// Votes that came, whatever they said.
	pub served: u32,
	/// Duties that were missed or could not be done.
	pub unserved: u32,
}

/// The price per work unit after a look at the backlog; nothing while there are too few duties to tell.
///
/// It rises by 1 / [`constants::AUDIT_PRICE_RISE`] while more than [`constants::AUDIT_BACKLOG`] of the duties
/// were not done, and falls by 1 / [`constants::AUDIT_PRICE_FALL`] otherwise: machines come slowly, and a
/// price that is too high only costs. A step is at least one unit, and never leaves the bounds.
pub fn next_audit_price(
	price: Balance,
	backlog: Backlog,
	bounds: RangeInclusive<Balance>,
) -> Option<Balance> {
	let Backlog { served, unserved } = backlog;
	let duties = served.saturating_add(unserved);
	if duties < constants::AUDIT_BACKLOG_DUTIES {
		return None;
	}
	let step = |divisor: Balance| (price / divisor).max(1);
	let moved = match unserved > constants::AUDIT_BACKLOG.mul_floor(duties) {
		true => Saturating::saturating_add(price, step(constants::AUDIT_PRICE_RISE)),
		false => Saturating::saturating_sub(price, step(constants::AUDIT_PRICE_FALL)),
	};
	Some(moved.max(*bounds.start()).min(*bounds.end()))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const BOUNDS: RangeInclusive<Balance> = 10..=1_000_000;

	#[test]
	fn the_price_rises_fast_and_falls_slowly() {
		let after =
			|served, unserved| next_audit_price(25_600, Backlog { served, unserved }, BOUNDS);
		assert_eq!(after(63, 0), None, "too few to tell");
		assert_eq!(after(64, 0), Some(25_500));
		assert_eq!(after(95, 5), Some(25_500), "one in twenty may fail");
		assert_eq!(after(94, 6), Some(26_400));
		assert_eq!(after(0, u32::MAX), Some(26_400));
	}

	proptest! {
		#[test]
		fn no_step_is_large_or_leaves_the_bounds(price in BOUNDS, served: u32, unserved: u32) {
			let backlog = Backlog { served, unserved };
			let Some(next) = next_audit_price(price, backlog, BOUNDS) else {
				prop_assert!(u64::from(served) + u64::from(unserved) < 64);
				return Ok(());
			};
			prop_assert!(BOUNDS.contains(&next));
			prop_assert!(next.abs_diff(price) <= (price / 32).max(1));
			let at_bound = price == *BOUNDS.start() || price == *BOUNDS.end();
			prop_assert!(next != price || at_bound);
		}
	}
}
