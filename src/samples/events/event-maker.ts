import type { EventType } from '../../core/records/event.js';
import { DAY_MS, MINUTE_MS } from '../../core/time.js';
import { Random } from '../random.js';
import { eventNames, eventTypes, providers, screens } from './catalogue.js';
import { Fleet, type Turn } from './fleet.js';

/** Share of a device's turns in which it first sends what it collected offline. */
const OFFLINE_SHARE = 0.002;

/** What an event of each type tells. */
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

/** An event as POST /api/v1/ingest takes it. */
export interface SampleEvent {
  event_id: string;
  event_type: EventType;
  event_name: string;
  timestamp: string;
  user_id?: string;
  session_id: string;
  app_version: string;
  sequence_number: number;
  priority?: 'high';
  properties: Record<string, unknown>;
  device_info: Record<string, unknown>;
}

/** What a device collected while it had no network, and sends at once. */
interface Burst {
  device: number;
  left: number;
  /** When the next event was collected. */
  atMs: number;
  stepMs: number;
}

/** Good events, as the devices of a fleet report them. The same seed gives the same ones, but for the times. */
export class EventMaker {
  private readonly random: Random;
  private readonly fleet: Fleet;
  private burst: Burst | null = null;

  /** `errorShare`: of the events, how many have the type `error`. `offlineShare` 0: every device has a network always. */
  constructor(
    seed: number,
    devices: number,
    private readonly errorShare: number,
    private readonly offlineShare = OFFLINE_SHARE,
  ) {
    this.random = new Random(seed);
    this.fleet = new Fleet(seed, devices, this.random);
  }

  next(nowMs: number): SampleEvent {
    const burst = this.burstAt(nowMs);
    if (!burst) return this.report(this.fleet.turnOf(this.fleet.activeDevice()), nowMs);
    const atMs = burst.atMs + burst.stepMs * this.random.unit();
    burst.atMs += burst.stepMs;
    burst.left--;
    return this.report(this.fleet.turnOf(burst.device), atMs);
  }

  private burstAt(nowMs: number): Burst | null {
    if (this.burst && this.burst.left > 0) return this.burst;
    if (!this.random.chance(this.offlineShare)) return (this.burst = null);
    const left = Math.min(500, 2 + Math.round(this.random.logNormal(30, 0.8)));
    const offlineMs = Math.min(30 * DAY_MS, this.random.logNormal(40 * MINUTE_MS, 1.5));
    const device = this.fleet.activeDevice();
    return (this.burst = { device, left, atMs: nowMs - offlineMs, stepMs: offlineMs / left });
  }

  private report(turn: Turn, atMs: number): SampleEvent {
    const { device } = turn;
    const { type, name } = this.subject(turn);
    return {
      event_id: this.random.uuid(),
      event_type: type,
      event_name: name,
      timestamp: new Date(atMs + device.clockErrorMs).toISOString(),
      ...(device.userId !== null && { user_id: device.userId }),
      session_id: turn.sessionId,
      app_version: turn.appVersion,
      sequence_number: turn.sequenceNumber,
      ...(this.random.chance(type === 'error' ? 0.8 : 0.03) && { priority: 'high' as const }),
      properties: makers[type](this.random, name),
      device_info: device.info,
    };
  }

  private subject({ moment }: Turn): { type: EventType; name: string } {
    if (this.random.chance(this.errorShare)) {
      return { type: 'error', name: eventNames.error.pick(this.random) };
    }
    if (moment !== 'middle') return { type: 'behavioral', name: `session_${moment}` };
    const type = eventTypes.pick(this.random);
    return { type, name: eventNames[type].pick(this.random) };
  }
}

type Properties = Record<string, unknown>;

function durationMs(random: Random, median: number): number {
  return Math.round(random.logNormal(median, 0.9) * 10) / 10;
}
