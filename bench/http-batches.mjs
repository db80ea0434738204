// Batches of events over HTTP: `node bench/http-batches.mjs URL KEY BATCHES SIZE CONNECTIONS` prints records a second.
import { batchBodies } from './events.mjs';
import { postAll } from './post-all.mjs';

const [url, key] = process.argv.slice(2, 4);
const [batches, size, connections] = process.argv.slice(4).map(Number);
const bodies = batchBodies(batches, size);
const type = 'application/json';
const seconds = await postAll(`${url}/api/v1/batch-ingest`, { key, type, bodies, connections, status: 201 });
console.log(JSON.stringify({ records_per_s: (batches * size) / seconds }));
