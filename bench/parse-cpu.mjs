// CPU to parse and validate a body of 10 MB in each format: microseconds a record, and the longest time that other
// requests wait for their turn. CPU of this thread, not wall time: what else runs on the machine does not count.
import { anyEntry } from '../dist/src/access/access-entry.schema.js';
import { recordsOf } from '../dist/src/access/ingest/body-format.js';
import { prepareEntry } from '../dist/src/access/prepare-entry.js';

const BODY_BYTES = 10 * 1024 * 1024;
const ROUNDS = 5;
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36';
const context = { projectId: 1, receivedAt: Date.now() * 1000, check: anyEntry };

const entryOf = (i) => ({
  timestamp: new Date(context.receivedAt / 1000 - i * 1000).toISOString(),
  ip: `10.${i % 250}.${(i >> 3) % 250}.${i % 200}`,
  method: 'GET',
  path: `/path/to/${i % 500}`,
  status: 200,
  latency_ms: (i % 100) + 0.5,
  user_agent: USER_AGENT,
});

const RECORDS = {
  json: (entry) => `${JSON.stringify(entry)},`,
  ndjson: (entry) => `${JSON.stringify(entry)}\n`,
  csv: (entry) => `${Object.values({ ...entry, user_agent: `"${USER_AGENT}"` }).join(',')}\n`,
  'json-lines': ({ timestamp, ip, path }) => `"${timestamp} ${ip} GET ${path} 200 12.5ms",`,
};

function bodyOf(format) {
  const parts = format === 'csv' ? [`${Object.keys(entryOf(0)).join(',')}\n`] : [];
  for (let i = 0, bytes = 0; bytes < BODY_BYTES; i++) {
    parts.push(RECORDS[format](entryOf(i)));
    bytes += parts.at(-1).length;
  }
  const text = parts.join('');
  return Buffer.from(format.startsWith('json') ? `[${text.slice(0, -1)}]` : text);
}

function cpuMs() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function measure(format, body) {
  let reading = true;
  let last = cpuMs();
  let longestMs = 0;
  const turn = () => {
    const now = cpuMs();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    if (reading) setImmediate(turn);
  };
  setImmediate(turn);
  const begin = cpuMs();
  let records = 0;
  for await (const batch of recordsOf(body, format)) {
    for (const { value } of batch) if (prepareEntry(value, context).entry) records++;
  }
  reading = false;
  return { us: ((cpuMs() - begin) * 1000) / records, longestMs };
}

const results = {};
for (const format of Object.keys(RECORDS)) {
  const body = bodyOf(format);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(format, body));
  const us = rounds.map((r) => r.us).sort((a, b) => a - b)[ROUNDS >> 1];
  results[format] = { us_a_record: us, longest_turn_ms: Math.max(...rounds.map((r) => r.longestMs)) };
}
console.log(JSON.stringify(results));
