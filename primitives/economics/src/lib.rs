// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod audit_price;
pub mod constants;
pub mod emission;
pub mod power;
pub mod price;
pub mod reputation;
pub mod sampling;
pub mod settlement;
pub mod shift;

pub use audit_price::{next_audit_price, Backlog};
pub use emission::{DutyCount, Schedule};
pub use price::TokenPrices;
pub use reputation::{Outcome, Reputation};
pub use sampling::{AuditRate, Exposure};

/// An amount of money in its smallest unit; 1 ERG is 10^12.
pub type Balance = u128;
