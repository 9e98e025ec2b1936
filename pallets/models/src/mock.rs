// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! A chain with nothing but models.

use crate as pallet_models;
use crate::{
	types::{Language, Languages},
	Details, Event, GenesisModel, Pallet,
};
use ergon_core::{model::ARITHMETIC_X1, Architecture, Dimensions, ModelId, ModelManifest, H256};
use ergon_economics::Balance;
use frame_support::{derive_impl, parameter_types, traits::ConstU128, traits::ConstU64};
use sp_runtime::BuildStorage;

pub(crate) type AccountId = u64;

/// Somebody who registers models.
pub(crate) const SPONSOR: AccountId = 1;
/// Somebody else.
pub(crate) const STRANGER: AccountId = 2;
/// Somebody who cannot pay a deposit.
pub(crate) const PAUPER: AccountId = 3;
/// What [`SPONSOR`] and [`STRANGER`] start with.
pub(crate) const ENDOWMENT: Balance = 1_000_000;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Models = pallet_models;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<10>;
	type AccountStore = System;
}

parameter_types! {
	pub const BaseDeposit: Balance = 1_000;
	pub const ByteDeposit: Balance = 10;
}

impl pallet_models::Config for Test {
	type WeightInfo = ();
	type Currency = Balances;
	type BaseDeposit = BaseDeposit;
	type ByteDeposit = ByteDeposit;
	type RecallPeriod = ConstU64<100>;
}

/// A sound manifest; different seeds give different models.
pub(crate) fn manifest(seed: u8) -> ModelManifest {
	let dimensions = Dimensions {
		vocabulary: 256,
		hidden: 64,
		intermediate: 128,
		layers: 2,
		heads: 4,
		key_value_heads: 2,
		head_width: 16,
		context: 128,
	};
	ModelManifest {
		arithmetic: ARITHMETIC_X1,
		architecture: Architecture::Llama,
		dimensions,
		weights_root: H256::repeat_byte(seed),
		tables_root: H256::repeat_byte(1),
		vocabulary_root: H256::repeat_byte(2),
		merges_root: H256::repeat_byte(3),
		text_rules: H256::repeat_byte(3),
		template_tokens: 8,
		work_per_prompt_token: dimensions.work_per_prompt_token(Architecture::Llama),
		work_per_output_token: dimensions.work_per_output_token(Architecture::Llama),
	}
}

pub(crate) fn languages(tags: &[&str]) -> Languages {
	let tags = tags.iter().map(|tag| Language::truncate_from(tag.as_bytes().to_vec()));
	tags.collect::<Vec<_>>().try_into().unwrap()
}

pub(crate) fn details() -> Details {
	Details {
		name: b"Demo".to_vec().try_into().unwrap(),
		licence: b"Apache-2.0 OR MIT".to_vec().try_into().unwrap(),
		parent: None,
		languages: languages(&["en", "pt-BR"]),
		uri: b"https://example.org/demo".to_vec().try_into().unwrap(),
	}
}

/// What [`details`] costs.
pub(crate) fn deposit() -> Balance {
	Pallet::<Test>::deposit(details())
}

/// A model as a preset writes it.
pub(crate) fn genesis_model(seed: u8) -> GenesisModel<AccountId> {
	GenesisModel {
		sponsor: SPONSOR,
		manifest: manifest(seed),
		name: "Demo".into(),
		licence: "MIT".into(),
		parent: None,
		languages: vec!["en".into()],
		uri: String::new(),
	}
}

/// A chain to be, with the models of its genesis state.
#[derive(Default)]
pub(crate) struct ExtBuilder {
	models: Vec<GenesisModel<AccountId>>,
}

impl ExtBuilder {
	pub(crate) fn with_models(self, models: Vec<GenesisModel<AccountId>>) -> Self {
		Self { models }
	}

	pub(crate) fn build(self) -> sp_io::TestExternalities {
		let balances = vec![(SPONSOR, ENDOWMENT), (STRANGER, ENDOWMENT), (PAUPER, 500)];
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
			models: pallet_models::GenesisConfig { models: self.models },
			..Default::default()
		};
		let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
		ext.execute_with(|| System::set_block_number(1));
		ext
	}

	/// Runs a test and checks the invariants after it: the pallet's, and that no money appeared or
	/// vanished.
	pub(crate) fn execute_with(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			let issuance = Balances::total_issuance();
			test();
			Models::do_try_state().unwrap();
			assert_eq!(Balances::total_issuance(), issuance);
		});
	}
}

#[cfg(feature = "runtime-benchmarks")]
pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	ExtBuilder::default().build()
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet::<Event<Test>>();
	System::reset_events();
	events
}

pub(crate) fn register(seed: u8) -> ModelId {
	let model = manifest(seed);
	Models::register(RuntimeOrigin::signed(SPONSOR), model, details()).unwrap();
	model.id()
}
