// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Every call, every refusal, and every invariant broken on purpose.

use crate::{
	mock::*,
	types::{Name, Uri},
	Details, Error, Event, Model, ModelDetails, ModelInfo, Models as ModelMap, Status,
};
use ergon_core::{ModelId, ModelManifest};
use frame_support::{
	assert_noop, assert_ok,
	traits::fungible::{InspectHold, MutateHold},
};
use sp_runtime::DispatchResult;

fn held(who: AccountId) -> u128 {
	Balances::balance_on_hold(&crate::HoldReason::ModelDeposit.into(), &who)
}

fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn try_register(manifest: ModelManifest, details: Details) -> DispatchResult {
	Models::register(signed(SPONSOR), manifest, details)
}

mod register {
	use super::*;

	#[test]
	fn stores_the_model_and_holds_the_deposit() {
		ExtBuilder::default().execute_with(|| {
			assert_ok!(try_register(manifest(1), details()));

			let model = manifest(1).id();
			// 246 bytes of record at most with the mock's accounts and blocks, 59 of details.
			let deposit = 1_000 + 10 * (246 + 59);
			assert_eq!(held(SPONSOR), deposit);
			assert_eq!(Balances::free_balance(SPONSOR), ENDOWMENT - deposit);
			assert_eq!(events(), [Event::Registered { model, sponsor: SPONSOR, deposit }]);
			assert_eq!(Models::model_and_status(&model), Some((manifest(1), Status::Active)));
			assert!(Models::is_active(&model));
			let record =
				Model { manifest: manifest(1), sponsor: SPONSOR, status: Status::Active, deposit };
			assert_eq!(
				Models::model(model),
				Some(ModelInfo { id: model, model: record, details: details() })
			);
		});
	}

	#[test]
	fn deposit_counts_every_byte() {
		ExtBuilder::default().execute_with(|| {
			let mut longer = details();
			longer.uri.try_push(b'x').unwrap();
			assert_eq!(Models::deposit(longer), deposit() + ByteDeposit::get());
		});
	}

	#[test]
	fn accepts_a_registered_parent() {
		ExtBuilder::default().execute_with(|| {
			let parent = Some(register(1));
			assert_ok!(try_register(manifest(2), Details { parent, ..details() }));
		});
	}

	#[test]
	fn refuses_a_second_registration() {
		ExtBuilder::default().execute_with(|| {
			register(1);
			for who in [SPONSOR, STRANGER] {
				assert_noop!(
					Models::register(signed(who), manifest(1), details()),
					Error::<Test>::AlreadyRegistered
				);
			}
		});
	}

	#[test]
	fn refuses_a_manifest_that_does_not_match_its_dimensions() {
		ExtBuilder::default().execute_with(|| {
			let refused = |change: fn(&mut ModelManifest), error: Error<Test>| {
				let mut manifest = manifest(1);
				change(&mut manifest);
				assert_noop!(try_register(manifest, details()), error);
			};
			refused(|manifest| manifest.arithmetic = 2, Error::UnknownArithmetic);
			refused(|manifest| manifest.dimensions.layers = 0, Error::ImpossibleDimensions);
			refused(
				|manifest| manifest.dimensions.key_value_heads = 3,
				Error::ImpossibleDimensions,
			);
			refused(|manifest| manifest.template_tokens = 128, Error::TemplateTooLong);
			refused(|manifest| manifest.work_per_prompt_token += 1, Error::WorkMismatch);
			refused(|manifest| manifest.work_per_output_token -= 1, Error::WorkMismatch);
			refused(|manifest| manifest.dimensions.hidden += 1, Error::WorkMismatch);
		});
	}

