// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! An auditor who does not do its duty: it has no off-chain worker, and votes by hand.

use std::collections::{BTreeMap, BTreeSet};

use codec::{Decode, Encode};
use ergon_core::{
	audit::Reveal,
	crypto::{signing_payload, COMMIT_DOMAIN, MOVE_DOMAIN, OBJECT_DOMAIN, REVEAL_DOMAIN},
	engine::{Order, Outcome},
	Fault, JobId, Vote, H256,
};
use ergon_exact::{
	digest::work_digest,
	game::{self, Move, Turn},
};
use ergon_runtime::{
	AccountId, Audits, Disputes, Jobs, Runtime, RuntimeCall, System, UncheckedExtrinsic,
};
use ergon_test_chain::random::Choices;
use pallet_audits::{Call, SeatOf, SeatProgress, Seats, Stage};
use pallet_disputes::{Groundworks, PlayerSignature};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring::Bob;

use crate::{engine::Engine, network::authorized, scene::AUDITOR};

/// Rows that nobody has computed.
const INVENTED: [H256; 16] = [H256::repeat_byte(0xcc); 16];

/// What an auditor does instead of re-executing. Work-bound digests are made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conduct {
	/// Votes Match.
	AcceptsUnseen,
	/// Commits what another auditor has committed, and reveals what that one reveals.
	CopiesCommitment,
	/// Says that some chunk is wrong.
	Guesses,
	/// Commits, and that is all.
	NeverReveals,
	/// Says that the first chunk is wrong, and then says nothing when it is to show that.
	ThrowsTheGameAway,
	/// Votes Match with a digest of rows that it made up, and shows those when it is asked.
	InventsItsWork,
	/// Says of the others that they have not worked.
	Slanders,
}

impl Conduct {
	/// In a few words.
	pub(crate) fn words(self) -> &'static str {
		match self {
			Self::AcceptsUnseen => "accepts unseen",
			Self::CopiesCommitment => "copies a commitment",
			Self::Guesses => "guesses",
			Self::NeverReveals => "never reveals",
			Self::ThrowsTheGameAway => "accuses, and throws the game away",
			Self::InventsItsWork => "invents its work",
			Self::Slanders => "slanders the others",
		}
	}
}

/// The auditor.
pub(crate) struct Auditor {
	conduct: Conduct,
	account: AccountId,
	pair: ed25519::Pair,
	/// What the auditor it copies from has revealed.
	seen: BTreeMap<JobId, Reveal>,
	/// What it guesses.
	guesses: BTreeMap<JobId, u32>,
	/// To what it has objected.
	objected: BTreeSet<JobId>,
}

impl Auditor {
	/// An auditor with that key.
	pub(crate) fn new(conduct: Conduct, pair: ed25519::Pair) -> Self {
		let account = AUDITOR.to_account_id();
		let (seen, guesses, objected) = Default::default();
		Self { conduct, account, pair, seen, guesses, objected }
	}

	/// Looks at what others have sent.
	pub(crate) fn watch(&mut self, pool: &[UncheckedExtrinsic]) {
		for transaction in pool {
			if let RuntimeCall::Audits(Call::reveal { job, auditor, reveal, .. }) =
				&transaction.function
			{
				if *auditor == Bob.to_account_id() {
					self.seen.insert(*job, *reveal);
				}
			}
		}
	}

	/// What it sends now. Reads the state.
	pub(crate) fn act(
		&mut self,
		engine: &Engine,
		choices: &mut Choices,
	) -> Vec<UncheckedExtrinsic> {
		let seats: Vec<_> = Seats::<Runtime>::iter_prefix(&self.account).collect();
		let next = System::block_number() + 1;
		let mut sent = Vec::new();
		for (job, seat) in seats {
			let call = match seat.progress {
				SeatProgress::Drawn if next <= seat.commit_by => {
					self.commit(job, &seat, engine, choices)
				}
				SeatProgress::Committed(_) if next > seat.commit_by => {
					self.reveal(job, &seat, engine, choices)
				}
				SeatProgress::Revealed { .. } if self.conduct == Conduct::Slanders => {
					self.object(job, &seat)
				}
				SeatProgress::Revealed { .. } if self.conduct == Conduct::InventsItsWork => {
					sent.extend(self.show_work(job, &seat, engine).map(authorized));
					None
				}
				_ => None,
			};
			sent.extend(call.map(authorized));
		}
		sent
	}

	/// Says of every other auditor who has voted Match that it has not worked.
	fn object(&mut self, job: JobId, seat: &SeatOf<Runtime>) -> Option<Call<Runtime>> {
		let case = Audits::case(job)?;
		let is_open = matches!(case.stage, Stage::Checking { .. });
		if !is_open || self.objected.contains(&job) {
			return None;
		}
		let others = case.auditors.into_iter().filter(|other| *other != self.account);
		let accused: Vec<_> =
			others.filter(|other| Audits::work_of(&job, other).is_some()).collect();
		self.objected.insert(job);
		let round = seat.round;
		let signature = self.sign(OBJECT_DOMAIN, &(job, round, &accused)).into();
		let (auditor, accused) = (self.account.clone(), accused.try_into().ok()?);
		Some(Call::object { job, round, auditor, accused, signature })
	}

