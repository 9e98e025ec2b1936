// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What each call, each authorization and each step of a ruling costs.

// A fixture that cannot be built has to stop the benchmark.
#![allow(clippy::expect_used)]

mod leaves;
mod texts;

use super::*;
use crate::types::Claim;
use alloc::{boxed::Box, vec, vec::Vec};
use codec::Encode;
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	crypto::audit::AuditorId,
	engine::JobOrder,
	job::prompt_root,
	merkle,
	model::ARITHMETIC_X1,
	network::{Constants, Leaves, Pooling},
	Architecture, Attestation, Bundle, Dimensions, Fault, FinishReason, JobId, ModelManifest,
	Output, H256,
};
use ergon_exact::{
	game::{Frame, Groundwork, Move, Proof, Side, Stage, Target, Turn},
	operators::{Opening, Operator, Place, Sequence, Tensor, BLOCK},
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{fungible::Mutate, Authorize, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_runtime::{traits::Saturating, transaction_validity::TransactionSource, RuntimeAppPublic};
use texts::TextGame;

/// Enough for any bond.
const ENDOWMENT: Balance = 1_000_000_000_000_000_000;
/// Tokens of the prompt: what comes of 8 KiB of text at worst.
const PROMPT_TOKENS: u32 = 8_192;
/// Bytes of the last turn that are not of columns: hashes on the way, and what the codec adds.
const FRAME_BYTES: u32 = 512;

/// The way from a leaf to the root of a tree of that many leaves, over nothing, and that root.
fn way(leaf: H256, index: u64, count: u64) -> (Vec<H256>, H256) {
	(0..64)
		.map(|length| vec![H256::zero(); length])
		.find_map(|path| {
			let root = merkle::climb(leaf, index, count, &path)?;
			Some((path, root))
		})
		.expect("some length fits")
}

/// A leaf of the model over nothing, and the root of its tree.
fn leaf(bytes: Vec<u8>, index: u64, count: u64) -> (Proof, H256) {
	let (path, root) = way(merkle::leaf(&bytes), index, count);
	(Proof::Leaf { bytes, path }, root)
}

/// A dispute whose next move is its last: one element of what attention gives, over as many positions as
/// `bytes` bytes of turn allow, though no model has so many in the end. Of all last moves it costs most for
/// each byte: what is shown are columns of numbers of two bytes, cut into the smallest blocks that there are,
/// each of which is hashed by itself, and each number is weighed. The longest turn that there is shows a row of
/// the widest matrix, which is hashed at once and only multiplied.
struct LastMove {
	manifest: ModelManifest,
	groundwork: Groundwork,
	stage: Stage,
	turn: Turn,
}

impl LastMove {
	fn new(bytes: u32) -> Self {
		// A value and an exponent of each position.
		let positions = (bytes.saturating_sub(FRAME_BYTES) / 4).max(BLOCK);
		let architecture = Architecture::Llama;
		let dimensions = Dimensions {
			vocabulary: 128_256,
			hidden: 64,
			intermediate: 64,
			layers: 32,
			heads: 2,
			key_value_heads: 1,
			head_width: 32,
			context: 1 << 14,
		};
		let leaves = Leaves::new(architecture, dimensions);
		let sequence = Sequence { architecture, dimensions, positions };

		let constants = Constants {
			tied: true,
			norm_epsilon: 1,
			score_mantissa: 1,
			score_shift: 0,
			pooling: Pooling::Mean,
		};
		let (constants, tables_root) = leaf(constants.to_bytes(architecture), 0, leaves.tables());

		// All values and all exponents are 0, so that all columns are the same.
		let shape = sequence.shape(Tensor::Of(Operator::Values));
		let column = vec![0; 2 * positions as usize];
		let columns = vec![shape.row_root(&column); shape.rows as usize];
		let open = |place: Place| {
			let row = sequence.value_row(0, place) as usize;
			let path = merkle::proof(&columns, row).expect("it is one of the columns");
			Proof::Blocks(Opening { bytes: column.clone(), beside: Vec::new(), path })
		};
		let place = Place::Element(0);
		let proofs = vec![Proof::Shown, open(place), open(Place::Exponent(0))];
		let mut operators = vec![H256::zero(); Operator::ALL.len()];
		operators[Operator::Values as usize] = merkle::root(columns.iter().copied());

		let frame = Frame { layer: 0, positions, input: H256::zero() };
		let tensor = Tensor::Of(Operator::Mixed);
		Self {
			manifest: ModelManifest {
				arithmetic: ARITHMETIC_X1,
				architecture,
				dimensions,
				weights_root: H256::repeat_byte(2),
				tables_root,
				vocabulary_root: H256::repeat_byte(3),
				merges_root: H256::repeat_byte(4),
				text_rules: H256::repeat_byte(5),
				template_tokens: 16,
				work_per_prompt_token: dimensions.work_per_prompt_token(architecture),
				work_per_output_token: dimensions.work_per_output_token(architecture),
			},
			groundwork: Groundwork { prompt: vec![7; PROMPT_TOKENS as usize], constants },
			stage: Stage::Score {
				target: Target { frame, operators, tensor },
				row: positions - 1,
				element: 0,
				// It is 0.
				claimed: 1,
				scores: vec![0; 4 * positions as usize],
			},
			turn: Turn { groundwork: None, made: Move::Number { place, witness: 0, proofs } },
		}
	}

	/// The result that is disputed.
	fn result<T: Config>(&self) -> JobId {
		T::Results::result_for_benchmark(self.manifest, |order| {
			let bundle = longest_answer();
			(attested(order, &bundle, &self.groundwork.prompt), bundle)
		})
	}
}

/// The longest answer.
fn longest_answer() -> Bundle {
	let output = Output::Text {
		tokens: BoundedVec::truncate_from(vec![5; 1_024]),
		text: BoundedVec::truncate_from(vec![b'a'; 16 << 10]),
	};
	let digests = vec![H256::zero(); output.digest_count() as usize];
	Bundle { output, digests: BoundedVec::truncate_from(digests) }
}

/// What is attested about an answer to a prompt of these tokens.
fn attested(order: &JobOrder, bundle: &Bundle, prompt: &[u32]) -> Attestation {
	Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: order.job_id,
		model_root: order.model,
		prompt_root: prompt_root(prompt),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: prompt.len() as u32,
		output_tokens: bundle.output.token_count(),
		finish: FinishReason::Length,
	}
}

/// Somebody with money and a key of this node.
fn player<T: Config>(index: u32) -> (T::AccountId, AuditorId)
where
	T::Currency: Mutate<T::AccountId>,
{
	let who = account("player", index, 0);
	let _ = T::Currency::mint_into(&who, ENDOWMENT);
	(who, AuditorId::generate_pair(None))
}

/// One who put a bond at stake.
fn bonded<T: Config>(job: &JobId, index: u32) -> PlayerOf<T>
where
	T::Currency: Mutate<T::AccountId>,
{
	let (account, key) = player::<T>(index);
	let bond = Pallet::<T>::bond_of(job).expect("there is a result");
	let bond = Pallet::<T>::hold_bond(&account, bond).expect("the account has money");
	Player { account, key: PlayerKey::Auditor(key), bond }
}

/// A dispute before its last move, with as many who wait as there can be, where somebody stands in for either side.
fn disputed<T: Config>(bytes: u32) -> (JobId, Turn)
where
	T::Currency: Mutate<T::AccountId>,
{
	let last = LastMove::new(bytes);
	let job = last.result::<T>();
	begin::<T>(job, last.stage);
	Groundworks::<T>::insert(job, last.groundwork);
	(job, last.turn)
}

/// A dispute in which the hashes of a row's blocks are to be shown, as many as `bytes` bytes of turn allow,
/// though no row has so many in the end. Of all moves that has most to hash for each of its bytes: a node of a tree
/// for 32 of them.
fn with_hashes<T: Config>(bytes: u32) -> (JobId, Turn)
where
	T::Currency: Mutate<T::AccountId>,
{
	// The codec adds less than another hash would.
	let count = bytes / 32 - 1;
	let hashes = vec![H256::zero(); count as usize];
	let last = LastMove::new(0);
	let job = last.result::<T>();
	// A column has an element for each position.
	let frame = Frame { layer: 0, positions: count * BLOCK, input: H256::zero() };
	let operators = vec![H256::zero(); Operator::ALL.len()];
	let target = Target { frame, operators, tensor: Tensor::Of(Operator::Values) };
	let root = merkle::root(hashes.iter().copied());
	begin::<T>(job, Stage::Blocks { target, row: 0, root });
	Groundworks::<T>::insert(job, last.groundwork);
	(job, Turn { groundwork: None, made: Move::Blocks(hashes) })
}

/// Begins a dispute about a result, at that stage of its game.
fn begin<T: Config>(job: JobId, stage: Stage)
where
	T::Currency: Mutate<T::AccountId>,
{
	let mut indices = 100..;
	let mut some = |count: u32| -> Vec<PlayerOf<T>> {
		indices.by_ref().take(count as usize).map(|index| bonded::<T>(&job, index)).collect()
	};
	let (challenger, key) = player::<T>(0);
	Pallet::<T>::accuse(
		&job,
		vec![Accuser {
			auditor: challenger,
			key: PlayerKey::Auditor(key),
			charge: Charge::Result(Fault::Chunk(0)),
		}],
	);
	Disputes::<T>::mutate(job, |dispute| {
		let dispute = dispute.as_mut().expect("somebody is accused");
		let game = dispute.game.as_mut().expect("a game is played");
		game.defender.stand_in = some(1).pop();
		game.challenger.stand_in = some(1).pop();
		for challenger in some(T::MaxClaims::get()) {
			let _ = dispute
				.waiting
				.try_push(Claim { challenger, charge: Charge::Result(Fault::Chunk(0)) });
		}
		game.turn = stage.turn();
	});
	Stages::<T>::insert(job, stage);
}

/// It is that side's turn, and its time is over.
fn silence<T: Config>(job: &JobId, side: Side) {
	Disputes::<T>::mutate(job, |dispute| {
		let dispute = dispute.as_mut().expect("there is a dispute");
		let game = dispute.game.as_mut().expect("a game is played");
		game.turn = side;
		let late = Pallet::<T>::last_call(game).saturating_add(1u32.into());
		frame_system::Pallet::<T>::set_block_number(late);
	});
}

/// The same turn signed by who plays for the side whose turn it is.
fn signed<T: Config>(job: JobId, turn: Turn) -> Call<T> {
	let dispute = Disputes::<T>::get(job).expect("there is a dispute");
	let game = dispute.game.expect("a game is played");
	let payload = Pallet::<T>::payload(&job, dispute.step, &turn);
	let signature = game.seat(game.turn).player().key.sign(&payload);
	let signature = signature.expect("this node has the key of who plays");
	Call::play { job, step: dispute.step, turn: Box::new(turn), signature }
}

/// What the pool asks of a move.
fn authorize<T: Config>(call: &Call<T>) -> Result<(), BenchmarkError> {
	call.authorize(TransactionSource::External)
		.ok_or("the call takes an authorization")?
		.map_err(|_| "the turn is right")?;
	Ok(())
}

/// A long game about a prompt: of one word, or of many.
fn text_game<T: Config>(many_words: u32) -> TextGame {
	match many_words {
		0 => TextGame::one_word::<T>(),
		_ => TextGame::many_words::<T>(),
	}
}

fn is_over<T: Config>(job: &JobId) -> bool {
	Disputes::<T>::get(job).is_some_and(|dispute| !dispute.finders.is_empty())
}

#[benchmarks(where T::Currency: Mutate<T::AccountId>)]
mod benches {
	use super::*;

	#[benchmark]
	fn challenge() {
		let job = LastMove::new(0).result::<T>();
		let (challenger, key) = player::<T>(0);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(challenger),
			job,
			Charge::Result(Fault::Chunk(0)),
			PlayerKey::Auditor(key),
		);
		assert!(Disputes::<T>::get(job).is_some_and(|dispute| dispute.game.is_some()));
	}

	/// `b` bytes of turn.
	#[benchmark]
	fn authorize_play(b: Linear<2_048, { MAX_TURN_BYTES }>) -> Result<(), BenchmarkError> {
		let (job, turn) = with_hashes::<T>(b);
		assert!(turn.encoded_size() as u32 <= b);
		let call = signed::<T>(job, turn);
		#[block]
		{
			authorize(&call)?;
		}
		Ok(())
	}

	/// `b` bytes of turn.
	#[benchmark]
	fn play(b: Linear<2_048, { MAX_TURN_BYTES }>) {
		let (job, turn) = disputed::<T>(b);
		let Call::play { step, turn, signature, .. } = signed::<T>(job, turn) else {
			unreachable!("it was made to be one")
		};
		#[extrinsic_call]
		_(RawOrigin::Authorized, job, step, turn, signature);
		assert!(is_over::<T>(&job));
	}

	/// `b` bytes of turn.
	#[benchmark]
	fn stand_in(b: Linear<2_048, { MAX_TURN_BYTES }>) {
		let (job, turn) = disputed::<T>(b);
		let dispute = Disputes::<T>::get(job).expect("there is a dispute");
		let deadline = dispute.game.expect("a game is played").deadline;
		frame_system::Pallet::<T>::set_block_number(deadline.saturating_add(1u32.into()));
		let (who, key) = player::<T>(1);
		let (key, turn) = (PlayerKey::Auditor(key), Box::new(turn));
		#[extrinsic_call]
		_(RawOrigin::Signed(who), job, dispute.step, key, turn);
		assert!(is_over::<T>(&job));
	}

	/// A reading of the longest prompt, of one word or, with `w`, of many.
	#[benchmark]
	fn authorize_read(w: Linear<0, 1>) -> Result<(), BenchmarkError> {
		let TextGame { job, read: (stage, turn), .. } = text_game::<T>(w);
		begin::<T>(job, stage);
		let call = signed::<T>(job, turn);
		#[block]
		{
			authorize(&call)?;
		}
		Ok(())
	}

	/// A reading of the longest prompt, of one word or, with `w`, of many.
	#[benchmark]
	fn read(w: Linear<0, 1>) {
		let TextGame { job, read: (stage, turn), .. } = text_game::<T>(w);
		begin::<T>(job, stage);
		let Call::play { step, turn, signature, .. } = signed::<T>(job, turn) else {
			unreachable!("it was made to be one")
		};
		#[extrinsic_call]
		play(RawOrigin::Authorized, job, step, turn, signature);
		assert!(matches!(Stages::<T>::get(job), Some(Stage::Read { .. })));
	}

	/// The same reading is wrong in its last step.
	#[benchmark]
	fn authorize_misread(w: Linear<0, 1>) -> Result<(), BenchmarkError> {
		let TextGame { job, misread: (stage, turn), .. } = text_game::<T>(w);
		begin::<T>(job, stage);
		let call = signed::<T>(job, turn);
		#[block]
		{
			authorize(&call)?;
		}
		Ok(())
	}

	/// The same reading is wrong in its last step.
	#[benchmark]
	fn misread(w: Linear<0, 1>) {
		let TextGame { job, misread: (stage, turn), .. } = text_game::<T>(w);
		begin::<T>(job, stage);
		let Call::play { step, turn, signature, .. } = signed::<T>(job, turn) else {
			unreachable!("it was made to be one")
		};
		#[extrinsic_call]
		play(RawOrigin::Authorized, job, step, turn, signature);
		assert!(is_over::<T>(&job));
	}

	/// As many claims as there can be, all about the result: each reads the evidence, which an objection to an
	/// auditor's work does not.
	#[benchmark]
	fn accuse(c: Linear<1, { T::MaxClaims::get() }>) {
		let job = LastMove::new(0).result::<T>();
		let accusers: Vec<_> = (0..c)
			.map(player::<T>)
			.map(|(auditor, key)| Accuser {
				auditor,
				key: PlayerKey::Auditor(key),
				charge: Charge::Result(Fault::Chunk(0)),
			})
			.collect();
		#[block]
		{
			Pallet::<T>::accuse(&job, accusers);
		}
		assert!(Disputes::<T>::get(job).is_some_and(|dispute| dispute.claims == c));
	}

	/// A side is silent, and `c` challengers wait who need not be right any more.
	#[benchmark]
	fn ruling(c: Linear<0, { T::MaxClaims::get() }>) {
		let (job, _) = disputed::<T>(0);
		Disputes::<T>::mutate(job, |dispute| {
			let dispute = dispute.as_mut().expect("there is a dispute");
			dispute.waiting.truncate(c as usize);
		});
		silence::<T>(&job, Side::Defender);
		let found;
		#[block]
		{
			found = Pallet::<T>::ruling(&job);
		}
		assert!(matches!(found, Ruling::Overturned { .. }));
	}

	/// The challengers are silent, and the next claim is played.
	#[benchmark]
	fn ruling_next() {
		let (job, _) = disputed::<T>(0);
		silence::<T>(&job, Side::Challenger);
		let found;
		#[block]
		{
			found = Pallet::<T>::ruling(&job);
		}
		assert!(matches!(found, Ruling::Pending { .. }));
	}

	/// A game about an auditor's work is lost by silence: `c` who say the same of it wait and need not be right any
	/// more, and a claim about the result, which is played next. To settle the bonds of who stood in costs more than
	/// to note that an auditor was idle, which is only done where nobody did.
	#[benchmark]
	fn ruling_idle(c: Linear<0, { T::MaxClaims::get() - 1 }>) {
		let (job, _) = disputed::<T>(0);
		let (auditor, _) = player::<T>(1);
		let charge = Charge::Work(auditor);
		Disputes::<T>::mutate(job, |dispute| {
			let dispute = dispute.as_mut().expect("there is a dispute");
			dispute.game.as_mut().expect("a game is played").charge = charge.clone();
			dispute.waiting.truncate(c as usize + 1);
			for claim in dispute.waiting.iter_mut().take(c as usize) {
				claim.charge = charge.clone();
			}
		});
		silence::<T>(&job, Side::Defender);
		let found;
		#[block]
		{
			found = Pallet::<T>::ruling(&job);
		}
		assert!(matches!(found, Ruling::Pending { .. }));
		let dispute = Disputes::<T>::get(job).expect("there is a dispute");
		assert!(dispute.game.is_some_and(|game| game.charge != charge));
		assert!(dispute.waiting.is_empty());
	}

	/// A game is played, and as many wait as can.
	#[benchmark]
	fn ruling_pending() {
		let (job, _) = disputed::<T>(0);
		let found;
		#[block]
		{
			found = Pallet::<T>::ruling(&job);
		}
		assert!(matches!(found, Ruling::Pending { .. }));
	}

	/// The last step of a dispute: `.ci/bench-judge` says what each index is.
	#[benchmark(extra)]
	fn judge(k: Linear<0, { leaves::KINDS - 1 }>) {
		let compute = leaves::kind(k);
		let computed;
		#[block]
		{
			computed = compute();
		}
		assert!(computed);
	}

	impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}
