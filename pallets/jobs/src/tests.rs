// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the tests of all topics use.

mod agenda;
mod assign;
mod attest;
mod conservation;
mod corruption;
mod offchain;
mod poke_prune;
mod replicas;
mod settle;
mod submit;
mod views;

use crate::{
	mock::{Jobs, *},
	pallet::*,
	traits::TokenPrices,
	*,
};
use codec::Encode;
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	crypto::{signing_payload, DECLINE_DOMAIN},
	job::{job_id, prompt_root, DeclineReason},
	Attestation, Bundle, FinishReason, GenerationParams, JobId, JobKind, ModelId, Output, Work,
	H256,
};
use frame_support::dispatch::{DispatchResultWithPostInfo, GetDispatchInfo};
use sp_core::Pair;
use sp_runtime::{
	traits::{Applyable, Checkable},
	transaction_validity::{
		InvalidTransaction, TransactionSource, TransactionValidityError, UnknownTransaction,
		ValidTransaction,
	},
	DispatchError,
};

/// Fourteen bytes, so at most 17 tokens with the template's three.
pub(super) const PROMPT: &[u8] = b"What is Ergon?";
/// With [`PROMPT`], 40 output tokens and [`prices`]: 17 × 10 + 40 × 100.
pub(super) const WORST_PRICE: Balance = 4_170;
/// The same in multiply-accumulates of [`manifest`].
pub(super) const WORST_WORK: Work = 17 * 576 + 40 * 1_376;
/// For the record, the prompt and 21 bytes per output token.
pub(super) const DEPOSIT: Balance = 1_000 + 10 * (14 + 40 * 21);

/// Arguments of `submit`, with sensible defaults.
#[derive(Clone)]
pub(super) struct Request {
	pub(super) who: AccountId,
	pub(super) model: ModelId,
	pub(super) kind: JobKind,
	pub(super) prompt: Vec<u8>,
	pub(super) max_price: Balance,
	pub(super) constraints: Constraints<AccountId>,
	pub(super) nonce: u64,
}

impl Default for Request {
	fn default() -> Self {
		Self {
			who: ALICE,
			model: model(),
			kind: generate(40),
			prompt: PROMPT.to_vec(),
			max_price: 10_000,
			constraints: Default::default(),
			nonce: 0,
		}
	}
}

impl Request {
	pub(super) fn submit(self) -> Result<JobId, DispatchError> {
		let now = System::block_number() as u32;
		let id = job_id(GENESIS, &self.who, self.nonce, now);
		let Self { who, model, kind, prompt, max_price, constraints, nonce } = self;
		let origin = RuntimeOrigin::signed(who);
		Jobs::submit(origin, model, kind, prompt, max_price, constraints, nonce)
			.map_err(|error| error.error)?;
		Ok(id)
	}
}

pub(super) fn generate(max_tokens: u16) -> JobKind {
	JobKind::Generate(GenerationParams::greedy(max_tokens))
}

/// Submits the default request with that nonce.
pub(super) fn submit(nonce: u64) -> JobId {
	Request { nonce, ..Default::default() }.submit().unwrap()
}

/// Submits the default request and has it assigned.
pub(super) fn assigned() -> JobId {
	let id = submit(0);
	run_for(2);
	assert_eq!(job(id).status(), JobStatus::Assigned);
	id
}

/// Like [`assigned`], and delivers in the next block.
pub(super) fn attested() -> JobId {
	let id = assigned();
	next_block();
	apply(attest_call(id)).unwrap().unwrap();
	assert_eq!(job(id).status(), JobStatus::Attested);
	id
}

pub(super) fn job(id: JobId) -> Job<Test> {
	pallet::Jobs::<Test>::get(id).unwrap()
}

pub(super) fn assignment(id: JobId) -> Assignment<Test> {
	job(id).assignment().unwrap().clone()
}

/// A text of `tokens` tokens and an attestation that fits it.
pub(super) fn delivery(id: JobId, prompt_tokens: u32, tokens: u32) -> (Attestation, Bundle) {
	let output = Output::Text {
		tokens: vec![7; tokens as usize].try_into().unwrap(),
		text: b"It is a chain.".to_vec().try_into().unwrap(),
	};
	deliver(id, prompt_tokens, output)
}

