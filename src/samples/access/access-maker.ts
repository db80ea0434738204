import { Random } from '../random.js';
import { clientErrors, missing, routes, serverErrors, success, userAgents } from './catalogue.js';

const IPV6_SHARE = 0.12;
/** How long a server waits before it gives up on a request. */
const TIMED_OUT_MS = 10_000;

/** An entry as POST /logs takes it. */
export interface RawEntry {
  timestamp: string;
  ip: string;
  method: string;
  path: string;
  status: number;
  latency_ms: number;
  user_agent: string;
}

export interface AccessShares {
  seed: number;
  /** How many people come back again and again. */
  visitors: number;
  /** Shares of what is made, 0 to 1. */
  badShare: number;
  clientErrorShare: number;
  serverErrorShare: number;
}

const flaws: readonly Partial<Record<keyof RawEntry, unknown>>[] = [
  { ip: '300.1.2.3' },
  { timestamp: 'yesterday' },
  { status: 99 },
  { latency_ms: -1 },
  { method: 'CLICK' },
];

/** What a web server logs. The same seed gives the same, but for the times. */
export class AccessMaker {
  private readonly random: Random;

  constructor(private readonly shares: AccessShares) {
    this.random = new Random(shares.seed);
  }

  /** `bad` ones are refused by any server. */
  next(nowMs: number): { entry: RawEntry; bad: boolean } {
    const entry = this.good(nowMs);
    const bad = this.random.chance(this.shares.badShare);
    return { entry: bad ? ({ ...entry, ...this.random.of(flaws) } as RawEntry) : entry, bad };
  }

  private good(nowMs: number): RawEntry {
    const { random } = this;
    const visitor = visitorOf(this.shares.seed, Math.floor(random.unit() ** 2 * this.shares.visitors));
    const { method, path, medianMs } = routes.pick(random);
    const status = this.status();
    const isMissing = status === 404;
    return {
      timestamp: new Date(nowMs - random.below(1000)).toISOString(),
      ...visitor,
      method: isMissing ? 'GET' : method,
      path: isMissing ? missing.pick(random) : path(random),
      status,
      latency_ms: status === 504 ? TIMED_OUT_MS : Math.round(random.logNormal(medianMs, 0.8) * 100) / 100,
    };
  }

  private status(): number {
    const { clientErrorShare, serverErrorShare } = this.shares;
    const point = this.random.unit();
    if (point < clientErrorShare) return clientErrors.pick(this.random);
    return (point < clientErrorShare + serverErrorShare ? serverErrors : success).pick(this.random);
  }
}

/** The visitor of this number, worked out again each time: a million of them cost no memory. */
function visitorOf(seed: number, number: number): Pick<RawEntry, 'ip' | 'user_agent'> {
  const random = new Random(seed, number + 1);
  const ip = random.chance(IPV6_SHARE) ? ipv6(random) : ipv4(random);
  return { ip, user_agent: userAgents.pick(random) };
}

// Public addresses: the range of the first byte excludes 10/8 and 127/8.
function ipv4(random: Random): string {
  return [11 + random.below(110), random.below(256), random.below(256), 1 + random.below(254)].join('.');
}

function ipv6(random: Random): string {
  const group = (): string => random.below(65_536).toString(16);
  return `2a02:${group()}:${group()}:${group()}::${(1 + random.below(65_535)).toString(16)}`;
}
