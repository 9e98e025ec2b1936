// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// Says in words what happens to a job.

import { answer, inErg, is } from './chain.js';
import { Problem } from './network.js';

/** Names for addresses: those of the people, and of the pallets that own money. */
export class Names {
	#names;

	constructor(entries) {
		this.#names = new Map(entries);
	}

	of(address) {
		const text = address.toString();
		return this.#names.get(text) ?? `${text.slice(0, 6)}…${text.slice(-4)}`;
	}

	list(addresses) {
		return [...addresses].map((address) => this.of(address)).join(', ') || 'nobody';
	}
}

const lines = {
	'jobs.JobSubmitted': (data, names) =>
		`${names.of(data.requester)} asks; ${inErg(data.maxPrice.toBigInt())} are held for the price ` +
		`and ${inErg(data.deposit.toBigInt())} for storage`,
	'jobs.JobAssigned': (data, names) =>
		`assigned to ${names.of(data.provider)}, who has until block ${data.deadline} ` +
		`(${inErg(data.prices.promptToken.toBigInt())} per prompt token, ` +
		`${inErg(data.prices.outputToken.toBigInt())} per output token)`,
	'jobs.JobRequeued': (data, names) =>
		`${names.of(data.provider)} failed (${data.failure.type}); the job waits for another provider`,
	'jobs.JobAttested': (data, names) =>
		`${names.of(data.provider)} signs a result: ${data.promptTokens} prompt tokens, ` +
		`${data.outputTokens} output tokens, ${inErg(data.price.toBigInt())}`,
	'jobs.JobDisputed': () => 'an auditor says that the result is wrong',
	'jobs.JobSettled': (data) => `settled: ${inErg(data.settlement.price.toBigInt())} change hands`,
	'jobs.JobVoided': (data, names, { requester }) =>
		`voided (${data.reason.type}): ${inErg(data.refunded.toBigInt())} go back to ${requester}`,
	'jobs.JobExpired': (data, names, { requester }) =>
		`expired (${data.reason.type}): ${inErg(data.refunded.toBigInt())} go back to ${requester}`,
	'jobs.AuditorPaid': (data, names) =>
		`${names.of(data.auditor)} gets ${inErg(data.amount.toBigInt())} for the audit`,
	'jobs.ProviderSlashed': (data, names) =>
		`${names.of(data.provider)} is slashed: ${inErg(data.amount.toBigInt())} of its bond are gone`,
	'jobs.SlashAwarded': (data) =>
		`${inErg(data.awarded.toBigInt())} of that go to those who were right, ` +
		`${inErg(data.burnt.toBigInt())} are burnt`,
	'jobs.AuditorSlashed': (data, names) =>
		`${names.of(data.auditor)} is slashed for a false vote: ${inErg(data.amount.toBigInt())}`,
	'audits.AuditorsDrawn': (data, names) => `drawn to re-execute it: ${names.list(data.auditors)}`,
	'audits.VoteCommitted': (data, names) => `${names.of(data.auditor)} commits to a vote, unseen`,
	'audits.VoteRevealed': (data, names) =>
		`${names.of(data.auditor)} reveals: ` +
		(data.vote.isMismatch ? describeFault(data.vote.asMismatch) : describeVote(data.vote)),
	'audits.DutyMissed': (data, names) => `${names.of(data.auditor)} misses its duty`,
	'audits.RoundCalled': (data) =>
		data.kind.isSecondLook
			? 'everybody found the same bits: two others are drawn, to look once more'
			: 'seats are left without a vote: others are drawn',
	'audits.Disputed': (data, names) => `${names.list(data.accusers)} will show what is wrong`,
	'jobs.ReplicasDiffer': () =>
		'two providers answered the same question otherwise: each has to show what is wrong about the other',
	'audits.ModelsDeclared': (data, names) =>
		`${names.of(data.auditor)} can audit ${data.models.length} model(s)`,
	'audits.Objected': (data, names) =>
		`${names.of(data.auditor)} says that ${names.list(data.accused)} voted without re-executing it`,
	'disputes.GameStarted': (data, names) =>
		`${names.of(data.challenger)} disputes ` +
		(data.charge.isWork ? 'an audit of it' : `it, ${describeFault(data.charge.asResult)}`) +
		`: ${names.of(data.defender)} has to show how`,
	'disputes.Moved': (data, names) =>
		`${names.of(data.player)} ${data.side.isDefender ? 'shows' : 'names'} the next part ` +
		`(move ${data.step.toNumber() + 1}, ${data.bytes} bytes)`,
	'disputes.StoodIn': (data, names) => `${names.of(data.player)} stands in for the silent ${data.side.type}`,
	'disputes.GameOver': (data) =>
		`the chain has computed it: the ${data.winner.type.toLowerCase()} was right` +
		(data.reason.isSome ? ` (${data.reason.unwrap().type})` : ', the other side was silent'),
	'audits.CaseConcluded': (data) =>
		`verdict: the result ${data.overturned.isTrue ? 'is wrong' : 'stands'} ` +
		`(${data.matches} found the same bits, ${data.mismatches} did not)`,
};

function describeFault(fault) {
	if (fault.isChunk) return `wrong from chunk ${fault.asChunk} on`;
	return fault.isPrompt ? 'not the tokens of this prompt' : 'not where or as it ends';
}

function describeVote(vote) {
	return vote.isMatch ? 'the same to the bit' : 'could not re-execute it';
}

/** What an event says about a job, in a sentence; nothing when it is not about that job. */
export function describe(event, job, names, context) {
	if (event.data.job?.toHex() !== job) return undefined;
	return lines[`${event.section}.${event.method}`]?.(event.data, names, context);
}

const FINAL = ['JobSettled', 'JobVoided', 'JobExpired', 'JobCancelled'];

/**
 * Follows a job through finalised blocks until it is final, and hands every sentence to `tell`.
 *
 * @param blocks what `finalizedBlocks` yields, from the block of the submission on
 * @param patience blocks after which a job that is not final is a {@link Problem}
 * @returns its events, its answer, and the state behind the last block
 */
export async function follow(blocks, { job, names, requester, tell, patience = 200 }) {
	const seen = [];
	let text;
	let first;
	for await (const { number, state, events } of blocks) {
		first ??= number;
		for (const event of events.filter(({ data }) => data.job?.toHex() === job)) {
			seen.push(event);
			const line = describe(event, job, names, { requester });
			if (line) tell(number, line);
			if (is(event, 'jobs', 'JobAttested')) {
				text = await answer(state, job);
				tell(number, `the answer: ${JSON.stringify(text)}`);
			}
		}
		const last = seen.find(({ section, method }) => section === 'jobs' && FINAL.includes(method));
		if (last) return { events: seen, end: last, answer: text, state };
		if (number - first > patience) {
			const how = seen.map(({ method }) => method).join(', ') || 'nothing';
			throw new Problem(`the job ${job} is not final ${patience} blocks after its submission; what happened: ${how}`);
		}
	}
	throw new Problem('the chain ended');
}
