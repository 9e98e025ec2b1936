// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who does what he should not.

use std::collections::BTreeSet;

use clap::ValueEnum;
use ergon_engine::adversary::Cheat;
use ergon_runtime::AccountId;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, BobStash, Charlie, Dave, Eve};

use crate::{auditor, challenger, network::Case};

/// The provider of every job; where two are asked, each cheats in one of two.
pub(crate) const PROVIDER: Sr25519Keyring = Dave;
/// The other one.
pub(crate) const RIVAL: Sr25519Keyring = Eve;
/// Who is drawn to audit.
pub(crate) const VALIDATORS: [Sr25519Keyring; 3] = [Alice, Bob, Charlie];
/// One of the three validators, the one that is not always honest.
pub(crate) const AUDITOR: Sr25519Keyring = Alice;
/// Whoever challenges results with a bond.
pub(crate) const CHALLENGER: Sr25519Keyring = BobStash;

/// What happens in a network. Whoever is not mentioned is honest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scene {
	/// In a few words.
	pub(crate) name: String,
	/// How the provider cheats.
	pub(crate) cheat: Option<Cheat>,
	/// What one of three validators does.
	pub(crate) auditor: Option<auditor::Conduct>,
	/// What a challenger does.
	pub(crate) challenger: Option<challenger::Conduct>,
	/// Whether every job is asked of two providers, of whom one cheats, and no validator does its duty.
	pub(crate) replicas_only: bool,
	/// Who has to be punished whenever he has done it; nobody where all are honest.
	pub(crate) culprit: Option<Sr25519Keyring>,
}

impl Scene {
	/// Whether the culprit has done something in this case that calls for punishment.
	pub(crate) fn is_crime(&self, case: &Case) -> bool {
		match self.culprit {
			Some(PROVIDER) => case.wrong,
			Some(_) => case.tried,
			None => false,
		}
	}

	/// Whether the culprit has paid for it, and, where it is the provider, the result is overturned.
	pub(crate) fn is_convicted(&self, case: &Case) -> bool {
		let is_punished = |who: &AccountId| case.punished.contains(who);
		match self.culprit {
			Some(PROVIDER) => case.overturned && case.provider.as_ref().is_some_and(is_punished),
			Some(culprit) => is_punished(&culprit.to_account_id()),
			None => false,
		}
	}

	/// Those who lost money for nothing.
	pub(crate) fn innocents<'a>(&self, case: &'a Case) -> impl Iterator<Item = &'a AccountId> {
		let guilty = [(AUDITOR, self.auditor.is_some()), (CHALLENGER, self.challenger.is_some())];
		let absent = VALIDATORS.map(|validator| (validator, self.replicas_only));
		let guilty: BTreeSet<_> = guilty
			.into_iter()
			.chain(absent)
			.filter(|(_, is_guilty)| *is_guilty)
			.map(|(who, _)| who.to_account_id())
			.chain(case.provider.clone().filter(|_| case.wrong))
			.collect();
		case.punished.iter().filter(move |who| !guilty.contains(who))
	}
}

/// All scenes.
pub(crate) fn all() -> Vec<Scene> {
	let honest = Scene { name: "nobody cheats".into(), ..Scene::default() };
	let cheats = Cheat::value_variants().iter().map(|cheat| Scene {
		name: format!("provider: {}", words(&format!("{cheat:?}"))),
		cheat: Some(*cheat),
		culprit: Some(PROVIDER),
		..Scene::default()
	});
	// A lie in a chunk that goes all the way, one that does not, one about the ending and one about the
	// prompt.
	let accepts = auditor::Conduct::AcceptsUnseen;
	let collusions = [
		(Cheat::RoundedWeights, accepts),
		(Cheat::ReplaceToken, accepts),
		(Cheat::EarlyStop, accepts),
		(Cheat::MisreadPrompt, accepts),
		(Cheat::RoundedWeights, auditor::Conduct::ThrowsTheGameAway),
	];
	let collusions = collusions.into_iter().map(|(cheat, conduct)| Scene {
		name: format!("a third colludes: {}, {}", words(&format!("{cheat:?}")), conduct.words()),
		cheat: Some(cheat),
		auditor: Some(conduct),
		culprit: Some(PROVIDER),
		..Scene::default()
	});
	let friend = Scene {
		name: "a friend challenges first: rounded weights, stalls".into(),
		cheat: Some(Cheat::RoundedWeights),
		challenger: Some(challenger::Conduct::Stalls),
		culprit: Some(PROVIDER),
		..Scene::default()
	};
	let replicas = [Cheat::ReplaceToken, Cheat::EarlyStop].map(|cheat| Scene {
		name: format!("two replicas, nobody audits: {}", words(&format!("{cheat:?}"))),
		cheat: Some(cheat),
		replicas_only: true,
		culprit: Some(PROVIDER),
		..Scene::default()
	});
	let auditors = [
		(auditor::Conduct::AcceptsUnseen, None),
		(auditor::Conduct::AcceptsUnseen, Some(Cheat::ReplaceToken)),
		(auditor::Conduct::InventsItsWork, None),
		(auditor::Conduct::Slanders, None),
		(auditor::Conduct::CopiesCommitment, None),
		(auditor::Conduct::Guesses, None),
		(auditor::Conduct::NeverReveals, None),
	];
	let auditors = auditors.into_iter().map(|(conduct, cheat)| Scene {
		name: match cheat {
			Some(cheat) => {
				format!("auditor: {}, {}", conduct.words(), words(&format!("{cheat:?}")))
			}
			None => format!("auditor: {}", conduct.words()),
		},
		cheat,
		auditor: Some(conduct),
		culprit: Some(AUDITOR),
		..Scene::default()
	});
	let challengers = challenger::Conduct::ALL.into_iter().map(|conduct| Scene {
		name: format!("challenger: {}", conduct.words()),
		challenger: Some(conduct),
		culprit: Some(CHALLENGER),
		..Scene::default()
	});
	let providers = [honest].into_iter().chain(cheats).chain(collusions).chain([friend]);
	providers.chain(replicas).chain(auditors).chain(challengers).collect()
}

/// A name of a variant as words: `SixBitWeights` is "six bit weights".
pub(crate) fn words(variant: &str) -> String {
	let mut words = String::new();
	for letter in variant.chars() {
		if letter.is_uppercase() && !words.is_empty() {
			words.push(' ');
		}
		words.extend(letter.to_lowercase());
	}
	words
}
