// Copyright (C) The Ergon contributors.
// SPDX-License-Identifier: Apache-2.0

// `make demo`: starts a local network, tells the story, and leaves the network running.

import { connect } from './chain.js';
import { startLocal } from './local.js';
import { Problem } from './network.js';
import { Story } from './story.js';

const once = process.env.ERGON_DEMO_ONCE === '1';
const began = Date.now();
const say = (line) => console.log(line);

let network;
let disconnect;
let ending;

/** Ends everything that was started, then the program. */
function end(code, sentence) {
	ending ??= (async () => {
		if (sentence) console.error(`\n${sentence}`);
		await disconnect?.();
		await network?.stop();
		process.exit(code);
	})();
	return ending;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => end(signal === 'SIGINT' && !once ? 0 : 1, 'Ending the network.'));
}

async function main() {
	say('Starting three validators and two providers, one of which cheats.');
	const local = await startLocal({ fixedPorts: true });
	network = local.network;
	say(`Logs and chain data: ${network.folder}`);
	await Promise.race([network.failure, tell(local)]);
	if (once) return end(0);
	say(`
The network stays up until Ctrl-C. To do all of this by hand, open
  https://polkadot.js.org/apps/?rpc=${encodeURIComponent(network.nodes[0].url)}#/extrinsics
and submit jobs.submit as Ferdie; the model is ${local.model}.`);
	return network.failure;
}

async function tell({ model }) {
	const api = await connect(network.nodes[0].url);
	api.on('error', () => {});
	disconnect = () => api.disconnect();
	const story = new Story(api, model, say);
	await story.begin();
	say(`The first block is final, ${Math.round((Date.now() - began) / 1000)} seconds after the start.`);
	await story.balances();
	await story.honest();
	await story.dishonest();
	await story.power();
	say(`\nThe whole story took ${Math.round((Date.now() - began) / 1000)} seconds.`);
}

main().catch((error) => end(1, error instanceof Problem ? `The demo failed: ${error.message}` : `The demo failed: ${error.stack}`));
