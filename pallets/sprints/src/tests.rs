// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Sprints, from what opens one to what it proves.

mod abuse;
mod audits;
mod demand;
mod nodes;
mod phases;
mod upkeep;
