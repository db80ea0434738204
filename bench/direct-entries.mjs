// The same append of access entries with no HTTP: `node bench/direct-entries.mjs URL BATCHES SIZE CONNECTIONS` prints records a second.
import { loadConfig } from '../dist/src/config/load.js';
import { ACCESS } from '../dist/src/core/counting/kind.js';
import { PendingBlocks } from '../dist/src/core/counting/pending-blocks.js';
import { PostgresAccessStore } from '../dist/src/storage/postgres/access/postgres-access-store.js';
import { PostgresAddressUpserts } from '../dist/src/storage/postgres/access/upsert-addresses.js';
import { Database } from '../dist/src/storage/postgres/database.js';
import { appendAll } from './append-all.mjs';
import { entries } from './entries.mjs';

const [url, batches, size, connections] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const env = { WORKER_POOL_SIZE: String(connections) };
const config = loadConfig({ flags: {}, env, dotEnv: null, readFile: () => '' });
const database = await Database.connect(config, url);
const store = new PostgresAccessStore(database, {
  keep: 'all',
  addresses: new PostgresAddressUpserts('exact'),
  // the server counts, and reads the blocks for it
  pending: new PendingBlocks(ACCESS, 0),
});

const createdAt = Date.now() * 1000;
const prepared = [...entries(batches * size)].map(
  ({ timestamp, latency_ms: latencyMs, user_agent: userAgent, ...raw }) => ({
    ...raw,
    projectId: 1,
    timestamp: Date.parse(timestamp) * 1000,
    reportedTimestamp: null,
    createdAt,
    upsertIp: false,
    latencyMs,
    userAgent,
  }),
);
await store.append(prepared.slice(0, 1));

const recordsPerS = await appendAll(store, prepared, { size, connections });
await database.close();
console.log(JSON.stringify({ records_per_s: recordsPerS }));
