// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// The chain as a dApp sees it: metadata, a job from question to receipt, and every balance to the
// unit. Starts the network of the demo on free ports.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Metadata, TypeRegistry } from '@polkadot/types';

import { connect, finalizedBlocks, finalizedNumber, is, palletAccount, submitFinal, wealth } from '../src/chain.js';
import { people, startLocal } from '../src/local.js';
import { follow, Names } from '../src/narrator.js';
import { generate, Story } from '../src/story.js';

const names = new Names(Object.entries(people()).map(([name, { address }]) => [address, name]));
const { Dave, Eve, Ferdie } = people();

let network;
let model;
let api;
let treasury;
let auditPool;

before(async () => {
	({ network, model } = await startLocal({ fixedPorts: false }));
	api = await Promise.race([network.failure, connect(network.nodes[0].url)]);
	treasury = palletAccount(api, 'erg/trsy');
	auditPool = palletAccount(api, 'erg/audt');
	while ((await finalizedNumber(api)) < 1) await new Promise((resolve) => setTimeout(resolve, 500));
});

after(async () => {
	await api?.disconnect();
	await network?.stop();
});

/** One line of the story about a validator: who, power, power of all, and weight, among the terms of the power. */
const VALIDATOR = new RegExp(
	[
		String.raw`^ {2}(\w+) +sprints: (?:none yet|.* in era \d+); counted [\d.,]+ WU, genesis [\d.,]+ WU, `,
		String.raw`bond backs [\d.,]+ WU; power ([\d.,]+) WU of ([\d.,]+) WU; weighs ([\d.]+) %; more by .+$`,
	].join(''),
);
/** The line about the sprint that comes next. */
const SPRINT = /^ {2}The sprint of era (\d+): \w+\. The next one, of era (\d+), opens in one of the blocks (\d+) to (\d+)\.$/;

/** What changed on every account and in the issuance since a block. */
async function changes(from, to) {
	const [old, now] = [await wealth(from), await wealth(to)];
	const issuance = async (state) => (await state.query.balances.totalIssuance()).toBigInt();
	const accounts = new Map();
	for (const account of new Set([...old.keys(), ...now.keys()])) {
		const difference = (now.get(account) ?? 0n) - (old.get(account) ?? 0n);
		if (difference !== 0n) accounts.set(account, difference);
	}
	return { accounts, issued: (await issuance(to)) - (await issuance(from)) };
}

/** Adds up what is expected of each account; accounts of which nothing is expected are left out. */
function ledger(...entries) {
	const sums = new Map();
	for (const [account, amount] of entries) {
		const sum = (sums.get(account.toString()) ?? 0n) + amount;
		if (sum === 0n) sums.delete(account.toString());
		else sums.set(account.toString(), sum);
	}
	return sums;
}

/** Asks a named provider, as a user would, and follows the job to its end. */
async function ask(provider, prompt) {
	const kind = generate(48);
	const constraints = { countries: [], minReputation: 0, provider: provider.address, replicas: 1 };
	const quote = await api.call.ergonApi.quote(Ferdie.address, model, kind, prompt.length, constraints);
	const maxPrice = quote.asOk.cheapest.unwrap().toBigInt();
	const number = await finalizedNumber(api);
	const start = await api.at(await api.rpc.chain.getBlockHash(number));
	const transaction = api.tx.jobs.submit(model, kind, prompt, maxPrice, constraints, number);
	const { events, fee } = await submitFinal(api, transaction, Ferdie);
	const submitted = events.find((event) => is(event, 'jobs', 'JobSubmitted')).data;
	const job = submitted.job.toHex();
	const penalties = [];
	const blocks = noting(finalizedBlocks(api, number), penalties);
	const end = await follow(blocks, { job, names, requester: 'Ferdie', tell: () => {} });
	return { job, fee, maxPrice, deposit: submitted.deposit.toBigInt(), start, penalties, ...end };
}

