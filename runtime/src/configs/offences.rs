// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What follows from an offence: equivocation, a failed sprint, absence.

use crate::{Power, Runtime, RuntimeEvent};
use pallet_session::historical::IdentificationTuple;

impl pallet_offences::Config for Runtime {
	type IdentificationTuple = IdentificationTuple<Self>;
	// Slashes, chills and disables.
	type OnOffenceHandler = Power;
	type RuntimeEvent = RuntimeEvent;
}
