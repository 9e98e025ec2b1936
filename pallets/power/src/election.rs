// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who is in the next session: a function of who is in this one and who stands.

use crate::types::{Balance, Power};
use alloc::{collections::BTreeSet, vec::Vec};
use core::cmp::Reverse;
use ergon_economics::power::churn_limit;

/// Somebody who can be elected: it stands, and its session keys are registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contender<AccountId> {
	/// Who.
	pub account: AccountId,
	/// Decides.
	pub power: Power,
	/// Decides among equals that are both in the current set or both not.
	pub bond: Balance,
}

/// How large a set may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// Most validators.
	pub seats: u32,
	/// Up to this many are elected even without power.
	pub minimum: u32,
}

/// Elects the next set out of `contenders`.
///
/// `current` is the set in force. `unwanted` are those of its members who do not stand any more but
/// still have keys, those to be kept first in front; members that are neither contenders nor
/// unwanted are gone, since the session pallet drops validators without keys.
///
/// * The ranking is by power, then members of the current set before others, then by bond, then by
///   account, so it is total and a tie never makes churn.
/// * Those with power are wanted up to the number of seats; those without only to fill the minimum.
/// * Fewer than a third leave and fewer than a third enter ([`churn_limit`]; one always may). The
///   gone count among those who leave. When more are gone than may leave, as many may enter as are
///   missing to the minimum.
/// * Without contenders, or when nobody would be left, the answer is `None`: the old set stays.
///
/// Members keep their order, and those who enter stand behind them in the order of the ranking.
pub fn elect<AccountId: Clone + Ord>(
	current: &[AccountId],
	contenders: Vec<Contender<AccountId>>,
	unwanted: &[AccountId],
	limits: Limits,
) -> Option<Vec<AccountId>> {
	if contenders.is_empty() {
		return None;
	}
	let members: BTreeSet<_> = current.iter().collect();
	let mut ranked = contenders;
	ranked.sort_by(|a, b| {
		let key = |contender: &Contender<AccountId>| {
			let is_member = members.contains(&contender.account);
			(Reverse(contender.power), Reverse(is_member), Reverse(contender.bond))
		};
		key(a).cmp(&key(b)).then_with(|| a.account.cmp(&b.account))
	});

	let powerful = ranked.iter().filter(|contender| contender.power > 0).count();
	let wanted = powerful.max(limits.minimum as usize).min(limits.seats as usize);
	let (wanted, surplus) = ranked.split_at(wanted.min(ranked.len()));
	if current.is_empty() {
		return Some(wanted.iter().map(|contender| contender.account.clone()).collect());
	}

	// Who leaves: the gone anyway, then the surplus from its end.
	let limit = churn_limit(current.len() as u32) as usize;
	let keep_order: Vec<_> = surplus
		.iter()
		.map(|contender| &contender.account)
		.filter(|account| members.contains(account))
		.chain(unwanted)
		.collect();
	let staying = wanted.iter().filter(|contender| members.contains(&contender.account));
	let mut retained: BTreeSet<_> = staying.map(|contender| &contender.account).collect();
	let gone = current.len().saturating_sub(retained.len()).saturating_sub(keep_order.len());
	let kept = keep_order.len().saturating_sub(limit.saturating_sub(gone));
	retained.extend(keep_order.into_iter().take(kept));

	// Who enters: the best. Room they have: of those who are wanted, no more are outside of the set
	// than seats are free or held by somebody who leaves.
	let missing = (limits.minimum as usize).saturating_sub(retained.len());
	let entering = wanted
		.iter()
		.map(|contender| &contender.account)
		.filter(|account| !members.contains(account))
		.take(limit.max(gone.min(missing)));

	let elected: Vec<_> = current
		.iter()
		.filter(|account| retained.contains(account))
		.chain(entering)
		.cloned()
		.collect();
	(!elected.is_empty()).then_some(elected)
}
