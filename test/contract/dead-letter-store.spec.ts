import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/core/ports/audit.js';
import {
  MAX_PAYLOAD_BYTES,
  type LetterFilter,
  type LetterOrigin,
  type ListedLetter,
  type NewDeadLetter,
  type Settlement,
} from '../../src/core/ports/dead-letters.js';
import { PostgresAuditStore } from '../../src/storage/postgres/audit/postgres-audit-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { PostgresDeadLetterStore } from '../../src/storage/postgres/dead-letters/postgres-dead-letter-store.js';
import { PostgresMaintenance } from '../../src/storage/postgres/maintenance/postgres-maintenance.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const SHELL: Actor = { kind: 'cli', key: null, user: 'root', address: null };
const TOPIC_ID = randomUUID();
const FAILED_AT = Date.parse('2026-11-20T10:00:00Z') * 1000 + 123_456;
const never = new AbortController().signal;

let testDatabase: TestDatabase;
let database: Database;
let letters: PostgresDeadLetterStore;

beforeAll(async () => {
  testDatabase = await cloneDatabase();
  database = await Database.connect(configOf(), testDatabase.url);
  letters = new PostgresDeadLetterStore(database);
});

afterEach(() => database.query.query('truncate dead_letters, audit_log'));

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const at = (offset: number, index = 0): LetterOrigin => ({
  topic: 'sightline.events',
  topicId: TOPIC_ID,
  partition: 3,
  offset,
  index,
});

function letter(overrides: Partial<NewDeadLetter> = {}): NewDeadLetter {
  return {
    kind: 'events',
    projectId: 1,
    format: 'own_record',
    payload: '{"event_id":"e"}',
    reason: 'validation_error',
    message: 'event_type is required',
    details: [{ field: 'event_type', message: 'is required' }],
    origin: null,
    attempts: 1,
    failedAt: FAILED_AT,
    ...overrides,
  };
}

async function all(filter: LetterFilter = {}, limit = 1000): Promise<ListedLetter[]> {
  const found: ListedLetter[] = [];
  let before: number | null = null;
  do {
    const page = await letters.page(filter, limit, before);
    found.push(...page.letters);
    before = page.next;
  } while (before !== null);
  return found;
}

/** Oldest first. */
const offsets = async (filter?: LetterFilter, limit?: number) =>
  (await all(filter, limit)).map(({ origin }) => origin?.offset).reverse();
const ids = async (filter?: LetterFilter) => (await all(filter)).map(({ id }) => id).reverse();
const batch = (after = 0, limit = 100, maxBytes = 1e9, filter: LetterFilter = {}) =>
  letters.batch(filter, { after, upTo: Number.MAX_SAFE_INTEGER }, limit, maxBytes);
const replayed = (id: number): Settlement => ({
  id,
  state: 'replayed',
  outcome: { stored: 1, duplicates: 0, listed: 0 },
});

