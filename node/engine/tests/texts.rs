// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Prompts are read as the library reads them that their tokenizers are written for, and whoever reads
//! or spells them otherwise loses in two moves.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{path::Path, rc::Rc};

use codec::Encode;
use common::{
	games::is_recorded,
	order, run,
	tokenizers::{kinds, with_tokenizer},
	two_threads, warm, Choices, Imported,
};
use ergon_core::{
	engine::JobOrder, job::prompt_root, Attestation, Bundle, Fault, FinishReason, JobKind, Output,
	Vote, H256,
};
use ergon_engine::{dispute::turn_on, executor::Executor, verify, Model};
use ergon_exact::{
	game::{Disputed, Move, Outcome, Proof, Reason, Record, Refused, Side, Stage, Turn},
	text::{Misread, Piece, Reading, Step, Word},
};
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{json, Value};

/// The library without what has no place in a prompt.
fn library(file: &Value) -> tokenizers::Tokenizer {
	let mut file = file.clone();
	file["added_tokens"] = json!([]);
	tokenizers::Tokenizer::from_bytes(file.to_string()).unwrap()
}

/// Texts of characters like `any`, and of what patterns and merges look at.
fn text(any: &'static str) -> impl Strategy<Value = String> {
	let part = prop_oneof![
		any,
		"[a-eA-C \u{301}é漢İıſ'’.,!?-]{0,8}",
		"[0-9Ⅷ½٣]{0,5}",
		"[ \t\r\n\u{a0}\u{3000}\u{200b}▁]{0,5}",
		"( the|the|in|hello|unhappying|world| a|'s|'LL|'re|12){0,4}",
	];
	prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

#[test]
fn prompts_are_read_as_the_library_reads_them() {
	for (kind, architecture, file) in kinds() {
		let (model, library) = (with_tokenizer(architecture, &file).model, library(&file));
		let plain = &model.tokenizer().rules().plain;
		assert!(plain.before.is_empty() && plain.after.is_empty());
		let mut runner = TestRunner::deterministic();
		// For BERT the library has tables of Unicode 8, in which newer characters are nothing.
		let any = match architecture.generates() {
			true => "\\PC{0,6}",
			false => "[ -\u{55f}\u{3000}-\u{30ff}\u{4e00}-\u{9fd5}]{0,6}",
		};
		let result = runner.run(&text(any), |text| {
			let theirs = library.encode_fast(text.as_str(), false).unwrap();
			let ours = model.tokenizer().encode_plain(&text).unwrap();
			prop_assert_eq!(ours, theirs.get_ids(), "{:?}", theirs.get_tokens());
			Ok(())
		});
		result.unwrap_or_else(|error| panic!("{kind}: {error}"));
	}
}

#[test]
fn genuine_prompts_are_read_as_the_library_reads_them() {
	let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/demo/hf");
	let file: Value =
		serde_json::from_slice(&std::fs::read(demo.join("tokenizer.json")).unwrap()).unwrap();
	let folder = tempfile::tempdir().unwrap();
	std::os::unix::fs::symlink(&demo, folder.path().join("source")).unwrap();
	let (model, library) = (Imported::of(folder).model, library(&file));
	let corpus = std::fs::read_to_string(demo.join("../corpus/facts.txt")).unwrap();
	for line in corpus.lines() {
		let theirs = library.encode_fast(line, false).unwrap();
		let bare = model.tokenizer().encode_plain(line).unwrap();
		assert!(bare.ends_with(theirs.get_ids()), "{line}");
	}
}

/// A result, and whoever may dispute it.
#[derive(Clone)]
struct Setup {
	folder: Rc<Imported>,
	executor: Rc<Executor>,
	order: JobOrder,
	attestation: Attestation,
	bundle: Bundle,
}

impl Setup {
	fn new(architecture: ergon_core::Architecture, file: &Value) -> Self {
		let folder = Rc::new(with_tokenizer(architecture, file));
		let prompt = "Hello in the  world, unhappy 123 the thing's é漢";
		let kind = match architecture.generates() {
			true => JobKind::Generate(warm(12)),
			false => JobKind::Embed,
		};
		let order = order(&folder.model, kind, prompt);
		let (attestation, bundle, _) = run(&folder.model, &order, two_threads());
		let executor = Rc::new(Executor::new(two_threads()));
		Self { folder, executor, order, attestation, bundle }
	}

	fn model(&self) -> &std::sync::Arc<Model> {
		&self.folder.model
	}

	fn disputed(&self) -> Disputed<'_> {
		let Self { order, attestation, bundle, .. } = self;
		Disputed { manifest: self.model().manifest(), order, attestation, bundle }
	}

	/// What a node says.
	fn turn(&self, stage: &Stage) -> Option<Move> {
		let Self { executor, order, bundle, .. } = self;
		let stage = stage.encode();
		let turn = turn_on(executor, self.model(), order, bundle, &stage, two_threads());
		let turn = executor.complete(turn).unwrap()?;
		assert_eq!(turn.groundwork, None);
		assert!(turn.encoded_size() < 4_096);
		Some(turn.made)
	}

	fn vote(&self) -> Vote {
		let Self { order, attestation, bundle, .. } = self;
		let challenge = H256::zero();
		verify(self.model(), order, attestation, bundle, &[challenge], two_threads()).unwrap().0
	}

	fn play(&self, stage: Stage, made: Move) -> Result<Outcome, Refused> {
		self.disputed().play(None, stage, made)
	}

	/// What becomes of the defender's first move, if somebody honest answers it.
	fn answered(&self, fault: Fault, first: Move) -> (Outcome, Vec<Move>) {
		let stage = Stage::first(&self.bundle.output, fault).unwrap();
		let outcome = self.play(stage, first.clone()).unwrap();
		let Outcome::Next(stage) = outcome else { return (outcome, vec![first]) };
		let answer = self.turn(&stage).expect("somebody honest has an answer");
		(self.play(stage, answer.clone()).unwrap(), vec![first, answer])
	}

	/// How the prompt is read.
	fn reading(&self) -> Reading {
		let Some(Move::Read { reading, .. }) = self.turn(&Stage::Prompt) else { panic!() };
		reading
	}

	/// The same attested as if the prompt had been read like this.
	fn misread(mut self, reading: &Reading) -> Option<Self> {
		let folder = Rc::clone(&self.folder);
		let tokenizer = folder.model.tokenizer();
		let rules = tokenizer.rules();
		let frame = if self.order.kind == JobKind::Embed { &rules.plain } else { &rules.chat };
		let text = std::str::from_utf8(&self.order.prompt).unwrap();
		let (read, _) = tokenizer.read(frame, text).unwrap();
		let tokens = tokenizer.tokens(&read, reading).ok()?;
		self.attestation.prompt_root = prompt_root(&tokens);
		self.attestation.prompt_tokens = tokens.len() as u32;
		Some(self)
	}

	fn record(&self, fault: Fault, turns: Vec<Move>, winner: Side) -> Record {
		let Self { order, attestation, bundle, .. } = self;
		let record = Record {
			manifest: *self.model().manifest(),
			order: order.clone(),
			attestation: *attestation,
			bundle: bundle.clone(),
			first: Stage::first(&self.bundle.output, fault).unwrap(),
			turns: turns.into_iter().map(|made| Turn { groundwork: None, made }).collect(),
			winner,
		};
		assert_eq!(record.stages().map(|stages| stages.len()), Ok(record.turns.len()));
		record
	}
}

