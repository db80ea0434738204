// Events of about 400 bytes, each with an event_id of its own.
import { randomBytes } from 'node:crypto';

const NAMES = ['screen_view', 'tap', 'purchase', 'search', 'login', 'crash', 'sync', 'frame_drop'];
const TYPES = ['behavioral', 'behavioral', 'telemetry', 'observability', 'error', 'performance'];

const DAY_MS = 86_400_000;

/**
 * `days`: timestamps lie anywhere in that many days before the event is made, by default in its last minute; `shiftMs` moves them
 * further back. `names`, `users`, `sessions`: how many there are; `first`: the number of the first event.
 */
export function* events(count, made = {}) {
  const { days = 0, shiftMs = 0, names = NAMES.length, users = 1000, sessions = 5000, first = 0 } = made;
  const run = randomBytes(6).toString('hex');
  for (let i = first; i < first + count; i++) {
    const ageMs = shiftMs + (days > 0 ? Math.random() * days * DAY_MS : (i % 600) * 100);
    const name = i % names;
    yield {
      event_id: `${run}-${i}`,
      event_type: TYPES[i % TYPES.length],
      event_name: NAMES[name % NAMES.length] + (name < NAMES.length ? '' : `_${name}`),
      timestamp: new Date(Date.now() - ageMs).toISOString(),
      user_id: `user-${i % users}`,
      session_id: `session-${i % sessions}`,
      app_version: `1.${i % 7}.0`,
      sequence_number: i,
      properties: {
        screen: 'home',
        duration_ms: (i * 7919) % 900,
        tags: { provider: `p${i % 5}` },
        step: i % 60,
      },
      device_info: { os: 'iOS', os_version: '26.1', model: 'iPhone 17', locale: 'en_GB', carrier: 'none' },
    };
  }
}

/** Bodies of batches, made beforehand. */
export function batchBodies(count, size) {
  const all = [...events(count * size)];
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(JSON.stringify({ logs: all.slice(i * size, (i + 1) * size) })),
  );
}
