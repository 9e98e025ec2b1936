// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// node provide.js <country> <bond in ERG> <slots>
//
// Registers the provider node at ERGON_URL, with an offer for the first active model. ERGON_SECRET is
// the operator's account.

import { account, activeModel, connect, ERG, run, submit, synchronised } from './common.js';

const [country, bond, slots] = process.argv.slice(2);
const { ERGON_SECRET } = process.env;

run(async () => {
	if (!slots) throw new Error('say where, how much and how many: node provide.js CH 200 4');
	if (!ERGON_SECRET) throw new Error("set ERGON_SECRET to the operator's secret, for example //Alice//stash");
	const api = await connect();
	await synchronised(api);
	const operator = account(ERGON_SECRET);
	const active = await activeModel(api);

	const { worker, proof } = (await api.rpc.ergon.workerProof(operator.address)).toJSON();
	const profile = { country, region: null, hosting: 'Premises', peer: '' };
	const prices = { promptToken: ERG / 1000n, outputToken: ERG / 500n };
	const calls = [
		api.tx.providers.register(worker, proof, BigInt(bond) * ERG, profile),
		api.tx.providers.setOffer(active.id, prices, Number(slots)),
	];
	await submit(api, api.tx.utility.batchAll(calls), operator);
	console.log(`${operator.address} is a provider with worker key ${worker}`);
});
