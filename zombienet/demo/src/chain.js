// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// The chain as a dApp sees it: blocks, events, transactions, balances.

import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { hexToU8a, stringToU8a, u8aConcat, u8aToString } from '@polkadot/util';

import { connect as open, ERG } from '../examples/common.js';
import { Problem } from './network.js';

/** Connects to a node that may still be starting. */
export async function connect(url) {
	// The provider would try again by itself, but complain about every attempt.
	while (!(await listens(url))) await sleep(200);
	return open(url);
}

/** Whether anything accepts connections at the host and port of `url`. */
function listens(url) {
	const { hostname, port } = new URL(url);
	return new Promise((resolve) => {
		const socket = createConnection({ host: hostname, port: Number(port) });
		socket.once('error', () => resolve(false));
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
	});
}

/** The account of a pallet: "modl", its eight letters, zeros. */
export function palletAccount(api, id) {
	const account = new Uint8Array(32);
	account.set(u8aConcat(stringToU8a('modl'), stringToU8a(id)));
	return api.createType('AccountId', account).toString();
}

/**
 * Every finalised block behind `after`, in order, as long as the consumer wants them: number, hash,
 * and its events.
 */
export async function* finalizedBlocks(api, after) {
	for (let next = after + 1; ; ) {
		const head = await api.rpc.chain.getFinalizedHead();
		const last = (await api.rpc.chain.getHeader(head)).number.toNumber();
		for (; next <= last; next += 1) {
			const hash = await api.rpc.chain.getBlockHash(next);
			const state = await api.at(hash);
			const events = (await state.query.system.events()).map(({ event }) => event);
			yield { number: next, hash, state, events };
		}
		await sleep(300);
	}
}

/** Number of the last finalised block. */
export async function finalizedNumber(api) {
	const head = await api.rpc.chain.getFinalizedHead();
	return (await api.rpc.chain.getHeader(head)).number.toNumber();
}

/**
 * Signs and submits a transaction, and waits until its block is final.
 *
 * @returns the hash of that block, the transaction's events, and the fee that was paid
 * @throws {Problem} with the name and the meaning of the error when the transaction fails
 */
export function submitFinal(api, transaction, signer) {
	return new Promise((resolve, reject) => {
		transaction
			.signAndSend(signer, ({ status, events, dispatchError, internalError }) => {
				if (internalError) reject(internalError);
				if (status.isInvalid || status.isDropped || status.isUsurped || status.isFinalityTimeout) {
					reject(new Problem(`the transaction was not included: ${status.type}`));
				}
				if (!status.isFinalized) return;
				if (dispatchError) {
					reject(new Problem(`the transaction failed: ${explain(api, dispatchError)}`));
					return;
				}
				const all = events.map(({ event }) => event);
				const paid = all.find((event) => is(event, 'transactionPayment', 'TransactionFeePaid'));
				resolve({ block: status.asFinalized, events: all, fee: paid.data.actualFee.toBigInt() });
			})
			.catch(reject);
	});
}

/** A dispatch error as its name and what its documentation says. */
export function explain(api, error) {
	if (!error.isModule) return error.toString();
	const { section, name, docs } = api.registry.findMetaError(error.asModule);
	return `${section}.${name}: ${docs.join(' ')}`;
}

/** Whether an event is of that pallet and name. */
export function is(event, section, method) {
	return event.section === section && event.method === method;
}

/** What an account has: in the smallest unit, held amounts by reason. */
export async function balance(state, account) {
	const { data } = await state.query.system.account(account);
	const holds = await state.query.balances.holds(account);
	const held = Object.fromEntries(
		holds.map(({ id, amount }) => [`${id.type}.${id.inner.toString()}`, amount.toBigInt()]),
	);
	return { free: data.free.toBigInt(), reserved: data.reserved.toBigInt(), held };
}

/** All there is on every account, in the smallest unit, held amounts included. */
export async function wealth(state) {
	const accounts = await state.query.system.account.entries();
	return new Map(
		accounts.map(([key, { data }]) => [
			key.args[0].toString(),
			data.free.toBigInt() + data.reserved.toBigInt(),
		]),
	);
}

/** The answer of a job as text. */
export async function answer(state, job) {
	const result = (await state.query.jobs.results(job)).unwrapOr(undefined);
	const output = result?.bundle.output;
	return output?.isText ? u8aToString(hexToU8a(output.asText.text.toHex())) : undefined;
}

/** An amount for people: all digits that matter. */
export function inErg(amount, { sign = false } = {}) {
	const magnitude = amount < 0n ? -amount : amount;
	const fraction = (magnitude % ERG).toString().padStart(12, '0').replace(/0+$/, '');
	const whole = (magnitude / ERG).toString().replace(/\B(?=(\d{3})+$)/g, ',');
	const prefix = amount < 0n ? '-' : sign && amount > 0n ? '+' : '';
	return `${prefix}${whole}${fraction && `.${fraction}`} ERG`;
}
