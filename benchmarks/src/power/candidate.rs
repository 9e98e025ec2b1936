// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What one candidate costs the chain in one era, from its commitments to its reward.
//!
//! Added up from the weights that the chain charges, each as often as it is due. `docs/scale.md` says what follows.

use crate::Error;
use codec::Encode;
use ergon_core::{
	attestation::{ATTESTATION_VERSION, PROFILE_EXACT},
	audit::Reveal,
	sprint::ITEM_OUTPUT_TOKENS,
	Attestation, Bundle, FinishReason, Output, Vote, H256,
};
use ergon_runtime::{
	configs::{session::MaxValidators, system::RuntimeBlockWeights},
	transactions::extension,
	AccountId, Audits, Runtime, RuntimeCall, UncheckedExtrinsic,
};
use ergon_test_chain::Chain;
use frame_support::{dispatch::GetDispatchInfo, traits::Get, weights::Weight};
use pallet_audits::{Case, CaseOf, Cases, Replicas, RoundKind, Stage, WeightInfo as _};
use pallet_power::WeightInfo as _;
use pallet_rewards::WeightInfo as _;
use pallet_sprints::{Commitment, WeightInfo as _, MAX_COMMITMENTS};
use sp_core::ed25519;
use sp_runtime::generic::Era;

/// Sessions and blocks of an era on a network that lasts. Benchmarks are built for networks that live for minutes.
const SESSIONS: u32 = 6;
const BLOCKS: u32 = 1_200;
/// Siblings on the path to the root of a million items, as many as there may be.
const PATH: usize = 20;

type AuditWeights = <Runtime as pallet_audits::Config>::WeightInfo;
type PowerWeights = <Runtime as pallet_power::Config>::WeightInfo;
type RewardWeights = <Runtime as pallet_rewards::Config>::WeightInfo;
type SprintWeights = <Runtime as pallet_sprints::Config>::WeightInfo;

/// What something costs: weight, and bytes in blocks.
#[derive(Clone, Copy, Default)]
struct Cost {
	weight: Weight,
	bytes: usize,
}

impl Cost {
	/// What blocks do without a transaction.
	fn of_hooks(weights: impl IntoIterator<Item = Weight>) -> Self {
		Self { weight: sum(weights), bytes: 0 }
	}

	/// A transaction, as a block has to have room for it: the call, what is checked before it, its authorization
	/// included, and what every transaction costs.
	fn of_transaction(call: impl Into<RuntimeCall>) -> Self {
		let extension = extension(0, 0, Era::Immortal);
		let transaction = UncheckedExtrinsic::new_transaction(call.into(), extension);
		let info = transaction.get_dispatch_info();
		let of_any = RuntimeBlockWeights::get().get(info.class).base_extrinsic;
		let weight = info.total_weight().saturating_add(of_any);
		Self { weight, bytes: transaction.encoded_size() }
	}

	fn times(self, count: u32) -> Self {
		let weight = self.weight.saturating_mul(count.into());
		Self { weight, bytes: self.bytes * count as usize }
	}

	fn and(self, other: Self) -> Self {
		let weight = self.weight.saturating_add(other.weight);
		Self { weight, bytes: self.bytes + other.bytes }
	}

	/// As two cells of a table.
	fn told(self) -> String {
		let bytes = match self.bytes {
			0 => String::new(),
			bytes => format!("{:.1} KB", bytes as f64 / 1e3),
		};
		format!("{} | {bytes}", super::told(self.weight))
	}
}

fn sum(weights: impl IntoIterator<Item = Weight>) -> Weight {
	weights.into_iter().fold(Weight::zero(), Weight::saturating_add)
}

/// What one more adds to a weight that rises with a number.
fn each(weight: impl Fn(u32) -> Weight) -> Weight {
	weight(2).saturating_sub(weight(1))
}

/// The table of one candidate, and what so many of them come to.
///
/// # Errors
///
/// When something is too long for the chain.
pub(super) fn measure(sizes: &[u32]) -> Result<String, Error> {
	let samples: u32 = <Runtime as pallet_sprints::Config>::MaxSamples::get();
	let rows = [
		(
			format!("{MAX_COMMITMENTS} commitments, with their authorization"),
			commitment().times(MAX_COMMITMENTS.into()),
		),
		(format!("{samples} items shown, with theirs"), item()?.times(samples)),
		(
			"an auditor drawn for each, its commitment and reveal".into(),
			draw().and(vote()).times(samples),
		),
		("what the audit of each comes to, asked about twice".into(), questions()?.times(samples)),
		("agenda, items upheld, whether all was shown".into(), agenda(samples)),
		(
			format!(
				"count, era change, elections in {SESSIONS} sessions, reward, old records removed"
			),
			era(),
		),
	];
	let together = rows.iter().fold(Cost::default(), |sum, (_, cost)| sum.and(*cost));
	let validators = MaxValidators::get();
	let reading = each(AuditWeights::poll).saturating_mul(validators.into());
	let mut report = format!(
		"\nEach candidate, in each era, with {samples} of up to a million items shown, one auditor each, and {validators} \
		 validators to draw it from; the weights of transactions are those for which a block needs room, before what is \
		 given back. In each block that draws auditors the validators are read once, which is {} more and not in it.\n\n\
		 | of one candidate | weight | bytes in blocks |\n\
		 |---|---:|---:|\n",
		super::told(reading),
	);
	for (what, cost) in rows {
		report.push_str(&format!("| {what} | {} |\n", cost.told()));
	}
	report.push_str(&format!("| **together** | {} |\n", together.told()));
	report.push_str(&format!(
		"\nIn an era of {BLOCKS} blocks that is\n\n\
		 | candidates | of all block weight | bytes of each block |\n\
		 |---:|---:|---:|\n"
	));
	let all = RuntimeBlockWeights::get().max_block.ref_time() as f64 * f64::from(BLOCKS);
	for size in sizes {
		let share = together.weight.ref_time() as f64 * f64::from(*size) / all;
		let bytes = together.bytes as f64 * f64::from(*size) / f64::from(BLOCKS);
		report.push_str(&format!("| {size} | {:.2} % | {bytes:.0} |\n", 100.0 * share));
	}
	Ok(report)
}

