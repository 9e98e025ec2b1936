// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A challenger who says of right results that they are wrong: it plays its games by hand.

use std::collections::{BTreeMap, BTreeSet};

use codec::{Decode, Encode};
use ergon_core::{
	crypto::{signing_payload, MOVE_DOMAIN},
	engine::{Order, Outcome},
	Fault, JobId, Output, H256,
};
use ergon_exact::{
	game::{Groundwork, Move, Opened, Proof, Side, Stage, Turn, MAX_MOVES, MAX_TURN_BYTES},
	text::Word,
};
use ergon_runtime::{Audits, Disputes, Jobs, Runtime, System};
use ergon_test_chain::random::Choices;
use pallet_disputes::{Call, Charge, PlayerKey, PlayerSignature};
use sp_core::{ed25519, Pair};
use sp_keyring::Sr25519Keyring::Bob;

use crate::{engine::Engine, scene::CHALLENGER};

/// Of 256 jobs, those whose audits are challenged and not their results.
const AUDITS_CHALLENGED: u8 = 64;

/// How a challenger plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conduct {
	/// Names at each stage some part of what was shown as if it were another one, and proves the last number
	/// as it should be proved.
	Lies,
	/// Makes each move in the last block that there is for it, and some day none.
	Stalls,
	/// Lies for a while, and from then on sends moves that cannot be: of the wrong kind, of parts that there
	/// are not, with proofs that do not open or are much too long.
	SendsGarbage,
}

impl Conduct {
	/// All of them.
	pub(crate) const ALL: [Self; 3] = [Self::Lies, Self::Stalls, Self::SendsGarbage];

	/// In a few words.
	pub(crate) fn words(self) -> &'static str {
		match self {
			Self::Lies => "lies at every stage",
			Self::Stalls => "stalls",
			Self::SendsGarbage => "sends malformed and oversized moves",
		}
	}
}

/// The challenger.
pub(crate) struct Challenger {
	conduct: Conduct,
	pair: ed25519::Pair,
	challenged: BTreeSet<JobId>,
	/// Moves that it makes in each game before it does something else.
	patience: BTreeMap<JobId, u64>,
	/// What it was going to say, so that a move that was left out of a block is sent again.
	said: BTreeMap<(JobId, u32), Turn>,
}

/// What it sends in a block.
#[derive(Default)]
pub(crate) struct Sent {
	/// Signed by its account.
	pub(crate) signed: Vec<Call<Runtime>>,
	/// Signed by the key that plays.
	pub(crate) authorized: Vec<Call<Runtime>>,
}

impl Challenger {
	/// A challenger whose moves that key signs.
	pub(crate) fn new(conduct: Conduct, pair: ed25519::Pair) -> Self {
		let (challenged, patience, said) = Default::default();
		Self { conduct, pair, challenged, patience, said }
	}

	/// Takes note that a challenge of this job was accepted.
	pub(crate) fn has_challenged(&mut self, job: JobId) {
		self.challenged.insert(job);
	}

	/// What it sends about these jobs now. Reads the state.
	pub(crate) fn act(&mut self, jobs: &[JobId], engine: &Engine, choices: &mut Choices) -> Sent {
		let mut sent = Sent::default();
		for job in jobs {
			match self.challenged.contains(job) {
				false => sent.signed.extend(self.challenge(*job, choices)),
				true => sent.authorized.extend(self.play(*job, engine, choices)),
			}
		}
		sent
	}

	/// A challenge of something about a result that can be challenged, or of an audit of it.
	fn challenge(&self, job: JobId, choices: &mut Choices) -> Option<Call<Runtime>> {
		let (_, _, bundle) = Jobs::evidence(&job)?;
		let key = PlayerKey::Auditor(self.pair.public().into());
		// Whose audits can be challenged a while after the result.
		let auditor = Bob.to_account_id();
		if job.as_bytes()[0] < AUDITS_CHALLENGED {
			Audits::work_of(&job, &auditor)?;
			return Some(Call::challenge { job, charge: Charge::Work(auditor), key });
		}
		let chunk = Fault::Chunk(choices.below(bundle.digests.len() as u64) as u32);
		let fault = match bundle.output {
			Output::Text { .. } => {
				*choices.pick(&[chunk, chunk, chunk, Fault::Prompt, Fault::Ending])
			}
			Output::Vector(_) => *choices.pick(&[chunk, Fault::Prompt]),
		};
		Some(Call::challenge { job, charge: Charge::Result(fault), key })
	}