describe('add', () => {
  it('keeps a letter as it came', async () => {
    const given = letter({ origin: at(2 ** 52), payload: 'ä\0{"n":12345678901234567890}' });
    expect(await letters.add([given])).toEqual([given]);
    const [{ id }] = await all();
    expect(await letters.byId(id)).toEqual({
      ...given,
      id,
      project: 'default',
      state: 'waiting',
      payloadBytes: 29,
      isCut: false,
      settledAt: null,
      outcome: null,
    });
    expect(await letters.byId(id + 1)).toBeNull();
  });

  it('lists each origin once, whatever became of it, also where many list it at once', async () => {
    const some = Array.from({ length: 20 }, (_, n) => letter({ origin: at(n >> 1, n & 1) }));
    const given = await Promise.all(
      Array.from({ length: 8 }, (_, n) => letters.add(n & 1 ? some : some.toReversed())),
    );
    expect(given.flat()).toHaveLength(20);
    expect(await offsets()).toHaveLength(20);
    const [first, ...rest] = await ids();
    await letters.settle([replayed(first)], SHELL);
    await letters.settle(
      rest.map((id) => ({ id, state: 'dropped' })),
      SHELL,
    );
    const again = letter({ origin: at(10) });
    expect(await letters.add([...some, again, again])).toEqual([again]);
    expect(await letters.waiting()).toBe(1);
  });

  it('another topic under the same name has letters of its own', async () => {
    const topicId = randomUUID();
    const origins = [at(1), { ...at(1), topicId }, { ...at(1), partition: 4 }, { ...at(1), index: 1 }];
    expect(await letters.add(origins.map((origin) => letter({ origin })))).toHaveLength(4);
  });

  it('without an origin lists what is the same once while it waits', async () => {
    const first = letter({ identity: 'e' });
    expect(await letters.add([first, letter({ identity: 'e', payload: '{}' })])).toEqual([first]);
    const others = [
      letter({ identity: 'e', projectId: 2 }),
      letter({ identity: 'e', kind: 'access' }),
      letter(),
    ];
    expect(await letters.add([first, ...others, letter()])).toEqual(others);
    await letters.settle(
      (await ids()).map((id) => ({ id, state: 'dropped' })),
      SHELL,
    );
    expect(await letters.add([first])).toEqual([first]);
  });

  it('keeps a megabyte of a payload, to a whole character, and says so', async () => {
    await letters.add([letter({ payload: `x${'ä'.repeat(MAX_PAYLOAD_BYTES)}` })]);
    const [{ id }] = await all();
    const kept = await letters.byId(id);
    expect(kept).toMatchObject({ payloadBytes: 2 * MAX_PAYLOAD_BYTES + 1, isCut: true });
    expect(kept?.payload).toBe(`x${'ä'.repeat(MAX_PAYLOAD_BYTES / 2 - 1)}`);
  });

  it('takes text that PostgreSQL has no room for', async () => {
    const details = Array.from({ length: 1000 }, () => ({ field: 'a\0'.repeat(1000), message: '\ud800' }));
    await letters.add([letter({ message: '\0\udfff'.repeat(1000), details })]);
    const [kept] = await all();
    expect(kept.message).toBe('\ufffd'.repeat(1000));
    expect(kept.details).toHaveLength(50);
    expect(kept.details[0]).toEqual({ field: 'a\ufffd'.repeat(150), message: '\ufffd' });
  });

  it('takes many at once', async () => {
    const many = Array.from({ length: 2_500 }, (_, offset) => letter({ origin: at(offset) }));
    expect(await letters.add(many)).toEqual(many);
    expect(await offsets({}, 700)).toEqual(many.map((_, offset) => offset));
    expect(await letters.lastId()).toBe((await all({}, 1000))[0].id);
  });
});

describe('page', () => {
  it('narrows by state, reason, kind and project', async () => {
    await letters.add([
      letter({ origin: at(0) }),
      letter({ origin: at(1), kind: 'access' }),
      letter({ origin: at(2), reason: 'invalid_message', projectId: null }),
      letter({ origin: at(3), projectId: 999 }),
    ]);
    const [first] = await ids();
    await letters.settle([replayed(first)], SHELL);
    expect(await offsets({ state: 'waiting' })).toEqual([1, 2, 3]);
    expect(await offsets({ state: 'replayed' })).toEqual([0]);
    expect(await offsets({ state: 'dropped' })).toEqual([]);
    expect(await offsets({ reason: 'invalid_message' })).toEqual([2]);
    expect(await offsets({ kind: 'access' })).toEqual([1]);
    expect(await offsets({ project: 'default' })).toEqual([0, 1]);
    expect(await offsets({ project: 'default', kind: 'events', state: 'waiting' })).toEqual([]);
    expect((await all({ reason: 'invalid_message' }))[0]).toMatchObject({ project: null, projectId: null });
  });

  it('gives each once while others are listed, and some settled', async () => {
    await letters.add(Array.from({ length: 30 }, (_, offset) => letter({ origin: at(offset) })));
    const seen: number[] = [];
    let before: number | null = null;
    let next = 100;
    do {
      const page = await letters.page({}, 7, before);
      seen.push(...page.letters.map(({ origin }) => origin!.offset));
      before = page.next;
      await letters.add([letter({ origin: at(next++) })]);
      await letters.settle([{ id: page.letters[0].id, state: 'dropped' }], SHELL);
    } while (before !== null);
    expect(seen).toEqual(Array.from({ length: 30 }, (_, n) => 29 - n));
  });

  it('gives waiting ones, oldest first, by number and size', async () => {
    await letters.add(
      Array.from({ length: 5 }, (_, n) => letter({ origin: at(n), payload: 'x'.repeat(100) })),
    );
    const [a, b, c, d, e] = await ids();
    await letters.settle([replayed(b)], SHELL);
    const given = async (...args: Parameters<typeof batch>) => (await batch(...args)).map(({ id }) => id);
    expect(await given()).toEqual([a, c, d, e]);
    expect(await given(a)).toEqual([c, d, e]);
    expect(await given(0, 2)).toEqual([a, c]);
    expect(await given(0, 100, 1)).toEqual([a]);
    expect(await given(0, 100, 101)).toEqual([a, c]);
    expect(await given(0, 100, 1e9, { kind: 'access' })).toEqual([]);
    const upTo = await letters.batch({}, { after: 0, upTo: d }, 100, 1e9);
    expect(upTo.map(({ id }) => id)).toEqual([a, c, d]);
    expect(upTo[0].payload).toBe('x'.repeat(100));
  });
});

