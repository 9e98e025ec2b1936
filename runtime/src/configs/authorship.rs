// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who wrote this block.

use crate::{Babe, Runtime};
use pallet_session::FindAccountFromAuthorIndex;

impl pallet_authorship::Config for Runtime {
	type EventHandler = super::rewards::Authors;
	type FindAuthor = FindAccountFromAuthorIndex<Self, Babe>;
}
