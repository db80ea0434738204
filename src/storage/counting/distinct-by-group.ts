import { DistinctByValue, type DistinctCounts } from '../../core/counting/distinct-by-value.js';
import { dimensionIndex, EVENTS } from '../../core/counting/kind.js';
import { keyOf, SeenByValue } from '../../core/counting/seen-by-value.js';
import { minuteFloor, PointLocator, type Window } from '../../core/counting/time-cover.js';
import { groupsOf } from '../../core/groups.js';
import type { Clock } from '../../core/ports/clock.js';
import type { StatsAnswer } from '../../core/ports/event-stats.js';
import { formatRfc3339 } from '../../core/records/rfc3339.js';
import type { Micros } from '../../core/time.js';
import {
  piecesOf,
  type CountedRange,
  type SeenPiece,
  type KeptRange,
  type SeenHashes,
  type SeenQuery,
  type SeenStore,
} from './seen-store.js';
import type { WindowCounts } from './window-counts.js';

/** Most groups listed by themselves; the rest is '(other)'. */
export const MAX_GROUPS = 100;
/** Users or sessions of a window that are united in memory, some hundred megabytes at most; the database counts more than these. */
const MOST_IDS = 1_000_000;
/**
 * Events that are read by one statement, of two at a time: 16 MB of hashes each. With fewer, a page of a table is read for more of the
 * pieces; a piece with more is counted by the database.
 */
const SCANNED_AT_ONCE = 2_000_000;
/** Events whose results are written by one statement: up to seven bytes each. */
const KEPT_AT_ONCE = 500_000;
/** Bytes of cached results read by one statement. */
const READ_AT_ONCE = 4_000_000;

type CountedPiece = SeenPiece & CountedRange;

/** The cached results of ranges, and the blocks pending at the same moment. */
interface Kept {
  found: KeptRange[];
  /** Hashes by point and value. */
  pending: Map<number, Map<string, number[]>>;
}

interface Scanned {
  /** By where a piece begins. */
  ids: ReadonlyMap<Micros, number>;
  found: SeenHashes[];
}

/** Users or sessions of a window by group, at each of its points: exact. */
export class DistinctByGroup {
  constructor(
    private readonly store: SeenStore,
    private readonly windows: WindowCounts,
    private readonly clock: Clock,
  ) {}

  async count(projectId: number, window: Window, asked: Omit<SeenQuery, 'projectId'>): Promise<StatsAnswer> {
    const { series, total } = await this.counts({ projectId, ...asked }, window);
    const times = window.starts.map(formatRfc3339);
    return {
      series: series.map(({ point, value, n }) => ({ time: times[point], group: value, count: n })),
      totals: { count: total },
    };
  }

  private async counts(query: SeenQuery, window: Window): Promise<DistinctCounts> {
    const pieces = await this.pieces(query.projectId, window);
    const isMuch = pieces.some(({ events }) => events > SCANNED_AT_ONCE);
    if (isMuch) return this.store.count(query, window, MAX_GROUPS);
    const distinct = new DistinctByValue();
    const kept = await this.addKept(distinct, query, window, pieces);
    await this.addScanned(
      distinct,
      query,
      pieces.filter((piece) => !kept.has(piece)),
    );
    if (distinct.size > MOST_IDS) return this.store.count(query, window, MAX_GROUPS);
    return distinct.counts(MAX_GROUPS);
  }

  /** Those that have events. */
  private async pieces(projectId: number, window: Window): Promise<CountedPiece[]> {
    const now = this.clock.nowMs() * 1000;
    const pieces = piecesOf(window, now);
    const starts = pieces.map(({ from }) => from);
    const points = await this.windows.points({
      projectId,
      window: { ...window, starts },
      dimension: 'all',
      firstMinute: minuteFloor(now),
    });
    return pieces
      .map((piece, i) => ({ ...piece, events: points[i].of('').n }))
      .filter(({ events }) => events > 0);
  }

