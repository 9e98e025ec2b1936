// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Accounts that may act for another one.

use crate::{constants::deposit, Balance, Balances, Runtime, RuntimeCall, RuntimeEvent, System};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{ConstU32, InstanceFilter},
};
use pallet_jobs::Call as JobsCall;
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

parameter_types! {
	/// One storage item of 8 bytes.
	pub const ProxyDepositBase: Balance = deposit(1, 8);
	/// 33 more bytes per proxy.
	pub const ProxyDepositFactor: Balance = deposit(0, 33);
	/// One storage item of 8 bytes.
	pub const AnnouncementDepositBase: Balance = deposit(1, 8);
	/// 66 more bytes per announcement.
	pub const AnnouncementDepositFactor: Balance = deposit(0, 66);
}

/// What a proxy may do for its principal.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ProxyType {
	/// Anything.
	#[default]
	#[codec(index = 0)]
	Any,
	/// Anything that moves no balance to another account: neither transfers nor paid jobs.
	#[codec(index = 1)]
	NonTransfer,
	/// What a requester does.
	#[codec(index = 2)]
	Requester,
	/// What a provider does.
	#[codec(index = 3)]
	Provider,
	/// What a validator does.
	#[codec(index = 4)]
	Validator,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			Self::Any => true,
			Self::NonTransfer => !matches!(
				call,
				RuntimeCall::Balances(..) | RuntimeCall::Jobs(JobsCall::submit { .. })
			),
			// What a batch holds is filtered again, call by call.
			Self::Requester => matches!(call, RuntimeCall::Jobs(..) | RuntimeCall::Utility(..)),
			Self::Provider => matches!(call, RuntimeCall::Providers(..) | RuntimeCall::Utility(..)),
			Self::Validator => matches!(
				call,
				RuntimeCall::Power(..)
					| RuntimeCall::Rewards(..)
					| RuntimeCall::Session(..)
					| RuntimeCall::Utility(..)
			),
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		match (self, other) {
			(left, right) if left == right => true,
			(Self::Any, _) => true,
			(_, Self::Any) => false,
			(Self::NonTransfer, Self::Provider | Self::Validator) => true,
			_ => false,
		}
	}
}

impl pallet_proxy::Config for Runtime {
	type AnnouncementDepositBase = AnnouncementDepositBase;
	type AnnouncementDepositFactor = AnnouncementDepositFactor;
	type BlockNumberProvider = System;
	type CallHasher = BlakeTwo256;
	type Currency = Balances;
	type MaxPending = ConstU32<32>;
	type MaxProxies = ConstU32<32>;
	type ProxyDepositBase = ProxyDepositBase;
	type ProxyDepositFactor = ProxyDepositFactor;
	type ProxyType = ProxyType;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn filter_should_allow_what_a_type_promises() {
		let calls = [
			RuntimeCall::Balances(pallet_balances::Call::burn { value: 1, keep_alive: true }),
			RuntimeCall::Jobs(JobsCall::cancel { job: Default::default() }),
			RuntimeCall::Providers(pallet_providers::Call::drain {}),
			RuntimeCall::Power(pallet_power::Call::leave {}),
			RuntimeCall::Session(pallet_session::Call::purge_keys {}),
			RuntimeCall::System(frame_system::Call::remark { remark: Default::default() }),
		];
		let allowed = |kind: ProxyType| calls.each_ref().map(|call| kind.filter(call));
		assert_eq!(allowed(ProxyType::Any), [true; 6]);
		assert_eq!(allowed(ProxyType::NonTransfer), [false, true, true, true, true, true]);
		assert_eq!(allowed(ProxyType::Requester), [false, true, false, false, false, false]);
		assert_eq!(allowed(ProxyType::Provider), [false, false, true, false, false, false]);
		assert_eq!(allowed(ProxyType::Validator), [false, false, false, true, true, false]);
	}

	#[test]
	fn superset_should_allow_all_that_the_other_type_does() {
		use ProxyType::*;
		for kind in [Any, NonTransfer, Requester, Provider, Validator] {
			assert!(Any.is_superset(&kind) && kind.is_superset(&kind));
		}
		// A requester's proxy pays for jobs.
		assert!(!NonTransfer.is_superset(&Requester));
		assert!(NonTransfer.is_superset(&Provider) && NonTransfer.is_superset(&Validator));
		assert!(!Provider.is_superset(&Validator));
	}
}
