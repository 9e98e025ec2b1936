// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// The local network of the demo and of the tests: its folder, its model, its accounts.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Keyring } from '@polkadot/api';

import { Network, Problem, readDefinition } from './network.js';

const DEFINITION = fileURLToPath(new URL('../../networks/local.toml', import.meta.url));
const MODEL = fileURLToPath(new URL('../../../models/demo/hf', import.meta.url));
/** How many folders of earlier networks are kept, for whoever wants to read their logs. */
const KEPT = 3;

/** Well-known accounts and the part that each plays. */
export const PARTS = {
	Alice: 'validator',
	Bob: 'validator',
	Charlie: 'validator',
	Dave: 'provider',
	Eve: 'provider, cheats',
	Ferdie: 'requester',
};

/** The key pairs of {@link PARTS}, by name. */
export function people() {
	const keyring = new Keyring({ type: 'sr25519' });
	return Object.fromEntries(Object.keys(PARTS).map((name) => [name, keyring.addFromUri(`//${name}`)]));
}

/**
 * Imports the demo model and starts the local network.
 *
 * @param fixedPorts whether the first node listens where polkadot.js Apps look for it
 * @returns the network and the model's id
 */
export async function startLocal({ fixedPorts }) {
	const folder = newFolder();
	const bin = join(process.env.CARGO_TARGET_DIR ?? join(homedir(), '.cache/ergon/target'), 'release');
	for (const name of ['ergon-node', 'ergon-engine', 'ergon-engine-adversary']) {
		if (!existsSync(join(bin, name))) throw new Problem(`${name} is not in ${bin}; run: make build`);
	}
	const environment = {
		...process.env,
		ERGON_BIN: bin,
		ERGON_MODELS: join(folder, 'models'),
		PATH: `${bin}:${process.env.PATH}`,
	};
	mkdirSync(environment.ERGON_MODELS);
	const model = await importModel(bin, join(environment.ERGON_MODELS, 'demo'));
	const definition = readDefinition(DEFINITION, environment);
	const network = await Network.start(definition, { folder, environment, fixedPorts });
	return { network, model };
}

/** A folder for chain data and logs; those of older networks make room. */
function newFolder() {
	const base = join(process.env.ERGON_CACHE ?? tmpdir(), 'networks');
	mkdirSync(base, { recursive: true });
	const age = (name) => statSync(join(base, name)).mtimeMs;
	const old = readdirSync(base).sort((one, other) => age(other) - age(one));
	for (const name of old.slice(KEPT)) rmSync(join(base, name), { recursive: true, force: true });
	return mkdtempSync(join(base, 'local-'));
}

async function importModel(bin, target) {
	try {
		const { stdout } = await promisify(execFile)(join(bin, 'ergon-engine'), ['import', '--quiet', MODEL, target]);
		return JSON.parse(stdout).model;
	} catch (error) {
		throw new Problem(`the demo model cannot be imported: ${(error.stderr ?? error.message).trim()}`);
	}
}