	/// The move that shows what the digest was made of, when it is asked for.
	fn show_work(
		&self,
		job: JobId,
		seat: &SeatOf<Runtime>,
		engine: &Engine,
	) -> Option<pallet_disputes::Call<Runtime>> {
		let dispute = Disputes::dispute(job)?;
		let stage = Disputes::stage(job)?;
		let game::Stage::Work { challenge, .. } = stage else { return None };
		if challenge != seat.challenge {
			return None;
		}
		let (order, _, bundle) = Jobs::evidence(&job)?;
		let order = Order::Play { job: order, bundle, stage: stage.encode() };
		let Outcome::Played { turn } = engine.fill(&order) else { return None };
		let mut turn = Turn::decode(&mut &turn?[..]).ok()?;
		turn.made = Move::Work(INVENTED.to_vec());
		if Groundworks::<Runtime>::contains_key(job) {
			turn.groundwork = None;
		}
		let step = dispute.step;
		let signature = self.sign(MOVE_DOMAIN, &(job, step, &turn)).into();
		let signature = PlayerSignature::Auditor(signature);
		let turn = Box::new(turn);
		Some(pallet_disputes::Call::play { job, step, turn, signature })
	}

	/// A digest of rows that nobody has computed.
	fn invented(job: JobId, challenge: H256) -> Option<H256> {
		let (_, attestation, _) = Jobs::evidence(&job)?;
		let positions = attestation.prompt_tokens + attestation.output_tokens.saturating_sub(1);
		Some(H256(work_digest(&challenge.0, positions, &INVENTED)))
	}

	/// What an honest auditor finds.
	fn found(job: JobId, challenge: H256, engine: &Engine) -> Option<(Vote, H256)> {
		let (order, attestation, bundle) = Jobs::evidence(&job)?;
		let order = Order::Verify { job: order, attestation, bundle, challenges: vec![challenge] };
		match engine.fill(&order) {
			Outcome::Verified { vote, work_digests } => Some((vote, *work_digests.first()?)),
			_ => None,
		}
	}

	/// What it pretends to have found.
	fn finding(
		&mut self,
		job: JobId,
		challenge: H256,
		engine: &Engine,
		choices: &mut Choices,
	) -> Option<Reveal> {
		let mut work_digest = H256::repeat_byte(0xaa);
		let vote = match self.conduct {
			Conduct::CopiesCommitment => return self.seen.get(&job).copied(),
			Conduct::AcceptsUnseen | Conduct::NeverReveals => Vote::Match,
			Conduct::InventsItsWork => {
				work_digest = Self::invented(job, challenge)?;
				Vote::Match
			}
			Conduct::Slanders => {
				let (vote, exact) = Self::found(job, challenge, engine)?;
				work_digest = exact;
				vote
			}
			Conduct::ThrowsTheGameAway => Vote::Mismatch(Fault::Chunk(0)),
			Conduct::Guesses => {
				let (_, _, bundle) = Jobs::evidence(&job)?;
				let chunks = bundle.digests.len() as u64;
				let guess =
					*self.guesses.entry(job).or_insert_with(|| choices.below(chunks) as u32);
				Vote::Mismatch(Fault::Chunk(guess))
			}
		};
		Some(Reveal { vote, work_digest, salt: [0xbb; 32] })
	}

	fn commit(
		&mut self,
		job: JobId,
		seat: &SeatOf<Runtime>,
		engine: &Engine,
		choices: &mut Choices,
	) -> Option<Call<Runtime>> {
		let commitment = match self.conduct {
			Conduct::CopiesCommitment => {
				match Seats::<Runtime>::get(Bob.to_account_id(), job)?.progress {
					SeatProgress::Committed(commitment) => commitment,
					_ => return None,
				}
			}
			_ => {
				let found = self.finding(job, seat.challenge, engine, choices)?;
				found.commitment(seat.challenge)
			}
		};
		let round = seat.round;
		let signature = self.sign(COMMIT_DOMAIN, &(job, round, commitment));
		let auditor = self.account.clone();
		Some(Call::commit { job, round, auditor, commitment, signature: signature.into() })
	}

	fn reveal(
		&mut self,
		job: JobId,
		seat: &SeatOf<Runtime>,
		engine: &Engine,
		choices: &mut Choices,
	) -> Option<Call<Runtime>> {
		if self.conduct == Conduct::NeverReveals {
			return None;
		}
		let reveal = self.finding(job, seat.challenge, engine, choices)?;
		let round = seat.round;
		let signature = self.sign(REVEAL_DOMAIN, &(job, round, reveal));
		let auditor = self.account.clone();
		Some(Call::reveal { job, round, auditor, reveal, signature: signature.into() })
	}

	fn sign(&self, domain: &'static [u8], statement: &impl Encode) -> ed25519::Signature {
		self.pair.sign(&signing_payload(domain, System::block_hash(0), statement))
	}
}
