// Batches over HTTP: `node bench/http-batches.mjs URL KEY BATCHES SIZE CONNECTIONS` prints records a second.
import { Agent, request } from 'node:http';
import { batchBodies } from './events.mjs';

const [url, key, batches, size, connections] = [
  ...process.argv.slice(2, 4),
  ...process.argv.slice(4).map(Number),
];
const bodies = batchBodies(batches, size);
const agent = new Agent({ keepAlive: true, maxSockets: connections });

function send(body) {
  return new Promise((resolve, reject) => {
    const headers = { 'x-api-key': key, 'content-type': 'application/json', 'content-length': body.length };
    const sent = request(`${url}/api/v1/batch-ingest`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () =>
        answer.statusCode === 201 ? resolve() : reject(new Error(`${answer.statusCode}`)),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

let next = 0;
const started = performance.now();
await Promise.all(
  Array.from({ length: connections }, async () => {
    while (next < batches) await send(bodies[next++]);
  }),
);
const seconds = (performance.now() - started) / 1000;
agent.destroy();
console.log(JSON.stringify({ records_per_s: (batches * size) / seconds }));