	#[test]
	fn refuses_malformed_details() {
		ExtBuilder::default().execute_with(|| {
			let refused = |changed: Details, error: Error<Test>| {
				assert_noop!(try_register(manifest(1), changed), error);
			};
			for name in [&b""[..], b"  ", b"a\nb", b"\xff\xfe"] {
				let name = Name::truncate_from(name.to_vec());
				refused(Details { name, ..details() }, Error::BadName);
			}
			for licence in [&b""[..], b" ", b"MIT; DROP", b"MIT/Apache"] {
				let licence = licence.to_vec().try_into().unwrap();
				refused(Details { licence, ..details() }, Error::BadLicence);
			}
			for tags in [&["EN"][..], &["e"], &["engl"], &["en-"], &["en_GB"], &[""], &["en", "en"]]
			{
				refused(Details { languages: languages(tags), ..details() }, Error::BadLanguage);
			}
			for uri in [&b"https://a b"[..], b"https://\xc3\xa4", b"\n"] {
				let uri = Uri::truncate_from(uri.to_vec());
				refused(Details { uri, ..details() }, Error::BadUri);
			}
			let parent = Some(ModelId::repeat_byte(9));
			refused(Details { parent, ..details() }, Error::UnknownParent);
		});
	}

	#[test]
	fn accepts_what_people_write() {
		ExtBuilder::default().execute_with(|| {
			let written = Details {
				name: "Modèle à 135 M".as_bytes().to_vec().try_into().unwrap(),
				licence: b"(MIT OR Apache-2.0) AND GPL-2.0+".to_vec().try_into().unwrap(),
				languages: languages(&["en", "de", "zh-Hant", "gsw", "es-419"]),
				uri: Default::default(),
				parent: None,
			};
			assert_ok!(try_register(manifest(1), written));
		});
	}

	#[test]
	fn refuses_a_sponsor_who_cannot_pay() {
		ExtBuilder::default().execute_with(|| {
			assert_noop!(
				Models::register(signed(PAUPER), manifest(1), details()),
				Error::<Test>::DepositTooHigh
			);
		});
	}

	#[test]
	fn keeps_the_existential_deposit_free() {
		ExtBuilder::default().execute_with(|| {
			let spare = ENDOWMENT - deposit();
			assert_ok!(Balances::transfer_allow_death(signed(SPONSOR), STRANGER, spare - 9));
			assert_noop!(try_register(manifest(1), details()), Error::<Test>::DepositTooHigh);
			assert_ok!(Balances::transfer_allow_death(signed(STRANGER), SPONSOR, 1));
			assert_ok!(try_register(manifest(1), details()));
		});
	}
}

mod status {
	use super::*;

	#[test]
	fn goes_from_active_to_quarantined_and_back() {
		ExtBuilder::default().execute_with(|| {
			let model = register(1);
			events();

			assert_ok!(Models::quarantine(signed(SPONSOR), model));
			assert!(!Models::is_active(&model));
			assert_eq!(Models::model_and_status(&model).unwrap().1, Status::Quarantined);

			assert_ok!(Models::reactivate(signed(SPONSOR), model));
			assert!(Models::is_active(&model));
			assert_eq!(events(), [Event::Quarantined { model }, Event::Reactivated { model }]);
		});
	}

	#[test]
	fn ends_with_a_recall() {
		ExtBuilder::default().execute_with(|| {
			let [active, quarantined] = [1, 2].map(register);
			assert_ok!(Models::quarantine(signed(SPONSOR), quarantined));
			events();
			System::set_block_number(7);
			for model in [active, quarantined] {
				assert_ok!(Models::recall(signed(SPONSOR), model));
				let status = Models::model_and_status(&model).unwrap().1;
				assert_eq!(status, Status::Recalled { since: 7 });
				assert_eq!(events(), [Event::Recalled { model, deregister_from: 107 }]);

				let origin = || signed(SPONSOR);
				assert_noop!(Models::recall(origin(), model), Error::<Test>::AlreadyRecalled);
				assert_noop!(Models::quarantine(origin(), model), Error::<Test>::NotActive);
				assert_noop!(Models::reactivate(origin(), model), Error::<Test>::NotQuarantined);
			}
		});
	}

	#[test]
	fn is_changed_by_the_sponsor_only() {
		ExtBuilder::default().execute_with(|| {
			let model = register(1);
			let origin = || signed(STRANGER);
			assert_noop!(Models::quarantine(origin(), model), Error::<Test>::NotSponsor);
			assert_noop!(Models::reactivate(origin(), model), Error::<Test>::NotSponsor);
			assert_noop!(Models::recall(origin(), model), Error::<Test>::NotSponsor);
			assert_noop!(Models::deregister(origin(), model), Error::<Test>::NotSponsor);
		});
	}