/// Readings that are wrong in one place, of a right one.
fn wrong_readings(right: &Reading) -> Vec<Reading> {
	let mut wrong = Vec::new();
	for index in 0..right.characters.len() {
		let mut reading = right.clone();
		reading.characters[index] = match reading.characters[index] {
			Some(_) => None,
			None => Some(200),
		};
		wrong.push(reading);
	}
	for index in 0..right.words.len() {
		let with = |word: Word| {
			let mut reading = right.clone();
			reading.words[index] = word;
			reading
		};
		match &right.words[index] {
			Word::Merged(steps) => {
				wrong.extend((0..steps.len()).map(|end| with(Word::Merged(steps[..end].to_vec()))));
				let mut more = steps.clone();
				more.push(Step::new(0, 0, 258));
				wrong.push(with(Word::Merged(more)));
				wrong.push(with(Word::Whole(77)));
			}
			Word::Whole(token) => {
				wrong.push(with(Word::Whole(token - 1)));
				wrong.push(with(Word::Merged(vec![])));
			}
			Word::Cut { pieces, complete } => {
				let fewer = pieces[..pieces.len().saturating_sub(1)].to_vec();
				wrong.push(with(Word::Cut { pieces: fewer, complete: false }));
				if let (Some(last), true) = (pieces.split_last(), *complete) {
					let other = Piece::new(last.0.token() ^ 1, 1);
					let pieces = [last.1, &[other]].concat();
					wrong.push(with(Word::Cut { pieces: pieces.clone(), complete: true }));
					wrong.push(with(Word::Cut { pieces, complete: false }));
				}
			}
		}
	}
	wrong
}

