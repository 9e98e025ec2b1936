// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! # The Ergon runtime
//!
//! The list of pallets. How each is configured stands in `configs`, one file per pallet; what clients
//! may ask, in [`apis`]; the genesis states of development networks, in [`presets`].

#![cfg_attr(not(feature = "std"), no_std)]
// The list of transaction extensions and the pallets' aggregated types nest deeply.
#![recursion_limit = "512"]
// Items that the macros of FRAME and wasm-builder make carry no documentation.
#![allow(missing_docs)]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

// Its macros are for `apis`.
#[cfg(feature = "runtime-benchmarks")]
#[macro_use]
mod benchmarks;
pub mod apis;
pub mod configs;
pub mod constants;
pub mod ergon_api;
pub mod presets;
pub mod transactions;

// The macros below expect it, and without the standard library it is not in the prelude.
#[cfg(not(feature = "std"))]
use alloc::vec::Vec;
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

pub use configs::{
	authorities::{WeightedBabe, WeightedGrandpa},
	session::AuditKeys,
};
pub use transactions::{TxExtension, UncheckedExtrinsic};

/// Signature of a signed transaction.
pub type Signature = MultiSignature;
/// Account: a public key or a hash of what controls it.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How a transaction names an account.
pub type Address = MultiAddress<AccountId, ()>;
/// Amount in the smallest unit; see [`constants::ERG`].
pub type Balance = u128;
/// Block height.
pub type BlockNumber = u32;
/// Number of transactions that an account signed.
pub type Nonce = u32;
/// Hash of blocks, transactions and state.
pub type Hash = sp_core::H256;
/// Milliseconds since the Unix epoch.
pub type Moment = u64;

/// Block header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// Block whose transactions are decoded.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// What nodes need to know of a block without knowing the runtime's calls.
pub mod opaque {
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	/// Block whose transactions are bytes.
	pub type Block = sp_runtime::generic::Block<super::Header, UncheckedExtrinsic>;
}

impl_opaque_keys! {
	/// Keys with which a validator takes part in a session.
	pub struct SessionKeys {
		/// Authors blocks. Stands in front of GRANDPA, which takes the weights from it.
		pub babe: WeightedBabe,
		/// Votes on finality.
		pub grandpa: WeightedGrandpa,
		/// Signs audits.
		pub audit: AuditKeys,
	}
}

/// The version of this runtime.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: alloc::borrow::Cow::Borrowed("ergon"),
	impl_name: alloc::borrow::Cow::Borrowed("ergon-node"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

/// Runs blocks.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

#[frame_support::runtime]
mod runtime {
	/// The Ergon runtime.
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	// Indices are the order of hooks and of genesis, whatever the order of this list, and what calls, events and
	// errors are encoded with: they rise, and never change once there is a network that lasts.

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;

	// Consensus. Babe comes before Session, which asks it whether the session ends; Authorship comes
	// before Session, so that a block is noted in the session that it belongs to.
	#[runtime::pallet_index(2)]
	pub type Babe = pallet_babe;
	#[runtime::pallet_index(3)]
	pub type Authorship = pallet_authorship;

	// Money.
	#[runtime::pallet_index(4)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(5)]
	pub type TransactionPayment = pallet_transaction_payment;

	// Models come before the providers that offer them, and both before the first block. Power comes
	// before Session, whose first validators it elects.
	#[runtime::pallet_index(10)]
	pub type Models = pallet_models;
	#[runtime::pallet_index(11)]
	pub type Providers = pallet_providers;
	#[runtime::pallet_index(12)]
	pub type Power = pallet_power;

	#[runtime::pallet_index(20)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(21)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(22)]
	pub type Offences = pallet_offences;
	#[runtime::pallet_index(23)]
	pub type Grandpa = pallet_grandpa;

	// Convenience for accounts.
	#[runtime::pallet_index(30)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(31)]
	pub type Proxy = pallet_proxy;
	#[runtime::pallet_index(32)]
	pub type Multisig = pallet_multisig;

	// Disputes come before the audits that ask for their rulings, and these before the jobs that ask for
	// their conclusions.
	#[runtime::pallet_index(40)]
	pub type Disputes = pallet_disputes;
	#[runtime::pallet_index(41)]
	pub type Audits = pallet_audits;
	#[runtime::pallet_index(42)]
	pub type Jobs = pallet_jobs;
	// Behind the audits, which keep the randomness that it draws by.
	#[runtime::pallet_index(43)]
	pub type Sprints = pallet_sprints;
	#[runtime::pallet_index(44)]
	pub type Rewards = pallet_rewards;
}