	/// The next move, if it is this side's turn.
	fn play(
		&mut self,
		job: JobId,
		engine: &Engine,
		choices: &mut Choices,
	) -> Option<Call<Runtime>> {
		let dispute = Disputes::dispute(job)?;
		let (game, stage) = (dispute.game?, Disputes::stage(job)?);
		let is_seated = game.seat(Side::Challenger).player().account == CHALLENGER.to_account_id();
		if game.turn != Side::Challenger || !is_seated {
			return None;
		}
		let patience = self.patience.entry(job);
		let patience = *patience.or_insert_with(|| choices.below(u64::from(MAX_MOVES) / 2));
		let has_patience = u64::from(dispute.step) < 2 * patience;
		let turn = match self.conduct {
			Conduct::Stalls if !has_patience => return None,
			// For this long nobody can stand in.
			Conduct::Stalls if System::block_number() + 1 < game.deadline => return None,
			Conduct::SendsGarbage if !has_patience => {
				garbage(self.lie(job, dispute.step, &stage, engine, choices)?, &stage, choices)
			}
			_ => self.lie(job, dispute.step, &stage, engine, choices)?,
		};
		let step = dispute.step;
		let payload = signing_payload(MOVE_DOMAIN, System::block_hash(0), &(job, step, &turn));
		let signature = PlayerSignature::Auditor(self.pair.sign(&payload).into());
		Some(Call::play { job, step, turn: Box::new(turn), signature })
	}

	/// A move that fits and is wrong: what an honest challenger would say if the defender had shown something
	/// slightly different.
	fn lie(
		&mut self,
		job: JobId,
		step: u32,
		stage: &Stage,
		engine: &Engine,
		choices: &mut Choices,
	) -> Option<Turn> {
		if let Some(turn) = self.said.get(&(job, step)) {
			return Some(turn.clone());
		}
		let (order, _, bundle) = Jobs::evidence(&job)?;
		let mut misread = stage.clone();
		misread_something(&mut misread, choices);
		let order = Order::Play { job: order, bundle, stage: misread.encode() };
		let Outcome::Played { turn } = engine.fill(&order) else { return None };
		let turn = Turn::decode(&mut &turn?[..]).ok()?;
		self.said.insert((job, step), turn.clone());
		Some(turn)
	}
}

