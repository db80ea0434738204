import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomesIn, recordsIn } from '../../../test/support/raw-records.js';
import { CsvParser } from './csv-parser.js';
import { MAX_RECORD_BYTES } from './record-parser.js';

const PIECES = [1, 3, 1000];

async function rowsOf(text: string | Buffer): Promise<unknown[]> {
  const whole = await outcomesIn(new CsvParser(), text);
  for (const pieceBytes of PIECES) {
    expect(await outcomesIn(new CsvParser(), text, pieceBytes)).toEqual(whole);
  }
  return whole;
}

describe('columns', () => {
  it('without a header are timestamp, path and userAgent', async () => {
    expect(await rowsOf('2026-11-20T10:00:00Z,/a,curl\n,/b,\n')).toEqual([
      { timestamp: '2026-11-20T10:00:00Z', path: '/a', userAgent: 'curl' },
      { path: '/b' },
    ]);
  });

  it.each([
    'timestamp,path,userAgent',
    'timestamp,path,userAgent\r',
    '\ufefftimestamp,path,userAgent',
    '"timestamp","path","userAgent"',
    ' Timestamp, PATH ,useragent ',
  ])('are named by a header: %j', async (header) => {
    const [row] = (await rowsOf(`${header}\n2026-11-20T10:00:00Z,/a,curl\n`)) as { path: string }[];
    expect(row).toMatchObject({ timestamp: '2026-11-20T10:00:00Z', path: '/a' });
  });

  it('may be more, in any order and spelling; unknown ones are ignored', async () => {
    const text = 'Id,Status,IP,LatencyMs,Method,url,User-Agent\n7,404,1.2.3.4,1.5e1,get,/x,curl\n';
    expect(await rowsOf(text)).toEqual([
      { status: 404, ip: '1.2.3.4', latency_ms: 15, method: 'get', url: '/x', user_agent: 'curl' },
    ]);
  });

  it('that are numbers keep what is none, for validation to refuse', async () => {
    expect(await rowsOf('ip,status,latency_ms\n1.2.3.4,abc,0x10\n1.2.3.4, 200,\n')).toEqual([
      { ip: '1.2.3.4', status: 'abc', latency_ms: '0x10' },
      { ip: '1.2.3.4', status: ' 200' },
    ]);
  });
});

describe('rows', () => {
  it('with quotes hold commas, quotes and ends of lines', async () => {
    const text = 'path,user_agent\r\n/a,"a, ""b""\r\nc"\r\n"/b",""\r\n';
    expect(await rowsOf(text)).toEqual([{ path: '/a', user_agent: 'a, "b"\r\nc' }, { path: '/b' }]);
  });

  it('of another length are refused by their index', async () => {
    expect(await rowsOf('ip,path\n1.1.1.1\n1.1.1.1,/a\n\n1.1.1.1,/a,b\n')).toEqual([
      'has 1 columns, not 2',
      { ip: '1.1.1.1', path: '/a' },
      'has 3 columns, not 2',
    ]);
  });

  it('keep a quote that stands inside a field', async () => {
    expect(await rowsOf('path,user_agent\n/a"b",c\n/d,"x" y\n/e,f\n')).toEqual([
      { path: '/a"b"', user_agent: 'c' },
      { path: '/d', user_agent: '"x" y' },
      { path: '/e', user_agent: 'f' },
    ]);
  });

  it('behind a quote that is never closed belong to it: one refusal', async () => {
    expect(await rowsOf('path,user_agent\n/a,b\n/c,"d\n/e,f\n/g,h\n')).toEqual([
      { path: '/a', user_agent: 'b' },
      expect.stringContaining('never closed'),
    ]);
  });

  it('come back after one that is too large', async () => {
    const line = `/filler,${'x'.repeat(992)}\n`;
    const text = `path,user_agent\n/a,"b\n${line.repeat(400)}/z,z\n`;
    for (const pieceBytes of [1000, 65_536]) {
      const outcomes = await outcomesIn(new CsvParser(), text, pieceBytes);
      expect(outcomes[0]).toBe('is larger than 256 KiB');
      expect(outcomes.at(-1)).toEqual({ path: '/z', user_agent: 'z' });
    }
    const oneLine = `path\n/a\n${'x'.repeat(3 * MAX_RECORD_BYTES)}\n/z\n`;
    for (const pieceBytes of [65_536, Infinity]) {
      expect(await outcomesIn(new CsvParser(), oneLine, pieceBytes)).toEqual([
        { path: '/a' },
        'is larger than 256 KiB',
        { path: '/z' },
      ]);
    }
  });

  it('that are not UTF-8 are refused, and only they', async () => {
    const text = Buffer.concat([Buffer.from('path\n/a\n/'), Buffer.from([0xe4]), Buffer.from('\n/ä\n')]);
    expect(await outcomesIn(new CsvParser(), text, 4)).toEqual([
      { path: '/a' },
      'is not UTF-8',
      { path: '/ä' },
    ]);
    expect(await rowsOf('path\n/\ufffd\n')).toEqual([{ path: '/\ufffd' }]);
  });

  it('are told with where they end: a parser that begins there goes on', async () => {
    const text = '\ufeffpath,user_agent\r\n/ä,"b\r\nc"\r\n\r\n/d\r\n/e,f\n/g,😀';
    const first = new CsvParser();
    const all = await recordsIn(first, text, 5);
    expect(all).toHaveLength(4);
    for (const [at, { index, endByte }] of all.entries()) {
      const rest = new CsvParser({ index: index + 1, byte: endByte, like: first });
      expect(await recordsIn(rest, Buffer.from(text).subarray(endByte), 3)).toEqual(all.slice(at + 1));
    }
  });
});