  /** Adds the cached results of pieces, and the records still pending; returns these pieces. */
  private async addKept(
    distinct: DistinctByValue,
    query: SeenQuery,
    window: Window,
    pieces: readonly SeenPiece[],
  ): Promise<Set<SeenPiece>> {
    const added = new Set<SeenPiece>();
    const ranges = new Map(pieces.filter(({ isKept }) => isKept).map((piece) => [piece.from, piece]));
    if (ranges.size === 0) return added;
    const { found, pending } = await this.kept(query, window, [...ranges.values()]);
    const add = async (some: readonly KeptRange[], kept: ReadonlyMap<number, Buffer>): Promise<void> => {
      for (const { id, from } of some) {
        const bytes = kept.get(id);
        // a record of its time was counted since
        if (!bytes) continue;
        const piece = ranges.get(from)!;
        await distinct.add(piece.point, SeenByValue.fromBytes(bytes));
        added.add(piece);
      }
    };
    const groups = [...groupsOf(found, ({ size }) => size, READ_AT_ONCE)];
    const read = (group: readonly KeptRange[] = []) => this.store.read(group.map(({ id }) => id));
    let kept = await read(groups[0]);
    for (const [i, group] of groups.entries()) {
      if (distinct.size > MOST_IDS) break;
      // the database reads the next ones meanwhile
      [kept] = await Promise.all([read(groups[i + 1]), add(group, kept)]);
    }
    for (const [point, seen] of pending) {
      const hashes = [...seen].map(([value, keys]) => [value, Float64Array.from(keys)] as const);
      await distinct.add(point, await SeenByValue.of(new Map(hashes)));
    }
    return added;
  }

  private kept(query: SeenQuery, window: Window, ranges: readonly SeenPiece[]): Promise<Kept> {
    const [dimension, unique] = [
      dimensionIndex(EVENTS, query.dimension),
      EVENTS.uniqueKinds.indexOf(query.kind),
    ];
    return this.windows.look(
      () => this.store.kept(query, ranges),
      ({ found }) => {
        const locator = new PointLocator(
          window,
          found.map(({ from, to }) => ({ from, to, tier: 60 })),
        );
        const pending: Kept['pending'] = new Map();
        return {
          add: (records, i) => {
            const timestamp = records.timestamps[i];
            const hash = records.hash(i, unique);
            if (records.projects[i] !== query.projectId || hash === null || !locator.isInBuckets(timestamp))
              return;
            const point = locator.pointOf(timestamp);
            const values = pending.get(point) ?? new Map<string, number[]>();
            pending.set(point, values);
            const value = records.value(i, dimension);
            const keys = values.get(value) ?? [];
            values.set(value, keys);
            keys.push(keyOf(...hash));
          },
          result: { found, pending },
        };
      },
    );
  }

  /** Adds users or sessions of pieces from their rows, and caches the results. */
  private async addScanned(
    distinct: DistinctByValue,
    query: SeenQuery,
    pieces: readonly CountedPiece[],
  ): Promise<void> {
    const groups = [...groupsOf(pieces, ({ events }) => events, SCANNED_AT_ONCE)];
    let next = this.scan(query, groups[0]);
    for (const [g, group] of groups.entries()) {
      const scan = next;
      // the database reads the next ones meanwhile
      next = this.scan(query, groups[g + 1]);
      // awaited later, and where this group fails never
      next.catch(() => {});
      const { ids, found } = await scan;
      if (distinct.size > MOST_IDS) return;
      for (const some of groupsOf(group.entries(), ([, { events }]) => events, KEPT_AT_ONCE)) {
        const keep = new Map<number, Buffer>();
        for (const [i, piece] of some) {
          const seen = await SeenByValue.of(found[i]);
          // eight bytes an event, of which what follows needs a part
          found[i].clear();
          await distinct.add(piece.point, seen);
          const id = ids.get(piece.from);
          if (id !== undefined) keep.set(id, seen.toBytes());
        }
        if (keep.size > 0) await this.store.keep(keep);
      }
    }
  }

  /** Who was seen in pieces, by the rows, and the ids to keep those under that are kept. */
  private async scan(query: SeenQuery, pieces: readonly CountedPiece[] = []): Promise<Scanned> {
    const keeping = pieces.filter(({ isKept }) => isKept);
    const ids = keeping.length > 0 ? await this.store.reserve(query, keeping) : new Map<Micros, number>();
    return { ids, found: await this.store.scan(query, pieces) };
  }
}