/// Changes one thing that the defender has shown, or none where that says something too.
fn misread_something(stage: &mut Stage, choices: &mut Choices) {
	match stage {
		Stage::Position { opened, .. } => {
			// Most of the game is behind rows.
			let is_row = !choices.one_in(4);
			if let Some(Opened { hidden, candidates }) = any(opened, choices) {
				let hash = if is_row { hidden } else { candidates };
				hash[0] ^= 1;
			}
		}
		Stage::Logit { candidates, .. } => {
			if let Some(candidate) = any(candidates, choices) {
				candidate.logit ^= 1;
			}
		}
		// All layers are right, and the final row does not follow.
		Stage::Layer { .. } if choices.one_in(4) => {}
		Stage::Layer { roots: hashes, .. }
		| Stage::WorkPoint { rows: hashes, .. }
		| Stage::WorkLayers { layers: hashes, .. }
		| Stage::Operator { operators: hashes, .. }
		| Stage::Branch { hashes, .. }
		| Stage::Block { hashes, .. } => misread_hash(any(hashes, choices)),
		Stage::Number { bytes, .. } => {
			// An even place is the lower byte of a number, whatever its width.
			let place = choices.below(bytes.len().max(4) as u64 / 4) as usize * 4;
			if let Some(byte) = bytes.get_mut(place) {
				*byte ^= 1;
			}
		}
		// All scores are right, and the sum does not follow.
		Stage::Score { .. } if choices.one_in(2) => {}
		Stage::Score { scores, .. } => {
			let place = choices.below(scores.len().max(4) as u64 / 4) as usize * 4;
			if let Some(byte) = scores.get_mut(place) {
				*byte ^= 1;
			}
		}
		Stage::Sums { layers, rows, columns, sums } => match choices.below(4) {
			0 => misread_hash(any(layers, choices)),
			1 => misread_hash(Some(rows)),
			2 => misread_hash(Some(columns)),
			_ => misread_hash(any(sums, choices)),
		},
		Stage::Sum { sums, .. } => {
			if let Some(sum) = any(sums, choices) {
				*sum ^= 1;
			}
		}
		Stage::Read { reading, .. } => {
			if let Some(Word::Merged(steps)) = any(&mut reading.words, choices) {
				steps.pop();
			}
		}
		Stage::Spelt { texts, .. } => {
			if let Some(text) = any(texts, choices) {
				text.push(b'!');
			}
		}
		// The defender's.
		Stage::Chunk { .. }
		| Stage::Candidates { .. }
		| Stage::Layers { .. }
		| Stage::Final { .. }
		| Stage::Operators { .. }
		| Stage::Branches { .. }
		| Stage::Blocks { .. }
		| Stage::Numbers { .. }
		| Stage::Scores { .. }
		| Stage::Vector
		| Stage::SumBlock { .. }
		| Stage::AllSums { .. }
		| Stage::Prompt
		| Stage::Ending
		| Stage::Work { .. }
		| Stage::WorkRow { .. }
		| Stage::Witness { .. } => {}
	}
}

fn misread_hash(hash: Option<&mut H256>) {
	if let Some(hash) = hash {
		hash.0[0] ^= 1;
	}
}

fn any<'a, T>(from: &'a mut [T], choices: &mut Choices) -> Option<&'a mut T> {
	let index = choices.below(from.len().max(1) as u64) as usize;
	from.get_mut(index)
}

/// A move that cannot be made at that stage, made of one that can.
fn garbage(turn: Turn, stage: &Stage, choices: &mut Choices) -> Turn {
	let Turn { mut groundwork, mut made } = turn;
	match (&mut made, choices.below(4)) {
		// What a leaf is long.
		(
			Move::Number { proofs, .. } | Move::Score { proofs, .. } | Move::Witness { proofs, .. },
			spoilt,
		) => spoil(proofs, spoilt),
		(
			Move::Logit { leaf, .. } | Move::Misread { leaf, .. } | Move::Misspelt { leaf, .. },
			spoilt,
		) => spoil(std::slice::from_mut(leaf), spoilt),
		// The defender's.
		(_, 0) => made = Move::Blocks(vec![H256::zero(); MAX_TURN_BYTES as usize / 32 + 1]),
		(_, 1) => made = Move::Chunk(Vec::new()),
		// For another stage, or of a part that there is not.
		(_, 2) => {
			made = match stage {
				Stage::Block { .. } => Move::Branch(0),
				_ => Move::Block(u32::MAX),
			}
		}
		_ => {
			let constants = Proof::Leaf { bytes: Vec::new(), path: Vec::new() };
			groundwork = Some(Groundwork { prompt: Vec::new(), constants });
		}
	}
	Turn { groundwork, made }
}

/// Has proofs prove nothing.
fn spoil(proofs: &mut [Proof], how: u64) {
	let bytes = proofs.iter_mut().find_map(|proof| match proof {
		Proof::Blocks(opening) => Some(&mut opening.bytes),
		Proof::Leaf { bytes, .. } => Some(bytes),
		Proof::Shown => None,
	});
	match (bytes, how) {
		(Some(bytes), 0) => bytes.clear(),
		(Some(bytes), 1) => bytes.extend([0; MAX_TURN_BYTES as usize]),
		(Some(bytes), 2) => bytes.push(0),
		(Some(bytes), _) => bytes.iter_mut().take(1).for_each(|byte| *byte ^= 1),
		(None, _) => proofs.fill(Proof::Leaf { bytes: Vec::new(), path: Vec::new() }),
	}
}
