// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// The story of the demo: an honest job, and one that is not.

import { finalizedBlocks, finalizedNumber, inErg, is, palletAccount, submitFinal, wealth } from './chain.js';
import { PARTS, people } from './local.js';
import { follow, Names } from './narrator.js';
import { Problem } from './network.js';

/** Generates an answer greedily, of at most that many tokens. */
export function generate(maxTokens) {
	return { Generate: { maxTokens, temperature: 0, topP: 1000, topK: 64, stop: [] } };
}

/** Work for people: a work unit is a billion multiply-accumulates. */
function inWorkUnits(work) {
	return `${(Number(work.toBigInt()) / 1e9).toLocaleString('en', { maximumFractionDigits: 1 })} WU`;
}

/** What came of a sprint. */
function outcome(sprint) {
	return sprint.isProved ? inWorkUnits(sprint.asProved) : sprint.type.toLowerCase();
}

/** What would raise power, from a limit that the chain names. */
function advice(limit) {
	const { inner } = limit;
	const gain = inner.gain?.isZero() === false ? `, for ${inWorkUnits(inner.gain)} more` : '';
	switch (limit.type) {
		case 'NotYet':
			return `its first sprint, in era ${inner.era}`;
		case 'Undecided':
			return `the decision of ${inner.sprints} sprints${gain}`;
		case 'Ramp':
			return `as much again in ${inner.sprints} sprints${gain}`;
		case 'Sprint':
			return gain ? `a sprint better than that of era ${inner.era}${gain}` : 'a faster machine';
		case 'Audits':
			return `audits done${gain}`;
		case 'Bond':
			return `${inErg(inner.missing.toBigInt())} more bond${gain}`;
		case 'Cap':
			return `others who prove more${gain}`;
		default:
			return limit.type;
	}
}

/** What may go wrong in a step, as a sentence. */
function expect(holds, sentence) {
	if (!holds) throw new Problem(sentence);
}

/** Tells the story on a network that runs. */
export class Story {
	constructor(api, model, say) {
		this.api = api;
		this.model = model;
		this.say = say;
		this.people = people();
		this.names = new Names([
			...Object.entries(this.people).map(([name, { address }]) => [address, name]),
			[palletAccount(api, 'erg/trsy'), 'treasury'],
			[palletAccount(api, 'erg/audt'), 'audit pool'],
		]);
	}

	/** Waits until a block is final. */
	async begin() {
		while ((await finalizedNumber(this.api)) < 1) {
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	}

	/** Asks `prompt` of the named provider, and follows the job to its end. */
	async #ask({ requester, provider, prompt, maxTokens }) {
		const { api, model } = this;
		const kind = generate(maxTokens);
		const constraints = { countries: [], minReputation: 0, provider: this.people[provider].address, replicas: 1 };
		const signer = this.people[requester];
		const quote = await api.call.ergonApi.quote(
			signer.address,
			model,
			kind,
			new TextEncoder().encode(prompt).length,
			constraints,
		);
		expect(quote.isOk, `the chain does not quote the job: ${quote.isErr && quote.asErr}`);
		const price = quote.asOk.cheapest.unwrapOr(undefined)?.toBigInt();
		expect(price !== undefined, `${provider} has no offer for this job`);

		const before = await finalizedNumber(api);
		const wealthBefore = await wealth(await api.at(await api.rpc.chain.getBlockHash(before)));
		this.say(`\n${requester} asks ${provider}: “${prompt}”\n`);
		const transaction = api.tx.jobs.submit(model, kind, prompt, price, constraints, Date.now());
		const { events, fee } = await submitFinal(api, transaction, signer);
		const job = events.find((event) => is(event, 'jobs', 'JobSubmitted')).data.job.toHex();
		const end = await follow(finalizedBlocks(api, before), {
			job,
			requester,
			names: this.names,
			tell: (block, line) => this.say(`  block ${String(block).padStart(3)}  ${line}`),
		});
		this.say(`\nWho has more, who has less (${requester} paid a transaction fee of ${inErg(fee)}):\n`);
		this.#table(wealthBefore, await wealth(end.state));
		return end;
	}

