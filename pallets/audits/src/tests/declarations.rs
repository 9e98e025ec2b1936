// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who can re-execute which models.

use crate::{mock::*, offchain::Idle, *};
use ergon_core::{crypto::audit::AuditorId, ModelId, H256};
use sp_core::Pair;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use std::collections::{BTreeMap, BTreeSet};

const FIRST: ModelId = H256::repeat_byte(1);
const SECOND: ModelId = H256::repeat_byte(2);
const THIRD: ModelId = H256::repeat_byte(3);

/// Has a validator declare some models as of the present block.
fn declare(auditor: u64, models: &[ModelId]) {
	apply_call(declare_call(auditor, System::block_number(), models)).unwrap();
}

fn refused(call: Call<Test>, reason: InvalidTransaction) {
	let expected = Refused::Validation(TransactionValidityError::Invalid(reason));
	assert_eq!(apply_call(call), Err(expected));
}

#[test]
fn a_declaration_replaces_the_one_before() {
	TestExt::new(5).execute(|_| {
		events();
		declare(1, &[FIRST, SECOND]);
		declare(2, &[SECOND]);
		let models = vec![FIRST, SECOND];
		assert_eq!(events()[0], Event::ModelsDeclared { auditor: 1, models: models.clone() });
		assert_eq!(Audits::declared(1), models);
		assert_eq!(Audits::auditors(SECOND), [1, 2]);
		assert_eq!(Audits::auditors(THIRD), [0; 0]);

		go_to(System::block_number() + DECLARATION_INTERVAL);
		declare(1, &[SECOND, THIRD]);
		let of_each = [FIRST, SECOND, THIRD].map(Audits::auditors);
		assert_eq!(of_each, [vec![], vec![1, 2], vec![1]]);

		go_to(System::block_number() + DECLARATION_INTERVAL);
		declare(1, &[]);
		assert_eq!(Audits::auditors(SECOND), [2]);
	});
}

#[test]
fn unsound_declarations_change_nothing() {
	TestExt::new(2).execute(|_| {
		go_to(100);
		let custom = InvalidTransaction::Custom;
		refused(declare_call(9, 100, &[FIRST]), custom(refusal::NOT_VALIDATOR));
		Bonds::mutate(|bonds| bonds.insert(2, 0));
		refused(declare_call(2, 100, &[FIRST]), custom(refusal::NOT_VALIDATOR));
		let too_old = 100 - DECLARATION_INTERVAL - 1;
		refused(declare_call(1, too_old, &[FIRST]), InvalidTransaction::Stale);
		refused(declare_call(1, 101, &[FIRST]), InvalidTransaction::Stale);
		refused(declare_call(1, 100, &[SECOND, FIRST]), custom(refusal::MODELS_OUT_OF_ORDER));
		refused(declare_call(1, 100, &[FIRST, FIRST]), custom(refusal::MODELS_OUT_OF_ORDER));
		Unusable::set(vec![SECOND]);
		refused(declare_call(1, 100, &[FIRST, SECOND]), custom(refusal::MODEL_UNUSABLE));

		let Call::declare { as_of, models, signature, .. } = declare_call(2, 100, &[FIRST]) else {
			unreachable!()
		};
		let key = pair(1).public();
		let forged = Call::declare { key, as_of, models, signature };
		refused(forged, InvalidTransaction::BadProof);
		assert_eq!(Declarations::<Test>::iter().count(), 0);
	});
}

#[test]
fn a_validator_declares_once_in_an_interval() {
	TestExt::new(1).execute(|_| {
		go_to(100);
		let oldest = 100 - DECLARATION_INTERVAL;
		apply_call(declare_call(1, oldest, &[FIRST])).unwrap();
		refused(declare_call(1, oldest, &[FIRST]), InvalidTransaction::Stale);
		refused(declare_call(1, 99, &[SECOND]), InvalidTransaction::Stale);
		declare(1, &[SECOND]);
	});
}

#[test]
fn a_model_needs_three_auditors_or_all_there_are() {
	TestExt::new(5).execute(|_| {
		assert_eq!(Audits::is_auditable(&FIRST), (false, 5));
		declare(1, &[FIRST]);
		declare(2, &[FIRST]);
		assert_eq!(Audits::is_auditable(&FIRST), (false, 5));
		declare(3, &[FIRST]);
		assert_eq!(Audits::is_auditable(&FIRST), (true, 3), "three are enough, and more not asked");
		assert!(Audits::auditable_weight(Some(3)).all_lt(Audits::auditable_weight(None)));

		// Who has left the session does not count.
		Active::mutate(|active| active.retain(|(account, _)| *account != 2));
		assert_eq!(Audits::is_auditable(&FIRST), (false, 4));
		Active::mutate(|active| active.retain(|(account, _)| *account == 1));
		assert_eq!(Audits::is_auditable(&FIRST), (true, 1));
		Active::set(vec![]);
		assert_eq!(Audits::is_auditable(&FIRST), (false, 0), "nobody is never enough");
	});
}

