// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A few tries of each way to cheat.

use super::*;
use crate::{network::Case, scene::PROVIDER};
use sp_keyring::Sr25519Keyring::{self, Bob};

#[test]
fn every_cheat_is_punished_and_nobody_else() {
	let models = Models::import(DEMO_MODEL.as_ref()).unwrap();
	let rows = try_all(&models, scene::all(), 3, 1, 2).unwrap();
	println!("{}", Report { seed: 1, rows: &rows });
	for (scene, tally) in &rows {
		assert_eq!((tally.missed(), tally.innocents), (0, 0), "{}: {tally:?}", scene.name);
		assert!(scene.culprit.is_none() || tally.crimes > 0, "{}: {tally:?}", scene.name);
	}
}

#[test]
fn what_should_not_be_is_counted() {
	let scene = scene::all().into_iter().find(|scene| scene.culprit == Some(PROVIDER)).unwrap();
	let tally = |wrong, overturned, punished: &[Sr25519Keyring]| {
		let punished = punished.iter().map(|who| who.to_account_id()).collect();
		let mut tally = Tally::default();
		let provider = Some(PROVIDER.to_account_id());
		tally.add(&scene, &Case { provider, wrong, overturned, punished, ..Case::default() });
		(tally.missed(), tally.innocents)
	};
	assert_eq!(tally(true, true, &[PROVIDER]), (0, 0));
	assert_eq!(tally(false, false, &[]), (0, 0));
	// It got away, with the bond or with the result.
	assert_eq!(tally(true, true, &[]), (1, 0));
	assert_eq!(tally(true, false, &[PROVIDER]), (1, 0));
	// Somebody paid for nothing.
	assert_eq!(tally(true, true, &[PROVIDER, Bob]), (0, 1));
	assert_eq!(tally(false, true, &[PROVIDER]), (0, 1));
}
