// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// What every example does: connect, sign, wait until it is final.

import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

/** One ERG in the smallest unit. */
export const ERG = 10n ** 12n;

/** The methods that an Ergon node has beyond those of every Substrate node. */
const rpc = {
	ergon: {
		job: {
			description: 'Everything about a job, its answer as text.',
			params: [{ name: 'id', type: 'Hash' }, { name: 'at', type: 'Hash', isOptional: true }],
			type: 'Json',
		},
		workerProof: {
			description: "A node's worker key, and the proof that it works for an operator.",
			params: [{ name: 'operator', type: 'AccountId' }],
			type: 'Json',
		},
	},
	author: {
		rotateKeysWithOwner: {
			description: 'New session keys, and the proof that they are for an account.',
			params: [{ name: 'owner', type: 'Bytes' }],
			type: 'Json',
		},
	},
};

/** Transaction extensions that add nothing to what is signed, and that the package does not know. */
const signedExtensions = { AuthorizeCall: { extrinsic: {}, payload: {} } };

/** Connects to the JSON-RPC of a node, if no other is named the one at ERGON_URL. */
export function connect(url = process.env.ERGON_URL ?? 'ws://127.0.0.1:9944') {
	return ApiPromise.create({ provider: new WsProvider(url), rpc, signedExtensions, noInitWarn: true });
}

/** The first model of the chain that takes jobs. */
export async function activeModel(api) {
	const models = await api.call.ergonApi.models(null, 100);
	const active = models.find(({ model }) => model.status.isActive);
	if (!active) throw new Error('no model is active on this chain');
	return active;
}

/**
 * Waits until a node that has just been started has the chain that its peers have, and has seen three
 * blocks since: only then does its transaction pool look at the present state.
 */
export async function synchronised(api) {
	for (let seen = 0, last = 0; seen < 3; ) {
		const { isSyncing, peers, shouldHavePeers } = await api.rpc.system.health();
		const best = (await api.rpc.chain.getHeader()).number.toNumber();
		const isThere = isSyncing.isFalse && best > 0 && (shouldHavePeers.isFalse || peers.toNumber() > 0);
		if (!isThere) seen = 0;
		else if (last > 0 && best > last) seen += 1;
		last = isThere ? best : 0;
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}
}

/** The key pair of a secret, for example `//Ferdie` or twelve words; an audit key is of type `ed25519`. */
export function account(secret, type = 'sr25519') {
	return new Keyring({ type }).addFromUri(secret);
}

/** Signs and submits a transaction; resolves to its events when its block is final. */
export function submit(api, transaction, signer) {
	return new Promise((resolve, reject) => {
		const watch = ({ status, events, dispatchError }) => {
			if (status.isInvalid || status.isDropped) reject(new Error(`the transaction is ${status.type}`));
			if (!status.isFinalized) return;
			if (dispatchError?.isModule) {
				const { section, name, docs } = api.registry.findMetaError(dispatchError.asModule);
				reject(new Error(`${section}.${name}: ${docs.join(' ')}`));
			} else if (dispatchError) reject(new Error(dispatchError.toString()));
			else resolve(events.map(({ event }) => event));
		};
		transaction.signAndSend(signer, watch).catch(reject);
	});
}

/** Runs an example; an error ends it with one sentence. */
export function run(main) {
	main().then(
		() => process.exit(0),
		(error) => {
			console.error(`Error: ${error.message}`);
			process.exit(1);
		},
	);
}
