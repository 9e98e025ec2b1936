// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Who may work.

use super::{jobs::BASE_ANSWER_TIME, sprints::SprintCommitWindow};
use crate::{
	constants::{unless_fast, DAYS, ERG, HOURS, MINUTES},
	AccountId, Balance, Balances, BlockNumber, Models, Power, Providers, Runtime,
};
use alloc::vec::Vec;
use ergon_core::{crypto::worker::WorkerId, ModelId, Work};
use ergon_economics::{
	constants::{MAX_IDLE, REPUTATION_HALF_LIFE, VALUE_AT_RISK_DIVISOR},
	Outcome, TokenPrices,
};
use frame_support::{
	parameter_types,
	traits::{fungible::Credit, ConstU128, ConstU32},
};
use pallet_jobs::traits::{Audited, Need, Standing};
use pallet_providers::Assignment;
use sp_runtime::SaturatedConversion;

parameter_types! {
	/// Most offers that one assignment looks at.
	pub const MaxOffersPerModel: u32 = 100;
	/// Blocks in which failures are counted together.
	pub const FailureWindow: BlockNumber = unless_fast(DAYS, 10 * MINUTES);
	/// Blocks that a chilled provider has to wait.
	pub const ChillPeriod: BlockNumber = unless_fast(12 * HOURS, 5 * MINUTES);
	/// Blocks without work after which clean audits count no more.
	pub const MaxIdle: BlockNumber = unless_fast(MAX_IDLE, 20 * MINUTES);
	/// Blocks between `unbond` and `withdraw`.
	pub const ProviderUnbonding: BlockNumber = unless_fast(7 * DAYS, 10 * MINUTES);
}

/// Jobs that a provider may have at a time without having proved anything. Networks for tests are gone before
/// anybody has proved much.
pub const UNPROVED_JOBS: u32 = unless_fast(4, 64);

impl pallet_providers::Config for Runtime {
	type BondPerSlot = ConstU128<{ 10 * ERG }>;
	type Capacity = Proved;
	type ChillPeriod = ChillPeriod;
	type Currency = Balances;
	type FailureWindow = FailureWindow;
	type MaxFailures = ConstU32<5>;
	type MaxIdle = MaxIdle;
	type MaxOffers = ConstU32<16>;
	type MaxOffersScanned = MaxOffersPerModel;
	type MinBond = ConstU128<{ 100 * ERG }>;
	type Models = ActiveModels;
	type ReputationHalfLife = ConstU32<REPUTATION_HALF_LIFE>;
	type UnbondingPeriod = ProviderUnbonding;
	type UnprovedJobs = ConstU32<UNPROVED_JOBS>;
	type ValueAtRiskDivisor = ConstU32<VALUE_AT_RISK_DIVISOR>;
	type WeightInfo = pallet_providers::weights::SubstrateWeight<Runtime>;
}

/// What operators have proved in sprints, as providers see it: who provides and who proves is the same account.
pub struct Proved;

impl pallet_providers::Capacity<AccountId> for Proved {
	fn proved(who: &AccountId) -> Work {
		within_answer_time(Power::proved_in_sprints(who))
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn prove_for_benchmark(who: &AccountId) {
		super::fixtures::prove_in_sprints(who)
	}
}

/// What somebody does in the shortest time in which a job is due, who does `work` in the window of a sprint.
fn within_answer_time(work: Work) -> Work {
	let window = u128::from(SprintCommitWindow::get().max(1));
	let most = u128::from(work).saturating_mul(BASE_ANSWER_TIME.into()) / window;
	most.saturated_into()
}

/// The registered models, as providers see them.
pub struct ActiveModels;

impl pallet_providers::Models for ActiveModels {
	fn is_active(model: &ModelId) -> bool {
		Models::is_active(model)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(seed: u32) -> ModelId {
		super::fixtures::register_any_model(seed)
	}
}

/// The providers' offers, as jobs see them.
pub struct Offers;

/// Puts a question in the words of the providers' pallet.
fn ask<R>(
	need: &Need<AccountId, Balance>,
	question: impl FnOnce(&pallet_providers::Need<AccountId>) -> R,
) -> R {
	let admits = |of: &pallet_providers::Standing, prices: &TokenPrices| {
		(need.admits)(&standing(*of), prices)
	};
	question(&pallet_providers::Need {
		model: need.model,
		prompt_tokens: need.prompt_tokens,
		output_tokens: need.output_tokens,
		max_price: need.max_price,
		work: need.work,
		countries: &need.constraints.countries,
		min_reputation: need.constraints.min_reputation,
		provider: need.constraints.provider.as_ref(),
		excluded: need.excluded,
		admits: &admits,
	})
}

fn standing(standing: pallet_providers::Standing) -> Standing<Balance> {
	let pallet_providers::Standing { bond, clean_audits, value_at_risk } = standing;
	Standing { bond, clean_audits, value_at_risk }
}

impl pallet_jobs::traits::Providers<AccountId, Balance, BlockNumber> for Offers {
	type Credit = Credit<AccountId, Balances>;

	fn assign(
		need: &Need<AccountId, Balance>,
		randomness: [u8; 32],
	) -> Option<(AccountId, TokenPrices)> {
		let assigned = ask(need, |need| Providers::assign(need, randomness));
		let Assignment { provider, prices } = assigned?;
		Some((provider, prices))
	}

	fn cheapest(need: &Need<AccountId, Balance>) -> Option<Balance> {
		ask(need, Providers::cheapest)
	}

	fn eligible(need: &Need<AccountId, Balance>) -> Vec<(AccountId, TokenPrices)> {
		ask(need, Providers::eligible)
			.into_iter()
			.map(|Assignment { provider, prices }| (provider, prices))
			.collect()
	}

	fn worker(provider: &AccountId) -> Option<WorkerId> {
		Providers::worker(provider)
	}

	fn by_worker(worker: &WorkerId) -> Option<AccountId> {
		Providers::by_worker(worker)
	}

	fn offer_count(model: &ModelId) -> u32 {
		// No question looks at more.
		Providers::offer_count(model).min(MaxOffersPerModel::get())
	}

	fn vacate(provider: &AccountId, model: &ModelId, work: Work, safe_at: BlockNumber) {
		Providers::vacate(provider, model, work, safe_at)
	}

	fn release(provider: &AccountId, max_price: Balance) {
		Providers::release(provider, max_price)
	}

	fn note_failure(provider: &AccountId) {
		Providers::note_failure(provider)
	}

	fn note_audited(provider: &AccountId, outcome: Audited) {
		let outcome = match outcome {
			Audited::Clean => Outcome::Clean,
			Audited::Faulty => Outcome::Faulty,
		};
		Providers::note_audited(provider, outcome)
	}

	fn standing(provider: &AccountId) -> Standing<Balance> {
		standing(Providers::standing(provider))
	}

	fn slash(provider: &AccountId, amount: Balance) -> (Self::Credit, Balance) {
		let slashed = Providers::slash(provider, amount);
		(slashed.credit, slashed.shortfall)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(
		provider: &AccountId,
		model: &ModelId,
		worker: WorkerId,
		prices: TokenPrices,
	) {
		super::fixtures::register_provider(provider, model, worker, prices)
	}
}