/// An attestation that fits an output.
pub(super) fn deliver(id: JobId, prompt_tokens: u32, output: Output) -> (Attestation, Bundle) {
	let digests: Vec<H256> =
		(0..output.digest_count()).map(|chunk| H256::from_low_u64_be(chunk.into())).collect();
	let finish = match output {
		Output::Text { .. } => FinishReason::EndOfText,
		Output::Vector(_) => FinishReason::Embedded,
	};
	let bundle = Bundle { output, digests: digests.try_into().unwrap() };
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: id,
		model_root: model(),
		prompt_root: prompt_root(&[1, 2, 3]),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens,
		output_tokens: bundle.output.token_count(),
		finish,
	};
	(attestation, bundle)
}

/// `attest`, signed by `provider` for `round`.
pub(super) fn signed_attest(
	provider: AccountId,
	round: u8,
	(attestation, bundle): (Attestation, Bundle),
) -> Call<Test> {
	let signature = worker(provider).sign(&attestation.signing_payload(GENESIS, round));
	Call::attest { attestation, bundle, round, signature }
}

/// A proper delivery by whoever has the job: 15 prompt and 20 output tokens.
pub(super) fn attest_call(id: JobId) -> Call<Test> {
	signed_attest(assignment(id).provider, job(id).round, delivery(id, 15, 20))
}

/// `decline`, signed by `provider` for `round`.
pub(super) fn signed_decline(
	provider: AccountId,
	id: JobId,
	round: u8,
	reason: DeclineReason,
) -> Call<Test> {
	let payload = signing_payload(DECLINE_DOMAIN, GENESIS, &(round, id, reason));
	let signature = worker(provider).sign(&payload);
	Call::decline { job: id, round, reason, signature }
}

/// A proper refusal by whoever has the job.
pub(super) fn decline_call(id: JobId, reason: DeclineReason) -> Call<Test> {
	signed_decline(assignment(id).provider, id, job(id).round, reason)
}

/// A general transaction with that call.
pub(super) fn transaction(call: Call<Test>) -> Extrinsic {
	Extrinsic::new_transaction(call.into(), (frame_system::AuthorizeCall::new(),))
}

/// What the pool says about a transaction.
pub(super) fn validate(call: Call<Test>) -> Result<ValidTransaction, TransactionValidityError> {
	let transaction = transaction(call);
	let info = transaction.get_dispatch_info();
	let length = transaction.encoded_size();
	Checkable::check(transaction, &frame_system::ChainContext::<Test>::default())
		.expect("there is no signature to check")
		.validate::<Test>(TransactionSource::External, &info, length)
}

/// What a block does with a transaction.
pub(super) fn apply(
	call: Call<Test>,
) -> Result<DispatchResultWithPostInfo, TransactionValidityError> {
	let transaction = transaction(call);
	let info = transaction.get_dispatch_info();
	let length = transaction.encoded_size();
	let result = Checkable::check(transaction, &frame_system::ChainContext::<Test>::default())
		.expect("there is no signature to check")
		.apply::<Test>(&info, length)?;
	if let Ok(post) = &result {
		let actual = post.actual_weight.expect("weights are refunded");
		assert!(actual.all_lte(info.total_weight()), "{actual:?} of {:?}", info.total_weight());
	}
	Jobs::do_try_state().unwrap();
	Ok(result)
}

/// How the pool refuses for good.
pub(super) fn invalid(error: Error<Test>) -> TransactionValidityError {
	InvalidTransaction::Custom(error.encode()[0]).into()
}

/// How the pool refuses what a later block may allow.
pub(super) fn unknown(error: Error<Test>) -> TransactionValidityError {
	UnknownTransaction::Custom(error.encode()[0]).into()
}

/// This pallet's events since the last call.
pub(super) fn events() -> Vec<Event<Test>> {
	let events = System::events();
	System::reset_events();
	events
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Jobs(event) => Some(event),
			_ => None,
		})
		.collect()
}

pub(super) fn free(who: AccountId) -> Balance {
	Balances::free_balance(who)
}

pub(super) fn held(who: AccountId) -> Balance {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&HoldReason::Escrow.into(), &who)
}

pub(super) fn bond_of(who: AccountId, reason: bonds::HoldReason) -> Balance {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&reason.into(), &who)
}

pub(super) fn agenda(slot: BlockNumber) -> Vec<JobId> {
	Agenda::<Test>::get(slot).into_inner()
}
