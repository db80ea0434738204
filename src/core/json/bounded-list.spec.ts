import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, knownCount, readList, type Chunk, type InTurn, PageRows } from './bounded-list.js';
import { bytesOf } from './buffers.js';

/** Reads a list of rows of these lengths, as a store would; notes what it was asked for. */
function listOf(lengths: readonly number[]) {
  const asked: Chunk<string>[] = [];
  const read = (chunk: Chunk<string>) => {
    asked.push(chunk);
    const from = Number(chunk.after ?? 0);
    let [to, bytes] = [from, 0];
    while (to < lengths.length && to - from < chunk.maxRows && (to === from || bytes < chunk.maxBytes)) {
      bytes += lengths[to++];
    }
    const texts = lengths.slice(from, to).map((length) => JSON.stringify('ü'.repeat(length / 2)));
    return Promise.resolve({
      count: to - from,
      json: [texts.join(',')],
      next: to < lengths.length ? String(to) : null,
    });
  };
  return { asked, read };
}

const atOnce: InTurn = (rest) => rest();

describe('a bounded list', () => {
  it('of a page that is not long is one query', async () => {
    const { asked, read } = listOf(Array<number>(200).fill(400));
    const { count, next, isCut } = await readList(50, 50, read, atOnce);
    expect([count, next, isCut, asked.length]).toEqual([50, '50', false, 1]);
  });

  it('of a thousand small rows is three', async () => {
    const { asked, read } = listOf(Array<number>(1_500).fill(400));
    const { count, next, isCut } = await readList(1_000, 50, read, atOnce);
    expect([count, next, isCut]).toEqual([1_000, '1000', false]);
    expect(asked.map(({ maxRows }) => maxRows)).toEqual([50, 200, 750]);
  });

  it('waits for its turn after the first chunk where it is long, and is read in small chunks', async () => {
    const { asked, read } = listOf(Array<number>(1_000).fill(4_000));
    let turns = 0;
    const list = await readList(1_000, 50, read, (rest) => {
      turns++;
      expect(asked).toHaveLength(1);
      return rest();
    });
    expect([turns, list.isCut]).toEqual([1, true]);
    expect(asked.length).toBeGreaterThan(4);
    for (const { maxRows, maxBytes } of asked) {
      expect(maxBytes).toBeLessThanOrEqual(CHUNK_BYTES);
      expect(maxRows * 4_000).toBeLessThan(CHUNK_BYTES + 2 * 4_000);
    }
    await readList(1_000, 50, listOf(Array<number>(1_000).fill(400)).read, () => Promise.reject(new Error()));
  });

  it('ends where it is too long, and says where to go on', async () => {
    const lengths = Array.from({ length: 300 }, (_, n) => (n < 60 ? 100 : 254_000));
    const { read } = listOf(lengths);
    const seen: string[] = [];
    let place: string | null = '0';
    while (place !== null) {
      const from: string = place;
      const list = await readList<string>(
        1_000,
        50,
        (chunk) => read({ ...chunk, after: chunk.after ?? from }),
        atOnce,
      );
      expect(list.isCut).toBe(list.next !== null);
      const json = bytesOf(list.json);
      expect(json.length).toBeLessThan(4_200_000 + 254_000);
      const rows = JSON.parse(json.toString()) as string[];
      expect(rows).toHaveLength(list.count);
      seen.push(...rows);
      place = list.next;
    }
    expect(seen.map((text) => Buffer.byteLength(text))).toEqual(lengths);
  });

  it('has the total that its first chunk says', async () => {
    let chunks = 0;
    const read = () => Promise.resolve({ count: 1, json: ['1'], next: String(++chunks), total: 10 - chunks });
    expect(await readList(3, 1, read, atOnce)).toMatchObject({ count: 3, total: 9 });
  });

  it('of rows that are each too long is one at a time, and of none is empty', async () => {
    const { asked, read } = listOf([5_000_000, 5_000_000]);
    const { count, next, isCut } = await readList(10, 50, read, atOnce);
    expect([count, next, isCut]).toEqual([1, '1', true]);
    expect(asked).toHaveLength(1);
    expect(await readList(10, 50, listOf([]).read, atOnce)).toEqual({
      json: ['[]'],
      count: 0,
      next: null,
      total: null,
      bytes: 0,
      isCut: false,
    });
  });
});

describe('rows of a page', () => {
  it('grow step by step while rows are small, and fall at once where they are large', () => {
    const page = new PageRows(1000, 512 * 1024);
    const asked = [4, 16, 64, 256, 1000, 1000].map((expected) => {
      const { rows } = page;
      expect(rows).toBe(expected);
      page.saw(rows, rows * 400);
      return rows;
    });
    page.saw(asked.at(-1)!, asked.at(-1)! * 256 * 1024);
    expect(page.rows).toBe(2);
    page.saw(1, 10_000_000);
    expect(page.rows).toBe(1);
    page.saw(0, 0);
    expect(page.rows).toBe(1);
  });
});

describe('how many there are', () => {
  const list = { json: ['[]'], count: 7, next: null, total: null, bytes: 0, isCut: false };
  it.each([
    ['the only page', {}, { offset: 0 }, 7],
    ['the last page by number', {}, { offset: 20 }, 27],
    ['an empty list', { count: 0 }, { offset: 0 }, 0],
    ['a page that came across all', { next: '7', total: 900 }, { offset: 0 }, 900],
    ['a page with more to come', { next: '7' }, { offset: 0 }, null],
    ['a page past the end', { count: 0 }, { offset: 20 }, null],
    ['the last page by cursor', {}, { offset: 0, after: '20' }, null],
  ])('is told by %s, where it can be', (_, of, place, total) => {
    expect(knownCount({ ...list, ...of }, place)).toEqual(
      total === null ? null : { total, estimated: false },
    );
  });
});
