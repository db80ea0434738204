// Sends events to Sightline with plain fetch and asks about them. Node 20 or newer, nothing to install:
//   SIGHTLINE_URL=http://127.0.0.1:8080 SIGHTLINE_KEY=your-key node send.mjs
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const url = process.env.SIGHTLINE_URL ?? 'http://127.0.0.1:8080';
const headers = { 'X-API-Key': process.env.SIGHTLINE_KEY ?? '', 'Content-Type': 'application/json' };
const RETRY = [408, 429, 500, 502, 503, 504];

/** Sends until the server has it. Safe to repeat: an event_id that is there already is not stored again. */
async function send(path, body) {
  for (let pauseS = 0.2; ; pauseS = Math.min(pauseS * 2, 30)) {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    }).catch((error) => error);
    if (answer instanceof Response && !RETRY.includes(answer.status)) return result(answer);
    const askedS = (answer instanceof Response && Number(answer.headers.get('Retry-After'))) || 0;
    const waitS = Math.max(askedS, pauseS * (0.5 + Math.random() / 2));
    console.error(`${answer.status ?? answer.message}: again in ${waitS.toFixed(1)} s`);
    await sleep(waitS * 1000);
  }
}

async function ask(path, question) {
  return result(await fetch(`${url}${path}?${new URLSearchParams(question)}`, { headers }));
}

async function result(answer) {
  const body = await answer.json();
  if (answer.ok) return body.data;
  throw new Error(`${answer.status} ${body.error}: ${body.message} ${JSON.stringify(body.details)}`);
}

// The event_id is made once, when the event happens, and kept for every attempt.
const event = (name, duration) => ({
  event_id: randomUUID(),
  event_type: 'performance',
  event_name: name,
  timestamp: new Date().toISOString(),
  user_id: 'user-1',
  session_id: 'session-1',
  app_version: '1.4.2',
  properties: { duration_ms: duration, tags: { provider: 'search' } },
  device_info: { os: 'iOS', model: 'iPhone 17' },
});

const one = await send('/api/v1/ingest', event('page_load', 182.5));
console.log('one event:', one);

const batch = await send('/api/v1/batch-ingest', {
  logs: [event('search', 48), event('search', 75), { ...event('search', 60), priority: 'urgent' }],
});
console.log('a batch:', batch.logs_processed, 'processed,', batch.duplicates, 'there before');
// What is rejected is wrong in itself: sending it again does not help.
for (const { index, errors } of batch.rejected) console.log('  rejected:', index, errors);

const found = await ask('/api/v1/logs/filter', { user_id: 'user-1', event_name: 'search', page_size: 5 });
console.log('found:', found.total_count, 'newest:', found.logs[0].event_id, found.logs[0].timestamp);

const stats = await ask('/api/v1/stats', { type: 'latency', range: 'hour', group_by: 'event_name' });
console.log('latency of the last hour:', stats.totals);