	#[test]
	fn is_changed_in_its_order_only() {
		ExtBuilder::default().execute_with(|| {
			let model = register(1);
			let origin = || signed(SPONSOR);
			assert_noop!(Models::reactivate(origin(), model), Error::<Test>::NotQuarantined);
			assert_noop!(Models::deregister(origin(), model), Error::<Test>::NotRecalled);
			assert_ok!(Models::quarantine(origin(), model));
			assert_noop!(Models::quarantine(origin(), model), Error::<Test>::NotActive);
			assert_noop!(Models::deregister(origin(), model), Error::<Test>::NotRecalled);
		});
	}

	#[test]
	fn belongs_to_registered_models() {
		ExtBuilder::default().execute_with(|| {
			let model = ModelId::repeat_byte(9);
			let origin = || signed(SPONSOR);
			assert_noop!(Models::quarantine(origin(), model), Error::<Test>::UnknownModel);
			assert_noop!(Models::reactivate(origin(), model), Error::<Test>::UnknownModel);
			assert_noop!(Models::recall(origin(), model), Error::<Test>::UnknownModel);
			assert_noop!(Models::deregister(origin(), model), Error::<Test>::UnknownModel);
			assert_eq!(Models::model_and_status(&model), None);
			assert_eq!(Models::model(model), None);
			assert!(!Models::is_active(&model));
		});
	}
}

mod deregister {
	use super::*;

	#[test]
	fn releases_the_deposit_after_the_recall_period() {
		ExtBuilder::default().execute_with(|| {
			let [model, other] = [1, 2].map(register);
			let deposit = deposit();
			assert_ok!(Models::recall(signed(SPONSOR), model));
			System::set_block_number(100);
			assert_noop!(Models::deregister(signed(SPONSOR), model), Error::<Test>::TooEarly);
			System::set_block_number(101);
			events();

			assert_ok!(Models::deregister(signed(SPONSOR), model));
			assert_eq!(events(), [Event::Deregistered { model, sponsor: SPONSOR, deposit }]);
			assert_eq!(held(SPONSOR), deposit);
			assert_eq!(Models::model(model), None);
			assert!(Models::model(other).is_some());
			assert_eq!(ModelMap::<Test>::count(), 1);
			// The name is free again.
			assert_eq!(register(1), model);
		});
	}

	#[test]
	fn leaves_children_as_they_are() {
		ExtBuilder::default().execute_with(|| {
			let parent = register(1);
			assert_ok!(try_register(manifest(2), Details { parent: Some(parent), ..details() }));
			assert_ok!(Models::recall(signed(SPONSOR), parent));
			System::set_block_number(101);
			assert_ok!(Models::deregister(signed(SPONSOR), parent));
			let child = Models::model(manifest(2).id()).unwrap();
			assert_eq!(child.details.parent, Some(parent));
		});
	}
}

mod views {
	use super::*;

	#[test]
	fn page_through_all_models() {
		ExtBuilder::default().execute_with(|| {
			let mut all: Vec<_> = (0..5).map(register).collect();
			all.sort();
			let ids = |after, limit| -> Vec<_> {
				Models::models(after, limit).into_iter().map(|model| model.id).collect()
			};
			assert_eq!(ids(None, 2), all[..2]);
			assert_eq!(ids(Some(all[1]), 2), all[2..4]);
			assert_eq!(ids(Some(all[3]), u32::MAX), all[4..]);
			assert!(ids(Some(all[4]), 1).is_empty());
		});
	}
}

mod genesis {
	use super::*;

	#[test]
	fn registers_models_at_their_sponsors_cost() {
		let parent = Some(manifest(1).id());
		let child = crate::GenesisModel { parent, ..genesis_model(2) };
		ExtBuilder::default().with_models(vec![genesis_model(1), child]).execute_with(|| {
			assert!(Models::is_active(&manifest(1).id()));
			let child = Models::model(manifest(2).id()).unwrap();
			assert_eq!(child.details.parent, Some(manifest(1).id()));
			assert_eq!(child.details.languages, languages(&["en"]));
			assert!(held(SPONSOR) > 0);
		});
	}

