import { describe, expect, it } from 'vitest';
import { splitMessage } from './log-message.js';
import { ACCESS_FORMAT, EVENTS_FORMAT } from './records/record-format.js';

const digest = 'a'.repeat(64);
const once = {
  project_id: 1,
  key: digest,
  body_digest: digest,
  expires_at_ms: 1,
  answer: { message: 'Log queued' },
};

describe('a chunk of our own', () => {
  const split = (value: string) => splitMessage(value, 'own', EVENTS_FORMAT);

  it('gives its records, with integers beyond 2^53 as they came', () => {
    const { records } = split(`{"format":"${EVENTS_FORMAT}","records":[{"n":12345678901234567890},5]}`);
    expect(records?.map(({ format, raw }) => [format, JSON.stringify(raw)])).toEqual([
      ['own_record', '{"n":12345678901234567890}'],
      ['own_record', '5'],
    ]);
  });

  it.each([
    ['', 'is empty'],
    ['hello', 'is not valid JSON'],
    ['null', `is not ${EVENTS_FORMAT}`],
    ['[]', `is not ${EVENTS_FORMAT}`],
    [`{"format":"${ACCESS_FORMAT}","records":[]}`, `is not ${EVENTS_FORMAT}`],
    [`{"format":"${EVENTS_FORMAT}","records":{}}`, 'no array of records'],
    [`{"format":"${EVENTS_FORMAT}","records":[],"once":{"key":"k"}}`, 'Idempotency-Key'],
  ])('%s is refused as a whole', (value, problem) => {
    expect(split(value).problem).toContain(problem);
  });

  it('may be that of a request with a key', () => {
    const value = JSON.stringify({ format: ACCESS_FORMAT, once, records: [{}] });
    const found = splitMessage(value, 'own', ACCESS_FORMAT);
    expect(found.once).toMatchObject({ projectId: 1, key: digest, bodyDigest: digest, expiresAtMs: 1 });
    expect(found.once?.answer([])).toEqual({ message: 'Log queued' });
  });
});

describe('what others write', () => {
  const formats = (value: string, format: 'records' | 'lines') =>
    splitMessage(value, format, ACCESS_FORMAT).records?.map(({ format, raw, error }) => [
      format,
      raw,
      error?.message,
    ]);

  it.each([
    ['{"a":1}', [['record', { a: 1 }, undefined]]],
    ['[{"a":1},{"a":2}]', [1, 2].map((a) => ['record', { a }, undefined])],
    ['{"a":1}\r\n\n{"a":2}\n', [1, 2].map((a) => ['record', { a }, undefined])],
    [
      '{"a":1}\nnonsense',
      [
        ['record', { a: 1 }, undefined],
        ['record', 'nonsense', 'is not valid JSON'],
      ],
    ],
  ])('records: %j', (value, wanted) => {
    expect(formats(value, 'records')).toEqual(wanted);
  });

  it('that is neither JSON nor NDJSON is refused as a whole', () => {
    expect(splitMessage('non\nsense', 'records', ACCESS_FORMAT).problem).toContain('neither JSON nor NDJSON');
  });

  it.each([
    ['a line', [['line', 'a line', undefined]]],
    ['one\ntwo\r\n', ['one', 'two'].map((line) => ['line', line, undefined])],
    [
      '["one","",5]',
      [
        ['line', 'one', undefined],
        ['record', 5, undefined],
      ],
    ],
    ['[2001:db8::1] is no JSON', [['line', '[2001:db8::1] is no JSON', undefined]]],
  ])('lines: %j', (value, wanted) => {
    expect(formats(value, 'lines')).toEqual(wanted);
  });
});
