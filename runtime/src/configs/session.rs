// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who takes part in a session, and with which keys.

use crate::{
	constants::{deposit, unless_fast, SESSION_SLOTS},
	AccountId, Babe, Balance, Balances, Power, Runtime, RuntimeEvent, SessionKeys,
};
use ergon_core::crypto::audit::AuditorId;
use frame_support::{parameter_types, traits::OneSessionHandler};
use pallet_session::{
	disabling::UpToLimitWithReEnablingDisablingStrategy, historical::NoteHistoricalRoot,
};
use sp_runtime::{
	traits::{Convert, ConvertInto, OpaqueKeys},
	BoundToRuntimeAppPublic,
};

/// Sessions for which an equivocation can be reported, and a bond therefore stays slashable: a week
/// where networks live long.
pub const REPORT_SESSIONS: u32 = unless_fast(1_008, 12);

parameter_types! {
	/// Most validators of a session.
	pub const MaxValidators: u32 = 100;
	/// See [`REPORT_SESSIONS`].
	pub const ReportSessions: u32 = REPORT_SESSIONS;
	/// The same in slots.
	pub const ReportLongevity: u64 = REPORT_SESSIONS as u64 * SESSION_SLOTS as u64;
	/// Held while session keys are registered: keys and three entries of the owner index.
	pub const KeyDeposit: Balance = deposit(4, 3 * 32 + 3 * (32 + 36));
}

impl pallet_session::Config for Runtime {
	type Currency = Balances;
	type DisablingStrategy = UpToLimitWithReEnablingDisablingStrategy;
	type KeyDeposit = KeyDeposit;
	type Keys = SessionKeys;
	type NextSessionRotation = Babe;
	type RuntimeEvent = RuntimeEvent;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type SessionManager = NoteHistoricalRoot<Self, Power>;
	type ShouldEndSession = Babe;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
}

impl pallet_session::historical::Config for Runtime {
	type FullIdentification = ();
	type FullIdentificationOf = NoFurtherIdentification;
	type RuntimeEvent = RuntimeEvent;
}

/// An offender is identified by its account alone: there are no nominators who share a slash.
pub struct NoFurtherIdentification;

impl Convert<AccountId, Option<()>> for NoFurtherIdentification {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

/// The audit key as one of the session keys. Audits look keys up in the session pallet, so nothing
/// has to be told when a session begins.
pub struct AuditKeys;

impl BoundToRuntimeAppPublic for AuditKeys {
	type Public = AuditorId;
}

impl OneSessionHandler<AccountId> for AuditKeys {
	type Key = AuditorId;

	fn on_genesis_session<'a, I>(_: I)
	where
		I: Iterator<Item = (&'a AccountId, AuditorId)> + 'a,
	{
	}

	fn on_new_session<'a, I>(_: bool, _: I, _: I)
	where
		I: Iterator<Item = (&'a AccountId, AuditorId)> + 'a,
	{
	}

	fn on_disabled(_: u32) {}
}
