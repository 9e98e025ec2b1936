// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! Asking for jobs and watching them.

use crate::{events, AccountId, Balance, Client, ClientAtBlock};
use anyhow::{bail, ensure, Context, Result};
use scale_decode::DecodeAsType;
use scale_encode::EncodeAsType;
use subxt::{dynamic, transactions::Payload};
use subxt_signer::sr25519::Keypair;

/// Names a job.
pub type JobId = [u8; 32];

/// What each job of a test pays at most: far more than it costs.
const MAX_PRICE: Balance = 10_000_000_000_000;

/// How a text is to be generated; see `ergon_core::GenerationParams`.
#[derive(Clone, Debug, EncodeAsType)]
pub struct GenerationParams {
	/// Output tokens at most.
	pub max_tokens: u16,
	/// In thousandths.
	pub temperature: u16,
	/// In thousandths.
	pub top_p: u16,
	/// Candidates kept.
	pub top_k: u8,
	/// What ends the answer.
	pub stop: Vec<Vec<u8>>,
}

/// What kind of work a job is; see `ergon_core::JobKind`.
#[derive(Clone, Debug, EncodeAsType)]
pub enum JobKind {
	/// Continue the prompt.
	Generate(GenerationParams),
	/// Turn the prompt into a vector.
	Embed,
}

/// What a requester demands of the provider; see `pallet_jobs::Constraints`.
#[derive(Clone, Debug, Default, EncodeAsType)]
pub struct Constraints {
	/// Countries in which the provider may be.
	pub countries: Vec<[u8; 2]>,
	/// In thousandths.
	pub min_reputation: u16,
	/// The one provider that may do it.
	pub provider: Option<AccountId>,
	/// How many providers are to answer.
	pub replicas: u8,
}

/// A job to ask for.
#[derive(Clone, Debug)]
pub struct Request {
	/// The model.
	pub model: [u8; 32],
	/// The question.
	pub prompt: String,
	/// Output tokens at most.
	pub max_tokens: u16,
	/// In thousandths; 0 is greedy.
	pub temperature: u16,
	/// The one provider that may do it.
	pub provider: Option<AccountId>,
	/// Keeps jobs apart.
	pub nonce: u64,
}

/// A job that was submitted.
#[derive(Clone, Copy, Debug)]
pub struct Submitted {
	/// Its name.
	pub id: JobId,
	/// What its transaction cost.
	pub fee: Balance,
}

/// The call that asks for a job.
fn call(request: &Request) -> impl Payload {
	let kind = JobKind::Generate(GenerationParams {
		max_tokens: request.max_tokens,
		temperature: request.temperature,
		top_p: 1_000,
		top_k: 64,
		stop: Vec::new(),
	});
	dynamic::transaction(
		"Jobs",
		"submit",
		(
			request.model,
			kind,
			request.prompt.clone().into_bytes(),
			MAX_PRICE,
			Constraints { provider: request.provider, replicas: 1, ..Default::default() },
			request.nonce,
		),
	)
}

#[derive(DecodeAsType)]
struct JobSubmitted {
	job: JobId,
	requester: AccountId,
}

#[derive(DecodeAsType)]
struct TransactionFeePaid {
	who: AccountId,
	actual_fee: Balance,
}

/// Submits a job and waits until its transaction is final.
///
/// # Errors
///
/// When the node does not take the transaction, or the call fails.
pub async fn submit(client: &Client, signer: &Keypair, request: &Request) -> Result<Submitted> {
	let told = crate::submit(client, signer, &call(request)).await?;
	let submitted: Vec<JobSubmitted> = events::among(told.iter(), "Jobs", "JobSubmitted")?;
	let paid: Vec<TransactionFeePaid> =
		events::among(told.iter(), "TransactionPayment", "TransactionFeePaid")?;
	Ok(Submitted {
		id: submitted.last().context("the call succeeded without JobSubmitted")?.job,
		fee: paid.last().context("the transaction cost nothing")?.actual_fee,
	})
}

/// Submits a job and waits for nothing: what becomes of its transaction, [`wait_until_submitted`] tells.
///
/// # Errors
///
/// When the node does not take the transaction.
pub async fn hand_in(client: &Client, signer: &Keypair, request: &Request) -> Result<()> {
	crate::hand_in(client, signer, &call(request)).await
}

/// Waits until a job of that requester is submitted in a block that becomes final from now on.
///
/// # Errors
///
/// When none is in the next `blocks` final blocks.
pub async fn wait_until_submitted(
	client: &Client,
	who: AccountId,
	blocks: usize,
) -> Result<Submitted> {
	let mut stream = client.stream_blocks().await?;
	for _ in 0..blocks {
		let block = stream.next().await.context("the node closed the stream of blocks")??;
		let told = block.at().await?.events().fetch().await?;
		let submitted: Vec<JobSubmitted> = events::among(told.iter(), "Jobs", "JobSubmitted")?;
		let paid: Vec<TransactionFeePaid> =
			events::among(told.iter(), "TransactionPayment", "TransactionFeePaid")?;
		let job = submitted.iter().find(|submitted| submitted.requester == who);
		let fee = paid.iter().find(|paid| paid.who == who);
		if let (Some(job), Some(fee)) = (job, fee) {
			return Ok(Submitted { id: job.job, fee: fee.actual_fee });
		}
	}
	bail!("the requester's job is in none of {blocks} final blocks")
}

