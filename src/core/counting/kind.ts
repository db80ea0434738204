import type { NewAccessEntry } from '../records/access-entry.js';
import type { NewEvent } from '../records/event.js';
import { dayNumber, type Micros } from '../time.js';
import { SKETCH_TIERS, TIERS, type Tier } from './time-cover.js';

/** A dimension by which records are counted. */
export interface Dimension {
  name: string;
  /** Clients choose the values: a project has ROLLUP_MAX_NAMES of them a day, the rest is '(other)'. */
  capped: boolean;
  /** Tiers that it is counted in, finest first. */
  tiers: readonly Tier[];
  /** Tiers of its histograms of durations. */
  latencyTiers: readonly Tier[];
}

/**
 * What counting needs to know of a kind of record. The first dimension is 'all': every record under the value '', in every
 * tier.
 */
export interface CountedKind {
  name: 'event' | 'access';
  dimensions: readonly Dimension[];
  /** What is counted distinctly: users, addresses. */
  uniqueKinds: readonly string[];
  /** Tiers of their sketches, finest first. */
  uniqueTiers: readonly Tier[];
  /** Is a revision kept of each hour, for the archive? */
  hasHours: boolean;
}

/**
 * What of a record is counted, as a flat array, and as JSON in the store until it is in the rollups: project, UTC day of
 * receipt (days since the epoch), timestamp, 1 for an error, milliseconds or null; then its value in each dimension but the
 * first ('' for none), then what of it is counted once (null for nothing).
 */
export type CountedRow = readonly [
  project: number,
  day: number,
  timestamp: Micros,
  error: 0 | 1,
  durationMs: number | null,
  ...names: (string | null)[],
];

/** Where the values begin in a row. */
export const FIRST_VALUE = 5;

const HOURS: readonly Tier[] = [60, 1440];
export const OTHER = '(other)';
/** A value longer than this in UTF-8 is counted as `(other)`: it does not fit into a database's key. */
export const MAX_COUNTED_BYTES = 2000;

export const EVENTS: CountedKind = {
  name: 'event',
  dimensions: [
    everyTier('all', false),
    everyTier('event_type', false),
    everyTier('event_name', true),
    everyTier('priority', false),
    everyTier('app_version', true),
    { name: 'provider_name', capped: true, tiers: TIERS, latencyTiers: [] },
  ],
  uniqueKinds: ['user', 'session'],
  uniqueTiers: [1, 15, 60, 1440],
  hasHours: false,
};

export const ACCESS: CountedKind = {
  name: 'access',
  dimensions: [
    everyTier('all', false),
    { name: 'status', capped: false, tiers: TIERS, latencyTiers: [] },
    { name: 'method', capped: false, tiers: TIERS, latencyTiers: [] },
    // with histograms, to find slow paths
    { name: 'path', capped: true, tiers: HOURS, latencyTiers: HOURS },
    { name: 'user_agent', capped: true, tiers: HOURS, latencyTiers: [] },
    { name: 'ip', capped: true, tiers: HOURS, latencyTiers: [] },
  ],
  uniqueKinds: ['ip'],
  uniqueTiers: SKETCH_TIERS,
  hasHours: true,
};

function everyTier(name: string, capped: boolean): Dimension {
  return { name, capped, tiers: TIERS, latencyTiers: TIERS };
}

export function eventRow(event: NewEvent): CountedRow {
  return [
    event.projectId,
    dayNumber(event.createdAt),
    event.timestamp,
    event.eventType === 'error' ? 1 : 0,
    event.durationMs,
    event.eventType,
    event.eventName,
    event.priority,
    event.appVersion ?? '',
    event.providerName ?? '',
    event.userId,
    event.sessionId,
  ];
}

export function accessRow(entry: NewAccessEntry): CountedRow {
  return [
    entry.projectId,
    dayNumber(entry.createdAt),
    entry.timestamp,
    entry.status !== null && entry.status >= 400 ? 1 : 0,
    entry.latencyMs,
    entry.status === null ? '' : String(entry.status),
    entry.method ?? '',
    countable(entry.path),
    countable(entry.userAgent),
    entry.ip ?? '',
    entry.ip,
  ];
}

// A UTF-16 unit takes at most 3 bytes: only long values need measuring.
function countable(value: string | null): string {
  if (value === null) return '';
  return value.length * 3 > MAX_COUNTED_BYTES && Buffer.byteLength(value) > MAX_COUNTED_BYTES ? OTHER : value;
}

/** The index of a dimension in a kind's list. @throws Error for a dimension that it does not have. */
export function dimensionIndex(kind: CountedKind, name: string): number {
  const found = kind.dimensions.findIndex((dimension) => dimension.name === name);
  if (found < 0) throw new Error(`${kind.name} records are not counted by ${name}`);
  return found;
}
