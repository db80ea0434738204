// Events of about 400 bytes, each with an event_id of its own.
import { randomBytes } from 'node:crypto';

const NAMES = ['screen_view', 'tap', 'purchase', 'search', 'login', 'crash', 'sync', 'frame_drop'];
const TYPES = ['behavioral', 'behavioral', 'telemetry', 'observability', 'error', 'performance'];

export function* events(count) {
  const run = randomBytes(6).toString('hex');
  const now = Date.now();
  for (let i = 0; i < count; i++) {
    yield {
      event_id: `${run}-${i}`,
      event_type: TYPES[i % TYPES.length],
      event_name: NAMES[i % NAMES.length],
      timestamp: new Date(now - (i % 600) * 100).toISOString(),
      user_id: `user-${i % 1000}`,
      session_id: `session-${i % 5000}`,
      app_version: `1.${i % 7}.0`,
      sequence_number: i,
      properties: {
        screen: 'home',
        duration_ms: (i * 7919) % 900,
        tags: { provider: `p${i % 5}` },
        step: i % 40,
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
