// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What nodes and clients may ask of the runtime.

use crate::{
	configs::authorities::weighted_validators,
	constants::BABE_GENESIS_EPOCH_CONFIG,
	ergon_api::{Activity, JobView, PowerDistribution},
	presets, AccountId, Audits, Babe, Balance, Block, BlockNumber, Disputes, Executive, Grandpa,
	Historical, InherentDataExt, Jobs, Models, Nonce, Power, Providers, Rewards, Runtime,
	RuntimeCall, RuntimeGenesisConfig, Session, SessionKeys, Sprints, System, TransactionPayment,
	VERSION,
};
#[cfg(feature = "runtime-benchmarks")]
use alloc::string::String;
use alloc::vec::Vec;
use codec::Encode;
use ergon_core::{
	crypto::{audit::AuditorId, worker::WorkerId, AUDIT_KEY_TYPE},
	JobId, JobKind, ModelId,
};
use frame_support::{
	genesis_builder_helper::{build_state, get_preset},
	traits::{Get, KeyOwnerProofSystem},
	view_functions::{ViewFunctionDispatchError, ViewFunctionId},
	weights::Weight,
};
use pallet_audits::{Duty, DutyRecord, EraIndex};
use pallet_disputes::{NextMove, PlayerKey};
use pallet_jobs::{Constraints, EligibleProvider, OpenJob, Quote, Receipt};
use pallet_providers::ProviderInfo;
use pallet_rewards::{Emission, RewardInfo};
use pallet_sprints::{EntryInfo, SprintInfo};
use sp_api::impl_runtime_apis;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult, DispatchError, ExtrinsicInclusionMode,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}

		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block)
		}

		fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}

		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}

		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
		fn execute_view_function(
			id: ViewFunctionId,
			input: Vec<u8>,
		) -> Result<Vec<u8>, ViewFunctionDispatchError> {
			Runtime::execute_view_function(id, input)
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}

		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}

		fn inherent_extrinsics(data: InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}

		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: InherentData,
		) -> CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			transaction: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, transaction, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_babe::BabeApi<Block> for Runtime {
		fn configuration() -> sp_consensus_babe::BabeConfiguration {
			let epoch_config = Babe::epoch_config().unwrap_or(BABE_GENESIS_EPOCH_CONFIG);
			sp_consensus_babe::BabeConfiguration {
				slot_duration: Babe::slot_duration(),
				epoch_length: <Runtime as pallet_babe::Config>::EpochDuration::get(),
				c: epoch_config.c,
				authorities: Babe::authorities().to_vec(),
				randomness: Babe::randomness(),
				allowed_slots: epoch_config.allowed_slots,
			}
		}

		fn current_epoch_start() -> sp_consensus_babe::Slot {
			Babe::current_epoch_start()
		}

		fn current_epoch() -> sp_consensus_babe::Epoch {
			Babe::current_epoch()
		}

		fn next_epoch() -> sp_consensus_babe::Epoch {
			Babe::next_epoch()
		}

		fn generate_key_ownership_proof(
			_slot: sp_consensus_babe::Slot,
			authority_id: sp_consensus_babe::AuthorityId,
		) -> Option<sp_consensus_babe::OpaqueKeyOwnershipProof> {
			Historical::prove((sp_consensus_babe::KEY_TYPE, authority_id))
				.map(|proof| proof.encode())
				.map(sp_consensus_babe::OpaqueKeyOwnershipProof::new)
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: sp_consensus_babe::EquivocationProof<<Block as BlockT>::Header>,
			key_owner_proof: sp_consensus_babe::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			// BABE's block import (sc-consensus-babe 0.60) reports headers without their seals, and before
			// our node reports them with. Such a report would fail in its block, and until then keep the
			// good one out of the pool, which takes one per offender and slot.
			if !sp_consensus_babe::check_equivocation_proof(equivocation_proof.clone()) {
				return None;
			}
			let key_owner_proof = key_owner_proof.decode()?;
			Babe::submit_unsigned_equivocation_report(equivocation_proof, key_owner_proof)
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			Grandpa::grandpa_authorities()
		}

		fn current_set_id() -> sp_consensus_grandpa::SetId {
			pallet_grandpa::CurrentSetId::<Runtime>::get()
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: sp_consensus_grandpa::EquivocationProof<
				<Block as BlockT>::Hash,
				NumberFor<Block>,
			>,
			key_owner_proof: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			let key_owner_proof = key_owner_proof.decode()?;
			Grandpa::submit_unsigned_equivocation_report(equivocation_proof, key_owner_proof)
		}

		fn generate_key_ownership_proof(
			_set_id: sp_consensus_grandpa::SetId,
			authority_id: sp_consensus_grandpa::AuthorityId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority_id))
				.map(|proof| proof.encode())
				.map(sp_consensus_grandpa::OpaqueKeyOwnershipProof::new)
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(
			owner: Vec<u8>,
			seed: Option<Vec<u8>>,
		) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}

		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance>
		for Runtime
	{
		fn query_info(
			transaction: <Block as BlockT>::Extrinsic,
			length: u32,
		) -> pallet_transaction_payment_rpc_runtime_api::RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_info(transaction, length)
		}

		fn query_fee_details(
			transaction: <Block as BlockT>::Extrinsic,
			length: u32,
		) -> pallet_transaction_payment::FeeDetails<Balance> {
			TransactionPayment::query_fee_details(transaction, length)
		}

		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<
		Block,
		Balance,
		RuntimeCall,
	> for Runtime {
		fn query_call_info(
			call: RuntimeCall,
			length: u32,
		) -> pallet_transaction_payment::RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_call_info(call, length)
		}

		fn query_call_fee_details(
			call: RuntimeCall,
			length: u32,
		) -> pallet_transaction_payment::FeeDetails<Balance> {
			TransactionPayment::query_call_fee_details(call, length)
		}

		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl crate::ergon_api::ErgonApi<Block> for Runtime {
		fn quote(
			requester: AccountId,
			model: ModelId,
			kind: JobKind,
			prompt_bytes: u32,
			constraints: Constraints<AccountId>,
		) -> Result<Quote, DispatchError> {
			Jobs::query_quote(requester, model, kind, prompt_bytes, constraints)
		}

		fn job(id: JobId) -> Option<JobView> {
			Jobs::query_job(id)
		}

		fn open_jobs(after: Option<JobId>, limit: u32) -> Vec<OpenJob<AccountId, BlockNumber>> {
			Jobs::query_open_jobs(after, limit)
		}

		fn eligible_providers(
			model: ModelId,
			kind: JobKind,
			prompt_bytes: u32,
			max_price: Balance,
			constraints: Constraints<AccountId>,
		) -> Result<Vec<EligibleProvider<AccountId>>, DispatchError> {
			Jobs::query_eligible_providers(model, kind, prompt_bytes, max_price, constraints)
		}

		fn receipt(id: JobId) -> Option<Receipt<AccountId, BlockNumber>> {
			Jobs::query_receipt(id)
		}

		fn duties(auditor: AccountId) -> Vec<Duty<BlockNumber>> {
			Audits::duties(auditor)
		}

		fn duties_of_key(key: AuditorId) -> Vec<Duty<BlockNumber>> {
			Audits::duties_of_key(key)
		}

		fn duty_records(auditor: AccountId) -> Vec<(EraIndex, DutyRecord)> {
			Audits::duty_records(auditor)
		}

		fn next_move(job: JobId) -> Option<NextMove<BlockNumber>> {
			Disputes::next_move(&job)
		}

		fn stand_in(job: JobId, key: PlayerKey, turn: Vec<u8>) -> Option<Vec<u8>> {
			let call = Disputes::stand_in_with(job, key, &turn)?;
			Some(RuntimeCall::from(call).encode())
		}

		fn provider(account: AccountId) -> Option<ProviderInfo<AccountId, BlockNumber>> {
			Providers::provider(account)
		}

		fn providers(
			after: Option<AccountId>,
			limit: u32,
		) -> Vec<ProviderInfo<AccountId, BlockNumber>> {
			Providers::providers(after, limit)
		}

		fn provider_of_worker(worker: WorkerId) -> Option<AccountId> {
			Providers::by_worker(&worker)
		}

		fn models(
			after: Option<ModelId>,
			limit: u32,
		) -> Vec<pallet_models::ModelInfo<AccountId, BlockNumber>> {
			Models::models(after, limit)
		}

		fn power(account: AccountId) -> Option<pallet_power::PowerTerms> {
			Power::power_of(account)
		}

		fn power_limits(account: AccountId) -> Vec<pallet_power::PowerLimit> {
			Power::limits_of(account)
		}

		fn power_distribution() -> PowerDistribution {
			PowerDistribution::now()
		}

		fn sprint() -> Option<SprintInfo<BlockNumber>> {
			Sprints::sprint()
		}

		fn sprint_entry(account: AccountId) -> Option<EntryInfo> {
			Sprints::entry(Sprints::sprint()?.era, account)
		}

		fn authority_weights() -> Vec<(AccountId, u64)> {
			weighted_validators()
		}

		fn validator_of_key(key: AuditorId) -> Option<AccountId> {
			Session::key_owner(AUDIT_KEY_TYPE, key.as_ref())
		}

		fn rewards(account: AccountId) -> RewardInfo {
			Rewards::rewards_of(account)
		}

		fn emission() -> Emission {
			Rewards::emission()
		}

		fn activity() -> Activity {
			Activity::of_this_block()
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}

		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, presets::get)
		}

		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			presets::names()
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(extra: bool) -> (
			Vec<frame_benchmarking::BenchmarkList>,
			Vec<frame_support::traits::StorageInfo>,
		) {
			use frame_benchmarking::{baseline::Pallet as BaselineBench, BenchmarkList};
			use frame_support::traits::StorageInfoTrait;
			use frame_system_benchmarking::{
				extensions::Pallet as SystemExtensionsBench, Pallet as SystemBench,
			};

			let mut list = Vec::<BenchmarkList>::new();
			list_benchmarks!(list, extra);
			(list, crate::AllPalletsWithSystem::storage_info())
		}

		fn dispatch_benchmark(
			config: frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, String> {
			use frame_benchmarking::{baseline::Pallet as BaselineBench, BenchmarkBatch};
			use frame_support::traits::{TrackedStorageKey, WhitelistedStorageKeys};
			use frame_system_benchmarking::{
				extensions::Pallet as SystemExtensionsBench, Pallet as SystemBench,
			};

			let whitelist: Vec<TrackedStorageKey> =
				crate::AllPalletsWithSystem::whitelisted_storage_keys();
			let mut batches = Vec::<BenchmarkBatch>::new();
			let params = (&config, &whitelist);
			add_benchmarks!(params, batches);
			Ok(batches)
		}
	}

	#[cfg(feature = "try-runtime")]
	impl frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(
			checks: frame_try_runtime::UpgradeCheckSelect,
		) -> (Weight, Weight) {
			#[allow(clippy::unwrap_used, reason = "a failed check is to stop the dry run")]
			let weight = Executive::try_runtime_upgrade(checks).unwrap();
			(weight, crate::configs::system::RuntimeBlockWeights::get().max_block)
		}

		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: frame_try_runtime::TryStateSelect,
		) -> Weight {
			#[allow(clippy::unwrap_used, reason = "a failed check is to stop the dry run")]
			Executive::try_execute_block(block, state_root_check, signature_check, select).unwrap()
		}
	}
}
