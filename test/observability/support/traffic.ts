import { MINUTE_MS } from '../../../src/core/time.js';
import type { Api } from '../../support/api.js';

const TYPES = ['behavioral', 'behavioral', 'telemetry', 'observability', 'performance', 'error'];

/** As apps report what a provider measured, each in its own words; the last two are no numbers. */
const MEASURED = [
  { metric_name: 'accuracy', metric_value: 4.5, metric_unit: 'm' },
  { name: 'signal', value: '-70', unit: 'dBm' },
  { value: 12 },
  {},
  { name: 'signal', value: 'strong', unit: 'dBm' },
];

/** Some of everything that a dashboard shows, most of it of the last minutes, the rest of the last days. Gives the time of the oldest. */
export async function sendTraffic(api: Api): Promise<number> {
  const nowMs = Date.now();
  const at = (k: number) => new Date(nowMs - (k % 10 === 0 ? k * 20 : k / 40) * MINUTE_MS).toISOString();
  const events = Array.from({ length: 400 }, (_, k) => ({
    event_id: `event-${nowMs}-${k}`,
    event_type: TYPES[k % TYPES.length],
    event_name: k % 7 === 0 ? `it's "${k % 3}"` : `name-${k % 12}`,
    timestamp: at(k),
    user_id: `user-${k % 90}`,
    session_id: `session-${k % 150}`,
    app_version: `1.${k % 4}`,
    priority: k % 9 === 0 ? 'high' : 'normal',
    properties: {
      duration_ms: 1 + ((k * 37) % 900),
      tags: { provider: ['gps', 'cell', undefined][k % 3] },
      ...MEASURED[k % MEASURED.length],
    },
  }));
  const entries = Array.from({ length: 400 }, (_, k) => ({
    timestamp: at(k),
    ip: `192.0.2.${k % 200}`,
    method: k % 5 === 0 ? 'POST' : 'GET',
    path: `/path/${k % 15}`,
    status: [200, 200, 200, 304, 404, 500][k % 6],
    latency_ms: 2 + ((k * 53) % 1200),
    user_agent: `agent/${k % 4}`,
  }));
  const refused = { event_id: 'refused', event_type: 'unknown', event_name: 'x' };
  await expect201(api.post('/api/v1/batch-ingest', { logs: [...events.slice(0, 200), refused] }));
  await expect201(api.post('/api/v1/batch-ingest', { logs: [...events.slice(190)] }));
  await expect201(api.post('/logs', entries.slice(0, 300)), 200);
  await expect201(api.post('/logs', entries.slice(300)), 200);
  return Date.parse(at(390));
}

async function expect201(answer: ReturnType<Api['post']>, status = 201): Promise<void> {
  const { status: found, body } = await answer;
  if (found !== status) throw new Error(`${found}: ${JSON.stringify(body)}`);
}