#[test]
fn who_reads_a_prompt_otherwise_loses_in_two_moves() {
	for (kind, architecture, file) in kinds() {
		let honest = Setup::new(architecture, &file);
		let right = honest.reading();
		let rules = honest.model().tokenizer().rules().clone();
		assert_eq!(honest.vote(), Vote::Match, "{kind}");

		// The right reading stands, whatever leaf is opened against it.
		let shown = Move::Read { rules: rules.clone(), reading: right.clone() };
		let Ok(Outcome::Next(stage)) = honest.play(Stage::Prompt, shown.clone()) else { panic!() };
		assert_eq!(honest.turn(&stage), None);
		let mut choices = Choices::new(5);
		let mut stood = 0;
		for _ in 0..300 {
			let mut below = |bound: u64| choices.below(bound) as u32;
			let (word, token, rank) = (below(12), below(300), below(15));
			let tokenizer = honest.model().tokenizer();
			let (part, opened) = match below(4) {
				0 => (Misread::Character { index: word, token }, tokenizer.open_entry(token)),
				1 => (Misread::Whole { word, token }, tokenizer.open_entry(token)),
				2 => (Misread::Piece { word, piece: below(3), token }, tokenizer.open_entry(token)),
				_ => {
					let part = Misread::Merge { word, step: below(3), left: below(6) as u16, rank };
					(part, tokenizer.open_merge(rank))
				}
			};
			let Some((bytes, path)) = opened else { continue };
			let leaf = Proof::Leaf { bytes, path };
			match honest.play(stage.clone(), Move::Misread { part, leaf }) {
				Ok(outcome) => {
					assert_eq!(outcome, Outcome::Won(Side::Defender, Reason::Prompt), "{kind}");
					stood += 1;
				}
				Err(refused) => assert_eq!(refused, Refused::NoSuchPart),
			}
		}
		assert!(stood > 5, "{kind}: {stood}");

		let lost = Outcome::Won(Side::Challenger, Reason::Prompt);
		let mut lies = 0;
		for wrong in wrong_readings(&right) {
			// Another reading of an honest result is lost with the move that shows it.
			let Some(liar) = honest.clone().misread(&wrong) else { continue };
			if liar.attestation == honest.attestation {
				continue;
			}
			let read = Move::Read { rules: rules.clone(), reading: wrong };
			assert_eq!(honest.play(Stage::Prompt, read.clone()), Ok(lost.clone()), "{kind}");
			assert_eq!(liar.vote(), Vote::Mismatch(Fault::Prompt), "{kind}");
			assert_eq!(liar.answered(Fault::Prompt, read).0, lost, "{kind}");
			// Who has attested it and shows the truth has lost with that.
			assert_eq!(liar.play(Stage::Prompt, shown.clone()), Ok(lost.clone()), "{kind}");
			lies += 1;
		}
		assert!(lies > 5, "{kind}: {lies}");
	}
}

