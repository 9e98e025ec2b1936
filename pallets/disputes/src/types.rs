// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What is stored, and what this pallet and its peers say to each other.

use crate::Config;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use ergon_core::{
	crypto::{
		audit::{AuditorId, AuditorSignature},
		worker::{WorkerId, WorkerSignature},
	},
	Fault, JobId, H256,
};
use ergon_exact::game::Side;
use frame_support::{
	traits::{fungible::Credit, ConstU32, Get},
	BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_runtime::RuntimeAppPublic;

pub use ergon_economics::Balance;

/// What a slashed bond left.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;
/// A dispute as this chain stores it.
pub type DisputeOf<T> =
	Dispute<<T as frame_system::Config>::AccountId, BlockNumberFor<T>, <T as Config>::MaxClaims>;
/// A game as this chain stores it.
pub type GameOf<T> = Game<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
/// A side as this chain stores it.
pub type SeatOf<T> = Seat<<T as frame_system::Config>::AccountId>;
/// Whoever was right: a party, and who stood in for it.
pub type Finders<AccountId> = BoundedVec<AccountId, ConstU32<2>>;
/// A player as this chain stores it.
pub type PlayerOf<T> = Player<<T as frame_system::Config>::AccountId>;
/// What became of a dispute, as this chain says it.
pub type RulingOf<T> = Ruling<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// A key that signs moves. Both kinds are ed25519; they differ in where a node keeps them.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum PlayerKey {
	/// The key of a provider's worker.
	#[codec(index = 0)]
	Worker(WorkerId),
	/// An audit key, of a validator or of anybody else.
	#[codec(index = 1)]
	Auditor(AuditorId),
}

/// A signature by a [`PlayerKey`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum PlayerSignature {
	/// By a [`PlayerKey::Worker`].
	#[codec(index = 0)]
	Worker(WorkerSignature),
	/// By a [`PlayerKey::Auditor`].
	#[codec(index = 1)]
	Auditor(AuditorSignature),
}

impl PlayerKey {
	/// Whether the key signed that.
	pub fn verify(&self, payload: &[u8], signature: &PlayerSignature) -> bool {
		match (self, signature) {
			(Self::Worker(key), PlayerSignature::Worker(signature)) => {
				key.verify(&payload, signature)
			}
			(Self::Auditor(key), PlayerSignature::Auditor(signature)) => {
				key.verify(&payload, signature)
			}
			_ => false,
		}
	}

	/// A signature, where the node has the key.
	pub fn sign(&self, payload: &[u8]) -> Option<PlayerSignature> {
		match self {
			Self::Worker(key) => key.sign(&payload).map(PlayerSignature::Worker),
			Self::Auditor(key) => key.sign(&payload).map(PlayerSignature::Auditor),
		}
	}

	/// The keys of this node.
	pub(crate) fn of_this_node() -> Vec<Self> {
		let workers = WorkerId::all().into_iter().map(Self::Worker);
		workers.chain(AuditorId::all().into_iter().map(Self::Auditor)).collect()
	}
}

/// Somebody who plays, on either side.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Player<AccountId> {
	/// Who gains or loses.
	pub account: AccountId,
	/// Signs the moves.
	pub key: PlayerKey,
	/// Held here, and lost with the game. Nothing for providers and auditors, who lose from the bonds that
	/// they have.
	pub bond: Balance,
}

/// A side of a game.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Seat<AccountId> {
	/// Whose matter it is, and who plays unless somebody stands in.
	pub party: Player<AccountId>,
	/// Who took the seat of a player that was silent: plays alone from then on, and alone answers for it.
	pub stand_in: Option<Player<AccountId>>,
}

impl<AccountId> Seat<AccountId> {
	/// The seat of a party for which nobody stands in.
	pub(crate) fn of(party: Player<AccountId>) -> Self {
		Self { party, stand_in: None }
	}

	/// Who plays now.
	pub fn player(&self) -> &Player<AccountId> {
		self.stand_in.as_ref().unwrap_or(&self.party)
	}

	/// The party, and who stands in for it.
	pub fn both(&self) -> impl Iterator<Item = &Player<AccountId>> {
		core::iter::once(&self.party).chain(&self.stand_in)
	}
}

/// What is said to be wrong.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Charge<AccountId> {
	/// The result, which the provider defends.
	#[codec(index = 0)]
	Result(Fault),
	/// The work-bound digest of an auditor who found the result right, which that auditor defends.
	#[codec(index = 1)]
	Work(AccountId),
}

impl<AccountId> Charge<AccountId> {
	/// The auditor whose work it is about; nobody where it is about the result.
	pub fn auditor(&self) -> Option<&AccountId> {
		match self {
			Self::Result(_) => None,
			Self::Work(auditor) => Some(auditor),
		}
	}
}

/// Somebody says that something is wrong.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Claim<AccountId> {
	/// Who.
	pub challenger: Player<AccountId>,
	/// What.
	pub charge: Charge<AccountId>,
}

/// An auditor, or the provider of another replica, who says that something is wrong. It has a bond elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accuser<AccountId> {
	/// Who.
	pub auditor: AccountId,
	/// Signs its moves.
	pub key: PlayerKey,
	/// What.
	pub charge: Charge<AccountId>,
}

