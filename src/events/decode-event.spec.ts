import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayHoldUnstorableText, parseJson } from '../core/json/json.js';
import type { NewEvent } from '../core/records/event.js';
import { EVENT_TYPES } from '../core/records/event.js';
import { encodeChunk, encodeEvent, EVENTS_FORMAT } from '../core/records/record-format.js';
import { formatRfc3339 } from '../core/records/rfc3339.js';
import { DAY } from '../core/time.js';
import { ApiEventDecoder } from './decode-event.js';
import { prepareEvent } from './prepare-event.js';

const RECEIVED_AT = Date.parse('2026-11-20T10:00:00Z') * 1000;
const decoder = new ApiEventDecoder({ maxEventKb: 1 });
const own = (text: string) => decoder.decode(parseJson(text), 'own', mayHoldUnstorableText(text));

/** As the API prepares what came in this JSON. */
function prepared(json: string): NewEvent {
  const context = { projectId: 7, receivedAt: RECEIVED_AT, maxBytes: Infinity, checkText: false };
  const { event, errors } = prepareEvent(parseJson(json), context);
  if (!event) throw new Error(JSON.stringify(errors));
  return event;
}

const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength }).filter((s) => !s.includes('\0'));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const storable = fc
  .dictionary(text(20), fc.jsonValue({ maxDepth: 5 }))
  .filter((value) => !JSON.stringify(value).includes('\\u0000'));
const events = fc.record({
  event_id: text(255).filter((id) => id !== ''),
  event_type: fc.constantFrom(...EVENT_TYPES),
  event_name: text(100).filter((name) => name !== ''),
  timestamp: maybe(
    fc.integer({ min: RECEIVED_AT - 40_000 * DAY, max: RECEIVED_AT + 10_000 * DAY }).map(formatRfc3339),
  ),
  properties: maybe(storable),
  device_info: maybe(storable),
  user_id: maybe(text(255)),
  session_id: maybe(text(255)),
  app_version: maybe(text(50)),
  sequence_number: maybe(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  priority: maybe(fc.constantFrom('normal', 'high')),
});

describe('an event of our own', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(events, (raw) => {
        const event = prepared(JSON.stringify(raw));
        expect(own(encodeEvent(event)).record).toEqual(event);
      }),
    );
  });

  it('keeps integers past 2^53, keys such as __proto__, and what the device claimed of its time', () => {
    const event =
      prepared(`{"event_id":"e","event_type":"error","event_name":"n","timestamp":"2031-01-01T00:00:00Z",
      "properties":{"n":12345678901234567890,"__proto__":{"constructor":1},"duration_ms":5,"tags":{"provider":"p"}}}`);
    const back = own(encodeEvent(event)).record;
    expect(back).toEqual(event);
    expect(back).toMatchObject({
      properties:
        '{"n":12345678901234567890,"__proto__":{"constructor":1},"duration_ms":5,"tags":{"provider":"p"}}',
      timestamp: RECEIVED_AT,
      reportedTimestamp: Date.parse('2031-01-01T00:00:00Z') * 1000,
      durationMs: 5,
      providerName: 'p',
    });
  });

  it('is taken at any size: it was acknowledged', () => {
    const event = prepared(
      JSON.stringify({
        event_id: 'e',
        event_type: 'error',
        event_name: 'n',
        properties: { x: 'x'.repeat(9000) },
      }),
    );
    expect(own(encodeEvent(event)).record).toEqual(event);
  });

  it.each([
    ['[]', ''],
    ['{"event_id":"e"}', 'project_id'],
    ['{"project_id":1.5,"received_at":"2026-11-20T10:00:00Z"}', 'project_id'],
    ['{"project_id":99999999999,"received_at":"2026-11-20T10:00:00Z"}', 'project_id'],
    ['{"project_id":1,"received_at":"yesterday"}', 'received_at'],
    ['{"project_id":1,"received_at":"2026-11-20T10:00:00Z","reported_timestamp":5}', 'reported_timestamp'],
    ['{"project_id":1,"received_at":"2026-11-20T10:00:00Z"}', 'event_id'],
  ])('%s is refused by %s', (json, field) => {
    expect(own(json).errors?.map((error) => error.field)).toContain(field);
  });
});

it("an event of others has no say in its project and time of receipt, and is held to the API's size", () => {
  const json = (x: string) =>
    `{"event_id":"e","event_type":"error","event_name":"n","project_id":1,"received_at":"2020-01-01T00:00:00Z","properties":{"x":"${x}"}}`;
  const decode = (text: string) =>
    decoder.decode(parseJson(text), { projectId: 7, receivedAt: RECEIVED_AT }, false);
  expect(decode(json('')).record).toMatchObject({ projectId: 7, createdAt: RECEIVED_AT });
  expect(decode(json('x'.repeat(2000))).errors).toMatchObject([
    { field: '', message: 'is larger than 1 KiB' },
  ]);
});

it('a chunk is JSON that names its format', () => {
  const event = prepared('{"event_id":"e","event_type":"error","event_name":"n"}');
  expect(JSON.parse(encodeChunk(EVENTS_FORMAT, [event, event].map(encodeEvent)))).toEqual({
    format: 'sightline.events.1',
    records: [event, event].map(() => ({
      project_id: 7,
      received_at: '2026-11-20T10:00:00.000Z',
      event_id: 'e',
      event_type: 'error',
      event_name: 'n',
      timestamp: '2026-11-20T10:00:00.000Z',
    })),
  });
});
