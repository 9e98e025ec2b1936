// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Every call, every refusal, every function that other pallets call, and every invariant broken on
//! purpose.

mod assignment;
mod genesis;
mod leaving;
mod offers;
mod outcomes;
mod random;
mod registration;
mod troubles;
mod try_state;
mod views;