/// Where a job is in its life; see `pallet_jobs::JobState`.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
pub enum JobState {
	/// Waits for a provider.
	Queued(Ignored),
	/// A provider works on it.
	Assigned(Assignment),
	/// The result can still be overturned.
	Attested(Ignored),
	/// An auditor says that the result is wrong.
	Disputed(Ignored),
	/// Paid.
	Settled(Settled),
	/// Refunded, because the result or the model is bad.
	Voided(Ignored),
	/// Refunded, because nobody did it.
	Expired(Ignored),
	/// Refunded, because the requester withdrew it.
	Cancelled {
		/// When.
		at: u32,
	},
}

/// Data that no test asks for.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
pub struct Ignored {}

/// Who does a job.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
pub struct Assignment {
	/// Who.
	pub provider: AccountId,
}

/// How a job was paid.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
pub struct Settled {
	/// Who got what.
	pub settlement: Settlement,
}

/// Who got what; see `pallet_jobs::Settlement`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
pub struct Settlement {
	/// The actual price.
	pub price: Balance,
	/// Released to the requester.
	pub refunded: Balance,
	/// Burnt.
	pub burnt: Balance,
}

/// One job, as far as these tests care.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
pub struct Job {
	/// What it pays at most.
	pub max_price: Balance,
	/// Held for the price.
	pub escrow: Balance,
	/// Held for the storage.
	pub deposit: Balance,
	/// Where it is in its life.
	pub state: JobState,
}

impl Job {
	/// Whether something can still happen to it.
	pub fn is_live(&self) -> bool {
		use JobState::{Assigned, Attested, Disputed, Queued};
		matches!(self.state, Queued(_) | Assigned(_) | Attested(_) | Disputed(_))
	}
}

/// What the requesters of final jobs paid for them: the price where one was settled, nothing where it was
/// refunded because nobody did it.
///
/// # Errors
///
/// When something is held for one of them, or it ended in another way.
pub fn paid(jobs: &[Job]) -> Result<Balance> {
	let mut paid: Balance = 0;
	for job in jobs {
		ensure!(job.escrow == 0, "a final job holds no price: {job:?}");
		match &job.state {
			JobState::Settled(Settled { settlement }) => {
				let sum = settlement.price + settlement.refunded;
				ensure!(sum == job.max_price, "a part of the price is gone: {job:?}");
				paid += settlement.price;
			}
			JobState::Expired(_) => {}
			other => bail!("an honest network neither disputes nor cancels: {other:?}"),
		}
	}
	Ok(paid)
}

/// A job at a block.
///
/// # Errors
///
/// When there is no such job.
pub async fn job(at: &ClientAtBlock, id: JobId) -> Result<Job> {
	let address = dynamic::storage::<(JobId,), Job>("Jobs", "Jobs");
	let job = at.storage().try_fetch(address, (id,)).await?;
	Ok(job.with_context(|| format!("there is no job {}", hex::encode(id)))?.decode()?)
}

/// Follows the best chain until `provider` works on a job, and returns that job at once, so that
/// something can happen to the provider in the middle of it.
///
/// # Errors
///
/// When the provider gets no job within `blocks` blocks.
pub async fn next_assignment(client: &Client, provider: AccountId, blocks: usize) -> Result<JobId> {
	#[derive(DecodeAsType)]
	struct JobAssigned {
		job: JobId,
		provider: AccountId,
	}
	let mut best = client.stream_best_blocks().await?;
	for _ in 0..blocks {
		let block = best.next().await.context("the node closed the stream of blocks")??;
		let assigned: Vec<JobAssigned> =
			events::at(&block.at().await?, "Jobs", "JobAssigned").await?;
		if let Some(assigned) = assigned.iter().find(|assigned| assigned.provider == provider) {
			return Ok(assigned.job);
		}
	}
	bail!("the provider got no job within {blocks} blocks")
}

/// Waits until a job has a result.
///
/// # Errors
///
/// When it has none after `blocks` final blocks.
pub async fn wait_until_attested(client: &Client, id: JobId, blocks: usize) -> Result<()> {
	let mut stream = client.stream_blocks().await?;
	for _ in 0..blocks {
		let block = stream.next().await.context("the node closed the stream of blocks")??;
		if matches!(job(&block.at().await?, id).await?.state, JobState::Attested(_)) {
			return Ok(());
		}
	}
	bail!("the job has no result after {blocks} final blocks")
}

/// Waits until all jobs are final in a final block; returns them and the chain at that block.
///
/// # Errors
///
/// When some are still live after `blocks` final blocks.
pub async fn wait_until_final(
	client: &Client,
	jobs: &[JobId],
	blocks: usize,
) -> Result<(Vec<Job>, ClientAtBlock)> {
	let mut stream = client.stream_blocks().await?;
	let mut states = Vec::new();
	for _ in 0..blocks {
		let block = stream.next().await.context("the node closed the stream of blocks")??;
		let at = block.at().await?;
		states.clear();
		for id in jobs {
			states.push(job(&at, *id).await?);
		}
		if states.iter().all(|job| !job.is_live()) {
			return Ok((states, at));
		}
	}
	bail!("after {blocks} final blocks the jobs are {states:#?}")
}
