// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Tests, one file per stage of an audit's life.

mod conclusions;
mod declarations;
mod draw;
mod nodes;
mod objections;
mod random;
mod second_looks;
mod upkeep;
mod votes;