	#[test]
	fn reads_what_people_write() {
		let manifest = serde_json::to_value(manifest(1)).unwrap();
		let json = serde_json::json!({
			"models": [{ "sponsor": 1, "manifest": manifest, "name": "Demo", "licence": "MIT" }]
		});
		let config: crate::GenesisConfig<Test> = serde_json::from_value(json).unwrap();
		let expected = crate::GenesisModel { languages: vec![], ..genesis_model(1) };
		assert_eq!(config.models, [expected]);
	}

	#[test]
	#[should_panic(expected = "model \"Demo\" of the genesis state: Module(ModuleError")]
	fn refuses_an_unsound_model() {
		let mut model = genesis_model(1);
		model.manifest.work_per_prompt_token = 1;
		ExtBuilder::default().with_models(vec![model]).build();
	}

	#[test]
	#[should_panic(expected = "BadUri")]
	fn refuses_details_that_are_too_long() {
		let model = crate::GenesisModel { uri: "x".repeat(257), ..genesis_model(1) };
		ExtBuilder::default().with_models(vec![model]).build();
	}
}

mod try_state {
	use super::*;

	/// Runs on a chain with one model; whatever `corrupt` does must be noticed.
	fn notices(message: &'static str, corrupt: impl FnOnce(ModelId)) {
		ExtBuilder::default().build().execute_with(|| {
			let model = register(1);
			assert_ok!(Models::do_try_state());
			corrupt(model);
			assert_eq!(Models::do_try_state(), Err(message.into()));
		});
	}

	fn change(model: ModelId, change: impl FnOnce(&mut crate::types::ModelOf<Test>)) {
		ModelMap::<Test>::mutate(model, |record| change(record.as_mut().unwrap()));
	}

	#[test]
	fn notices_a_key_that_is_not_the_hash() {
		notices("a model's key is not the hash of its manifest", |model| {
			change(model, |record| record.manifest.template_tokens += 1)
		});
	}

	#[test]
	fn notices_an_unsound_manifest() {
		notices("a registered manifest is not sound", |model| {
			let mut record = ModelMap::<Test>::take(model).unwrap();
			record.manifest.work_per_prompt_token += 1;
			ModelMap::<Test>::insert(record.manifest.id(), record);
		});
	}

	#[test]
	fn notices_missing_details() {
		notices("a model has no details", ModelDetails::<Test>::remove);
	}

	#[test]
	fn notices_malformed_details() {
		notices("a model's details are malformed", |model| {
			ModelDetails::<Test>::insert(model, Details::default())
		});
	}

	#[test]
	fn notices_details_without_a_model() {
		notices("details are stored without a model", |_| {
			ModelDetails::<Test>::insert(ModelId::repeat_byte(9), details())
		});
	}

	#[test]
	fn notices_a_wrong_count() {
		notices("the number of models is wrong", |_| {
			let counter = frame_support::storage::storage_prefix(b"Models", b"CounterForModels");
			frame_support::storage::unhashed::put(&counter, &7u32)
		});
	}

	#[test]
	fn notices_a_hold_that_is_not_the_sum() {
		notices("a sponsor's hold is not the sum of its deposits", |model| {
			change(model, |record| record.deposit += 1)
		});
		notices("a sponsor's hold is not the sum of its deposits", |_| {
			assert_ok!(Balances::hold(&crate::HoldReason::ModelDeposit.into(), &SPONSOR, 1));
		});
		notices("a deposit is held of an account that sponsors no model", |_| {
			assert_ok!(Balances::hold(&crate::HoldReason::ModelDeposit.into(), &STRANGER, 1));
		});
	}

	#[test]
	fn notices_deposits_beyond_any_issuance() {
		notices("a sponsor's deposits overflow", |model| {
			register(2);
			change(model, |record| record.deposit = u128::MAX)
		});
	}
}