fn too_long(what: &str) -> Error {
	Error::Chain(format!("{what} does not fit"))
}

/// Somebody.
fn who() -> AccountId {
	AccountId::from([7; 32])
}

/// No weight or length depends on what is signed.
fn signature() -> ed25519::Signature {
	ed25519::Signature::from_raw([0; 64])
}

/// One of a candidate's commitments.
fn commitment() -> Cost {
	Cost::of_transaction(pallet_sprints::Call::<Runtime>::commit {
		era: u32::MAX,
		operator: who(),
		commitment: Commitment { model: H256::zero(), items: u32::MAX, root: H256::zero() },
		signature: signature().into(),
	})
}

/// An item that is shown, as long as one can be.
fn item() -> Result<Cost, Error> {
	let count = usize::from(ITEM_OUTPUT_TOKENS);
	let output = Output::Text {
		tokens: vec![u32::MAX; count].try_into().map_err(|_| too_long("an answer"))?,
		text: vec![b'x'; 4 * count].try_into().map_err(|_| too_long("a text"))?,
	};
	let digests = vec![H256::zero(); output.digest_count() as usize];
	let bundle = Bundle { output, digests: digests.try_into().map_err(|_| too_long("a digest"))? };
	let attestation = Attestation {
		version: ATTESTATION_VERSION,
		profile: PROFILE_EXACT,
		job_id: H256::zero(),
		model_root: H256::zero(),
		prompt_root: H256::zero(),
		output_root: bundle.output.root(),
		trace_root: bundle.trace_root(),
		prompt_tokens: u32::MAX,
		output_tokens: ITEM_OUTPUT_TOKENS.into(),
		finish: FinishReason::Length,
	};
	Ok(Cost::of_transaction(pallet_sprints::Call::<Runtime>::show {
		era: u32::MAX,
		operator: who(),
		index: u32::MAX,
		attestation,
		bundle,
		path: vec![H256::zero(); PATH].try_into().map_err(|_| too_long("a path"))?,
		signature: signature().into(),
	}))
}

/// The draw of an auditor among all validators, who are known.
fn draw() -> Cost {
	Cost::of_hooks([
		AuditWeights::draw(1),
		AuditWeights::eligible(MaxValidators::get()),
		<<Runtime as pallet_audits::Config>::Replicas as Replicas<AccountId>>::weight(),
	])
}

/// What an auditor sends about an item.
fn vote() -> Cost {
	let commit = pallet_audits::Call::<Runtime>::commit {
		job: H256::zero(),
		round: 0,
		auditor: who(),
		commitment: H256::zero(),
		signature: signature().into(),
	};
	let reveal = pallet_audits::Call::<Runtime>::reveal {
		job: H256::zero(),
		round: 0,
		auditor: who(),
		reveal: Reveal { vote: Vote::Match, work_digest: H256::zero(), salt: [0; 32] },
		signature: signature().into(),
	};
	Cost::of_transaction(commit).and(Cost::of_transaction(reveal))
}

/// The two questions what the audit of an item came to: when all votes are in, and when nobody can object any more.
fn questions() -> Result<Cost, Error> {
	let job = H256::zero();
	let case: CaseOf<Runtime> = Case {
		model: H256::zero(),
		provider: who(),
		work: 1,
		rate: <Runtime as pallet_sprints::Config>::AuditRate::get(),
		pay: 0,
		paid: false,
		round: 0,
		kind: RoundKind::First,
		stage: Stage::Judging,
		unfilled: 0,
		auditors: vec![who()].try_into().map_err(|_| too_long("an auditor"))?,
	};
	let mut chain = Chain::new("local_testnet");
	// Behind the deadlines of both stages.
	chain.block(Vec::new());
	Ok(chain.read(|| {
		let stages =
			[Stage::Voting { commit_by: 0, reveal_by: 0 }, Stage::Checking { object_by: 0 }];
		Cost::of_hooks(stages.map(|stage| {
			Cases::<Runtime>::insert(job, Case { stage, ..case.clone() });
			Audits::conclude_weight_of(&job)
		}))
	}))
}

/// What the agenda of sprints charges beside the questions: a place for each of them, another one for the first, which
/// is not the last, and an item that stands; and a look whether all was shown.
fn agenda(samples: u32) -> Cost {
	let place = SprintWeights::agenda_slot();
	let item = Cost::of_hooks([place, place, place, SprintWeights::uphold(0)]);
	item.times(samples).and(Cost::of_hooks([place, SprintWeights::look_for_missing()]))
}

/// What is charged for each candidate, or for each that is a validator, when eras and sessions change.
fn era() -> Cost {
	Cost::of_hooks([
		each(PowerWeights::count),
		each(PowerWeights::start_era),
		each(PowerWeights::new_session).saturating_mul(SESSIONS.into()),
		each(RewardWeights::settle),
		each(PowerWeights::remove_work),
		each(AuditWeights::prune_duty_records),
	])
}