#[test]
fn what_does_not_fit_is_refused() {
	let (_, architecture, file) = kinds().swap_remove(0);
	let setup = Setup::new(architecture, &file);
	let reading = setup.reading();
	let rules = setup.model().tokenizer().rules().clone();
	let mut other = rules.clone();
	other.chat.before.push(7);
	let read = Move::Read { rules: other.clone(), reading: reading.clone() };
	assert_eq!(setup.play(Stage::Prompt, read), Err(Refused::DoesNotOpen));
	let mut fewer = reading.clone();
	fewer.words.pop();
	let read = Move::Read { rules: rules.clone(), reading: fewer };
	assert_eq!(setup.play(Stage::Prompt, read), Err(Refused::WrongLength));

	let stage = Stage::Read { rules: rules.clone(), reading };
	let (bytes, path) = setup.model().tokenizer().open_entry(65).unwrap();
	let leaf = Proof::Leaf { bytes, path };
	let part = Misread::Whole { word: 0, token: 66 };
	let wrong_leaf = Move::Misread { part, leaf: leaf.clone() };
	assert_eq!(setup.play(stage.clone(), wrong_leaf), Err(Refused::DoesNotOpen));
	let part = Misread::Merge { word: 0, step: 0, left: 0, rank: 0 };
	assert_eq!(
		setup.play(stage, Move::Misread { part, leaf: leaf.clone() }),
		Err(Refused::DoesNotOpen)
	);

	let Some(Move::Spelt { texts, .. }) = setup.turn(&Stage::Ending) else { panic!() };
	let spelt = |rules, texts| setup.play(Stage::Ending, Move::Spelt { rules, texts });
	assert_eq!(spelt(other, texts.clone()), Err(Refused::DoesNotOpen));
	assert_eq!(spelt(rules.clone(), texts[1..].to_vec()), Err(Refused::WrongLength));
	let stage = Stage::Spelt { rules, texts };
	let misspelt = Move::Misspelt { index: 99, leaf };
	assert_eq!(setup.play(stage, misspelt), Err(Refused::NoSuchPart));
	let embedding = Setup::new(ergon_core::Architecture::Bert, &kinds()[6].2);
	assert_eq!(Stage::first(&embedding.bundle.output, Fault::Ending), None);
}

/// Another end of an answer: what was changed about it.
fn wrong_endings(honest: &Setup) -> Vec<(Attestation, Bundle)> {
	let Output::Text { tokens, text } = &honest.bundle.output else { panic!() };
	let sealed = |output: Output, finish| {
		let mut bundle = Bundle { output, ..honest.bundle.clone() };
		let count = bundle.output.digest_count() as usize;
		bundle.digests = bundle.digests[..count].to_vec().try_into().unwrap();
		let attestation = Attestation {
			output_root: bundle.output.root(),
			trace_root: bundle.trace_root(),
			output_tokens: bundle.output.token_count(),
			finish,
			..honest.attestation
		};
		(attestation, bundle)
	};
	let other_text = [text, &b"!"[..]].concat().try_into().unwrap();
	let finish = honest.attestation.finish;
	let other_finish = match finish {
		FinishReason::Length => FinishReason::EndOfText,
		_ => FinishReason::Length,
	};
	vec![
		sealed(Output::Text { tokens: tokens.clone(), text: other_text }, finish),
		sealed(honest.bundle.output.clone(), other_finish),
		sealed(
			Output::Text { tokens: vec![].try_into().unwrap(), text: vec![].try_into().unwrap() },
			finish,
		),
	]
}

