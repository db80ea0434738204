import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../core/records/event.js';
import { CSV_COLUMNS, csvText } from './export-formats.js';

const EVENT: StoredEvent = {
  id: 1,
  event_id: 'a',
  event_type: 'behavioral',
  event_name: 'tap',
  timestamp: '2026-11-20T10:00:00.000Z',
  reported_timestamp: null,
  properties: '{}',
  device_info: '{}',
  user_id: null,
  session_id: null,
  app_version: null,
  sequence_number: null,
  priority: 'normal',
  created_at: '2026-11-20T10:00:00.000001Z',
  processed_at: '2026-11-20T10:00:00.100Z',
};

const cellOf = (user: string) => rowsOf(csvText([{ ...EVENT, user_id: user }], false))[0][8];

/** Reads RFC 4180, letter by letter. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let row: string[] = []; cell.lastIndex < text.length;) {
    const match = cell.exec(text);
    if (!match) throw new Error(`not RFC 4180: ${text}`);
    row.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('CSV', () => {
  it('has a header once, a row an event, and CRLF at each end', () => {
    const text = csvText([EVENT], true);
    expect(text).toBe(
      `${CSV_COLUMNS.join(',')}\r\n1,a,behavioral,tap,2026-11-20T10:00:00.000Z,,{},{},,,,,normal,2026-11-20T10:00:00.000001Z,2026-11-20T10:00:00.100Z\r\n`,
    );
    expect(csvText([], true)).toBe(`${CSV_COLUMNS.join(',')}\r\n`);
    expect(csvText([], false)).toBe('');
    expect(Object.keys(EVENT)).toEqual(CSV_COLUMNS);
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '\u00a0@x',
    '\u200b=1',
    '\ufeff+1',
    '＝1',
    ' －1',
    '=cmd|\' /C calc\'!A0,"x"',
  ])('defuses %j', (text) => {
    expect(cellOf(text)).toBe(`'${text}`);
  });

  it.each(['1-1', 'a=b', '', ' a', '{"=1":2}', "'=1"])('leaves %j as it is', (text) => {
    expect(cellOf(text)).toBe(text);
  });

  it('keeps numbers that are numbers, and JSON digit by digit', () => {
    const properties = '{"big":12345678901234567890,"text":"a,\\"b\\"\\r\\n"}';
    const [row] = rowsOf(csvText([{ ...EVENT, sequence_number: -5, properties }], false));
    expect(row[11]).toBe('-5');
    expect(row[6]).toBe(properties);
  });

  it('gives back any text, with at most a quote in front', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (texts) => {
        const rows = rowsOf(
          csvText(
            texts.map((text) => ({ ...EVENT, session_id: text })),
            false,
          ),
        );
        expect(rows.map((row) => row[9].replace(/^'/, ''))).toEqual(
          texts.map((text) => text.replace(/^'/, '')),
        );
        for (const row of rows) expect(row).toHaveLength(CSV_COLUMNS.length);
      }),
    );
  });
});
