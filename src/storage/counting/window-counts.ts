import { isDeepStrictEqual } from 'node:util';
import { CellTable } from '../../core/counting/cell-table.js';
import { Cells } from '../../core/counting/cells.js';
import {
  RollupTotals,
  type CountStore,
  type EndCells,
  type EndHashes,
  type Found,
  type StoredSketch,
} from '../../core/counting/count-store.js';
import type { CountedRecords } from '../../core/counting/counted-records.js';
import { dimensionIndex, OTHER } from '../../core/counting/kind.js';
import { LatencyHistogram } from '../../core/counting/latency-histogram.js';
import type { PendingBlocks } from '../../core/counting/pending-blocks.js';
import {
  cover,
  onePoint,
  type Piece,
  PointLocator,
  runsOf,
  type TimeRange,
  type Window,
} from '../../core/counting/time-cover.js';
import { UniqueSketch } from '../../core/counting/unique-sketch.js';
import { storageUnavailable } from '../../core/errors.js';
import { chunksOf } from '../../core/groups.js';
import type { Micros } from '../../core/time.js';

/** Blocks missing from memory that are read at once: at most some ten thousand records. */
const READ_BLOCKS = 20;
const ATTEMPTS = 20;
/** Points whose sketches, of up to 80 kB each, are in memory together. */
const MOST_UNITED = 100;

interface WindowQuery {
  projectId: number;
  window: Window;
  /** Minute buckets before it are not read. */
  firstMinute: Micros;
}

export interface CellsQuery extends WindowQuery {
  dimension: string;
  histograms?: boolean;
}

export interface UniquesQuery extends WindowQuery {
  kind: string;
}

export interface UniqueCounts {
  total: number;
  /** One for each of the window's starts. */
  series: number[];
}

/** A result, and the function that adds each pending record to it. */
interface Adding<Result> {
  result: Result;
  add: (records: CountedRecords, i: number) => void;
}

/** The cells of points, and the functions that add to them. */
interface AddingCells<Result> {
  result: Result;
  addStored: (point: number, counts: string | null, histograms: string | null) => void;
  addEnd: (point: number, end: EndCells) => void;
  addPending: (point: number, value: string, records: CountedRecords, i: number) => void;
}

/** Counts of windows of time: the rollups plus the blocks pending at the same moment. */
export class WindowCounts extends RollupTotals {
  constructor(
    private readonly store: CountStore,
    private readonly pending: PendingBlocks,
  ) {
    super();
  }

  /** The cells of each point of a window. @throws RangeError for a ragged window of records that have no rows. */
  points(query: CellsQuery): Promise<Cells[]> {
    const { histograms = false } = query;
    return this.cells(query, () => {
      const points = query.window.starts.map(() => new Cells());
      return {
        result: points,
        addStored: (point, counts, timed) => {
          if (counts) points[point].mergeCounts(counts);
          if (timed) points[point].mergeHistograms(timed);
        },
        addEnd: (point, end) => addEnd(points[point], end, histograms),
        addPending: (point, value, records, i) => {
          const measures = points[point].of(value);
          measures.add(records.errors[i], records.durationMs(i));
          if (histograms) measures.addToHistogram(records.durationMs(i));
        },
      };
    });
  }

  /** The same without durations. */
  table(query: Omit<CellsQuery, 'histograms'>): Promise<CellTable> {
    return this.cells(query, () => {
      const table = new CellTable(query.window.starts.length);
      return {
        result: table,
        addStored: (point, counts) => {
          if (counts) table.mergeCounts(point, counts);
        },
        addEnd: (point, { value, n, errors }) => table.add(point, value, n, errors),
        addPending: (point, value, { errors }, i) => table.add(point, value, 1, errors[i]),
      };
    });
  }

