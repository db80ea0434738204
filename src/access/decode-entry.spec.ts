import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METHODS, type NewAccessEntry } from '../core/records/access-entry.js';
import { ACCESS_FORMAT, encodeChunk, encodeEntry } from '../core/records/record-format.js';
import { DAY } from '../core/time.js';
import { ApiEntryDecoder } from './decode-entry.js';

const RECEIVED_AT = Date.parse('2026-11-20T10:00:00Z') * 1000;
const decoder = new ApiEntryDecoder();
const others = { projectId: 7, receivedAt: RECEIVED_AT };
const own = (text: string) => decoder.decode(JSON.parse(text), 'own', true);

const text = (maxLength: number) =>
  fc.string({ unit: 'binary', minLength: 1, maxLength }).filter((s) => !s.includes('\0'));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const entries: fc.Arbitrary<NewAccessEntry> = fc.record({
  projectId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  timestamp: fc.integer({ min: RECEIVED_AT - 40_000 * DAY, max: RECEIVED_AT + DAY }),
  reportedTimestamp: maybe(fc.integer({ min: RECEIVED_AT + DAY, max: RECEIVED_AT + 10_000 * DAY })),
  createdAt: fc.constant(RECEIVED_AT),
  ip: maybe(fc.constantFrom('1.2.3.4', '2001:db8::1')),
  upsertIp: fc.constant(false),
  method: maybe(fc.constantFrom(...METHODS)),
  path: maybe(text(2048)),
  status: maybe(fc.integer({ min: 100, max: 599 })),
  latencyMs: maybe(fc.double({ min: 0, max: 1e15, noNaN: true }).map((ms) => ms + 0)),
  userAgent: maybe(text(1024)),
});

describe('an entry of our own', () => {
  it('comes back as it was, also one with neither address nor path', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        expect(own(encodeEntry(entry)).record).toEqual(entry);
      }),
    );
  });

  it('is refused by the field that is wrong', () => {
    expect(own('{"project_id":0,"received_at":"2026-11-20T10:00:00Z","ip":"1.2.3.4"}').errors).toEqual([
      { field: 'project_id', message: 'must be the number of a project' },
    ]);
    const status = own('{"project_id":1,"received_at":"2026-11-20T10:00:00Z","ip":"1.2.3.4","status":99}');
    expect(status.errors).toMatchObject([{ field: 'status' }]);
  });
});

describe('an entry of others', () => {
  it('has no say in its project', () => {
    const { record } = decoder.decode({ ip: '1.2.3.4', project_id: 1 }, others, true);
    expect(record).toMatchObject({ projectId: 7, createdAt: RECEIVED_AT, timestamp: RECEIVED_AT });
  });

  it('is refused with its time by a name that is not read', () => {
    expect(decoder.decode({ ip: '1.2.3.4', time: 1 }, others, true).errors).toMatchObject([
      { field: 'timestamp' },
    ]);
  });

  it.each([{ ip: '1.2.3.4', x: 'a\0b' }, { ip: '1.2.3.4', x: '\ud800' }, 5, null, []])(
    'is refused where it is %j',
    (raw) => {
      expect(decoder.decode(raw, others, true).errors).toHaveLength(1);
    },
  );

  it('may be a line', () => {
    const line = '2026-11-20T09:00:00Z 1.2.3.4 GET /a 200 12.5ms';
    expect(decoder.decodeLine(line, others)).toEqual({
      record: {
        projectId: 7,
        timestamp: RECEIVED_AT - 3600 * 1e6,
        reportedTimestamp: null,
        createdAt: RECEIVED_AT,
        ip: '1.2.3.4',
        upsertIp: false,
        method: 'GET',
        path: '/a',
        status: 200,
        latencyMs: 12.5,
        userAgent: null,
      },
    });
    expect(decoder.decodeLine('no line', others).errors).toMatchObject([{ field: '' }]);
    expect(decoder.decodeLine(line.replace('200', '2000'), others).errors).toMatchObject([
      { field: 'status' },
    ]);
  });
});

it('a chunk is JSON that names its format', () => {
  expect(JSON.parse(encodeChunk(ACCESS_FORMAT, []))).toEqual({ format: 'sightline.access.1', records: [] });
});
