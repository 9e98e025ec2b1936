// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// node ask.js <question> [<provider's address>]
//
// Asks a question of the first active model, waits for the answer, and then for the settlement.
// ERGON_URL is the node, ERGON_SECRET the account that pays.

import { account, activeModel, connect, run, submit } from './common.js';

const [question, provider = null] = process.argv.slice(2);
const { ERGON_SECRET = '//Ferdie' } = process.env;

run(async () => {
	if (!question) throw new Error('say what to ask: node ask.js "What is Ergon?"');
	const api = await connect();
	const me = account(ERGON_SECRET);
	const active = await activeModel(api);

	// What would it cost?
	const kind = { Generate: { maxTokens: 64, temperature: 0, topP: 1000, topK: 64, stop: [] } };
	const constraints = { countries: [], minReputation: 0, provider, replicas: 1 };
	const bytes = new TextEncoder().encode(question).length;
	const quote = await api.call.ergonApi.quote(me.address, active.id, kind, bytes, constraints);
	if (quote.isErr) throw new Error(`the chain would refuse it: ${quote.asErr}`);
	const price = quote.asOk.cheapest.unwrapOr(undefined);
	if (!price) throw new Error('no provider offers this now; ask again later');

	// Hold the money.
	const call = api.tx.jobs.submit(active.id, kind, question, price, constraints, Date.now());
	const events = await submit(api, call, me);
	const { job } = events.find(({ section, method }) => section === 'jobs' && method === 'JobSubmitted').data;
	console.log(`job ${job.toHex()}, at most ${price.toString()} of the smallest unit`);

	// Follow it through final blocks.
	let status;
	await new Promise((resolve, reject) => {
		api.rpc.chain.subscribeFinalizedHeads(async ({ hash }) => {
			const report = (await api.rpc.ergon.job(job, hash)).toJSON();
			if (!report || report.status === status) return;
			status = report.status;
			console.log(status === 'attested' ? `answer: ${report.text}` : status);
			if (status === 'settled') resolve();
			else if (report.isFinal) reject(new Error(`${report.reason ?? status}; the price was released`));
		});
	});
});