  private async cells<Result>(query: CellsQuery, adding: () => AddingCells<Result>): Promise<Result> {
    const { projectId, window, dimension, firstMinute, histograms = false } = query;
    const index = dimensionIndex(this.store.kind, dimension);
    const pieces = runsOf(window, this.store.kind.dimensions[index].tiers, firstMinute);
    const locator = new PointLocator(window, pieces);
    return this.look(
      () => this.store.cells(projectId, dimension, pieces, histograms),
      ({ found, ends }) => {
        const { result, addStored, addEnd, addPending } = adding();
        for (const { bucket, counts, histograms: timed } of found)
          addStored(locator.pointOf(bucket), counts, timed);
        for (const end of ends) addEnd(locator.pointOf(pieces[end.piece].from), end);
        return {
          add: (records, i) => {
            const timestamp = records.timestamps[i];
            if (records.projects[i] !== projectId || !locator.isInBuckets(timestamp)) return;
            addPending(locator.pointOf(timestamp), records.value(i, index), records, i);
          },
          result,
        };
      },
    );
  }

  /** The cells of a window as one point. */
  async whole(query: Omit<CellsQuery, 'window'> & { window: TimeRange }): Promise<Cells> {
    return (await this.points({ ...query, window: onePoint(query.window) }))[0];
  }

  /** How many records each value of a dimension has over all days: these values, or all there are. */
  totals(
    projectId: number,
    dimension: string,
    values: readonly string[] | null = null,
  ): Promise<Map<string, number>> {
    const index = dimensionIndex(this.store.kind, dimension);
    return this.look(
      () => this.store.totals(projectId, dimension, values),
      ({ found }) => {
        const totals = new Map(found.map(({ value, n }) => [value, n]));
        return {
          add: (records, i) => {
            if (records.projects[i] !== projectId) return;
            const value = records.value(i, index);
            if (values === null || values.includes(value)) totals.set(value, (totals.get(value) ?? 0) + 1);
          },
          result: totals,
        };
      },
    );
  }

  async of(projectId: number, dimension: string, value: string): Promise<{ n: number; isFolded: boolean }> {
    const totals = await this.totals(projectId, dimension, [value, OTHER]);
    return { n: totals.get(value) ?? 0, isFolded: totals.has(OTHER) };
  }

  /** How many were seen in a window and at each of its points: within 2 %, exact below 10,000. */
  async uniques(query: UniquesQuery): Promise<UniqueCounts> {
    const { window, firstMinute } = query;
    const tiers = this.store.kind.uniqueTiers;
    // The whole window is covered by few, wide buckets, while those of its points may be many and large.
    const pieces = cover(window.from, window.to, tiers, firstMinute);
    const ofPoints = runsOf(window, tiers, firstMinute);
    if (window.starts.length <= MOST_UNITED && isDeepStrictEqual(pieces, ofPoints)) {
      const points = await this.seen(query, pieces, window);
      const all = new UniqueSketch();
      for (const point of points) point.mergeInto(all);
      return { total: all.estimate(), series: points.map((point) => point.estimate()) };
    }
    const [[all], series] = await Promise.all([
      this.seen(query, pieces, onePoint(window)),
      this.uniquesByPoint(query, ofPoints),
    ]);
    return { total: all.estimate(), series };
  }

  /** A point of exactly one bucket takes its stored estimate; several parts are merged. */
  private async uniquesByPoint(query: UniquesQuery, pieces: readonly Piece[]): Promise<number[]> {
    const { projectId, window, kind } = query;
    const locator = new PointLocator(window, pieces);
    const unique = this.store.kind.uniqueKinds.indexOf(kind);
    const { series, parts } = await this.look(
      () => this.store.estimates(projectId, kind, pieces),
      ({ found, ends }) => {
        const numbers = window.starts.map(() => 0);
        const parts = window.starts.map(() => 0);
        for (const { bucket, estimate } of found) {
          const point = locator.pointOf(bucket);
          numbers[point] = estimate;
          parts[point]++;
        }
        for (const { piece } of ends) parts[locator.pointOf(pieces[piece].from)] = Infinity;
        return {
          add: (records, i) => {
            const timestamp = records.timestamps[i];
            const isOf = records.projects[i] === projectId && records.hash(i, unique) !== null;
            if (isOf && locator.isInBuckets(timestamp)) parts[locator.pointOf(timestamp)] = Infinity;
          },
          result: { series: numbers, parts },
        };
      },
    );
    const mixed = parts.map((n) => n > 1);
    if (!mixed.includes(true)) return series;
    const rest = pieces.flatMap((piece) => locator.within(piece, mixed));
    const points = await this.seen(query, rest, window);
    return series.map((number, point) => (mixed[point] ? points[point].estimate() : number));
  }

