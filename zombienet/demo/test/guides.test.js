// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// The commands of the guides, as a reader types them: every block of the pages in docs/ that is
// marked `sh`, against the network of the demo. Those marked `bash` install something or come after
// hours, and are not run. Each page has a reader of its own, all at one time: most of what they do is
// to wait for their jobs to settle.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { connect, finalizedNumber } from '../src/chain.js';
import { startLocal } from '../src/local.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** What is wrong with a page may make it wait for ever. */
const PATIENCE = { timeout: 240_000 };
/** A seat begins two sessions of a minute behind the candidacy, and its owner makes one block of five. */
const PATIENCE_FOR_A_SEAT = { timeout: 480_000 };

let network;
let environment;

before(async () => {
	({ network } = await startLocal({ fixedPorts: false }));
	const { url } = network.nodes[0];
	const api = await Promise.race([network.failure, connect(url)]);
	while ((await finalizedNumber(api)) < 1) await new Promise((resolve) => setTimeout(resolve, 500));
	await api.disconnect();
	// Pages name the address that the demo has when a person starts it.
	environment = { ...process.env, ERGON_URL: url, ERGON_HTTP: url.replace('ws:', 'http:') };
});

after(() => network?.stop());

/**
 * Runs the commands of a page in order, in one shell; nodes that they start end with it. Where the
 * page does not say whose, transactions are signed with `secret`.
 */
async function follow(page, secret = '') {
	const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
	const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block);
	assert.ok(blocks.length > 0, `${page} has no commands`);
	const home = join(network.folder, 'homes', page);
	mkdirSync(join(home, 'ergon'), { recursive: true });
	const script = ['set -euo pipefail', "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", ...blocks].join('\n');
	const shell = spawn('bash', ['-c', script], {
		cwd: ROOT,
		env: { ...environment, HOME: home, ...(secret && { ERGON_SECRET: secret }) },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (data) => (output += data));
	const code = await new Promise((resolve) => shell.once('close', resolve));
	assert.equal(code, 0, `${page} ended with ${code}:\n${output}`);
	return output;
}

describe('readers', { concurrency: true }, () => {
	it('the requester gets an answer', PATIENCE, async () => {
		const output = await follow('requester.md');
		assert.match(output, /^answer: \S+/m);
		assert.match(output, /^settled$/m);
	});

	it('the provider is registered and gets the job that names it', PATIENCE, async () => {
		const output = await follow('provider.md', '//Dave//stash');
		assert.match(output, /is a provider with worker key 0x[0-9a-f]{64}/);
		assert.match(output, /^settled$/m);
	});

	it('the validator stands for election, is elected, and makes blocks', PATIENCE_FOR_A_SEAT, async () => {
		const output = await follow('validator.md');
		assert.match(output, /stands for election/);
		assert.match(output, /is elected: its seat begins with the next session/);
		assert.match(output, /has a seat/);
		assert.match(output, /makes blocks/);
		assert.match(output, /^power\.leave of \w+ is final$/m);
	});

	it('the developer verifies an answer', PATIENCE, async () => {
		assert.match(await follow('developer.md', '//Eve//stash'), /^settled$/m);
	});
});
