// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Becoming a provider: bond, worker key, profile.

use crate::{
	mock::*,
	types::{PeerId, Region},
	Error, Event, Hosting, Mode, Profile, Workers,
};
use codec::Encode;
use ergon_core::{
	crypto::{signing_payload, WORKER_PROOF_DOMAIN},
	Country, H256,
};
use frame_support::{assert_noop, assert_ok};
use sp_core::Pair;

#[test]
fn register_holds_the_bond_and_takes_the_key() {
	ExtBuilder::default().execute_with(|| {
		register(1);
		assert_eq!(held(1), BOND);
		assert_eq!(Balances::free_balance(1), ENDOWMENT - BOND);
		assert_eq!(Providers::worker(&1), Some(worker(1)));
		assert_eq!(Providers::by_worker(&worker(1)), Some(1));
		assert_eq!(record(1).mode, Mode::Active);
		assert_eq!(record(1).profile, profile());
		let expected = Event::Registered { provider: 1, worker: worker(1), bond: BOND };
		assert_eq!(events(), [expected]);
	});
}

#[test]
fn strangers_have_no_key() {
	ExtBuilder::default().execute_with(|| {
		assert_eq!(Providers::worker(&1), None);
		assert_eq!(Providers::by_worker(&worker(1)), None);
		assert_eq!(Providers::standing(&1), Default::default());
	});
}

#[test]
fn register_refuses_a_second_time() {
	ExtBuilder::default().execute_with(|| {
		register(1);
		assert_noop!(
			Providers::register(signed(1), worker(2), proof(2, 1), BOND, profile()),
			Error::<Test>::AlreadyRegistered
		);
	});
}

#[test]
fn register_refuses_a_small_bond() {
	ExtBuilder::default().execute_with(|| {
		assert_noop!(
			Providers::register(signed(1), worker(1), proof(1, 1), 1_999, profile()),
			Error::<Test>::BondTooLow
		);
		assert_ok!(Providers::register(signed(1), worker(1), proof(1, 1), 2_000, profile()));
	});
}

#[test]
fn register_refuses_what_cannot_be_paid() {
	ExtBuilder::default().execute_with(|| {
		for bond in [ENDOWMENT + 1, ENDOWMENT, ENDOWMENT - 9, u128::MAX] {
			assert_noop!(
				Providers::register(signed(1), worker(1), proof(1, 1), bond, profile()),
				Error::<Test>::BalanceTooLow
			);
		}
		let most = ENDOWMENT - 10;
		assert_ok!(Providers::register(signed(1), worker(1), proof(1, 1), most, profile()));
	});
}

#[test]
fn register_refuses_a_key_that_is_not_proven() {
	ExtBuilder::default().execute_with(|| {
		let genesis = System::block_hash(0);
		let sign = |payload: &[u8]| pair(1).sign(payload);
		let proofs = [
			// By another key, and for another account.
			proof(2, 1),
			proof(1, 2),
			// For another chain, in another domain, and without either.
			sign(&signing_payload(WORKER_PROOF_DOMAIN, H256::repeat_byte(1), &1u64)),
			sign(&signing_payload(b"ergon:attestation:v1", genesis, &1u64)),
			sign(&1u64.encode()),
		];
		for proof in proofs {
			assert_noop!(
				Providers::register(signed(1), worker(1), proof, BOND, profile()),
				Error::<Test>::BadProof
			);
		}
		let right = sign(&signing_payload(WORKER_PROOF_DOMAIN, genesis, &1u64));
		assert_ok!(Providers::register(signed(1), worker(1), right, BOND, profile()));
	});
}

#[test]
fn register_refuses_a_key_that_is_taken() {
	ExtBuilder::default().execute_with(|| {
		register(1);
		assert_noop!(
			Providers::register(signed(2), worker(1), proof(1, 2), BOND, profile()),
			Error::<Test>::WorkerTaken
		);
	});
}

