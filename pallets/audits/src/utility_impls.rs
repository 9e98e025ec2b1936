// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

//! What the jobs pallet asks: budgets, cases, conclusions.

use crate::{
	traits::{Accuser, Charge, Judge, Refuted, Ruling},
	types::{DrawSeed, DutyOutcome, SeatProgress},
	AuditBacklog, AuditCase, AuditPrice, Balance, Case, CaseOf, Cases, Conclusion, Config,
	CreditOf, DrawQueue, DrawQueueEnds, DrawSeeds, Duty, DutyRecords, EraIndex, Event, Pallet,
	Penalty, RecentOutputs, RoundKind, Seats, Stage, Standing, Task, UnpaidCase, Validators,
	WeightInfo, DRAW_DELAY, MAX_ROUNDS,
};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::Encode;
use ergon_core::{crypto::audit::AuditorId, Fault, JobId, Vote, Work, H256};
use ergon_economics::{
	sampling::{self, expected_auditors, Parameters},
	settlement, AuditRate, DutyCount, Exposure,
};
use frame_support::{defensive, defensive_assert, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::{One, Saturating, Zero};

/// A vote that counts.
struct Ballot<AccountId> {
	auditor: AccountId,
	key: AuditorId,
	/// What is wrong; nothing for a Match.
	fault: Option<Fault>,
	era: EraIndex,
}

impl<T: Config> Pallet<T> {
	/// What the audits of a job are expected to cost: λ re-executions and those of second looks, paid by
	/// work. What they cost more in the end is for the audit pool.
	///
	/// Who will be drawn is not known, so second looks are as frequent here as the smallest bond that a
	/// validator can have makes them.
	pub fn budget(work: Work, price: Balance, escrow: Balance, standing: &Standing) -> Balance {
		let rate = Self::rate(price, escrow, standing);
		let (audit_price, (_, second_look)) = (AuditPrice::<T>::get(), Self::terms(work));
		settlement::audit_budget(sampling::expected_audits(rate, second_look), work, audit_price)
	}

	/// What an audit of that work earns, and how often a second look is expected at most.
	fn terms(work: Work) -> (Balance, AuditRate) {
		let pay = settlement::audit_pay(work, AuditPrice::<T>::get());
		let (base, bond) = (T::SecondLookRate::get(), T::Validators::min_bond());
		(pay, sampling::second_look_rate(base, pay, bond))
	}

	/// λ: expected number of auditors of a job with that price by a provider with that standing.
	pub fn rate(price: Balance, escrow: Balance, standing: &Standing) -> AuditRate {
		let Standing { bond, clean_audits, value_at_risk } = *standing;
		let exposure = Exposure { price, bond, escrow, clean_audits, value_at_risk };
		expected_auditors(&exposure, &Parameters::default())
	}

	/// The result of a job is fixed: auditors are drawn once the randomness of the next three
	/// blocks is there. Returns the block at which to ask for the [`Conclusion`].
	///
	/// As many are expected as the standing asks for and the price pays for. It paid for all of them when the
	/// job was assigned, and a provider that has lost its record since then is not audited at the expense of
	/// the pool.
	pub fn open(case: AuditCase<T::AccountId>) -> BlockNumberFor<T> {
		let AuditCase { job, model, provider, work, price, escrow, standing } = case;
		let (pay, second_look) = Self::terms(work);
		let most = settlement::split(price, Balance::MAX).audits;
		let wanted = Self::rate(price, escrow, &standing);
		let rate = sampling::affordable_rate(wanted, second_look, pay, most);
		Self::open_at(UnpaidCase { job, model, provider, work, rate }, Some(pay))
	}

	/// The result of work is fixed that nobody pays for: auditors are drawn for it as for a job, as many as
	/// [`UnpaidCase::rate`] says, and what they earn is that they have done a duty.
	pub fn open_unpaid(case: UnpaidCase<T::AccountId>) -> BlockNumberFor<T> {
		Self::open_at(case, None)
	}

	/// Opens a case whose audits earn `pay`, if anybody pays for them.
	fn open_at(case: UnpaidCase<T::AccountId>, pay: Option<Balance>) -> BlockNumberFor<T> {
		let UnpaidCase { job, model, provider, work, rate } = case;
		defensive_assert!(
			!Cases::<T>::contains_key(job),
			"the result of a job is fixed once per case"
		);
		let since = frame_system::Pallet::<T>::block_number();
		let case = Case {
			model,
			provider,
			work,
			rate,
			pay: pay.unwrap_or_default(),
			paid: pay.is_some(),
			round: 0,
			kind: RoundKind::First,
			stage: Stage::Drawing { since },
			unfilled: 0,
			auditors: Default::default(),
		};
		Cases::<T>::insert(job, case);
		Self::enqueue(job, since);
		Self::deposit_event(Event::CaseOpened { job, rate: rate.into_inner() });
		Self::due(since.saturating_add(DRAW_DELAY.into()))
	}

	/// What came of the audits of a job. Answers other than [`Conclusion::Pending`] are given once:
	/// the case is closed and forgotten.
	pub fn conclude(job: &JobId) -> Conclusion<T::AccountId, BlockNumberFor<T>> {
		let Some(case) = Cases::<T>::get(job) else {
			defensive!("only open cases are concluded");
			return Conclusion::Upheld { pay: Vec::new(), penalties: Vec::new(), audited: false };
		};
		let now = frame_system::Pallet::<T>::block_number();
		match case.stage {
			Stage::Drawing { since } => {
				let draw =
					since.saturating_add(DRAW_DELAY.into()).max(now.saturating_add(One::one()));
				Conclusion::Pending { until: Self::due(draw), disputed: false }
			}
			Stage::Voting { reveal_by, .. } if now <= reveal_by => {
				Conclusion::Pending { until: reveal_by.saturating_add(One::one()), disputed: false }
			}
			Stage::Voting { .. } => Self::end_round(*job, case),
			Stage::Checking { object_by } if now <= object_by => Conclusion::Pending {
				until: object_by.saturating_add(One::one()),
				disputed: Self::is_disputed(&Self::count(*job, &case)),
			},
			Stage::Checking { .. } => {
				let ballots = Self::count(*job, &case);
				if Self::looks_again(job, &case, &ballots) {
					return Self::call_round(*job, case, RoundKind::SecondLook, &ballots);
				}
				Self::go_to_judge(*job, case, ballots)
			}
			Stage::Judging => {
				let ballots = Self::count(*job, &case);
				Self::judge(*job, case, ballots)
			}
		}
	}

	/// Weight of [`Self::conclude`] in the worst case: every validator was drawn.
	pub fn conclude_weight() -> Weight {
		Self::next_step_weight(T::MaxValidators::get())
			.saturating_add(T::Judge::worst_ruling_weight())
	}

	/// Weight of [`Self::conclude`] for that job as its case is now.
	pub fn conclude_weight_of(job: &JobId) -> Weight {
		let Some(case) = Cases::<T>::get(job) else { return T::WeightInfo::conclude(1) };
		let now = frame_system::Pallet::<T>::block_number();
		let seats = case.auditors.len() as u32;
		match case.stage {
			Stage::Drawing { .. } => T::WeightInfo::conclude(1),
			Stage::Voting { reveal_by: until, .. } | Stage::Checking { object_by: until }
				if now <= until =>
			{
				T::WeightInfo::conclude(seats.max(1))
			}
			Stage::Voting { .. } | Stage::Checking { .. } => {
				Self::next_step_weight(seats).saturating_add(T::Judge::ruling_weight(job))
			}
			Stage::Judging => {
				T::WeightInfo::conclude(seats.max(1)).saturating_add(T::Judge::ruling_weight(job))
			}
		}
	}

	/// Weight of what comes after votes or checks, but for the ruling: whether somebody is left for another round
	/// is asked once, of the active validators; that round is put into the queue as the first was; or the judge is
	/// told of accusations.
	fn next_step_weight(seats: u32) -> Weight {
		T::WeightInfo::conclude(seats.max(1))
			.max(T::WeightInfo::end_round(seats.max(2)))
			.saturating_add(T::WeightInfo::open())
			.saturating_add(Self::active_weight())
			.saturating_add(Self::eligible_weight(T::MaxValidators::get()))
			.saturating_add(T::Judge::accuse_weight(seats))
	}

	/// Weight of reading the active validators.
	pub(crate) fn active_weight() -> Weight {
		T::WeightInfo::poll(T::MaxValidators::get()).saturating_sub(T::WeightInfo::poll(0))
	}

	/// Slashes an auditor for a false vote on a job of that price whose audit earns `pay`, and hands over the
	/// money with what could not be taken.
	pub fn slash(auditor: &T::AccountId, price: Balance, pay: Balance) -> (CreditOf<T>, Balance) {
		T::Validators::slash(auditor, Self::false_vote_slash(auditor, price, pay))
	}

	/// What all auditors lose together who have not found a result of a job of that price wrong, if it is: those who
	/// found it right, and those who have not voted.
	pub fn votes_at_stake(job: &JobId, price: Balance) -> Balance {
		let Some(case) = Cases::<T>::get(job) else { return 0 };
		case.auditors
			.iter()
			.filter(|auditor| {
				Seats::<T>::get(auditor, job).is_some_and(|seat| match seat.progress {
					SeatProgress::Drawn | SeatProgress::Committed(_) => true,
					SeatProgress::Revealed { vote, .. } => vote == Vote::Match,
					SeatProgress::Ended => false,
				})
			})
			.map(|auditor| Self::false_vote_slash(auditor, price, case.pay))
			.fold(0, Balance::saturating_add)
	}

	/// What an auditor of a job of that price loses if its vote is false; nothing for whoever was not drawn for it.
	pub fn vote_at_stake(job: &JobId, auditor: &T::AccountId, price: Balance) -> Balance {
		Cases::<T>::get(job)
			.filter(|case| case.auditors.contains(auditor))
			.map_or(0, |case| Self::false_vote_slash(auditor, price, case.pay))
	}

	/// Weight of [`Self::votes_at_stake`] in the worst case: every validator was drawn.
	pub fn votes_at_stake_weight() -> Weight {
		T::WeightInfo::votes_at_stake(T::MaxValidators::get())
	}

	fn false_vote_slash(auditor: &T::AccountId, price: Balance, pay: Balance) -> Balance {
		settlement::false_vote_slash(price, pay, T::Validators::bond(auditor))
	}

	/// Last block at which a result that is fixed now could still be overturned.
	pub fn safe_at() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number().saturating_add(Self::longest())
	}

	/// Longest time from a result to the end of its case: every round there can be, one more as an allowance for
	/// draws that full blocks carry over, and the longest dispute.
	pub fn longest() -> BlockNumberFor<T> {
		let round = Self::due(DRAW_DELAY.into()).saturating_add(T::CheckWindow::get());
		let rounds = round.saturating_mul((MAX_ROUNDS.saturating_add(1)).into());
		rounds.saturating_add(T::Judge::longest())
	}

	/// The block at which a round that is drawn at `draw` has ended.
	fn due(draw: BlockNumberFor<T>) -> BlockNumberFor<T> {
		draw.saturating_add(T::CommitWindow::get()).saturating_add(T::RevealWindow::get())
	}

	/// A hash over the VRF outputs of the last three blocks, the parent being the last of them as soon as this
	/// pallet's `on_initialize` has run.
	pub fn recent_randomness() -> H256 {
		H256(RecentOutputs::<T>::get().using_encoded(blake2_256))
	}

	/// Weight of [`Self::open`] and [`Self::open_unpaid`].
	pub fn open_weight() -> Weight {
		T::WeightInfo::open()
	}

	/// Puts a round into the queue for its draw.
	fn enqueue(job: JobId, since: BlockNumberFor<T>) {
		let ends = DrawQueueEnds::<T>::get();
		DrawQueue::<T>::insert(ends.tail, (job, since));
		DrawQueueEnds::<T>::mutate(|ends| ends.tail = ends.tail.saturating_add(1));
		if !DrawSeeds::<T>::contains_key(since) {
			DrawSeeds::<T>::insert(since, DrawSeed::Awaited);
		}
	}

	/// Counts who kept silent, and either has their seats drawn once more, has the work of those checked who
	/// matched, or has the judge decide.
	///
	/// A difference that was found already spares nobody the redraw: who shows it may fail, and an auditor
	/// who says so falsely could keep others from looking.
	fn end_round(job: JobId, mut case: CaseOf<T>) -> Conclusion<T::AccountId, BlockNumberFor<T>> {
		let ballots = Self::count(job, &case);
		if case.kind == RoundKind::First {
			case.unfilled = case.auditors.len().saturating_sub(ballots.len()) as u32;
			// Without anybody left to ask, another round would only take time.
			if case.unfilled > 0 && Self::is_anybody_left(&job, &case) {
				return Self::call_round(job, case, RoundKind::Redraw, &ballots);
			}
		}
		if ballots.iter().all(|ballot| ballot.fault.is_some()) {
			return Self::go_to_judge(job, case, ballots);
		}
		let now = frame_system::Pallet::<T>::block_number();
		let object_by = now.saturating_add(T::CheckWindow::get());
		case.stage = Stage::Checking { object_by };
		Cases::<T>::insert(job, case);
		Conclusion::Pending {
			until: object_by.saturating_add(One::one()),
			disputed: Self::is_disputed(&ballots),
		}
	}

	/// Whether somebody found a difference.
	fn is_disputed(ballots: &[Ballot<T::AccountId>]) -> bool {
		ballots.iter().any(|ballot| ballot.fault.is_some())
	}

	/// Calls another round; the votes of those before it stay and count.
	fn call_round(
		job: JobId,
		mut case: CaseOf<T>,
		kind: RoundKind,
		ballots: &[Ballot<T::AccountId>],
	) -> Conclusion<T::AccountId, BlockNumberFor<T>> {
		let now = frame_system::Pallet::<T>::block_number();
		case.round = case.round.saturating_add(1);
		case.kind = kind;
		case.stage = Stage::Drawing { since: now };
		let round = case.round;
		Cases::<T>::insert(job, case);
		Self::enqueue(job, now);
		Self::deposit_event(Event::RoundCalled { job, round, kind });
		Conclusion::Pending {
			until: Self::due(now.saturating_add(DRAW_DELAY.into())),
			disputed: Self::is_disputed(ballots),
		}
	}

	/// Whether a result that somebody matched is looked at again: as often as is needed for the smallest of
	/// the bonds that stand behind a Match. What decides was not known when the votes were fixed.
	///
	/// Disputes change nothing about it, and are ruled on behind it: otherwise who has not looked could have a
	/// friend dispute the result for less than a second look costs.
	fn looks_again(job: &JobId, case: &CaseOf<T>, ballots: &[Ballot<T::AccountId>]) -> bool {
		if case.kind == RoundKind::SecondLook {
			return false;
		}
		let matched = ballots.iter().filter(|ballot| ballot.fault.is_none());
		let bonds = matched.map(|ballot| T::Validators::bond(&ballot.auditor));
		let Some(bond) = bonds.min() else { return false };
		let rate = sampling::second_look_rate(T::SecondLookRate::get(), case.pay, bond);
		let randomness = (b"ergon:second-look:v1", RecentOutputs::<T>::get(), job);
		let randomness = randomness.using_encoded(blake2_256);
		sampling::draw(rate, &randomness) > 0 && Self::is_anybody_left(job, case)
	}

	/// Whether somebody could be drawn for another round.
	fn is_anybody_left(job: &JobId, case: &CaseOf<T>) -> bool {
		!Self::eligible(job, case, &T::Validators::active()).is_empty()
	}

	/// Has every difference shown, and asks what came of it.
	fn go_to_judge(
		job: JobId,
		mut case: CaseOf<T>,
		ballots: Vec<Ballot<T::AccountId>>,
	) -> Conclusion<T::AccountId, BlockNumberFor<T>> {
		let accusers: Vec<_> = ballots
			.iter()
			.filter_map(|ballot| {
				let (auditor, key) = (ballot.auditor.clone(), ballot.key.clone());
				Some(Accuser { auditor, key, charge: Charge::Result(ballot.fault?) })
			})
			.collect();
		if !accusers.is_empty() {
			let accounts = accusers.iter().map(|accuser| accuser.auditor.clone()).collect();
			Self::deposit_event(Event::Disputed { job, accusers: accounts });
			T::Judge::accuse(&job, accusers);
		}
		case.stage = Stage::Judging;
		Self::judge(job, case, ballots)
	}

	/// Asks the judge, and closes the case if it has decided.
	fn judge(
		job: JobId,
		case: CaseOf<T>,
		ballots: Vec<Ballot<T::AccountId>>,
	) -> Conclusion<T::AccountId, BlockNumberFor<T>> {
		match T::Judge::ruling(&job) {
			Ruling::Pending { until } => {
				Cases::<T>::insert(job, case);
				Conclusion::Pending { until, disputed: true }
			}
			Ruling::Undisputed => Self::uphold(job, case, ballots, Vec::new(), Vec::new()),
			Ruling::Upheld { refuted, idle } => Self::uphold(job, case, ballots, refuted, idle),
			Ruling::Overturned { finders, refuted, spared } => {
				Self::overturn(job, case, ballots, finders, &refuted, spared)
			}
		}
	}

	/// The usable votes of all rounds. Seats of this round without one are accounted for and end.
	///
	/// They stay until the case is closed: what others were asked for is theirs too, and orders to engines
	/// are named by all that they ask for.
	fn count(job: JobId, case: &CaseOf<T>) -> Vec<Ballot<T::AccountId>> {
		let mut ballots = Vec::new();
		let mut unserved = 0u32;
		for auditor in &case.auditors {
			let Some(mut seat) = Seats::<T>::get(auditor, job) else { continue };
			let ballot = |fault| Ballot {
				auditor: auditor.clone(),
				key: seat.key.clone(),
				fault,
				era: seat.era,
			};
			let outcome = match seat.progress {
				SeatProgress::Revealed { vote, .. } => match vote {
					Vote::Match => {
						ballots.push(ballot(None));
						continue;
					}
					Vote::Mismatch(fault) => {
						ballots.push(ballot(Some(fault)));
						continue;
					}
					Vote::Unavailable => DutyOutcome::Unavailable,
				},
				SeatProgress::Drawn | SeatProgress::Committed(_) => DutyOutcome::Missed,
				SeatProgress::Ended => continue,
			};
			Self::note_duty(case, seat.era, auditor, outcome);
			seat.progress = SeatProgress::Ended;
			Seats::<T>::insert(auditor, job, seat);
			unserved = unserved.saturating_add(1);
			if outcome == DutyOutcome::Missed {
				T::Validators::note_missed(auditor, case.work);
				Self::deposit_event(Event::DutyMissed {
					job,
					round: case.round,
					auditor: auditor.clone(),
				});
			}
		}
		if unserved > 0 {
			AuditBacklog::<T>::mutate(|backlog| {
				backlog.unserved = backlog.unserved.saturating_add(unserved);
			});
		}
		ballots
	}

	/// The result stands. `refuted` were wrong about it or about others, `idle` have not worked.
	fn uphold(
		job: JobId,
		case: CaseOf<T>,
		ballots: Vec<Ballot<T::AccountId>>,
		refuted: Vec<Refuted<T::AccountId>>,
		idle: Vec<(T::AccountId, Vec<T::AccountId>)>,
	) -> Conclusion<T::AccountId, BlockNumberFor<T>> {
		let winners = |auditor: &T::AccountId| -> BTreeSet<T::AccountId> {
			let finders = idle.iter().filter(|(it, _)| it == auditor).flat_map(|(_, by)| by);
			let slandered = refuted
				.iter()
				.filter(|it| it.auditor == *auditor)
				.map(|it| it.accused.as_ref().unwrap_or(&case.provider));
			finders.chain(slandered).cloned().collect()
		};
		let mut penalties = Vec::new();
		let right = Self::close(job, &case, ballots, false, |ballot| {
			let winners = winners(&ballot.auditor);
			if !winners.is_empty() {
				let (auditor, winners) = (ballot.auditor.clone(), winners.into_iter().collect());
				penalties.push(Penalty { auditor, winners, pay: case.pay });
				return DutyOutcome::FalseVote;
			}
			match ballot.fault {
				None => DutyOutcome::Fulfilled,
				// There was no room for it to be decided: it stays open who was right.
				Some(_) => DutyOutcome::Unavailable,
			}
		});
		let audited = !right.is_empty();
		let earned = |auditor| {
			let bond = T::Validators::bond(&auditor);
			(auditor, settlement::secured_pay(case.pay, bond))
		};
		let pay = right.into_iter().map(earned).collect();
		Conclusion::Upheld { pay, penalties, audited }
	}

	/// The result is wrong, as `finders` have shown, and `refuted` were wrong about what is wrong. With `spared` it
	/// was lost by whoever stood in for the provider, and it stays open whether it is wrong.
	fn overturn(
		job: JobId,
		case: CaseOf<T>,
		ballots: Vec<Ballot<T::AccountId>>,
		mut finders: Vec<T::AccountId>,
		refuted: &[Refuted<T::AccountId>],
		spared: bool,
	) -> Conclusion<T::AccountId, BlockNumberFor<T>> {
		let mut false_votes = Vec::new();
		let right = Self::close(job, &case, ballots, true, |ballot| {
			let is_refuted = refuted.iter().any(|it| it.auditor == ballot.auditor);
			match ballot.fault {
				Some(_) if !is_refuted => DutyOutcome::Fulfilled,
				None if spared => DutyOutcome::Unavailable,
				_ => {
					false_votes.push((ballot.auditor.clone(), case.pay));
					DutyOutcome::FalseVote
				}
			}
		});
		for auditor in right {
			if !finders.contains(&auditor) {
				finders.push(auditor);
			}
		}
		Conclusion::Overturned { finders, false_votes, spared }
	}

	/// Accounts for every vote by what `judge` says of it, and forgets the case. Returns those who fulfilled
	/// their duty.
	fn close(
		job: JobId,
		case: &CaseOf<T>,
		ballots: Vec<Ballot<T::AccountId>>,
		overturned: bool,
		mut judge: impl FnMut(&Ballot<T::AccountId>) -> DutyOutcome,
	) -> Vec<T::AccountId> {
		if !ballots.is_empty() {
			let served = ballots.len() as u32;
			AuditBacklog::<T>::mutate(|backlog| {
				backlog.served = backlog.served.saturating_add(served);
			});
		}
		let (mut right, mut matches, mut mismatches) = (Vec::new(), 0u32, 0u32);
		for ballot in ballots {
			let counter = if ballot.fault.is_none() { &mut matches } else { &mut mismatches };
			*counter = counter.saturating_add(1);
			let outcome = judge(&ballot);
			Self::note_duty(case, ballot.era, &ballot.auditor, outcome);
			if outcome == DutyOutcome::Fulfilled {
				if !case.paid {
					T::Validators::note_fulfilled(&ballot.auditor, case.work);
				}
				right.push(ballot.auditor);
			}
		}
		for auditor in &case.auditors {
			Seats::<T>::remove(auditor, job);
		}
		Cases::<T>::remove(job);
		Self::deposit_event(Event::CaseConcluded { job, overturned, matches, mismatches });
		right
	}

	/// Counts what became of a seat, unless its era is no longer kept.
	fn note_duty(case: &CaseOf<T>, era: EraIndex, auditor: &T::AccountId, outcome: DutyOutcome) {
		DutyRecords::<T>::mutate_exists(era, auditor, |record| {
			let Some(record) = record else { return };
			let counter = match outcome {
				DutyOutcome::Fulfilled => &mut record.fulfilled,
				DutyOutcome::Unavailable => &mut record.unavailable,
				DutyOutcome::Missed => &mut record.missed,
				DutyOutcome::FalseVote => &mut record.false_votes,
			};
			*counter = counter.saturating_add(1);
			if !case.paid {
				let DutyCount { done, due } = &mut record.unpaid;
				*due = due.saturating_add(1);
				*done = done.saturating_add((outcome == DutyOutcome::Fulfilled).into());
			}
		});
	}

	/// The open seats of an auditor, the most urgent first.
	pub(crate) fn open_duties(auditor: &T::AccountId) -> Vec<Duty<BlockNumberFor<T>>> {
		let penalty = T::Validators::miss_penalty(auditor);
		let mut duties: Vec<_> = Seats::<T>::iter_prefix(auditor)
			.filter(|(_, seat)| seat.progress != SeatProgress::Ended)
			.map(|(job, seat)| {
				let first_reveal = seat.commit_by.saturating_add(One::one());
				let drawn = seat.commit_by.saturating_sub(T::CommitWindow::get());
				let (task, from, by) = match seat.progress {
					SeatProgress::Drawn => {
						(Task::Commit, drawn.saturating_add(One::one()), seat.commit_by)
					}
					SeatProgress::Committed(_) => (Task::Reveal, first_reveal, seat.reveal_by),
					SeatProgress::Revealed { .. } | SeatProgress::Ended => {
						(Task::Nothing, first_reveal, seat.reveal_by)
					}
				};
				Duty { job, round: seat.round, task, from, by, penalty }
			})
			.collect();
		duties.sort_by_key(|duty| (duty.task == Task::Nothing, duty.by, duty.job));
		duties
	}

	/// The hash of the first block, which every signature covers.
	pub(crate) fn genesis_hash() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}
}
