// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod bond_impls;
mod claim_impls;
mod defence;
#[cfg(test)]
mod mock;
mod move_impls;
mod offchain;
mod ruling_impls;
#[cfg(test)]
mod tests;
pub mod traits;
pub mod types;
mod utility_impls;
mod view_impls;
pub mod weights;

pub use ergon_exact::game::MAX_TURN_BYTES;
pub use pallet::*;
pub use traits::{Evidence, Results};
pub use types::{
	Accuser, Balance, Charge, Claim, Dispute, DisputeOf, DueMove, Game, GameOf, Idle, NextMove,
	Player, PlayerKey, PlayerOf, PlayerSignature, Refuted, Ruling, RulingOf, Seat, SeatOf, Work,
};
pub use weights::WeightInfo;

/// Where this pallet's log lines go.
pub const LOG_TARGET: &str = "ergon::disputes";

// Both are in the code that FRAME's macros make.
#[allow(unused_qualifications, clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::{boxed::Box, vec::Vec};
	use ergon_core::{crypto::audit::AuditorId, JobId, H256};
	use ergon_exact::game::{Groundwork, Reason, Side, Stage, Turn};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{hold, Inspect, InspectHold},
			OnUnbalanced,
		},
	};
	use frame_system::{
		offchain::{AppCrypto, CreateAuthorizedTransaction, CreateSignedTransaction},
		pallet_prelude::*,
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// # Requirements
	///
	/// `frame_system::AuthorizeCall` has to be among the runtime's transaction extensions, and signed transactions of
	/// one account have to take each nonce once, as with `frame_system::CheckNonce`.
	#[pallet::config]
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>>
		+ CreateSignedTransaction<Call<Self>>
		+ frame_system::Config<Hash = H256, RuntimeEvent: From<Event<Self>> + TryInto<Event<Self>>>
	{
		/// Measured weights.
		type WeightInfo: WeightInfo;

		/// Where bonds are held.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ InspectHold<Self::AccountId>
			+ hold::Mutate<Self::AccountId, Reason: From<HoldReason>>
			+ hold::Balanced<Self::AccountId>;

		/// Burns what nobody gets.
		type Burn: OnUnbalanced<types::CreditOf<Self>>;

		/// What is disputed.
		type Results: Results<Self::AccountId>;

		/// How a node signs for the account of one of its audit keys, to stand in for a silent side.
		type StandInId: AppCrypto<Self::Public, Self::Signature, RuntimeAppPublic = AuditorId>;

		/// Blocks in which a side has to move. For as long again, anybody may stand in for it. Longer
		/// leaves slower machines time, shorter settles disputed jobs sooner.
		#[pallet::constant]
		type TurnTime: Get<BlockNumberFor<Self>>;

		/// The least that a challenger and whoever stands in for a side put at stake; it is the price of the
		/// job where that is more, and for who stands in what all lose for whom it does. Lost with the game: half
		/// goes to the winners, the rest is burnt.
		#[pallet::constant]
		type ChallengeBond: Get<Balance>;

		/// Most challenges by bonded challengers to one result; at least four, so that whoever fills the
		/// queue with friends loses, by the halves of their bonds that are burnt, twice what the job pays.
		#[pallet::constant]
		type MaxChallenges: Get<u32>;

		/// Most auditors, and providers of other replicas, who can say that one result is wrong. All of them
		/// are heard, whatever others claim: it must be as many as [`Config::Results`] ever names.
		#[pallet::constant]
		type MaxAccusers: Get<u32>;

		/// Most objections of auditors to each other's work on one result. Further ones are not heard.
		#[pallet::constant]
		type MaxObjections: Get<u32>;

		/// Most claims about one result and its audits: the sum of these three, or more.
		#[pallet::constant]
		type MaxClaims: Get<u32>;

		/// Priority of moves in the pool.
		#[pallet::constant]
		type MovePriority: Get<TransactionPriority>;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The bond of a challenger, or of somebody who stands in for a side.
		#[codec(index = 0)]
		ChallengeBond,
	}

	/// Results that somebody disputes, or whose audits somebody disputes.
	// The key is a hash already.
	#[pallet::storage]
	pub type Disputes<T: Config> = StorageMap<_, Identity, JobId, DisputeOf<T>>;

	/// Where each game stands. Bounded: what a stage holds comes out of one turn and of stages before,
	/// and is a hash, a block, a row or a list of hashes of one.
	#[pallet::storage]
	#[pallet::unbounded]
	pub type Stages<T: Config> = StorageMap<_, Identity, JobId, Stage>;

	/// What was shown with the first move about a result, once for all its games. Bounded by
	/// [`MAX_TURN_BYTES`].
	#[pallet::storage]
	#[pallet::unbounded]
	pub type Groundworks<T: Config> = StorageMap<_, Identity, JobId, Groundwork>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody says what is wrong about a result or an audit of it.
		Claimed {
			/// The job.
			job: JobId,
			/// Who says it.
			challenger: T::AccountId,
			/// What is wrong.
			charge: Charge<T::AccountId>,
			/// What is held for it; nothing for an auditor, whose validator bond is at stake.
			bond: Balance,
		},
		/// A game begins; the defender has to make the first move.
		GameStarted {
			/// The job.
			job: JobId,
			/// What is said to be wrong.
			charge: Charge<T::AccountId>,
			/// Who stands by it: the provider, or the auditor whose work it is about.
			defender: T::AccountId,
			/// Who says it.
			challenger: T::AccountId,
			/// Last block for the defender's first move.
			deadline: BlockNumberFor<T>,
		},
		/// A side made a move.
		Moved {
			/// The job.
			job: JobId,
			/// The number of the move.
			step: u32,
			/// Who made it.
			player: T::AccountId,
			/// For which side.
			side: Side,
			/// Bytes of it.
			bytes: u32,
			/// Whose turn it is now; nothing when the game is over.
			next: Option<Side>,
		},
		/// A side was silent, and somebody took its seat.
		StoodIn {
			/// The job.
			job: JobId,
			/// The silent side.
			side: Side,
			/// Who.
			player: T::AccountId,
			/// What is held for it.
			bond: Balance,
		},
		/// A game is over.
		GameOver {
			/// The job.
			job: JobId,
			/// What is said to be wrong.
			charge: Charge<T::AccountId>,
			/// Who was right.
			winner: Side,
			/// What the chain computed; nothing when the other side was silent.
			reason: Option<Reason>,
		},
		/// A bond was lost with a game.
		BondLost {
			/// The job.
			job: JobId,
			/// Whose.
			player: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// The winners of a game shared half of what the losers' bonds gave.
		Awarded {
			/// The job.
			job: JobId,
			/// What they got together.
			awarded: Balance,
			/// The rest.
			burnt: Balance,
		},
	}

	#[pallet::error]
	#[derive(PartialEq, Eq)]
	pub enum Error<T> {
		/// There is no result of this job that could be disputed: it is not attested yet, or final.
		NoResult,
		/// The result cannot have this fault: a text of n tokens has n / 32 chunks, rounded up, and an
		/// embedding has one, and no ending.
		NoSuchFault,
		/// This account has no audit of this result to defend: it did not find it right, or has not revealed
		/// its vote.
		NoSuchAudit,
		/// There are as many challenges to this result as there can be: those that wait will be played.
		TooManyChallenges,
		/// The result, or the audit, was shown to be wrong: nothing is left to be claimed.
		KnownToBeWrong,
		/// This account has its part in this dispute: nobody plays twice, or against itself.
		AlreadyPlaying,
		/// The free balance does not cover the bond and the existential deposit: fund the account first.
		/// `challenge_bond` tells how much it is.
		BalanceTooLow,
		/// No game about this result is played: `dispute` tells what waits.
		NoGame,
		/// The move is for another step of this dispute: `dispute` tells the current one.
		WrongStep,
		/// The signature is not by the key of who plays, or covers another chain, job, step or move.
		BadSignature,
		/// The time for this move is over.
		TooLate,
		/// The side whose turn it is still has time: stand in when its deadline has passed.
		StillItsTurn,
		/// The turn has more than [`MAX_TURN_BYTES`] bytes.
		TurnTooLarge,
		/// The first move about a chunk or an audit comes with its groundwork: the tokens of the prompt and the model's
		/// constants.
		GroundworkMissing,
		/// The groundwork was shown, or is not needed: send the move without it.
		GroundworkKnown,
		/// It is another side's turn, or another kind of move.
		OutOfTurn,
		/// There is no such chunk, position, layer, operator, row, block, number, word or token.
		NoSuchPart,
		/// What is shown does not hash to what was shown before.
		DoesNotOpen,
		/// What is shown is not as long as it has to be.
		WrongLength,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Says what is wrong about a result or about an audit of it, and bonds on it.
		///
		/// Signed by anybody but the provider or the auditor, as long as the job is not final. The game is
		/// played by the off-chain worker of the node that has `key`; whoever loses it loses the bond.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::challenge())]
		pub fn challenge(
			origin: OriginFor<T>,
			job: JobId,
			charge: Charge<T::AccountId>,
			key: PlayerKey,
		) -> DispatchResult {
			Self::do_challenge(ensure_signed(origin)?, job, charge, key)
		}

		/// Makes the move whose turn it is.
		///
		/// Authorized by `signature`: the key of who plays for that side signs
		/// `signing_payload(MOVE_DOMAIN, genesis, (job, step, turn))`. Costs no fee. A move that does not
		/// fit is refused before it gets into a block.
		#[pallet::call_index(1)]
		#[pallet::weight((
			Pallet::<T>::play_weight(turn),
			DispatchClass::Operational,
		))]
		#[pallet::weight_of_authorize(Pallet::<T>::authorize_play_weight(turn))]
		#[pallet::authorize(|_source, job, step, turn, signature| {
			Pallet::<T>::authorize_play(job, *step, turn, signature)
		})]
		pub fn play(
			origin: OriginFor<T>,
			job: JobId,
			step: u32,
			turn: Box<Turn>,
			_signature: PlayerSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_play(job, step, *turn)
		}

		/// Takes the seat of a side that has been silent for a whole turn, with a bond and its next move.
		///
		/// Signed by anybody who has no part in the dispute. From then on the node that has `key` plays instead
		/// of whoever was silent: they share a win, and who stands in alone answers for a loss, with as much as they
		/// would have lost. `nextMove` of the runtime API tells how much that is. Nodes with audit keys whose own
		/// accounts have that much do it by themselves.
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::stand_in_weight(turn))]
		pub fn stand_in(
			origin: OriginFor<T>,
			job: JobId,
			step: u32,
			key: PlayerKey,
			turn: Box<Turn>,
		) -> DispatchResult {
			Self::do_stand_in(ensure_signed(origin)?, job, step, key, *turn)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::report();
			Self::serve_games(now);
		}

		fn integrity_test() {
			assert!(
				T::TurnTime::get() >= 2u32.into(),
				"a turn outlasts the first block of a session"
			);
			assert!(
				T::MaxChallenges::get() >= 4,
				"to fill the challengers' queue costs more than a job pays"
			);
			let kinds = [T::MaxChallenges::get(), T::MaxAccusers::get(), T::MaxObjections::get()];
			assert!(
				kinds.iter().sum::<u32>() <= T::MaxClaims::get(),
				"challengers and objections leave room for whoever says that a result is wrong",
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What is said against a result and its audits.
		pub fn dispute(job: JobId) -> Option<DisputeOf<T>> {
			Disputes::<T>::get(job)
		}

		/// The moves that an account has to make now, each with its last block. Its node makes them by itself.
		pub fn due_moves_of(account: T::AccountId) -> Vec<DueMove<BlockNumberFor<T>>> {
			Self::due_moves(&account)
		}

		/// What a challenger of a result puts at stake; nothing where there is no result that could be disputed.
		pub fn challenge_bond(job: JobId) -> Option<Balance> {
			Self::bond_of(&job)
		}

		/// Where the game about a result stands: what the next move has to be about.
		pub fn stage(job: JobId) -> Option<Stage> {
			Stages::<T>::get(job)
		}
	}
}