  /** Who was seen at each point of a window, in these pieces of it. */
  private seen(
    { projectId, kind }: UniquesQuery,
    pieces: readonly Piece[],
    window: Window,
  ): Promise<SeenAtPoint[]> {
    const locator = new PointLocator(window, pieces);
    const unique = this.store.kind.uniqueKinds.indexOf(kind);
    return this.look<Found<StoredSketch, EndHashes>, SeenAtPoint[]>(
      () => this.store.sketches(projectId, kind, pieces),
      ({ found, ends }) => {
        const points = window.starts.map(() => new SeenAtPoint());
        // the largest first: they are of registers, which take hashes faster than a table of hashes does
        for (const stored of found.toSorted((a, b) => b.estimate - a.estimate))
          points[locator.pointOf(stored.bucket)].add(stored);
        for (const { piece, hashes } of ends) {
          points[locator.pointOf(pieces[piece].from)].united().addHashes(hashes);
        }
        return {
          add: (records, i) => {
            const timestamp = records.timestamps[i];
            const hash = records.hash(i, unique);
            if (records.projects[i] !== projectId || hash === null || !locator.isInBuckets(timestamp)) return;
            points[locator.pointOf(timestamp)].united().add(...hash);
          },
          result: points,
        };
      },
    );
  }

  /** Asks the store and adds what was pending at that moment; retries where some of that was counted before it was read. */
  async look<Answer extends { pending: readonly number[] }, Result>(
    ask: () => Promise<Answer>,
    adding: (answer: Answer) => Adding<Result>,
  ): Promise<Result> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const answer = await ask();
      const { add, result } = adding(answer);
      if (await this.addPending(answer.pending, add)) return result;
    }
    throw storageUnavailable(new Error(`${this.store.kind.name} records were counted while they were read`));
  }

  private async addPending(ids: readonly number[], add: Adding<unknown>['add']): Promise<boolean> {
    const { here, missing } = this.pending.of(ids);
    const addAll = (records: CountedRecords): void => {
      for (let i = 0; i < records.length; i++) add(records, i);
    };
    here.forEach(addAll);
    for (const some of chunksOf(missing, READ_BLOCKS)) {
      const read = await this.store.blocks(some);
      if (read.length < some.length) return false;
      for (const block of read) addAll(this.pending.take(block));
    }
    return true;
  }
}

/** Who was seen at a point. Where that is one stored sketch, as mostly, its estimate is stored too. */
class SeenAtPoint {
  private stored: StoredSketch | null = null;
  private union: UniqueSketch | null = null;

  add(stored: StoredSketch): void {
    if (this.stored || this.union) this.united().mergeBytes(stored.sketch);
    else this.stored = stored;
  }

  /** To add to. */
  united(): UniqueSketch {
    if (this.union) return this.union;
    const union = new UniqueSketch();
    this.mergeInto(union);
    [this.union, this.stored] = [union, null];
    return union;
  }

  mergeInto(sketch: UniqueSketch): void {
    if (this.stored) sketch.mergeBytes(this.stored.sketch);
    else if (this.union) sketch.merge(this.union);
  }

  estimate(): number {
    return this.union?.estimate() ?? this.stored?.estimate ?? 0;
  }
}

function addEnd(cells: Cells, { value, bin, n, errors, sum, max }: EndCells, histograms: boolean): void {
  const measures = cells.of(value);
  measures.addCounts(n, errors, bin === null ? 0 : n, sum, max);
  if (histograms && bin !== null) (measures.histogram ??= new LatencyHistogram()).add([bin], [n]);
}
