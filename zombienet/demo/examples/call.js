// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// node call.js <pallet>.<call> [<argument> ...]
//
// Signs one call and waits until it is final, for example `node call.js power.leave`. ERGON_URL is the node,
// ERGON_SECRET the account that signs; ERGON_SCHEME=ed25519 is for that of an audit key.

import { account, connect, run, submit } from './common.js';

const [name = '', ...values] = process.argv.slice(2);
const { ERGON_SECRET, ERGON_SCHEME } = process.env;

run(async () => {
	const [pallet, call] = name.split('.');
	if (!call) throw new Error('say what to call: node call.js power.leave');
	if (!ERGON_SECRET) throw new Error("set ERGON_SECRET to the account's secret, for example //Bob//stash");
	const api = await connect();
	const make = api.tx[pallet]?.[call];
	if (!make) throw new Error(`this chain has no call ${name}`);
	const me = account(ERGON_SECRET, ERGON_SCHEME);
	await submit(api, make(...values), me);
	console.log(`${name} of ${me.address} is final`);
});
