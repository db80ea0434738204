// The same append with no HTTP: `node bench/direct-append.mjs URL BATCHES SIZE CONNECTIONS` prints rows a second.
import { loadConfig } from '../dist/src/config/load.js';
import { EVENTS } from '../dist/src/core/counting/kind.js';
import { PendingBlocks } from '../dist/src/core/counting/pending-blocks.js';
import { prepareEvent } from '../dist/src/events/prepare-event.js';
import { PostgresEventStore } from '../dist/src/storage/postgres/append/postgres-event-store.js';
import { Database } from '../dist/src/storage/postgres/database.js';
import { appendAll } from './append-all.mjs';
import { events } from './events.mjs';

const [url, batches, size, connections] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const env = { WORKER_POOL_SIZE: String(connections) };
const config = loadConfig({ flags: {}, env, dotEnv: null, readFile: () => '' });
const database = await Database.connect(config, url);
const store = new PostgresEventStore(database, new PendingBlocks(EVENTS, 0));

const context = { projectId: 1, receivedAt: Date.now() * 1000, maxBytes: 1e6, checkText: false };
const prepared = [...events(batches * size)].map((raw) => prepareEvent(raw, context).event);
await store.append([...events(1)].map((raw) => prepareEvent(raw, context).event));

const recordsPerS = await appendAll(store, prepared, { size, connections });
await database.close();
console.log(JSON.stringify({ records_per_s: recordsPerS }));