#[test]
fn profiles_have_to_be_well_formed() {
	ExtBuilder::default().execute_with(|| {
		register(1);
		let refused = |profile: Profile, error: Error<Test>| {
			let update = Providers::update_profile(signed(1), profile.clone());
			assert_eq!(update, Err(error.into()));
			assert_noop!(
				Providers::register(signed(2), worker(2), proof(2, 2), BOND, profile),
				update.unwrap_err()
			);
		};
		for country in [*b"ch", *b"C1", [0, 0]] {
			refused(Profile { country: Country(country), ..profile() }, Error::BadCountry);
		}
		for region in [&b""[..], b"zh", b"-"] {
			let region = Some(Region::truncate_from(region.to_vec()));
			refused(Profile { region, ..profile() }, Error::BadRegion);
		}
		let short = [&[0x12, 32][..], &[7; 31]].concat();
		let long_identity = [&[0x00, 43][..], &[7; 43]].concat();
		let lying = [&[0x00, 36][..], &[7; 35]].concat();
		for peer in [short, long_identity, lying, vec![0x00], vec![0x55, 1, 1]] {
			let peer = PeerId::truncate_from(peer);
			refused(Profile { peer, ..profile() }, Error::BadPeerId);
		}
	});
}

#[test]
fn update_profile_changes_it() {
	ExtBuilder::default().execute_with(|| {
		register(1);
		events();
		let ed25519 = [&[0x00, 36, 8, 1, 18, 32][..], &[7; 32]].concat();
		let sha256 = [&[0x12, 32][..], &[7; 32]].concat();
		for peer in [ed25519, sha256, vec![]] {
			let profile = Profile {
				country: Country(*b"FR"),
				region: None,
				hosting: Hosting::Cloud,
				peer: PeerId::truncate_from(peer),
			};
			assert_ok!(Providers::update_profile(signed(1), profile.clone()));
			assert_eq!(record(1).profile, profile);
			assert_eq!(events(), [Event::ProfileUpdated { provider: 1, profile }]);
		}
	});
}

#[test]
fn bond_more_adds_to_the_hold() {
	ExtBuilder::default().execute_with(|| {
		register(1);
		events();
		assert_ok!(Providers::bond_more(signed(1), 7));
		assert_eq!(held(1), BOND + 7);
		assert_eq!(Providers::standing(&1).bond, BOND + 7);
		let expected = Event::BondIncreased { provider: 1, amount: 7, bond: BOND + 7 };
		assert_eq!(events(), [expected]);
		assert_noop!(Providers::bond_more(signed(1), ENDOWMENT), Error::<Test>::BalanceTooLow);
		assert_noop!(Providers::bond_more(signed(1), u128::MAX), Error::<Test>::BalanceTooLow);
	});
}

#[test]
fn rotate_worker_frees_the_old_key() {
	ExtBuilder::default().execute_with(|| {
		register(1);
		events();
		assert_ok!(Providers::rotate_worker(signed(1), worker(5), proof(5, 1)));
		assert_eq!(Providers::worker(&1), Some(worker(5)));
		assert_eq!(Providers::by_worker(&worker(1)), None);
		assert_eq!(Workers::<Test>::iter().count(), 1);
		assert_eq!(events(), [Event::WorkerRotated { provider: 1, worker: worker(5) }]);
		// Somebody who has the key may take it now.
		assert_ok!(Providers::register(signed(2), worker(1), proof(1, 2), BOND, profile()));
	});
}

#[test]
fn rotate_worker_asks_for_proof_of_a_free_key() {
	ExtBuilder::default().execute_with(|| {
		(1..=2).for_each(register);
		let rotate = |seed, proof| Providers::rotate_worker(signed(1), worker(seed), proof);
		assert_noop!(rotate(5, proof(5, 2)), Error::<Test>::BadProof);
		assert_noop!(rotate(5, proof(1, 1)), Error::<Test>::BadProof);
		assert_noop!(rotate(2, proof(2, 1)), Error::<Test>::WorkerTaken);
		assert_noop!(rotate(1, proof(1, 1)), Error::<Test>::WorkerTaken);
	});
}

#[test]
fn only_providers_can_change_anything() {
	ExtBuilder::default().execute_with(|| {
		let error = Error::<Test>::NotRegistered;
		assert_noop!(Providers::bond_more(signed(1), 1), error);
		let error = Error::<Test>::NotRegistered;
		assert_noop!(Providers::rotate_worker(signed(1), worker(1), proof(1, 1)), error);
		let error = Error::<Test>::NotRegistered;
		assert_noop!(Providers::update_profile(signed(1), profile()), error);
		let error = Error::<Test>::NotRegistered;
		assert_noop!(Providers::set_offer(signed(1), model(1), prices(1), 1), error);
		let error = Error::<Test>::NotRegistered;
		assert_noop!(Providers::remove_offer(signed(1), model(1)), error);
		for call in [
			Providers::drain,
			Providers::resume,
			Providers::unbond,
			Providers::withdraw,
			Providers::unchill,
		] {
			assert_noop!(call(signed(1)), Error::<Test>::NotRegistered);
		}
	});
}
