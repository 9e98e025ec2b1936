// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// Starts the processes of a network that a zombienet file describes, and ends them.

import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { base58Encode, ed25519PairFromSeed } from '@polkadot/util-crypto';
import { parse } from 'smol-toml';

const LIFELINE = fileURLToPath(new URL('../with-lifeline', import.meta.url));

/** How long a node may take to end by itself, in milliseconds. */
const PATIENCE = 15_000;

/** Something that the person in front of the screen can put right: the message is the whole story. */
export class Problem extends Error {}

/**
 * Reads a network definition. `{{NAME}}` stands for a variable of the environment, as it does for
 * zombienet.
 */
export function readDefinition(file, environment) {
	const text = readFileSync(file, 'utf8').replace(/\{\{([A-Z_]+)\}\}/g, (_, name) => {
		if (environment[name] === undefined) {
			throw new Problem(`${file} needs the variable ${name} in the environment`);
		}
		return environment[name];
	});
	const { relaychain } = parse(text);
	return {
		chainSpecCommand: relaychain.chain_spec_command.split(/\s+/),
		nodes: relaychain.nodes.map((node) => ({
			name: node.name,
			command: node.command ?? relaychain.default_command,
			args: node.args ?? relaychain.default_args ?? [],
			isValidator: node.validator ?? true,
			rpcPort: node.rpc_port,
		})),
	};
}

/** The nodes of one network, as processes of this machine. */
export class Network {
	#nodes = [];
	#stopping = false;
	#fail;

	/**
	 * Settles when a node ends before it was told to: rejects with a {@link Problem} that shows the
	 * end of its log. Never resolves.
	 */
	failure = new Promise((_, reject) => {
		this.#fail = reject;
	});

	constructor(folder, environment) {
		this.folder = folder;
		this.environment = environment;
		// Whoever waits for something races it against this; an unraced failure is no crash.
		this.failure.catch(() => {});
	}

	/**
	 * Starts all nodes of a definition. The first one is what the others look for first.
	 *
	 * @param definition what {@link readDefinition} returned
	 * @param folder where chain data and logs go
	 * @param environment variables of the nodes
	 * @param fixedPorts whether to listen where the definition says; otherwise where there is room
	 */
	static async start(definition, { folder, environment, fixedPorts }) {
		const network = new Network(folder, environment);
		mkdirSync(folder, { recursive: true });
		try {
			const ports = await choosePorts(definition.nodes, fixedPorts);
			const spec = await network.#writeChainSpec(definition.chainSpecCommand);
			const [first] = definition.nodes;
			const bootnode =
				`/ip4/127.0.0.1/tcp/${ports.get(first.name).p2p}/p2p/${peerId(nodeKey(first.name))}`;
			for (const node of definition.nodes) {
				network.#startNode(node, ports.get(node.name), spec, node === first ? [] : [bootnode]);
			}
		} catch (error) {
			await network.stop();
			throw error;
		}
		return network;
	}

	/** The running nodes: name, address of the JSON-RPC, log file. */
	get nodes() {
		return this.#nodes.map(({ name, url, log }) => ({ name, url, log }));
	}

	node(name) {
		return this.nodes.find((node) => node.name === name);
	}

	async #writeChainSpec([command, ...args]) {
		const file = join(this.folder, 'chain-spec.json');
		const options = { env: this.environment, maxBuffer: 256 << 20 };
		try {
			const { stdout } = await promisify(execFile)(command, args, options);
			writeFileSync(file, stdout);
		} catch (error) {
			throw new Problem(`"${[command, ...args].join(' ')}" failed: ${lastLines(error.stderr ?? error.message)}`);
		}
		return file;
	}

	#startNode({ name, command, args, isValidator }, ports, spec, bootnodes) {
		const log = join(this.folder, `${name}.log`);
		const output = openSync(log, 'a');
		const all = [
			...['--chain', spec, '--base-path', join(this.folder, name), '--name', name],
			...['--rpc-port', ports.rpc, '--prometheus-port', ports.prometheus],
			...['--node-key', nodeKey(name), '--rpc-cors', 'all', '--no-telemetry'],
			...['--listen-addr', `/ip4/127.0.0.1/tcp/${ports.p2p}`, '--rpc-methods', 'unsafe'],
			...(isValidator ? ['--validator'] : []),
			...bootnodes.flatMap((address) => ['--bootnodes', address]),
			...args,
		].map(String);
		// A group of its own, so that Ctrl-C reaches only this program, which ends them in order.
		const child = spawn(LIFELINE, [command, ...all], {
			detached: true,
			env: this.environment,
			stdio: ['ignore', output, output],
		});
		closeSync(output);
		const ended = new Promise((resolve) => {
			child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
			child.once('error', (error) => resolve(error.message));
		});
		ended.then((how) => {
			if (this.#stopping) return;
			const end = lastLines(readFileSync(log, 'utf8'));
			this.#fail(new Problem(`the node ${name} ended with ${how}; its log ${log} ends with:\n${end}`));
		});
		this.#nodes.push({ name, log, child, ended, url: `ws://127.0.0.1:${ports.rpc}` });
	}

	/** Ends all nodes, politely at first. */
	async stop() {
		this.#stopping = true;
		const running = this.#nodes.filter(({ child }) => child.exitCode === null && child.signalCode === null);
		for (const { child } of running) child.kill('SIGTERM');
		const all = Promise.all(running.map(({ ended }) => ended));
		await Promise.race([all, sleep(PATIENCE, undefined, { ref: false })]);
		for (const { child } of running) child.kill('SIGKILL');
		await all;
	}
}

/** Ports of every node; none of them is in use. */
async function choosePorts(nodes, fixed) {
	const ports = new Map();
	for (const [index, node] of nodes.entries()) {
		ports.set(node.name, {
			rpc: fixed ? await claim((nodes[0].rpcPort ?? 9944) + index) : await claim(0),
			p2p: fixed ? await claim(30333 + index) : await claim(0),
			prometheus: fixed ? await claim(9615 + index) : await claim(0),
		});
	}
	return ports;
}

/** Whether a port is free: resolves to it, or to a free one for 0. */
function claim(port) {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', () =>
			reject(
				new Problem(
					`port ${port} is in use; end the program that listens there (find it with: ss -ltnp 'sport = :${port}')`,
				),
			),
		);
		server.listen(port, '127.0.0.1', () => {
			const { port: claimed } = server.address();
			server.close(() => resolve(claimed));
		});
	});
}

/** The secret with which a node proves its network identity: its name, hashed. */
function nodeKey(name) {
	return createHash('sha256').update(`ergon:${name}`).digest('hex');
}

/** The libp2p identity of a node key: the public key as an identity multihash, in base 58. */
function peerId(key) {
	const { publicKey } = ed25519PairFromSeed(Buffer.from(key, 'hex'));
	return base58Encode(Buffer.concat([Buffer.from('002408011220', 'hex'), publicKey]));
}

function lastLines(text) {
	return text.trimEnd().split('\n').slice(-8).join('\n');
}
