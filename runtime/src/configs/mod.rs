// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How each pallet is configured: one file per pallet.

mod authorship;
mod babe;
mod balances;
mod grandpa;
mod multisig;
mod offences;
pub mod proxy;
pub mod session;
pub mod system;
mod timestamp;
pub mod transaction_payment;
mod utility;
