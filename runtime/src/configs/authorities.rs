// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! How much a validator's blocks and votes weigh: as much as the power that it has proved.
//!
//! The pallets of BABE and GRANDPA give every authority the weight 1 when a session begins. The types
//! here stand between them and the session pallet, under the same keys, and give them weights that
//! follow power and add up to [`AUTHORITY_WEIGHT`](ergon_economics::constants::AUTHORITY_WEIGHT).
//!
//! The weights of a session are decided together with its validators, when the session before it
//! begins. BABE announces them then, and nodes follow the announcement whatever becomes of power in
//! between; so what was announced is what BABE enacts a session later, and what GRANDPA gets.
//!
//! From one session to the next, less than a third of all weight changes hands, see [`follow`]. What everybody has
//! now is in BABE's list.

use crate::{AccountId, Babe, Grandpa, Power, Runtime, Session, System};
use alloc::{collections::BTreeMap, vec::Vec};
use ergon_economics::{
	power::authority_weights,
	shift::{follow, Seat},
};
use frame_support::{dispatch::DispatchClass, traits::OneSessionHandler, WeakBoundedVec};
use pallet_babe::AuthorityId as BabeId;
use pallet_grandpa::AuthorityId as GrandpaId;
use sp_runtime::BoundToRuntimeAppPublic;

/// The validators of this session, in the order of the session pallet, and what each of them weighs
/// in blocks and votes.
pub fn weighted_validators() -> Vec<(AccountId, u64)> {
	let weights = Babe::authorities().into_inner().into_iter().map(|(_, weight)| weight);
	Session::validators().into_iter().zip(weights).collect()
}

/// What authorities are to weigh, by the power of now.
fn weighted<Id>(validators: &[(&AccountId, Id)]) -> Vec<u64> {
	authority_weights(validators.iter().map(|(who, _)| Power::power(who)).collect())
}

/// What authorities weigh in a session behind one in which validators weigh that much.
fn weighted_behind<Id>(
	before: &BTreeMap<&AccountId, u64>,
	validators: &[(&AccountId, Id)],
) -> Vec<u64> {
	let seats = validators.iter().zip(weighted(validators)).map(|((who, _), wanted)| {
		let held = before.get(who).copied().unwrap_or_default();
		Seat { held, wanted }
	});
	follow(&seats.collect::<Vec<_>>())
}

/// Gives each authority of a list its weight.
fn weigh<Id>(authorities: &mut [(Id, u64)], weights: &[u64]) {
	for ((_, weight), given) in authorities.iter_mut().zip(weights) {
		*weight = *given;
	}
}

/// [`Babe`] with the chance of a primary slot in proportion to power. Secondary slots fall to everybody
/// alike, which the protocol of BABE has no weights for.
pub struct WeightedBabe;

impl BoundToRuntimeAppPublic for WeightedBabe {
	type Public = BabeId;
}

impl OneSessionHandler<AccountId> for WeightedBabe {
	type Key = BabeId;

	fn on_genesis_session<'a, I>(validators: I)
	where
		I: Iterator<Item = (&'a AccountId, BabeId)> + 'a,
	{
		let validators: Vec<_> = validators.collect();
		let weights = weighted(&validators);
		<Babe as OneSessionHandler<_>>::on_genesis_session(validators.into_iter());
		// The first announcement repeats the genesis.
		pallet_babe::Authorities::<Runtime>::mutate(|list| weigh(list.as_mut(), &weights));
		pallet_babe::NextAuthorities::<Runtime>::mutate(|list| weigh(list.as_mut(), &weights));
	}

	fn on_new_session<'a, I>(_: bool, validators: I, queued_validators: I)
	where
		I: Iterator<Item = (&'a AccountId, BabeId)> + 'a,
	{
		// The list of the session that begins, in the order of its validators.
		let announced = pallet_babe::NextAuthorities::<Runtime>::get();
		let before: BTreeMap<_, _> = validators
			.zip(announced.iter())
			.map(|((who, _), (_, weight))| (who, *weight))
			.collect();
		let queued: Vec<_> = queued_validators.collect();
		let weights = weighted_behind(&before, &queued);
		let next = queued.into_iter().map(|(_, key)| key).zip(weights).collect();
		let next: WeakBoundedVec<_, _> = WeakBoundedVec::force_from(
			next,
			Some("more validators were elected than `MaxValidators`"),
		);
		// What the stock handlers do is in the weight of a block that begins a session; a candidate for
		// each validator, the era and its cap, and what was announced are not.
		let reads = (next.len() as u64).saturating_add(3);
		System::register_extra_weight_unchecked(
			<Runtime as frame_system::Config>::DbWeight::get().reads(reads),
			DispatchClass::Mandatory,
		);
		Babe::enact_epoch_change(announced, next, Some(Session::current_index()));
	}

	fn on_disabled(index: u32) {
		<Babe as OneSessionHandler<AccountId>>::on_disabled(index)
	}
}

/// [`Grandpa`] with votes in proportion to power.
pub struct WeightedGrandpa;

impl BoundToRuntimeAppPublic for WeightedGrandpa {
	type Public = GrandpaId;
}

impl OneSessionHandler<AccountId> for WeightedGrandpa {
	type Key = GrandpaId;

	fn on_genesis_session<'a, I>(validators: I)
	where
		I: Iterator<Item = (&'a AccountId, GrandpaId)> + 'a,
	{
		let validators: Vec<_> = validators.collect();
		let weights = weighted(&validators);
		<Grandpa as OneSessionHandler<_>>::on_genesis_session(validators.into_iter());
		pallet_grandpa::Authorities::<Runtime>::mutate(|list| weigh(list.as_mut(), &weights));
	}

	/// Issues a change when the session pallet says so, and also when only weights differ, or when the
	/// last change could not be issued because a forced one was pending.
	fn on_new_session<'a, I>(changed: bool, validators: I, _: I)
	where
		I: Iterator<Item = (&'a AccountId, GrandpaId)> + 'a,
	{
		let validators: Vec<_> = validators.collect();
		// BABE stands in front of GRANDPA among the session keys, so this is the list that it has just
		// enacted, in the order of the validators.
		let weights = Babe::authorities().into_inner().into_iter().map(|(_, weight)| weight);
		let keys = validators.iter().map(|(_, key)| key.clone());
		let authorities: Vec<_> = keys.zip(weights).collect();
		let differs = !authorities.is_empty() && authorities != Grandpa::grandpa_authorities();

		// The pallet's own handler schedules the change and keeps the books about set ids, sessions and
		// stalls; only the weights in the change are not what they should be.
		let set = Grandpa::current_set_id();
		<Grandpa as OneSessionHandler<_>>::on_new_session(
			changed || differs,
			validators.into_iter(),
			Vec::new().into_iter(),
		);
		// A set id more says that the pending change is this one.
		if Grandpa::current_set_id() != set {
			pallet_grandpa::PendingChange::<Runtime>::mutate_extant(|change| {
				change.next_authorities = WeakBoundedVec::force_from(authorities, None);
			});
		}
	}

	fn on_disabled(index: u32) {
		<Grandpa as OneSessionHandler<AccountId>>::on_disabled(index)
	}
}
