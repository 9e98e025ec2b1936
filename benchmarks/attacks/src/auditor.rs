// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! An auditor who does not do its duty: it has no off-chain worker, and votes by hand.

use std::collections::BTreeMap;

use ergon_core::{
	audit::Reveal,
	crypto::{signing_payload, COMMIT_DOMAIN, REVEAL_DOMAIN},
	Fault, JobId, Vote, H256,
};
use ergon_runtime::{AccountId, Jobs, Runtime, RuntimeCall, System, UncheckedExtrinsic};
use ergon_test_chain::random::Choices;
use pallet_audits::{Call, SeatOf, SeatProgress, Seats};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring::Bob;

use crate::{network::authorized, scene::AUDITOR};

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
}

impl Auditor {
	/// An auditor with that key.
	pub(crate) fn new(conduct: Conduct, pair: ed25519::Pair) -> Self {
		let account = AUDITOR.to_account_id();
		Self { conduct, account, pair, seen: BTreeMap::new(), guesses: BTreeMap::new() }
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
	pub(crate) fn act(&mut self, choices: &mut Choices) -> Vec<UncheckedExtrinsic> {
		let seats: Vec<_> = Seats::<Runtime>::iter_prefix(&self.account).collect();
		let next = System::block_number() + 1;
		let calls = seats.into_iter().filter_map(|(job, seat)| match seat.progress {
			SeatProgress::Drawn if next <= seat.commit_by => self.commit(job, &seat, choices),
			SeatProgress::Committed(_) if next > seat.commit_by => self.reveal(job, &seat, choices),
			_ => None,
		});
		calls.map(authorized).collect()
	}

	/// What it pretends to have found.
	fn finding(&mut self, job: JobId, choices: &mut Choices) -> Option<Reveal> {
		let vote = match self.conduct {
			Conduct::CopiesCommitment => return self.seen.get(&job).copied(),
			Conduct::AcceptsUnseen | Conduct::NeverReveals => Vote::Match,
			Conduct::ThrowsTheGameAway => Vote::Mismatch(Fault::Chunk(0)),
			Conduct::Guesses => {
				let (_, _, bundle) = Jobs::evidence(&job)?;
				let chunks = bundle.digests.len() as u64;
				let guess =
					*self.guesses.entry(job).or_insert_with(|| choices.below(chunks) as u32);
				Vote::Mismatch(Fault::Chunk(guess))
			}
		};
		Some(Reveal { vote, work_digest: H256::repeat_byte(0xaa), salt: [0xbb; 32] })
	}

	fn commit(
		&mut self,
		job: JobId,
		seat: &SeatOf<Runtime>,
		choices: &mut Choices,
	) -> Option<Call<Runtime>> {
		let commitment = match self.conduct {
			Conduct::CopiesCommitment => {
				match Seats::<Runtime>::get(Bob.to_account_id(), job)?.progress {
					SeatProgress::Committed(commitment) => commitment,
					_ => return None,
				}
			}
			_ => self.finding(job, choices)?.commitment(seat.challenge),
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
		choices: &mut Choices,
	) -> Option<Call<Runtime>> {
		if self.conduct == Conduct::NeverReveals {
			return None;
		}
		let reveal = self.finding(job, choices)?;
		let round = seat.round;
		let signature = self.sign(REVEAL_DOMAIN, &(job, round, reveal));
		let auditor = self.account.clone();
		Some(Call::reveal { job, round, auditor, reveal, signature: signature.into() })
	}

	fn sign(&self, domain: &'static [u8], statement: &impl codec::Encode) -> ed25519::Signature {
		self.pair.sign(&signing_payload(domain, System::block_hash(0), statement))
	}
}
