import { setTimeout as delay } from 'node:timers/promises';
import { bytesOf, type JsonPieces } from './buffers.js';

/** About the most JSON in one answer: 1,000 events of 255 kB would be 243 MB, and took 1 GB of memory. */
const MAX_LIST_BYTES = 2 * 1024 * 1024;

/** About the most JSON in one chunk: reading, serialising and measuring it blocks the event loop for 5 ms. */
export const CHUNK_BYTES = 512 * 1024;

/** At 255 kB each these are 1 MB that the database reads and sends for a first page. */
const FIRST_ROWS = 4;

/** Most growth from one page to the next: after a run of small rows a page must not hold thousands of large ones. */
const MOST_GROWTH = 4;

/** A part of a list, to be read by one query. */
export interface Chunk<Position> {
  maxRows: number;
  /** The chunk may end early where its rows have more than this. */
  maxBytes: number;
  /** Where the chunk before it ended; undefined for the first. */
  after?: Position;
}

export interface ChunkRows<Position> {
  count: number;
  /** Pieces of the JSON of its rows, with commas between them. */
  json: readonly string[];
  /** null where there are no more. */
  next: Position | null;
  /** Of the whole list, where the first chunk came across it. */
  total?: number | null;
}

/** As many rows of a list as an answer may hold. */
export interface BoundedList<Position> {
  /** The rows as an array of JSON, in pieces. Buffers: as text, long lists had the heap collected again and again, for 20 to 60 ms. */
  json: JsonPieces;
  count: number;
  /** null where there are no more. */
  next: Position | null;
  /** As the first chunk said. */
  total: number | null;
  bytes: number;
  /** Fewer rows than asked for, though there are more: they would be too long for one answer. */
  isCut: boolean;
}

/** Runs what reads the rest of a long list when its turn comes. */
export type InTurn = (rest: () => Promise<void>) => Promise<void>;

/**
 * Up to `limit` rows of a list, and no more than have about MAX_LIST_BYTES of JSON. They are read in chunks, `firstRows` at
 * first and then as many as their size allows: a thousand small rows take three. Where the first tell of a long list, the rest
 * is read `inTurn`.
 */
export async function readList<Position>(
  limit: number,
  firstRows: number,
  read: (chunk: Chunk<Position>) => Promise<ChunkRows<Position>>,
  inTurn: InTurn,
): Promise<BoundedList<Position>> {
  const size = new PageRows(limit, CHUNK_BYTES, firstRows);
  const pieces: Buffer[] = [];
  let [count, bytes] = [0, 0];
  let total: number | null = null;
  let after: Position | null | undefined;
  const isWhole = (): boolean => after === null || bytes >= MAX_LIST_BYTES || count >= limit;

  const readChunk = async (): Promise<void> => {
    const maxBytes = Math.min(MAX_LIST_BYTES - bytes, CHUNK_BYTES);
    const fitting = count === 0 ? Infinity : Math.ceil(maxBytes / (bytes / count));
    const maxRows = Math.min(size.rows, fitting, limit - count);
    const rows = await read({ maxRows, maxBytes, after: after ?? undefined });
    if (after === undefined) total = rows.total ?? null;
    after = rows.next;
    if (rows.count === 0) return;
    const piece = bytesOf([pieces.length === 0 ? '[' : ',', ...rows.json]);
    pieces.push(piece);
    count += rows.count;
    bytes += piece.length;
    size.saw(rows.count, piece.length);
  };
  // After each chunk, and before the answer is sent, other requests get as much time as the chunk took.
  const readLongRest = async (): Promise<void> => {
    while (!isWhole()) {
      const startedMs = performance.now();
      await readChunk();
      await delay(performance.now() - startedMs);
    }
  };

  await readChunk();
  const isLong = !isWhole() && (bytes / count) * limit > CHUNK_BYTES;
  if (isLong) await inTurn(readLongRest);
  else while (!isWhole()) await readChunk();
  const next = after ?? null;
  return {
    json: pieces.length === 0 ? ['[]'] : [...pieces, ']'],
    count,
    next,
    total,
    bytes,
    isCut: next !== null && count < limit,
  };
}

/** How many there are of what such a list is a page of, where it tells itself: it came across all of them, or has the last. */
export function knownCount(
  { total, next, count }: BoundedList<unknown>,
  { offset, after }: { offset: number; after?: unknown },
): { total: number; estimated: false } | null {
  if (total !== null) return { total, estimated: false };
  const isLast = next === null && (count > 0 || offset === 0);
  return isLast && after === undefined ? { total: offset + count, estimated: false } : null;
}

/** How many rows to ask for next, so that a page is about so many bytes, whatever the rows are like. */
export class PageRows {
  /** Of the next page. */
  rows: number;

  constructor(
    private readonly maxRows: number,
    private readonly aimBytes: number,
    firstRows = FIRST_ROWS,
  ) {
    this.rows = Math.min(firstRows, maxRows);
  }

  /** Of a page that was read. */
  saw(count: number, bytes: number): void {
    if (count === 0) return;
    const fitting = Math.floor(this.aimBytes / (bytes / count));
    this.rows = Math.max(1, Math.min(fitting, this.rows * MOST_GROWTH, this.maxRows));
  }
}
