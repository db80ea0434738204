import { OTHER } from './counting/kind.js';
import { onePoint } from './counting/time-cover.js';
import type { AccessDimension, AccessStats, AccessWindow, ValueCount } from './ports/access-stats.js';
import { formatRfc3339 } from './records/rfc3339.js';
import { HOUR, type Micros } from './time.js';

/** Most paths and user agents that are listed by themselves. */
const MOST_NAMES = 1_000;

/** The summary of one or more hours of a project's access entries. An entry without a path, say, is not counted in `paths`. */
export interface AccessSummary {
  /** RFC 3339. */
  generated_at: string;
  total_requests: number;
  /** Exact up to about 10,000, else within 2 %. */
  unique_ips: number;
  /** The 1,000 most frequent, and `(other)`. */
  paths: Record<string, number>;
  /** The 1,000 most frequent, and `(other)`. */
  user_agents: Record<string, number>;
  statuses: Record<string, number>;
  methods: Record<string, number>;
  /** null where nothing was timed; percentiles within 1 %. */
  latency_ms: Record<'avg' | 'p50' | 'p95' | 'p99' | 'max', number | null>;
}

/** Of one hour: GET /analytics, and summary_HH.json of the archive. */
export type HourSummary = { hour: string } & AccessSummary;

/** `window`: whole hours. */
export async function summaryOf(
  stats: AccessStats,
  projectId: number,
  window: AccessWindow,
  nowMs: number,
): Promise<AccessSummary> {
  const counts = (dimension: AccessDimension) => stats.counts(projectId, window, dimension);
  const [statuses, methods, paths, agents, uniques, latency] = await Promise.all([
    counts('status'),
    counts('method'),
    counts('path'),
    counts('user_agent'),
    stats.uniqueIps(projectId, onePoint(window)),
    stats.latency(projectId, onePoint(window)),
  ]);
  const { avg, p50, p95, p99, max } = latency.total;
  return {
    generated_at: new Date(nowMs).toISOString(),
    total_requests: sum(statuses),
    unique_ips: uniques.total,
    paths: mostFrequent(paths),
    user_agents: mostFrequent(agents),
    statuses: byValue(named(statuses)),
    methods: byValue(named(methods)),
    latency_ms: { avg, p50, p95, p99, max },
  };
}

/** `hour`: where it begins. */
export async function hourSummary(
  stats: AccessStats,
  projectId: number,
  hour: Micros,
  nowMs: number,
): Promise<HourSummary> {
  const window = { from: hour, to: hour + HOUR };
  return { hour: formatHour(hour), ...(await summaryOf(stats, projectId, window, nowMs)) };
}

/** `2026-11-20T10:00:00Z` */
export function formatHour(hour: Micros): string {
  return formatRfc3339(hour).replace('.000Z', 'Z');
}

function mostFrequent(counts: readonly ValueCount[]): Record<string, number> {
  const all = named(counts);
  const top = all.filter(({ value }) => value !== OTHER).slice(0, MOST_NAMES);
  const rest = sum(all) - sum(top);
  return byValue(rest === 0 ? top : [...top, { value: OTHER, count: rest }]);
}

function named(counts: readonly ValueCount[]): ValueCount[] {
  return counts.filter(({ value }) => value !== '');
}

// fromEntries, not assignments: a path may be called __proto__
function byValue(counts: readonly ValueCount[]): Record<string, number> {
  return Object.fromEntries(counts.map(({ value, count }) => [value, count]));
}

function sum(counts: readonly ValueCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