it('gives back what was written by RFC 4180', async () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'ä', '😀'),
    minLength: 1,
  });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell)),
      fc.integer({ min: 1, max: 9 }),
      async (rows, pieceBytes) => {
        const text = ['path,user_agent', ...rows.map((row) => row.map(quoted).join(','))].join('\r\n');
        const expected = rows.map(([path, user_agent]) => ({ path, user_agent }));
        expect(await outcomesIn(new CsvParser(), text, pieceBytes)).toEqual(expected);
      },
    ),
  );
});

it('takes any bytes', async () => {
  const bytes = fc.uint8Array({ max: 200 }).map((array) => Buffer.from(array));
  const text = fc
    .array(fc.constantFrom('"', ',', '\n', '\r', 'path', 'x', '\0', '\ufeff'))
    .map((parts) => Buffer.from(parts.join('')));
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, text), fc.integer({ min: 1, max: 99 }), async (body, pieceBytes) => {
      const records = await recordsIn(new CsvParser(), body, pieceBytes);
      expect(records.map(({ index }) => index)).toEqual(records.map((_, i) => i));
    }),
  );
});

/** csv-spectrum, with our columns in the place of its own. */
const FOLDER = 'test/fixtures/csv';
const COLUMNS = ['path', 'user_agent', 'ip', 'method', 'url'];

describe.each(globSync(`${FOLDER}/*.csv`).map((file) => file.slice(FOLDER.length + 1, -4)))(
  'csv-spectrum: %s',
  (name) => {
    const csv = readFileSync(`${FOLDER}/${name}.csv`, 'utf8');
    const rows = JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8')) as Record<string, string>[];
    const withOurColumns = csv.replace(
      /^.*\n/,
      (header) => `${COLUMNS.slice(0, header.split(',').length).join(',')}\n`,
    );
    const expected = rows.map((row) => {
      const cells = Object.values(row).map((cell, i) => [COLUMNS[i], cell]);
      return Object.fromEntries(cells.filter(([, cell]) => cell !== '')) as Record<string, string>;
    });

    it('is read as meant', async () => {
      expect(await rowsOf(withOurColumns)).toEqual(expected);
    });

    it('is read as meant with CRLF', async () => {
      const crlf = (text: string) => text.replaceAll('\n', '\r\n');
      const withCrlf = JSON.parse(JSON.stringify(expected).replaceAll('\\n', '\\r\\n')) as unknown;
      expect(await rowsOf(crlf(withOurColumns))).toEqual(withCrlf);
    });
  },
);
