// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Garbled bytes at every door: no panic, no hang, and nothing accepted that is not right. The same
//! doors as `fuzz/`, with mutations that are the same in every run; GGUF has its own in `gguf.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::{fs, path::Path};

use codec::{DecodeAll, Encode};
use common::{order, run, tiny, two_threads, warm, Choices, Imported};
use ergon_core::{
	engine::{FromEngine, Order, OrderId, ToEngine},
	JobKind, Vote, H256,
};
use ergon_engine::{
	import,
	synthetic::{write_folder, Shape},
	verify, Model,
};

/// Changes, cuts, doubles or moves a few bytes.
fn garble(bytes: &[u8], choices: &mut Choices) -> Vec<u8> {
	let mut bytes = bytes.to_vec();
	for _ in 0..=choices.below(4) {
		if bytes.is_empty() {
			break;
		}
		// Where lengths and names are, more often than not.
		let reach = [bytes.len(), bytes.len().min(300)][choices.below(2) as usize];
		let at = choices.below(reach as u64) as usize;
		match choices.below(6) {
			0 => bytes[at] = choices.below(256) as u8,
			1 => bytes[at] ^= 1 << choices.below(8),
			2 => bytes[at] = [0, 0xff, 0x7f, 0x80, b'9', b'"'][choices.below(6) as usize],
			3 => bytes.truncate(at),
			4 => {
				let end = bytes.len().min(at + 1 + choices.below(20) as usize);
				bytes.extend_from_within(at..end);
			}
			_ => {
				bytes.remove(at);
			}
		}
	}
	bytes
}

/// Puts garbled bytes in the place of a file, `times` times.
fn spoil(path: &Path, times: u64, choices: &mut Choices, mut check: impl FnMut()) {
	let sound = fs::read(path).unwrap();
	for _ in 0..times {
		fs::write(path, garble(&sound, choices)).unwrap();
		check();
	}
	fs::write(path, sound).unwrap();
}

#[test]
fn a_garbled_source_is_imported_or_refused() {
	let folder = tempfile::tempdir().unwrap();
	let (source, target) = (folder.path().join("source"), folder.path().join("model"));
	write_folder(&source, &Shape::TINY, 1).unwrap();
	let mut choices = Choices::new(1);
	for name in ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"] {
		spoil(&source.join(name), 100, &mut choices, || {
			if import(&source, &target, &mut |_| ()).is_ok() {
				Model::open(&target).unwrap();
				fs::remove_dir_all(&target).unwrap();
			}
			assert!(!target.exists());
		});
	}
	import(&source, &target, &mut |_| ()).unwrap();
}

#[test]
fn a_garbled_model_is_not_opened_as_what_it_was() {
	let imported = Imported::new(&Shape::TINY, 2);
	let (id, folder) = (imported.model.id(), imported.target());
	let mut choices = Choices::new(2);
	for name in ["manifest.json", "blob", "text"] {
		let path = folder.join(name);
		let sound = fs::read(&path).unwrap();
		spoil(&path, 100, &mut choices, || {
			let opened = Model::open(&folder);
			let is_same = fs::read(folder.join(name)).unwrap() == sound;
			// White space in the manifest means nothing, and everything else is hashed.
			let is_free = name == "manifest.json";
			assert!(opened.is_err() || is_same || is_free, "{name}");
			if let Ok(model) = opened {
				assert_eq!(model.id(), id, "{name}");
			}
		});
	}
	assert_eq!(Model::open(&folder).unwrap().id(), id);
}

#[test]
fn a_garbled_message_is_another_message_or_none() {
	let order = order(tiny(), JobKind::Generate(warm(20)), "Hello");
	let (attestation, bundle, _) = run(tiny(), &order, two_threads());
	let audit =
		Order::Verify { job: order.clone(), attestation, bundle, challenges: vec![H256::zero()] };
	let messages = [
		ToEngine::Hello { version: 1 }.encode(),
		ToEngine::Submit { order: Order::Execute(order), patience: 7 }.encode(),
		ToEngine::Submit { order: audit, patience: 7 }.encode(),
		ToEngine::Cancel(OrderId::zero()).encode(),
	];
	let mut choices = Choices::new(3);
	for message in messages {
		for _ in 0..2_000 {
			let garbled = garble(&message, &mut choices);
			if let Ok(decoded) = ToEngine::decode_all(&mut &garbled[..]) {
				assert_eq!(decoded.encode(), garbled);
			}
			let _ = FromEngine::decode_all(&mut &garbled[..]);
		}
	}
}

#[test]
fn a_garbled_claim_is_never_a_match() {
	let order = order(tiny(), JobKind::Generate(warm(70)), "Hello");
	let (attestation, bundle, _) = run(tiny(), &order, two_threads());
	let sound = (attestation, bundle).encode();
	let mut choices = Choices::new(4);
	let mut decoded = 0;
	for _ in 0..1_500 {
		let garbled = garble(&sound, &mut choices);
		let Ok((attestation, bundle)) = DecodeAll::decode_all(&mut &garbled[..]) else { continue };
		decoded += 1;
		let challenge = H256::zero();
		let (vote, _) =
			verify(tiny(), &order, &attestation, &bundle, &[challenge], two_threads()).unwrap();
		assert_eq!(vote == Vote::Match, garbled == sound);
	}
	assert!(decoded > 200, "{decoded}");
}