/**
 * Hands blocks on and notes what validators pay to the treasury for duties that they missed: on a
 * machine that is too busy for five nodes, an honest validator may.
 */
async function* noting(blocks, penalties) {
	for await (const block of blocks) {
		for (const { data } of block.events.filter((event) => is(event, 'power', 'DutyMissed'))) {
			penalties.push([data.validator, -data.penalty.toBigInt()], [treasury, data.penalty.toBigInt()]);
		}
		yield block;
	}
}

/** The payments to auditors that events tell of. */
function auditorPay(events) {
	return events
		.filter((event) => is(event, 'jobs', 'AuditorPaid'))
		.map(({ data }) => [data.auditor, data.amount.toBigInt()]);
}

describe('metadata', () => {
	it('decodes in every version that the runtime has', async () => {
		const versions = (await api.call.metadata.metadataVersions()).map((version) => version.toNumber());
		for (const version of [14, 15]) assert.ok(versions.includes(version), `${versions} lack ${version}`);
		const stable = versions.filter((version) => version < 0xffff);
		for (const version of stable) {
			const bytes = (await api.call.metadata.metadataAtVersion(version)).unwrap();
			const registry = new TypeRegistry();
			const metadata = new Metadata(registry, bytes.toHex());
			registry.setMetadata(metadata);
			assert.equal(metadata.version, version);
			const pallets = metadata.asLatest.pallets.map(({ name }) => name.toString());
			for (const name of ['Models', 'Providers', 'Jobs', 'Audits', 'Power']) {
				assert.ok(pallets.includes(name), `version ${version} lacks ${name}: ${pallets}`);
			}
			for (const { id } of metadata.asLatest.lookup.types) {
				registry.createClass(registry.createLookupType(id));
			}
		}
	});

	it('decodes everything that is stored', async () => {
		const state = await api.at(await api.rpc.chain.getFinalizedHead());
		for (const [pallet, entries] of Object.entries(state.query)) {
			for (const [name, entry] of Object.entries(entries)) {
				if (name === 'palletVersion' || pallet === 'substrate') continue;
				const isMap = entry.creator?.meta.type.isMap;
				const value = isMap ? await entry.entries() : await entry();
				assert.notEqual(value, undefined, `${pallet}.${name}`);
			}
		}
	});
});

describe('an honest job', () => {
	it('settles, is told in words, and moves exactly the money that it says', async () => {
		const end = await ask(Dave, 'What is a token?');
		assert.equal(end.end.method, 'JobSettled');
		const { settlement } = end.end.data;
		const paid = Object.fromEntries(
			['price', 'refunded', 'provider', 'treasury', 'auditors', 'fromPool', 'toPool', 'burnt'].map(
				(part) => [part, settlement[part].toBigInt()],
			),
		);

		// The parts are the whole.
		assert.equal(paid.price + paid.refunded, end.maxPrice);
		assert.equal(
			paid.price + paid.fromPool,
			paid.provider + paid.treasury + paid.auditors + paid.toPool + paid.burnt,
		);
		const pay = auditorPay(end.events);
		assert.equal(pay.reduce((sum, [, amount]) => sum + amount, 0n), paid.auditors);

		// Every account has more or less by exactly its part; nobody else has.
		const { accounts, issued } = await changes(end.start, end.state);
		const expected = ledger(
			[Ferdie.address, -end.fee - paid.price],
			[Dave.address, paid.provider],
			[treasury, paid.treasury + end.fee],
			[auditPool, paid.toPool - paid.fromPool],
			...pay,
			...end.penalties,
		);
		assert.deepEqual(accounts, expected);
		assert.equal(issued, -paid.burnt);

		// What is still held is the storage deposit that is left, and it is the requester's.
		const record = (await end.state.query.jobs.jobs(end.job)).unwrap();
		assert.equal(record.escrow.toBigInt(), 0n);
		const holds = await end.state.query.balances.holds(Ferdie.address);
		const held = holds.reduce((sum, { amount }) => sum + amount.toBigInt(), 0n);
		assert.equal(held, record.deposit.toBigInt());
		assert.ok(held <= end.deposit);

		const told = (await api.rpc.ergon.job(end.job)).toJSON();
		assert.ok(JSON.stringify(told).includes(JSON.stringify(end.answer)), JSON.stringify(told));
	});
});

