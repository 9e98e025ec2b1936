// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Tests, one file per concern.

mod candidates;
mod elections;
mod eras;
mod held;
mod limits;
mod offences;
mod places;
mod random;
mod sessions;
mod troubles;
mod upkeep;
mod views;
mod work;
