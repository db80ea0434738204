import type { EventType } from '../../core/event.js';
import { providers, screens } from './catalogue.js';
import type { Random } from '../random.js';

type Properties = Record<string, unknown>;

/** What an event of this type tells. */
export function propertiesOf(type: EventType, name: string, random: Random): Properties {
  return makers[type](random, name);
}

const makers: Record<EventType, (random: Random, name: string) => Properties> = {
  behavioral: (random) => ({
    screen: screens.pick(random),
    element: `item-${random.below(400)}`,
    position: random.below(20),
    ...(random.chance(0.3) && { experiment: { name: 'checkout', variant: random.of(['a', 'b']) } }),
    ...(random.chance(0.15) && { tags: { provider: providers.pick(random) } }),
  }),
  performance: (random) => ({
    duration_ms: durationMs(random, 120),
    screen: screens.pick(random),
    bytes: Math.round(random.logNormal(9000, 1.2)),
    cached: random.chance(0.4),
    tags: { provider: providers.pick(random) },
  }),
  telemetry: (random) => ({
    battery: random.below(101),
    charging: random.chance(0.2),
    memory_mb: 80 + random.below(420),
    disk_free_mb: random.below(64_000),
    signal_dbm: -50 - random.below(70),
  }),
  observability: (random) => ({
    duration_ms: durationMs(random, 35),
    trace_id: random.hex(4),
    span_id: random.hex(2),
    retries: random.chance(0.05) ? 1 + random.below(3) : 0,
    tags: { provider: providers.pick(random) },
  }),
  error: (random, name) => ({
    message: `${name} in ${screens.pick(random)}`,
    code: random.of([0, 401, 404, 408, 500, 502, 503]),
    fatal: name === 'crash' || name === 'out_of_memory',
    stack: `at ${random.of(['load', 'render', 'submit'])} (app.js:${1 + random.below(4000)})`,
    tags: { provider: providers.pick(random) },
  }),
};

function durationMs(random: Random, median: number): number {
  return Math.round(random.logNormal(median, 0.9) * 10) / 10;
}