#[test]
fn who_ends_an_answer_otherwise_loses_in_two_moves() {
	let lost = Outcome::Won(Side::Challenger, Reason::Ending);
	for (kind, architecture, file) in kinds().into_iter().filter(|it| it.1.generates()) {
		let honest = Setup::new(architecture, &file);
		let right = honest.turn(&Stage::Ending).unwrap();
		let Ok(Outcome::Next(stage)) = honest.play(Stage::Ending, right.clone()) else { panic!() };
		assert_eq!(honest.turn(&stage), None);
		let Output::Text { tokens, .. } = &honest.bundle.output else { panic!() };
		for (index, token) in tokens.iter().enumerate() {
			let (bytes, path) = honest.model().tokenizer().open_entry(*token).unwrap();
			let leaf = Proof::Leaf { bytes, path };
			let made = Move::Misspelt { index: index as u32, leaf };
			let stands = Outcome::Won(Side::Defender, Reason::Ending);
			assert_eq!(honest.play(stage.clone(), made), Ok(stands), "{kind}");
		}

		for (attestation, bundle) in wrong_endings(&honest) {
			let liar = Setup { attestation, bundle, ..honest.clone() };
			assert_eq!(liar.vote(), Vote::Mismatch(Fault::Ending), "{kind}");
			let truth = liar.turn(&Stage::Ending).unwrap();
			assert_eq!(liar.play(Stage::Ending, truth), Ok(lost.clone()), "{kind}");
		}
		// Who says that his tokens spell something else is shown the first that does not.
		let (attestation, bundle) = wrong_endings(&honest).swap_remove(0);
		let liar = Setup { attestation, bundle, ..honest.clone() };
		let Move::Spelt { rules, mut texts } = right else { panic!() };
		texts.last_mut().unwrap().push(b'!');
		let (outcome, _) = liar.answered(Fault::Ending, Move::Spelt { rules, texts });
		assert_eq!(outcome, lost, "{kind}");
	}
}

/// The games that the chain's tests replay. With `ERGON_WRITE_VECTORS` set they are written anew.
#[test]
fn recorded_games_are_what_is_played_today() {
	let (_, architecture, file) = kinds().swap_remove(0);
	let honest = Setup::new(architecture, &file);
	let rules = honest.model().tokenizer().rules().clone();
	let right = honest.reading();

	// Somebody leaves the last merge of a word out.
	let is_merged = |word: &Word| matches!(word, Word::Merged(steps) if !steps.is_empty());
	let at = right.words.iter().position(is_merged).unwrap();
	let mut reading = right.clone();
	if let Word::Merged(steps) = &mut reading.words[at] {
		steps.pop();
	}
	let liar = honest.clone().misread(&reading).unwrap();
	let (_, moves) = liar.answered(Fault::Prompt, Move::Read { rules: rules.clone(), reading });
	let misread = liar.record(Fault::Prompt, moves, Side::Challenger);

	// Somebody writes another text.
	let (attestation, bundle) = wrong_endings(&honest).swap_remove(0);
	let liar = Setup { attestation, bundle, ..honest.clone() };
	let Some(Move::Spelt { rules: shown, mut texts }) = honest.turn(&Stage::Ending) else {
		panic!()
	};
	texts.last_mut().unwrap().push(b'!');
	let (_, moves) = liar.answered(Fault::Ending, Move::Spelt { rules: shown, texts });
	let misspelt = liar.record(Fault::Ending, moves, Side::Challenger);

	// Somebody says that a word is another token.
	let (bytes, path) = honest.model().tokenizer().open_merge(3).unwrap();
	let slander = Move::Misread {
		part: Misread::Merge { word: at as u32, step: 0, left: 0, rank: 3 },
		leaf: Proof::Leaf { bytes, path },
	};
	let moves = vec![Move::Read { rules, reading: right }, slander];
	let slandered = honest.record(Fault::Prompt, moves, Side::Defender);

	is_recorded("text_games.scale", &[misread, misspelt, slandered]);
}
