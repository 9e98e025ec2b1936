// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! The other pallets: they do what the test says, and log what they are asked.

use super::*;

/// What a peer was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
	Assign { model: ModelId, work: Work, excluded: Vec<AccountId>, randomness: [u8; 32] },
	Vacate { provider: AccountId, work: Work, safe_at: BlockNumber },
	Release { provider: AccountId, max_price: Balance },
	NoteFailure(AccountId),
	NoteAudited(AccountId, Audited),
	SlashProvider(AccountId, Balance),
	Open(AuditCase<AccountId, Balance>),
	Accuse { job: JobId, accuser: AccountId, fault: Fault },
	Conclude(JobId),
	SlashAuditor { auditor: AccountId, price: Balance, pay: Balance },
	Demand(ModelId, Work),
}

#[derive(Clone, Debug)]
pub struct Offer {
	pub model: ModelId,
	pub provider: AccountId,
	pub prices: TokenPrices,
	pub country: Country,
	pub reputation: u16,
	pub slots: u32,
}

parameter_types! {
	pub static Log: Vec<Asked> = Vec::new();
	pub static KnownModels: BTreeMap<ModelId, (ModelManifest, ModelStatus)> = Default::default();
	pub static Offers: Vec<Offer> = Vec::new();
	/// Slots taken, work at hand and prices at risk, by provider.
	pub static Taken: BTreeMap<AccountId, u32> = Default::default();
	pub static AtHand: BTreeMap<AccountId, Work> = Default::default();
	pub static AtRisk: BTreeMap<AccountId, Balance> = Default::default();
	pub static Workers: BTreeMap<AccountId, WorkerId> = Default::default();
	/// Audit budget per million multiply-accumulates.
	pub static AuditPrice: Balance = 1_000;
	/// What the audits will answer, by job; [`pending`] when nothing is left.
	pub static Conclusions: BTreeMap<JobId, VecDeque<FakeConclusion>> = Default::default();
	pub static OpenCases: Vec<JobId> = Vec::new();
	/// Models that too few auditors can re-execute.
	pub static WithoutAuditors: Vec<ModelId> = Vec::new();
	pub static Random: [u8; 32] = [0; 32];
}

pub type FakeConclusion = Conclusion<AccountId, Balance, BlockNumber>;

/// Blocks from an attestation, or a pending answer, to the next question.
pub const AUDIT_TIME: BlockNumber = 6;
/// Blocks during which a bond stays locked.
pub const SAFE_TIME: BlockNumber = 20;

fn ask(question: Asked) {
	Log::mutate(|log| log.push(question));
}

/// What was asked since the last call.
pub fn asked() -> Vec<Asked> {
	Log::take()
}