describe('a dishonest job', () => {
	it('is overturned at the cost of the provider alone', async () => {
		const end = await ask(Eve, 'Why can nobody cheat?');
		assert.equal(end.end.method, 'JobVoided');
		assert.ok(end.end.data.reason.isOverturned);
		assert.equal(end.end.data.refunded.toBigInt(), end.maxPrice);
		const amount = end.events.find((event) => is(event, 'jobs', 'ProviderSlashed')).data.amount.toBigInt();
		const award = end.events.find((event) => is(event, 'jobs', 'SlashAwarded')).data;
		const [awarded, burnt] = [award.awarded.toBigInt(), award.burnt.toBigInt()];
		assert.ok(amount > 0n);
		assert.equal(awarded + burnt, amount);

		const { accounts, issued } = await changes(end.start, end.state);
		assert.equal(issued, -burnt);
		const finders = end.events
			.filter((event) => is(event, 'audits', 'VoteRevealed') && event.data.vote.isMismatch)
			.map(({ data }) => data.auditor);
		assert.equal(awarded % BigInt(finders.length), 0n);
		const expected = ledger(
			[Ferdie.address, -end.fee],
			[Eve.address, -amount],
			[treasury, end.fee],
			...finders.map((finder) => [finder, awarded / BigInt(finders.length)]),
			...end.penalties,
		);
		assert.deepEqual(accounts, expected);
	});
});

describe('the story of who decides', () => {
	it('tells the power of each validator, its terms and its weight, and when the next sprint opens', async () => {
		const lines = [];
		const weights = await new Story(api, model, (line) => lines.push(line)).power();
		assert.match(lines.shift(), /^\nWho decides\. /);
		const sprint = lines.pop();

		// A line for each validator, in the order of the authorities.
		const told = lines.map((line) => line.match(VALIDATOR) ?? assert.fail(`not told as it should be: ${line}`));
		assert.deepEqual(told.map(([, who]) => who), weights.map(([account]) => names.of(account)));
		assert.deepEqual(told.map(([, who]) => who).sort(), ['Alice', 'Bob', 'Charlie']);
		assert.deepEqual(told.map((line) => line[4]), weights.map(([, weight]) => (weight.toNumber() / 1e4).toFixed(2)));
		assert.equal(weights.reduce((sum, [, weight]) => sum + weight.toNumber(), 0), 1_000_000);
		const units = (text) => Number(text.replaceAll(',', ''));
		for (const [, , power, total] of told) assert.ok(units(power) > 0 && units(power) <= units(total), lines.join('\n'));

		const [, era, next, earliest, latest] = sprint.match(SPRINT) ?? assert.fail(sprint);
		assert.ok(Number(next) === Number(era) || Number(next) === Number(era) + 1, sprint);
		assert.ok(Number(earliest) <= Number(latest), sprint);
	});
});

describe('a refused job', () => {
	it('costs the transaction fee and nothing else', async () => {
		const number = await finalizedNumber(api);
		const start = await api.at(await api.rpc.chain.getBlockHash(number));
		const constraints = { countries: [], minReputation: 0, provider: null, replicas: 1 };
		const transaction = api.tx.jobs.submit(model, generate(48), 'Cheap?', 1n, constraints, number);
		await assert.rejects(submitFinal(api, transaction, Ferdie), /jobs\.PriceTooLow: .*quote/s);
		const end = await api.at(await api.rpc.chain.getFinalizedHead());
		const { accounts, issued } = await changes(start, end);
		assert.equal(issued, 0n);
		assert.deepEqual(accounts, ledger([Ferdie.address, -accounts.get(treasury)], [treasury, accounts.get(treasury)]));
	});
});
