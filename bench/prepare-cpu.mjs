// CPU to validate and serialise 1,000 events, from the parsed body to the buffers that go to the database: median of 200.
import { prepareEvent } from '../dist/src/events/prepare-event.js';
import { EventColumns } from '../dist/src/storage/postgres/append/append-events.js';
import { batchBodies } from './events.mjs';

const ROUNDS = 200;
const [body] = batchBodies(1, 1000);
const context = { projectId: 1, receivedAt: Date.now() * 1000, maxBytes: 1e6, checkText: false };
const times = [];
const columns = new EventColumns();
for (let round = 0; round < ROUNDS; round++) {
  const { logs } = JSON.parse(body);
  const before = process.cpuUsage();
  columns.encode(logs.map((raw) => prepareEvent(raw, context).event));
  const { user, system } = process.cpuUsage(before);
  times.push((user + system) / 1000);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ cpu_ms: times[ROUNDS / 2] }));
