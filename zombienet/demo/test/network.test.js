// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// What the launcher of local networks does when something is wrong. The nodes are shell scripts.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Network, Problem, readDefinition } from '../src/network.js';

let folder;
before(() => {
	folder = mkdtempSync(join(tmpdir(), 'ergon-launcher-'));
});
after(() => rmSync(folder, { recursive: true }));

/** A network of one node, which is a script. */
function network(name, script) {
	const command = join(folder, `${name}.sh`);
	writeFileSync(command, `#!/bin/sh\n${script}\n`);
	chmodSync(command, 0o755);
	const node = { name, command, args: [], isValidator: true, rpcPort: undefined };
	return { chainSpecCommand: ['echo', '{}'], nodes: [node] };
}

const options = () => ({ folder: join(folder, 'network'), environment: process.env, fixedPorts: false });

/** Whether a process of that id runs. */
function runs(id) {
	return existsSync(`/proc/${id}`) && !readFileSync(`/proc/${id}/stat`, 'utf8').includes(') Z ');
}

async function pidIn(file) {
	while (!existsSync(file) || !readFileSync(file, 'utf8').endsWith('\n')) await sleep(20);
	return readFileSync(file, 'utf8').trim();
}

it('says which variable a definition lacks', () => {
	const file = join(folder, 'network.toml');
	writeFileSync(file, '[relaychain]\nchain_spec_command = "{{ERGON_NOT_SET}}"\n');
	assert.throws(() => readDefinition(file, {}), { message: /needs the variable ERGON_NOT_SET/ });
});

it('says which port is in use, and starts nothing', async () => {
	const server = createServer().listen(0, '127.0.0.1');
	await new Promise((resolve) => server.once('listening', resolve));
	const { port } = server.address();
	const marker = join(folder, 'started');
	const definition = network('busy', `touch ${marker}`);
	definition.nodes[0].rpcPort = port;
	await assert.rejects(Network.start(definition, { ...options(), fixedPorts: true }), (error) => {
		assert.ok(error instanceof Problem);
		assert.match(error.message, new RegExp(`^port ${port} is in use; end the program`));
		return true;
	});
	server.close();
	assert.ok(!existsSync(marker));
});

it('says why there is no chain specification', async () => {
	const definition = network('specless', 'exit 0');
	definition.chainSpecCommand = ['sh', '-c', 'echo "no such chain" >&2; exit 1'];
	await assert.rejects(Network.start(definition, options()), { message: /failed: no such chain/ });
});

it('shows the end of the log of a node that ends by itself', async () => {
	const started = await Network.start(network('mortal', 'echo "out of luck"; exit 3'), options());
	await assert.rejects(started.failure, { message: /mortal ended with code 3.*out of luck/s });
	await started.stop();
});

it('ends nodes when it is told to, and calls that no failure', async () => {
	const file = join(folder, 'obedient.pid');
	const definition = network('obedient', `echo $$ >${file}; exec sleep 1000`);
	const started = await Network.start(definition, options());
	const id = await pidIn(file);
	await started.stop();
	assert.ok(!runs(id));
	const outcome = await Promise.race([started.failure.catch(() => 'failed'), sleep(50, 'quiet')]);
	assert.equal(outcome, 'quiet');
});

it('takes its nodes with it when it is killed', async () => {
	const file = join(folder, 'orphan.pid');
	const definition = network('orphan', `echo $$ >${file}; exec sleep 1000`);
	const program = `
		import { Network } from ${JSON.stringify(new URL('../src/network.js', import.meta.url).href)};
		await Network.start(${JSON.stringify(definition)}, {
			folder: ${JSON.stringify(join(folder, 'orphanage'))}, environment: process.env, fixedPorts: false,
		});
		setInterval(() => {}, 1000);`;
	const launcher = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' });
	const id = await pidIn(file);
	assert.ok(runs(id));
	launcher.kill('SIGKILL');
	for (let tries = 0; runs(id); tries += 1) {
		assert.ok(tries < 500, `the node ${id} lives on`);
		await sleep(20);
	}
});
