// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What others are told.

use crate::EraIndex;

/// Somebody who is told of eras.
pub trait OnEra {
	/// An era has begun, at genesis the first one: every candidate has its power in it. It may fall while
	/// the era lasts, and never rises.
	fn on_era(era: EraIndex, total_power: u128);
}

impl OnEra for () {
	fn on_era(_: EraIndex, _: u128) {}
}
