// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// node seat.js <address>
//
// Follows a candidate for validator until it has made a block: says when it is elected and when its seat begins, and
// until then what keeps its power from being more.

import { connect, run, synchronised } from './common.js';

const [address] = process.argv.slice(2);

/** Where a candidate is on its way. */
async function standing(api) {
	const isOurs = (account) => account.eq(address);
	if ((await api.query.session.validators()).some(isOurs)) return 'has a seat';
	const queued = await api.query.session.queuedKeys();
	if (queued.some(([account]) => isOurs(account))) return 'is elected: its seat begins with the next session';
	const limits = await api.call.ergonApi.powerLimits(address);
	return `is not elected yet; its power is limited by ${limits.map(({ type }) => type).join(', ') || 'nothing'}`;
}

/** Blocks that it has made in this era; those that begin a session are nobody's. */
async function authored(api) {
	const era = await api.query.power.currentEra();
	const work = await api.query.rewards.eraWorks(era, address);
	return work.isSome ? work.unwrap().authored.toNumber() : 0;
}

run(async () => {
	if (!address) throw new Error('say whose seat: node seat.js <address>');
	const api = await connect();
	await synchronised(api);
	for (let said; ; ) {
		const now = await standing(api);
		if (now !== said) console.log(`${address} ${now}`);
		said = now;
		if ((await authored(api)) > 0) break;
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}
	console.log(`${address} makes blocks`);
});
