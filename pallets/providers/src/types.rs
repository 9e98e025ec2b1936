// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What this pallet keeps, asks for and tells.

use crate::Config;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{crypto::worker::WorkerId, Country, ModelId, Work};
use ergon_economics::{Balance, Reputation, TokenPrices};
use frame_support::traits::fungible::Credit;
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{traits::ConstU32, BoundedVec};

/// Longest region code, in bytes.
pub const MAX_REGION: u32 = 3;
/// Longest peer id, in bytes.
pub const MAX_PEER_ID: u32 = 64;
/// Most records that one view returns.
pub const MAX_PAGE: u32 = 100;

/// The part of an ISO 3166-2 code behind the hyphen: up to three upper-case letters or digits.
pub type Region = BoundedVec<u8, ConstU32<MAX_REGION>>;
/// A libp2p peer id: a multihash.
pub type PeerId = BoundedVec<u8, ConstU32<MAX_PEER_ID>>;

/// Who stands behind the machine.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Hosting {
	/// The operator's own machine on the operator's own premises.
	#[codec(index = 0)]
	Premises,
	/// The operator's own machine in somebody's data centre.
	#[codec(index = 1)]
	Colocation,
	/// A rented machine.
	#[codec(index = 2)]
	Cloud,
}

/// What a provider declares about itself.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Profile {
	/// Where the machine is.
	pub country: Country,
	/// Where in the country.
	pub region: Option<Region>,
	/// Who stands behind it.
	pub hosting: Hosting,
	/// Where it can be reached; empty when it cannot.
	pub peer: PeerId,
}

/// What the operator wants of its provider.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Mode<BlockNumber> {
	/// It takes jobs.
	#[codec(index = 0)]
	Active,
	/// It finishes what it has and takes nothing new.
	#[codec(index = 1)]
	Draining,
	/// It takes nothing new, and its bond is on the way out.
	#[codec(index = 2)]
	Unbonding {
		/// First block in which the bond may be withdrawn.
		until: BlockNumber,
	},
}

/// Why a provider was chilled.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ChillReason {
	/// It missed deadlines or declined too often.
	#[codec(index = 0)]
	Failures,
	/// It was slashed.
	#[codec(index = 1)]
	Slash,
}

/// Missed deadlines and declined jobs of the current window.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Failures<BlockNumber> {
	/// How many.
	pub count: u32,
	/// Block of the first of them.
	pub since: BlockNumber,
}

/// One provider.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Provider<BlockNumber> {
	/// The key that signs for it.
	pub worker: WorkerId,
	/// Held from the operator, and what a slash can take.
	pub bond: Balance,
	/// What it declares about itself.
	pub profile: Profile,
	/// What the operator wants.
	pub mode: Mode<BlockNumber>,
	/// Set while the system keeps it from taking jobs: first block in which the operator may end
	/// that.
	pub chilled_until: Option<BlockNumber>,
	/// Parallel jobs that its offers declare together.
	pub slots: u32,
	/// Jobs that occupy a slot.
	pub active_jobs: u32,
	/// Work of the active jobs, at most.
	pub work_at_hand: Work,
	/// Jobs that are not final: the active ones, and those whose result can still be overturned.
	pub open_jobs: u32,
	/// Price of the open jobs, at most.
	pub value_at_risk: Balance,
	/// Last block at which work that it did could still be overturned.
	pub safe_at: BlockNumber,
	/// What it failed to deliver lately.
	pub failures: Failures<BlockNumber>,
	/// What audits of its results came to.
	pub reputation: Reputation,
	/// Block in which it last delivered a result, or came back to work after
	/// [`MaxIdle`](crate::Config::MaxIdle); at first, in which it registered.
	pub worked_at: BlockNumber,
}

impl<BlockNumber> Provider<BlockNumber> {
	/// Whether it may be given new jobs at all.
	pub fn is_assignable(&self) -> bool {
		matches!(self.mode, Mode::Active) && self.chilled_until.is_none()
	}
}

/// A provider's terms for one model.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Offer {
	/// Price per token.
	pub prices: TokenPrices,
	/// Jobs that it takes at a time; 0 pauses the offer.
	pub slots: u32,
	/// Jobs that occupy a slot.
	pub busy: u32,
	/// Place in the model's market; see [`Market`].
	pub position: u32,
}

impl Offer {
	/// Jobs that it could take now.
	pub fn free_slots(&self) -> u32 {
		self.slots.saturating_sub(self.busy)
	}
}