describe('settle', () => {
  it('settles once, of many at once, with an entry in the audit log', async () => {
    await letters.add([letter({ origin: at(0) }), letter({ origin: at(1) }), letter({ origin: at(2) })]);
    const [a, b, c] = await ids();
    const settled = await Promise.all([
      ...Array.from({ length: 5 }, () => letters.settle([replayed(a), replayed(b)], SHELL)),
      ...Array.from({ length: 5 }, () => letters.settle([replayed(b), replayed(a)], SHELL)),
    ]);
    expect(settled.flat().sort((x, y) => x - y)).toEqual([a, b]);
    expect(
      await letters.settle(
        [
          { id: c, state: 'dropped' },
          { id: a, state: 'dropped' },
        ],
        SHELL,
      ),
    ).toEqual([c]);
    expect((await all()).map(({ state, outcome }) => [state, outcome?.stored])).toEqual([
      ['dropped', undefined],
      ['replayed', 1],
      ['replayed', 1],
    ]);
    expect((await all()).every(({ settledAt }) => settledAt !== null)).toBe(true);
    const { entries } = await new PostgresAuditStore(database).page({}, 10, null);
    expect(entries).toMatchObject([
      { action: 'dead_letter.drop', actor: SHELL, project: 'default', target: String(c), details: {} },
      { action: 'dead_letter.replay', target: null, details: { letters: 2, ids: [a, b] } },
    ]);
  });

  it('lists what a message held that could not be stored, once', async () => {
    await letters.add([letter({ format: 'message', origin: at(0) })]);
    const [id] = await ids();
    const listed = [letter({ payload: 'first' }), letter({ payload: 'second' })];
    const settlement: Settlement = {
      id,
      state: 'replayed',
      outcome: { stored: 1, duplicates: 0, listed: 2 },
      listed,
    };
    const settled = await Promise.all([
      letters.settle([settlement], SHELL),
      letters.settle([settlement], SHELL),
    ]);
    expect(settled.flat()).toEqual([id]);
    expect((await batch()).map(({ payload }) => payload)).toEqual(['first', 'second']);
  });
});

it('fail keeps why, once for each attempt, and of waiting ones only', async () => {
  await letters.add([letter({ origin: at(0) }), letter({ origin: at(1) })]);
  const [a, b] = await ids();
  await letters.settle([replayed(b)], SHELL);
  const failure = { reason: 'refused_by_store', message: 'no\0', details: [] } as const;
  await letters.fail([
    { id: b, attempts: 1, ...failure },
    { id: a, attempts: 1, ...failure },
  ]);
  await letters.fail([{ id: a, attempts: 1, ...failure, message: 'late' }]);
  expect(await letters.byId(a)).toMatchObject({
    attempts: 2,
    reason: 'refused_by_store',
    message: 'no\ufffd',
    details: [],
    failedAt: FAILED_AT,
  });
  expect(await letters.byId(b)).toMatchObject({ attempts: 1, reason: 'validation_error' });
});

it('prune removes what was settled before, and nothing that waits', async () => {
  await letters.add(Array.from({ length: 2_100 }, (_, n) => letter({ origin: at(n) })));
  await letters.settle((await ids()).slice(50).map(replayed), SHELL);
  await letters.prune(Date.now() - 3_600_000, never);
  expect(await ids()).toHaveLength(2_100);
  const stopped = AbortSignal.abort();
  await letters.prune(Date.now() + 3_600_000, stopped);
  expect(await ids()).toHaveLength(2_100);
  await letters.prune(Date.now() + 3_600_000, never);
  expect(await ids()).toHaveLength(50);
});

it('a removed project takes its letters along', async () => {
  await letters.add([letter({ origin: at(0), projectId: 7 }), letter({ origin: at(1) })]);
  await new PostgresMaintenance(database).removeProject(7);
  expect(await offsets()).toEqual([1]);
});
