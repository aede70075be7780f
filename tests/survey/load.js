// SPDX-License-Identifier: BSD-2-Clause
// load.js SOCKET: an HTTP server, a worker that asks it all the time, and two that allocate.
'use strict';

const http = require('http');
const { Worker, isMainThread, workerData } = require('worker_threads');

function answer(request, response) {
	const items = [];

	for (let i = 0; i < 500; i++)
		items.push({ id: i, name: `item ${i}`, tags: ['a', 'b', String(i)] });
	response.end(JSON.stringify(items));
}

function ask(agent) {
	const options = { socketPath: workerData.socket, path: '/', agent };

	http.get(options, (response) => {
		let body = '';

		response.on('data', (chunk) => { body += chunk; });
		response.on('end', () => {
			JSON.parse(body);
			ask(agent);
		});
	});
}

function allocate() {
	const cache = new Map();

	for (let i = 0; ; i++) {
		cache.set(i % 20000, { buffer: new Uint8Array(i % 4096), text: `value ${i}` });
		if (i % 100000 === 0)
			cache.clear();
	}
}

function start(role, socket) {
	new Worker(__filename, { workerData: { role, socket } });
}

if (isMainThread) {
	const socket = process.argv[2];

	http.createServer(answer).listen(socket, () => {
		start('ask', socket);
		start('allocate', socket);
		start('allocate', socket);
	});
} else if (workerData.role === 'ask') {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

	for (let i = 0; i < 8; i++)
		ask(agent);
} else {
	allocate();
}
