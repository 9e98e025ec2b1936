// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How each pallet is configured: one file per pallet.

pub mod audits;
pub mod authorities;
mod authorship;
mod babe;
mod balances;
mod disputes;
#[cfg(feature = "runtime-benchmarks")]
mod fixtures;
mod grandpa;
pub mod jobs;
pub mod models;
mod multisig;
mod offences;
pub mod power;
pub mod providers;
pub mod proxy;
pub mod randomness;
pub mod rewards;
pub mod session;
pub mod sprints;
pub mod system;
mod timestamp;
pub mod transaction_payment;
mod utility;
