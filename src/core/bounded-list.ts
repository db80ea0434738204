import { PageRows } from './page-rows.js';

/** Of JSON in one answer, about: 1,000 events of 255 kB would be 243 MB, and took 1 GB of memory. */
export const MAX_LIST_BYTES = 4 * 1024 * 1024;

/** A part of a list, to be read by one query. */
export interface Chunk {
  maxRows: number;
  /** The chunk may end early where its rows have more than this. */
  maxBytes: number;
  /** Where the chunk before it ended; undefined for the first. */
  cursor?: string;
}

export interface ChunkRows {
  rows: readonly unknown[];
  /** null where there are no more. */
  nextCursor: string | null;
}

/** As many rows of a list as an answer may hold. */
export interface BoundedList {
  /** The JSON of each row: while an answer waits to be sent, its rows are not held a second time, as objects. */
  texts: string[];
  /** null where there are no more. */
  nextCursor: string | null;
  bytes: number;
  /** There are fewer than asked for, though there are more: they would be too long. */
  isCut: boolean;
}

/**
 * Up to `limit` rows of a list, and no more than have about MAX_LIST_BYTES of JSON. They are read in chunks, `firstRows` at
 * first and then as many as their size allows: a thousand small rows take three.
 */
export async function readList(
  limit: number,
  firstRows: number,
  read: (chunk: Chunk) => Promise<ChunkRows>,
): Promise<BoundedList> {
  const chunk = new PageRows(limit, MAX_LIST_BYTES, firstRows);
  const texts: string[] = [];
  let bytes = 0;
  let cursor: string | undefined;
  for (;;) {
    const maxRows = Math.min(chunk.rows, limit - texts.length);
    const { rows, nextCursor } = await read({ maxRows, maxBytes: MAX_LIST_BYTES - bytes, cursor });
    const before = bytes;
    for (const row of rows) {
      const text = JSON.stringify(row);
      texts.push(text);
      bytes += Buffer.byteLength(text);
    }
    chunk.saw(rows.length, bytes - before);
    const isFull = bytes >= MAX_LIST_BYTES;
    if (nextCursor === null || isFull || texts.length >= limit) {
      return { texts, nextCursor, bytes, isCut: nextCursor !== null && texts.length < limit };
    }
    cursor = nextCursor;
  }
}
