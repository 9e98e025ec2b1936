// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of every call, with details as long as they can be.

use crate::{
	types::{CurrencyOf, MAX_LANGUAGE, MAX_LANGUAGES, MAX_LICENCE, MAX_NAME, MAX_URI},
	Call, Config, Details, Models, Pallet, Status,
};
use alloc::vec::Vec;
use ergon_core::{model::ARITHMETIC_X1, Architecture, Dimensions, ModelId, ModelManifest, H256};
use frame_benchmarking::v2::*;
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	Get,
};
use frame_system::RawOrigin;
use sp_runtime::{traits::Saturating, BoundedVec};

/// Registers an active model.
fn registered<T: Config>() -> (T::AccountId, ModelId) {
	let details = details(None);
	let sponsor = funded::<T>(&details);
	let model = Pallet::<T>::do_register(sponsor.clone(), manifest(0), details)
		.unwrap_or_else(|error| panic!("a sound model was refused: {error:?}"));
	(sponsor, model)
}

/// A sound manifest of the size of SmolLM2-135M.
fn manifest(seed: u8) -> ModelManifest {
	let dimensions = Dimensions {
		vocabulary: 49_152,
		hidden: 576,
		intermediate: 1_536,
		layers: 30,
		heads: 9,
		key_value_heads: 3,
		head_width: 64,
		context: 8_192,
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
		template_tokens: 32,
		work_per_prompt_token: dimensions.work_per_prompt_token(Architecture::Llama),
		work_per_output_token: dimensions.work_per_output_token(Architecture::Llama),
	}
}

/// Details of the greatest length.
fn details(parent: Option<ModelId>) -> Details {
	let languages = (0..MAX_LANGUAGES as u8).map(|i| {
		let mut tag = *b"en-x-aaaaaaa";
		tag[11] = if i < 26 { b'a' + i } else { b'A' + i - 26 };
		debug_assert_eq!(tag.len(), MAX_LANGUAGE as usize);
		BoundedVec::truncate_from(tag.to_vec())
	});
	Details {
		name: filled::<{ MAX_NAME as usize }>().into(),
		licence: filled::<{ MAX_LICENCE as usize }>().into(),
		parent,
		languages: BoundedVec::truncate_from(languages.collect()),
		uri: filled::<{ MAX_URI as usize }>().into(),
	}
}

/// Wrapper that makes [`details`] readable: a text of `N` bytes.
struct Filled<const N: usize>;

fn filled<const N: usize>() -> Filled<N> {
	Filled
}

impl<const N: usize, S: Get<u32>> From<Filled<N>> for BoundedVec<u8, S> {
	fn from(_: Filled<N>) -> Self {
		BoundedVec::truncate_from(Vec::from([b'x'; N]))
	}
}

/// An account that can pay the deposit.
fn funded<T: Config>(details: &Details) -> T::AccountId {
	let sponsor = account("sponsor", 0, 0);
	let deposit = Pallet::<T>::deposit_for(details);
	let amount = deposit.saturating_add(CurrencyOf::<T>::minimum_balance());
	if let Err(error) = CurrencyOf::<T>::mint_into(&sponsor, amount) {
		panic!("a sponsor could not be funded: {error:?}");
	}
	sponsor
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() -> Result<(), BenchmarkError> {
		let (_, parent) = registered::<T>();
		let details = details(Some(parent));
		let sponsor = funded::<T>(&details);
		#[extrinsic_call]
		_(RawOrigin::Signed(sponsor), manifest(1), details);

		assert!(Pallet::<T>::is_active(&manifest(1).id()));
		Ok(())
	}

	#[benchmark]
	fn quarantine() -> Result<(), BenchmarkError> {
		let (sponsor, model) = registered::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(sponsor), model);

		assert!(!Pallet::<T>::is_active(&model));
		Ok(())
	}

	#[benchmark]
	fn reactivate() -> Result<(), BenchmarkError> {
		let (sponsor, model) = registered::<T>();
		Pallet::<T>::do_quarantine(sponsor.clone(), model)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(sponsor), model);

		assert!(Pallet::<T>::is_active(&model));
		Ok(())
	}

	#[benchmark]
	fn recall() -> Result<(), BenchmarkError> {
		let (sponsor, model) = registered::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(sponsor), model);

		let status = Pallet::<T>::model_and_status(&model).map(|(_, status)| status);
		assert!(matches!(status, Some(Status::Recalled { .. })));
		Ok(())
	}

	#[benchmark]
	fn deregister() -> Result<(), BenchmarkError> {
		let (sponsor, model) = registered::<T>();
		Pallet::<T>::do_recall(sponsor.clone(), model)?;
		let now = frame_system::Pallet::<T>::block_number();
		frame_system::Pallet::<T>::set_block_number(now.saturating_add(T::RecallPeriod::get()));
		#[extrinsic_call]
		_(RawOrigin::Signed(sponsor), model);

		assert!(!Models::<T>::contains_key(model));
		Ok(())
	}

	#[benchmark]
	fn model_and_status() -> Result<(), BenchmarkError> {
		let (_, model) = registered::<T>();
		let found;
		#[block]
		{
			found = Pallet::<T>::model_and_status(&model);
		}

		assert!(found.is_some());
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