	/** Differences of all accounts; they add up to what was burnt. */
	#table(before, after) {
		let sum = 0n;
		for (const account of new Set([...before.keys(), ...after.keys()])) {
			const difference = (after.get(account) ?? 0n) - (before.get(account) ?? 0n);
			if (difference === 0n) continue;
			sum += difference;
			const name = this.names.of(account);
			const who = PARTS[name] ? `${name} (${PARTS[name]})` : name;
			this.say(`  ${who.padEnd(24)} ${inErg(difference, { sign: true }).padStart(26)}`);
		}
		this.say(`  ${(sum > 0n ? 'issued' : 'burnt').padEnd(24)} ${inErg(-sum).padStart(26)}`);
	}

	/** What everybody has. */
	async balances() {
		this.say('\nWhat everybody has, bonds included:\n');
		const state = await this.api.at(await this.api.rpc.chain.getFinalizedHead());
		const all = await wealth(state);
		for (const [name, { address }] of Object.entries(this.people)) {
			this.say(`  ${`${name} (${PARTS[name]})`.padEnd(24)} ${inErg(all.get(address) ?? 0n).padStart(26)}`);
		}
	}

	/** An honest provider answers, is checked, and is paid. */
	async honest() {
		const prompt = 'What is Ergon?';
		const end = await this.#ask({ requester: 'Ferdie', provider: 'Dave', prompt, maxTokens: 64 });
		expect(is(end.end, 'jobs', 'JobSettled'), `the honest job did not settle: ${end.end.method}`);
		expect(end.answer?.trim(), 'the answer has no words');
		const matches = end.events.filter((event) => is(event, 'audits', 'VoteRevealed') && event.data.vote.isMatch);
		expect(matches.length > 0, 'no auditor re-executed the honest job');
		return end;
	}

	/** What validators have proved, what follows from it, and what they weigh. */
	async power() {
		const state = await this.api.at(await this.api.rpc.chain.getFinalizedHead());
		const weights = await state.call.ergonApi.authorityWeights();
		this.say('\nWho decides. Power is what sprints have proved, and at first what genesis gave:\n');
		for (const [account, weight] of weights) {
			const terms = (await state.call.ergonApi.power(account)).unwrap();
			const limits = await state.call.ergonApi.powerLimits(account);
			const held = terms.eras.filter(([era]) => terms.held.some((of) => of.eq(era)));
			const sprints = held.map(([era, { sprint }]) => `${outcome(sprint)} in era ${era}`);
			this.say(
				`  ${this.names.of(account.toString()).padEnd(8)} sprints: ${sprints.join(', ') || 'none yet'}; ` +
					`counted ${inWorkUnits(terms.sprints)}, genesis ${inWorkUnits(terms.genesis)}, ` +
					`bond backs ${inWorkUnits(terms.backed)}; power ${inWorkUnits(terms.power)} of ` +
					`${inWorkUnits(terms.total)}; weighs ${(weight.toNumber() / 10_000).toFixed(2)} %; ` +
					`more by ${limits.map(advice).join(' and ') || 'nothing'}`,
			);
		}
		expect(weights.length > 0, 'there are no authorities');
		const sprint = (await state.call.ergonApi.sprint()).unwrap();
		const next = sprint.next.unwrapOr(undefined);
		if (next) {
			this.say(
				`  The sprint of era ${sprint.era}: ${sprint.phase.type.toLowerCase()}. ` +
					`The next one, of era ${next.era}, opens in one of the blocks ${next.earliest} to ${next.latest}.`,
			);
		}
		return weights;
	}

	/** A provider that cheats is caught; the requester loses nothing. */
	async dishonest() {
		const prompt = 'Why can nobody cheat here?';
		const end = await this.#ask({ requester: 'Ferdie', provider: 'Eve', prompt, maxTokens: 64 });
		expect(
			is(end.end, 'jobs', 'JobVoided') && end.end.data.reason.isOverturned,
			`the dishonest result was not overturned: ${end.end.method}`,
		);
		expect(
			end.events.some((event) => is(event, 'jobs', 'ProviderSlashed') && event.data.amount.toBigInt() > 0n),
			'the provider that cheated was not slashed',
		);
		return end;
	}
}