#[test]
fn a_model_needs_auditors_who_hold_half_of_the_weight() {
	TestExt::new(10).execute(|_| {
		// The other eight weigh one each.
		Weights::set(BTreeMap::from([(1, 10), (2, 8)]));
		for friend in [8, 9, 10] {
			declare(friend, &[FIRST]);
		}
		assert_eq!(Audits::is_auditable(&FIRST), (false, 10), "three, but only friends");
		declare(1, &[FIRST]);
		assert_eq!(Audits::is_auditable(&FIRST), (true, 10), "13 of 26");
		declare(2, &[FIRST]);
		assert_eq!(Audits::is_auditable(&FIRST), (true, 8), "the heaviest are asked first");
		declare(3, &[FIRST]);
		assert_eq!(Audits::is_auditable(&FIRST), (true, 3), "two would weigh enough");
	});
}

#[test]
fn those_who_can_re_execute_a_model_are_drawn() {
	TestExt::new(20).execute(|_| {
		for auditor in [4, 8, 15] {
			declare(auditor, &[case(1).model]);
			Weights::mutate(|weights| weights.insert(auditor, 10));
		}
		assert_eq!(open_and_draw(case(1)), [4, 8, 15]);
	});
}

#[test]
fn where_those_who_can_weigh_too_little_anybody_is_drawn() {
	TestExt::new(20).execute(|_| {
		for auditor in [4, 8, 15] {
			declare(auditor, &[case(1).model]);
		}
		for index in 0..20 {
			Audits::open(case(index));
		}
		go_to(System::block_number() + u64::from(DRAW_DELAY));
		let drawn: BTreeSet<_> = (0..20).flat_map(|index| auditors(job(index))).collect();
		assert!(drawn.len() > 10, "{drawn:?}");
	});
}

#[test]
fn where_too_few_can_anybody_is_drawn() {
	TestExt::new(4).execute(|_| {
		declare(4, &[case(1).model]);
		declare(2, &[case(1).model]);
		// Three are wanted: one of them has not declared it.
		assert_eq!(open_and_draw(case(1)).len(), 3);
		let everybody: Vec<_> = Audits::case(job(1)).unwrap().auditors.into_inner();
		assert!(everybody.iter().any(|auditor| [1, 3].contains(auditor)));
	});
}

#[test]
fn a_node_declares_what_its_engine_has() {
	TestExt::new(3).local(&[2]).execute(|world| {
		let declared = |world: &World| -> Vec<_> {
			Audits::serve_declarations(System::block_number());
			let transactions = world.take();
			transactions.into_iter().map(|it| apply(it).unwrap()).collect()
		};
		assert!(declared(&world).is_empty(), "an engine without models is no news");
		Unusable::set(vec![THIRD]);
		world.engine.load(&[SECOND, THIRD, FIRST, SECOND]);
		assert_eq!(declared(&world).len(), 1);
		assert_eq!(Audits::declared(2), [FIRST, SECOND]);
		assert!(declared(&world).is_empty(), "the chain knows it");

		world.engine.load(&[SECOND]);
		assert!(declared(&world).is_empty(), "it is too soon");
		go_to(System::block_number() + DECLARATION_INTERVAL);
		assert_eq!(declared(&world).len(), 1);
		assert_eq!(Audits::declared(2), [SECOND]);

		// A dead engine comes back with the same models.
		world.engine.load(&[]);
		go_to(System::block_number() + DECLARATION_INTERVAL);
		assert!(declared(&world).is_empty());
	});
}

#[test]
fn a_node_declares_nothing_for_nobody() {
	TestExt::new(1).local(&[1, 7]).execute(|world| {
		let serve = |auditor| {
			let key: AuditorId = pair(auditor).public();
			Audits::serve_declaration(System::block_number(), &key, &[FIRST])
		};
		assert_eq!(serve(7), Err(Idle::NoBond), "no validator has that key");
		Bonds::mutate(|bonds| bonds.insert(1, 0));
		assert_eq!(serve(1), Err(Idle::NoBond));
		Bonds::mutate(|bonds| bonds.insert(1, 5));
		assert_eq!(serve(1), Ok(()));
		assert_eq!(world.take().len(), 1);
	});
}

#[test]
fn models_beyond_the_bound_are_left_out() {
	TestExt::new(1).local(&[1]).execute(|world| {
		let models: Vec<_> = (1..9).map(H256::from_low_u64_be).collect();
		world.engine.load(&models);
		Audits::serve_declarations(System::block_number());
		apply(world.take().remove(0)).unwrap();
		assert_eq!(Audits::declared(1), models[..4]);
	});
}
