// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// node validate.js <bond in ERG>
//
// Makes session keys in the node at ERGON_URL, registers them, and stands for election. ERGON_SECRET
// is the validator's account.

import { account, connect, ERG, run, submit, synchronised } from './common.js';
import { u8aToHex } from '@polkadot/util';

const [bond] = process.argv.slice(2);
const { ERGON_SECRET } = process.env;

run(async () => {
	if (!bond) throw new Error('say what to bond: node validate.js 1000');
	if (!ERGON_SECRET) throw new Error("set ERGON_SECRET to the validator's secret, for example //Bob//stash");
	const api = await connect();
	await synchronised(api);
	const me = account(ERGON_SECRET);
	const { keys, proof } = (await api.rpc.author.rotateKeysWithOwner(u8aToHex(me.publicKey))).toJSON();
	const calls = [api.tx.session.setKeys(keys, proof), api.tx.power.join(BigInt(bond) * ERG, null)];
	await submit(api, api.tx.utility.batchAll(calls), me);
	console.log(`${me.address} stands for election`);
});