/// The work of an auditor who found a result right, as the audits know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
	/// The key of its seat.
	pub key: AuditorId,
	/// Draws the points of the digest.
	pub challenge: H256,
	/// The work-bound digest that it revealed.
	pub digest: H256,
}

/// An auditor, or the provider of another replica, whose claim was refuted.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Refuted<AccountId> {
	/// Who.
	pub auditor: AccountId,
	/// Whose work it said was not done; nobody where it was about the result.
	pub accused: Option<AccountId>,
}

/// An auditor who has not run the model.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Idle<AccountId> {
	/// Who.
	pub auditor: AccountId,
	/// Who showed it.
	pub finders: Finders<AccountId>,
}

/// A game that is played. Where it stands is in [`crate::Stages`].
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Game<AccountId, BlockNumber> {
	/// What is said to be wrong.
	pub charge: Charge<AccountId>,
	/// The provider or the auditor.
	pub defender: Seat<AccountId>,
	/// Who says it.
	pub challenger: Seat<AccountId>,
	/// Whose turn it is.
	pub turn: Side,
	/// Last block in which only that side may move. For as long again anybody may stand in.
	pub deadline: BlockNumber,
}

impl<AccountId: PartialEq, BlockNumber> Game<AccountId, BlockNumber> {
	/// The seat of one side.
	pub fn seat(&self, side: Side) -> &Seat<AccountId> {
		match side {
			Side::Defender => &self.defender,
			Side::Challenger => &self.challenger,
		}
	}

	pub(crate) fn seat_mut(&mut self, side: Side) -> &mut Seat<AccountId> {
		match side {
			Side::Defender => &mut self.defender,
			Side::Challenger => &mut self.challenger,
		}
	}

	/// Everybody who has a part in it.
	pub fn players(&self) -> impl Iterator<Item = &Player<AccountId>> {
		self.defender.both().chain(self.challenger.both())
	}

	pub(crate) fn has(&self, account: &AccountId) -> bool {
		self.players().any(|player| player.account == *account)
	}
}

/// All that is said against one result and its audits.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(MaxClaims))]
pub struct Dispute<AccountId, BlockNumber, MaxClaims>
where
	AccountId: Clone + Eq + core::fmt::Debug,
	BlockNumber: Clone + Eq + core::fmt::Debug,
	MaxClaims: Get<u32>,
{
	/// Who did the job, and defends the result.
	pub provider: Player<AccountId>,
	/// Counts the moves of all games, from 0; a move names it, so that none counts twice.
	pub step: u32,
	/// Claims so far.
	pub claims: u32,
	/// Those of them by bonded challengers.
	pub challenges: u32,
	/// Those of them by auditors about the work of others.
	pub objections: u32,
	/// The game that is played now.
	pub game: Option<Game<AccountId, BlockNumber>>,
	/// What is played when it is over and the result stands.
	pub waiting: BoundedVec<Claim<AccountId>, MaxClaims>,
	/// Auditors whose claims were refuted, once for each.
	pub refuted: BoundedVec<Refuted<AccountId>, MaxClaims>,
	/// Auditors who were shown not to have worked.
	pub idle: BoundedVec<Idle<AccountId>, MaxClaims>,
	/// Who showed that the result is wrong; nobody as long as it stands.
	pub finders: Finders<AccountId>,
	/// Whether whoever stood in for the provider has answered for that.
	pub spared: bool,
}

/// What became of a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling<AccountId, BlockNumber> {
	/// Nobody disputes the result or its audits.
	Undisputed,
	/// A game is played: ask again at that block.
	Pending {
		/// Block at which to ask again.
		until: BlockNumber,
	},
	/// The result stands.
	Upheld {
		/// Auditors whose claims were refuted.
		refuted: Vec<Refuted<AccountId>>,
		/// Auditors who were shown not to have worked, each with who showed it.
		idle: Vec<(AccountId, Vec<AccountId>)>,
	},
	/// The result is wrong.
	Overturned {
		/// Who showed it.
		finders: Vec<AccountId>,
		/// Auditors whose claims about other parts were refuted before.
		refuted: Vec<Refuted<AccountId>>,
		/// Whether whoever stood in for the provider has answered for it, with as much as provider and auditors
		/// would lose: they lose nothing.
		spared: bool,
	},
}

/// A move that an account has to make.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DueMove<BlockNumber> {
	/// The job.
	pub job: JobId,
	/// The number of the move.
	pub step: u32,
	/// For which side.
	pub side: Side,
	/// Last block in which only that side may make it.
	pub by: BlockNumber,
	/// Last block that takes it from anybody; behind it the game is lost, with this bond or, where it is 0, a
	/// slash of the bond that a provider or an auditor has elsewhere.
	pub until: BlockNumber,
	/// What is held here for the account's part in it.
	pub bond: Balance,
}

/// The next move in a game, for whoever wants to stand in for the side whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NextMove<BlockNumber> {
	/// The number of the move.
	pub step: u32,
	/// Whose turn it is.
	pub side: Side,
	/// First block in which others may make it.
	pub from: BlockNumber,
	/// Last block that takes it.
	pub until: BlockNumber,
	/// What is held of whoever makes it.
	pub bond: Balance,
	/// What to ask an engine, which gives a move if the side whose turn it is wins with it: a SCALE-encoded
	/// `ergon_core::engine::Order`.
	pub order: Vec<u8>,
}
