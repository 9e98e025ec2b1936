// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! When jobs were done, and when sprints were on.

use crate::{events::among, jobs::JobId, AccountId, ClientAtBlock};
use anyhow::Result;
use scale_decode::DecodeAsType;
use std::{collections::BTreeMap, ops::RangeInclusive};

/// When a job was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
	/// The block that gave it to its provider.
	pub assigned: u64,
	/// The last block in which its result is accepted.
	pub deadline: u64,
	/// The block with its result.
	pub attested: Option<u64>,
}

impl Turn {
	/// Blocks that it took, where it was done in time.
	pub fn duration(&self) -> Option<u64> {
		let attested = self.attested.filter(|attested| *attested <= self.deadline)?;
		attested.checked_sub(self.assigned)
	}
}

/// What jobs took, in blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Durations {
	/// How many jobs there are.
	pub jobs: usize,
	/// What the one in the middle took.
	pub median: u64,
	/// What the slowest took.
	pub slowest: u64,
}

/// What a candidate says it has done in a sprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
	/// The block that says so.
	pub block: u64,
	/// Items.
	pub items: u32,
}

/// What happened to the jobs of a provider, and to the sprints that it takes part in as a candidate.
#[derive(Clone, Debug)]
pub struct Timeline {
	who: AccountId,
	/// The last turn of each job.
	pub turns: BTreeMap<JobId, Turn>,
	/// Blocks in which candidates did items, of each era whose sprint opened.
	pub windows: BTreeMap<u32, RangeInclusive<u64>>,
	/// What the provider has committed to in the sprint of each era, each time to more.
	pub commitments: BTreeMap<u32, Vec<Committed>>,
	/// Eras in whose sprints the provider has proved work.
	pub proved: Vec<u32>,
	/// Eras in whose sprints it has failed.
	pub failed: Vec<u32>,
}

impl Timeline {
	/// Nothing has happened.
	pub fn of(who: AccountId) -> Self {
		let (turns, windows, commitments) = Default::default();
		Self { who, turns, windows, commitments, proved: Vec::new(), failed: Vec::new() }
	}

	/// Adds what happened in one block.
	///
	/// # Errors
	///
	/// When the node does not answer.
	pub async fn note(&mut self, at: &ClientAtBlock) -> Result<()> {
		#[derive(DecodeAsType)]
		struct JobAssigned {
			job: JobId,
			provider: AccountId,
			deadline: u32,
		}
		#[derive(DecodeAsType)]
		struct JobAttested {
			job: JobId,
		}
		#[derive(DecodeAsType)]
		struct Opened {
			era: u32,
			commit_by: u32,
		}
		#[derive(DecodeAsType)]
		struct Commitment {
			items: u32,
		}
		#[derive(DecodeAsType)]
		struct CommittedTo {
			era: u32,
			operator: AccountId,
			commitment: Commitment,
		}
		#[derive(DecodeAsType)]
		struct Proved {
			era: u32,
			operator: AccountId,
			work: u64,
		}
		#[derive(DecodeAsType)]
		struct Failed {
			era: u32,
			operator: AccountId,
		}
		let (now, told) = (at.block_number(), at.events().fetch().await?);
		// In the order in which they happen to a job.
		for assigned in among::<JobAssigned>(told.iter(), "Jobs", "JobAssigned")? {
			if assigned.provider == self.who {
				let deadline = assigned.deadline.into();
				let turn = Turn { assigned: now, deadline, attested: None };
				self.turns.insert(assigned.job, turn);
			}
		}
		for attested in among::<JobAttested>(told.iter(), "Jobs", "JobAttested")? {
			if let Some(turn) = self.turns.get_mut(&attested.job) {
				turn.attested = Some(now);
			}
		}
		for opened in among::<Opened>(told.iter(), "Sprints", "Opened")? {
			self.windows.insert(opened.era, now..=opened.commit_by.into());
		}
		for said in among::<CommittedTo>(told.iter(), "Sprints", "Committed")? {
			if said.operator == self.who {
				let committed = Committed { block: now, items: said.commitment.items };
				self.commitments.entry(said.era).or_default().push(committed);
			}
		}
		for proved in among::<Proved>(told.iter(), "Sprints", "Proved")? {
			if proved.operator == self.who && proved.work > 0 {
				self.proved.push(proved.era);
			}
		}
		for failed in among::<Failed>(told.iter(), "Sprints", "Failed")? {
			if failed.operator == self.who {
				self.failed.push(failed.era);
			}
		}
		Ok(())
	}

	/// What jobs took, of those that were assigned in one of the blocks and done in time; nothing where there are
	/// none.
	pub fn durations(&self, blocks: RangeInclusive<u64>) -> Option<Durations> {
		let turns = self.turns.values().filter(|turn| blocks.contains(&turn.assigned));
		let mut durations: Vec<u64> = turns.filter_map(Turn::duration).collect();
		durations.sort_unstable();
		let median = *durations.get(durations.len() / 2)?;
		let slowest = *durations.last()?;
		Some(Durations { jobs: durations.len(), median, slowest })
	}

	/// How many jobs were attested in one of the blocks, of those that were assigned from block `since` on.
	pub fn attested(&self, since: u64, blocks: RangeInclusive<u64>) -> usize {
		let turns = self.turns.values().filter(|turn| turn.assigned >= since);
		turns.filter_map(|turn| turn.attested).filter(|block| blocks.contains(block)).count()
	}
}