pub struct FakeModels;
impl Models for FakeModels {
	fn model(id: &ModelId) -> Option<(ModelManifest, ModelStatus)> {
		KnownModels::get().get(id).copied()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(manifest: ModelManifest) -> ModelId {
		// Storage is reset between repetitions, but not what the fakes remember.
		Offers::take();
		set_model_status_of(manifest, ModelStatus::Active);
		manifest.id()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn recall_for_benchmark(id: &ModelId) {
		KnownModels::mutate(|models| {
			models.get_mut(id).expect("registered before").1 = ModelStatus::Recalled;
		});
	}
}

fn set_model_status_of(manifest: ModelManifest, status: ModelStatus) {
	KnownModels::mutate(|models| models.insert(manifest.id(), (manifest, status)));
}

/// Changes the status of [`model`].
pub fn set_model_status(status: ModelStatus) {
	set_model_status_of(manifest(), status);
}

pub struct FakeProviders;

impl FakeProviders {
	/// Offers that fit all but the price, in the order in which they were made.
	fn fitting(need: &Need<AccountId, Balance>) -> Vec<(Offer, Balance)> {
		let Constraints { countries, min_reputation, provider, .. } = need.constraints;
		Offers::get()
			.into_iter()
			.filter(|offer| offer.model == need.model)
			.filter(|offer| countries.is_empty() || countries.contains(&offer.country))
			.filter(|offer| offer.reputation >= *min_reputation)
			.filter(|offer| provider.is_none_or(|wanted| wanted == offer.provider))
			.filter(|offer| !need.excluded.contains(&offer.provider))
			.filter(|offer| (need.admits)(&Self::standing(&offer.provider), &offer.prices))
			.filter_map(|offer| {
				let price = offer.prices.of_job(need.prompt_tokens, need.output_tokens)?;
				Some((offer, price))
			})
			.collect()
	}
}

impl Providers<AccountId, Balance, BlockNumber> for FakeProviders {
	type Credit = CreditOf<Test>;

	fn assign(
		need: &Need<AccountId, Balance>,
		randomness: [u8; 32],
	) -> Option<(AccountId, TokenPrices)> {
		let Need { model, work, excluded, .. } = *need;
		ask(Asked::Assign { model, work, excluded: excluded.to_vec(), randomness });
		let mut fitting = Self::fitting(need);
		fitting.retain(|(offer, price)| {
			let taken = Taken::get().get(&offer.provider).copied().unwrap_or_default();
			*price <= need.max_price && taken < offer.slots
		});
		let (offer, _) = fitting.get(randomness[0] as usize % fitting.len().max(1))?;
		Taken::mutate(|taken| *taken.entry(offer.provider).or_default() += 1);
		AtHand::mutate(|at_hand| *at_hand.entry(offer.provider).or_default() += work);
		AtRisk::mutate(|risk| *risk.entry(offer.provider).or_default() += need.max_price);
		Some((offer.provider, offer.prices))
	}

	fn cheapest(need: &Need<AccountId, Balance>) -> Option<Balance> {
		Self::fitting(need).into_iter().map(|(_, price)| price).min()
	}

	fn eligible(need: &Need<AccountId, Balance>) -> Vec<(AccountId, TokenPrices)> {
		Self::fitting(need)
			.into_iter()
			.filter(|(_, price)| *price <= need.max_price)
			.map(|(offer, _)| (offer.provider, offer.prices))
			.collect()
	}

	fn worker(provider: &AccountId) -> Option<WorkerId> {
		Workers::get().get(provider).cloned()
	}

	fn by_worker(worker: &WorkerId) -> Option<AccountId> {
		Workers::get().into_iter().find(|(_, key)| key == worker).map(|(provider, _)| provider)
	}

	fn offer_count(model: &ModelId) -> u32 {
		Offers::get().iter().filter(|offer| offer.model == *model).count() as u32
	}

	fn vacate(provider: &AccountId, _: &ModelId, work: Work, safe_at: BlockNumber) {
		ask(Asked::Vacate { provider: *provider, work, safe_at });
		Taken::mutate(|taken| {
			let slots = taken.get_mut(provider).expect("a slot was taken");
			*slots = slots.checked_sub(1).expect("a slot was taken");
		});
		AtHand::mutate(|at_hand| {
			let sum = at_hand.get_mut(provider).expect("the work was at hand");
			*sum = sum.checked_sub(work).expect("the work was at hand");
		});
	}

	fn release(provider: &AccountId, max_price: Balance) {
		ask(Asked::Release { provider: *provider, max_price });
		AtRisk::mutate(|risk| {
			let amount = risk.get_mut(provider).expect("the price was at risk");
			*amount = amount.checked_sub(max_price).expect("the price was at risk");
		});
	}

	fn note_failure(provider: &AccountId) {
		ask(Asked::NoteFailure(*provider));
	}

	fn note_audited(provider: &AccountId, outcome: Audited) {
		ask(Asked::NoteAudited(*provider, outcome));
	}

	fn standing(provider: &AccountId) -> Standing<Balance> {
		Standing {
			bond: Balances::balance_on_hold(&bonds::HoldReason::Provider.into(), provider),
			clean_audits: 0,
			value_at_risk: AtRisk::get().get(provider).copied().unwrap_or_default(),
		}
	}

	fn slash(provider: &AccountId, amount: Balance) -> (CreditOf<Test>, Balance) {
		ask(Asked::SlashProvider(*provider, amount));
		Balances::slash(&bonds::HoldReason::Provider.into(), provider, amount)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn register_for_benchmark(
		provider: &AccountId,
		model: &ModelId,
		worker: WorkerId,
		prices: TokenPrices,
	) {
		bond(*provider, bonds::HoldReason::Provider);
		Workers::mutate(|workers| workers.insert(*provider, worker));
		let (model, provider) = (*model, *provider);
		let country = Country(*b"CH");
		let offer = Offer { model, provider, prices, country, reputation: 1_000, slots: u32::MAX };
		Offers::mutate(|offers| offers.push(offer));
	}
}

pub(super) fn bond(who: AccountId, reason: bonds::HoldReason) {
	Balances::mint_into(&who, BOND + EXISTENTIAL_DEPOSIT).expect("issuance does not overflow");
	Balances::hold(&reason.into(), &who, BOND).expect("just minted");
}

pub struct FakeAudits;
impl Audits<AccountId, Balance, BlockNumber> for FakeAudits {
	type Credit = CreditOf<Test>;

	fn budget(work: Work, _: Balance, _: Balance, _: &Standing<Balance>) -> Balance {
		(AuditPrice::get() * Balance::from(work)).div_ceil(1_000_000)
	}

	fn is_auditable(model: &ModelId) -> (bool, Weight) {
		let is_auditable = !WithoutAuditors::get().contains(model);
		(is_auditable, Self::auditable_weight().saturating_div(2))
	}

	fn auditable_weight() -> Weight {
		Weight::from_parts(300_000, 300)
	}

	fn open(case: AuditCase<AccountId, Balance>) -> BlockNumber {
		OpenCases::mutate(|cases| cases.push(case.job));
		ask(Asked::Open(case));
		System::block_number() + AUDIT_TIME
	}

	fn accuse(job: &JobId, accuser: AccountId, key: WorkerId, fault: Fault) {
		assert_eq!(key, worker(accuser).public(), "it plays with its worker key");
		ask(Asked::Accuse { job: *job, accuser, fault });
	}

	fn accuse_weight() -> Weight {
		Weight::from_parts(200_000, 200)
	}

	fn conclude(job: &JobId) -> FakeConclusion {
		ask(Asked::Conclude(*job));
		assert!(OpenCases::get().contains(job), "only open cases are asked about");
		let next = Conclusions::mutate(|conclusions| conclusions.get_mut(job)?.pop_front());
		let conclusion = next.unwrap_or_else(pending);
		if !matches!(conclusion, Conclusion::Pending { .. }) {
			OpenCases::mutate(|cases| cases.retain(|case| case != job));
		}
		conclusion
	}

	fn conclude_weight() -> Weight {
		Weight::from_parts(1_000_000, 1_000)
	}

	fn conclude_weight_of(_: &JobId) -> Weight {
		Weight::from_parts(700_000, 700)
	}

	fn slash(auditor: &AccountId, price: Balance, pay: Balance) -> (CreditOf<Test>, Balance) {
		ask(Asked::SlashAuditor { auditor: *auditor, price, pay });
		let amount = price.max(pay).saturating_mul(100);
		Balances::slash(&bonds::HoldReason::Auditor.into(), auditor, amount)
	}

	fn safe_at() -> BlockNumber {
		System::block_number() + SAFE_TIME
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn bond_for_benchmark(auditor: &AccountId) {
		bond(*auditor, bonds::HoldReason::Auditor);
	}
}

/// The audits go on.
pub fn pending() -> FakeConclusion {
	Conclusion::Pending { until: System::block_number() + AUDIT_TIME, disputed: false }
}

/// What the audits of `job` are to answer next.
pub fn will_conclude(job: JobId, conclusion: FakeConclusion) {
	Conclusions::mutate(|all| all.entry(job).or_default().push_back(conclusion));
}

pub struct FakeDemand;
impl Demand for FakeDemand {
	fn note(model: &ModelId, work: Work) {
		ask(Asked::Demand(*model, work));
	}
}

pub struct FakeRandomness;
impl BlockRandomness for FakeRandomness {
	fn parent(subject: &[u8]) -> [u8; 32] {
		assert_eq!(subject.len(), 33, "a job and a round");
		Random::get()
	}
}