/// The offers of one model, at positions 0..total: first the open ones, which can take a job now,
/// then the rest.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Market {
	/// Offers of assignable providers with a free slot.
	pub open: u32,
	/// All offers.
	pub total: u32,
}

/// What a job needs from an offer.
#[derive(Clone)]
pub struct Need<'a, AccountId> {
	/// The model.
	pub model: ModelId,
	/// Tokens that the prompt has at most.
	pub prompt_tokens: u32,
	/// Tokens that the output has at most.
	pub output_tokens: u32,
	/// The worst-case price must not exceed this; it counts as value at risk until the job is
	/// final.
	pub max_price: Balance,
	/// Work that the job can come to at most; it counts as work at hand until the slot is given back.
	pub work: Work,
	/// Countries in which the provider may be; empty means any.
	pub countries: &'a [Country],
	/// Lowest reputation, in thousandths; 0 admits everybody.
	pub min_reputation: u16,
	/// The one provider that may do the job.
	pub provider: Option<&'a AccountId>,
	/// Providers that failed or declined this job before.
	pub excluded: &'a [AccountId],
	/// Whether an offer at these prices, of a provider of that standing, may take the job at all.
	pub admits: &'a dyn Fn(&Standing, &TokenPrices) -> bool,
}

/// Who does a job, and at which prices.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Assignment<AccountId> {
	/// Who.
	pub provider: AccountId,
	/// Price per token, fixed from now on.
	pub prices: TokenPrices,
}

/// What the sampling rate and the slash depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
	/// The bond that can be slashed.
	pub bond: Balance,
	/// Decayed number of clean audits since the last fault, the last new model, and the last time
	/// without work.
	pub clean_audits: u32,
	/// Price of jobs assigned or attested, not yet final.
	pub value_at_risk: Balance,
}

/// What a slash came to.
#[must_use = "dropping the credit burns it"]
pub struct Slashed<T: Config> {
	/// What was taken, still to be given to somebody.
	pub credit: CreditOf<T>,
	/// What could not be taken, because the bond was smaller.
	pub shortfall: Balance,
}

/// A provider's terms for one model, as clients see them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct OfferInfo<AccountId> {
	/// Who.
	pub provider: AccountId,
	/// For which model.
	pub model: ModelId,
	/// On which terms.
	pub offer: Offer,
	/// Whether it has a free slot, and its provider takes jobs. How much of them the provider may have at
	/// risk and at hand is seen for each job.
	pub open: bool,
}

/// Everything about one provider, as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ProviderInfo<AccountId, BlockNumber> {
	/// The operator.
	pub account: AccountId,
	/// What the chain keeps of it.
	pub provider: Provider<BlockNumber>,
	/// Its reputation now, in thousandths.
	pub reputation: u16,
	/// Clean audits that count now, see [`Standing::clean_audits`].
	pub clean_audits: u32,
	/// Its offers.
	pub offers: Vec<OfferInfo<AccountId>>,
}

/// A provider as a genesis preset writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisProvider<AccountId> {
	/// The operator, whose balance the bond is held from.
	pub account: AccountId,
	/// The key that signs for it; no proof of possession is asked for.
	pub worker: WorkerId,
	/// See [`Provider::bond`].
	pub bond: Balance,
	/// See [`Profile::country`].
	pub country: Country,
	/// See [`Profile::hosting`].
	pub hosting: Hosting,
	/// What it offers.
	pub offers: Vec<GenesisOffer>,
}

/// An offer as a genesis preset writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisOffer {
	/// For which model.
	pub model: ModelId,
	/// Price per prompt token.
	pub prompt_token: Balance,
	/// Price per output token.
	pub output_token: Balance,
	/// Jobs at a time.
	pub slots: u32,
}

/// [`Provider`] of a runtime.
pub type ProviderOf<T> = Provider<BlockNumberFor<T>>;
/// [`ProviderInfo`] of a runtime.
pub type ProviderInfoOf<T> =
	ProviderInfo<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
/// [`OfferInfo`] of a runtime.
pub type OfferInfoOf<T> = OfferInfo<<T as frame_system::Config>::AccountId>;
/// [`Need`] of a runtime.
pub type NeedOf<'a, T> = Need<'a, <T as frame_system::Config>::AccountId>;
/// [`Assignment`] of a runtime.
pub type AssignmentOf<T> = Assignment<<T as frame_system::Config>::AccountId>;
/// What bonds are held with.
pub type CurrencyOf<T> = <T as Config>::Currency;
/// What is left of a slashed bond, still to be given to somebody.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, CurrencyOf<T>>;
