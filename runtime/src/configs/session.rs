// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who takes part in a session, and with which keys.

use crate::{
	constants::{deposit, unless_fast, SESSION_SLOTS},
	AccountId, Babe, Balance, Balances, Power, Runtime, RuntimeEvent, SessionKeys,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use ergon_core::crypto::audit::AuditorId;
use frame_support::{parameter_types, traits::OneSessionHandler};
use pallet_babe::AuthorityId as BabeId;
use pallet_grandpa::AuthorityId as GrandpaId;
use pallet_session::{
	disabling::UpToLimitWithReEnablingDisablingStrategy, historical::NoteHistoricalRoot,
	QueuedKeys, SessionHandler,
};
use sp_runtime::{
	traits::{Convert, ConvertInto, OpaqueKeys},
	BoundToRuntimeAppPublic, KeyTypeId, RuntimeAppPublic,
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
	type SessionHandler = NeverNobody<<SessionKeys as OpaqueKeys>::KeyTypeIdProviders>;
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

/// The handlers of all session keys, which never hear of a session of nobody: where nobody of the next one has keys,
/// the validators of the one that begins stay, with the keys that they have in it.
///
/// The session pallet drops validators without keys from the session that it plans, also when its manager wants to
/// keep them, and knows no minimum: `session.purge_keys` of all of them would be the end. BABE would announce an epoch
/// without authorities, in which nobody can make a block, not even the one that would end it.
///
/// What the session pallet has queued is corrected too: the next session gets its validators from there, and rewards,
/// audits and offences know them by it. The manager has changed nothing then, or there would be somebody with keys, so
/// the historical root of the session is that of the one before, which has the same keys.
pub struct NeverNobody<Handlers>(PhantomData<Handlers>);

impl<Handlers: SessionHandler<AccountId>> SessionHandler<AccountId> for NeverNobody<Handlers> {
	const KEY_TYPE_IDS: &'static [KeyTypeId] = Handlers::KEY_TYPE_IDS;

	fn on_genesis_session<Keys: OpaqueKeys>(validators: &[(AccountId, Keys)]) {
		Handlers::on_genesis_session(validators)
	}

	fn on_new_session<Keys: OpaqueKeys>(
		changed: bool,
		validators: &[(AccountId, Keys)],
		queued: &[(AccountId, Keys)],
	) {
		if !queued.is_empty() {
			return Handlers::on_new_session(changed, validators, queued);
		}
		log::warn!(
			target: "ergon::session",
			"nobody has session keys: the validators stay, with those that they had",
		);
		let stay: Vec<_> = validators
			.iter()
			.filter_map(|(who, keys)| Some((who.clone(), session_keys(keys)?)))
			.collect();
		QueuedKeys::<Runtime>::put(stay);
		Handlers::on_new_session(changed, validators, validators)
	}

	fn on_before_session_ending() {
		Handlers::on_before_session_ending()
	}

	fn on_disabled(index: u32) {
		Handlers::on_disabled(index)
	}
}

/// The session keys behind what handlers are given.
fn session_keys(keys: &impl OpaqueKeys) -> Option<SessionKeys> {
	Some(SessionKeys {
		babe: keys.get(BabeId::ID)?,
		grandpa: keys.get(GrandpaId::ID)?,
		audit: keys.get(AuditorId::ID)?,
	})
}
