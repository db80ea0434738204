import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from './answer.js';
import { batchOf } from './batch.js';
import { Ledger } from './ledger.js';
import type { Item } from './traffic.js';

const kinds = fc.array(fc.constantFrom<Item['kind'][]>('good', 'bad', 'copy'), {
  minLength: 1,
  maxLength: 20,
});

function itemsOf(kindList: readonly Item['kind'][]): Item[] {
  return kindList.map((kind, i) => ({ kind, eventId: `e${i}`, json: `{"event_id":"e${i}"}` }));
}

/** A batch's answer as the server gives it: what is bad rejected, these many of the others there before. */
function batchAnswer(items: readonly Item[], duplicates: number) {
  const rejected = items.flatMap(({ kind, eventId }, index) =>
    kind === 'bad'
      ? [{ index, event_id: eventId, errors: [{ field: 'priority', message: 'is wrong' }] }]
      : [],
  );
  const processed = items.length - rejected.length;
  const data = { total_received: items.length, logs_processed: processed, duplicates, rejected };
  return { status: 201, retryAfter: undefined, body: JSON.stringify({ success: true, message: '', data }) };
}

function acknowledged(outcome: Outcome) {
  if (outcome.kind !== 'acknowledged') throw new Error(`not acknowledged: ${JSON.stringify(outcome)}`);
  return outcome;
}

describe('the ledger', () => {
  it('closes over any run of batches, resent or not, and over what is left', () => {
    const batch = fc.record({
      kinds,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      failures: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(batch), fc.nat(3), (batches, unanswered) => {
        const ledger = new Ledger();
        let left = 0;
        batches.forEach(({ kinds: list, share, failures }, n) => {
          const packed = batchOf(itemsOf(list), 20);
          ledger.take(packed);
          for (let i = 0; i <= failures; i++) ledger.send(packed, i > 0);
          if (n < unanswered) return (left += list.length);
          const good = list.filter((kind) => kind !== 'bad').length;
          const answer = batchAnswer(itemsOf(list), Math.floor(good * share));
          ledger.acknowledge(packed, acknowledged(packed.read(answer)));
        });
        expect(ledger.closes(left)).toBe(true);
        expect(ledger.closes(left + 1)).toBe(false);
        expect(ledger.sent).toBe(ledger.stored + ledger.duplicate + ledger.rejected + left);
        const count = (kind: Item['kind']) =>
          batches.slice(unanswered).flatMap(({ kinds: list }) => list.filter((k) => k === kind)).length;
        expect([ledger.rejected, ledger.held]).toEqual([count('bad'), count('good')]);
        expect([ledger.goodRejected, ledger.badAccepted]).toEqual([0, 0]);
      }),
    );
  });

  it('tells what came out otherwise than it was made', () => {
    const ledger = new Ledger();
    const packed = batchOf(itemsOf(['good', 'bad', 'copy']), 3);
    ledger.take(packed);
    const rejected = [{ index: 0, reason: 'too large' }];
    ledger.acknowledge(packed, { kind: 'acknowledged', duplicates: 1, rejected });
    const { held, goodRejected, badAccepted, firstRejection } = ledger;
    expect({ held, goodRejected, badAccepted, firstRejection }).toEqual({
      held: 0,
      goodRejected: 1,
      badAccepted: 1,
      firstRejection: 'too large',
    });
  });
});

describe('reading an answer', () => {
  const batch = batchOf(itemsOf(['good', 'bad']), 2);
  const single = batchOf(itemsOf(['good']), 1);
  const answer = (status: number, body: unknown, retryAfter?: string) => ({
    status,
    retryAfter,
    body: JSON.stringify(body),
  });

  it('takes a single event as stored, duplicate or rejected', () => {
    const data = { event_id: 'e0', id: 1, state: 'stored' };
    for (const duplicate of [false, true]) {
      const outcome = single.read(answer(201, { data: { ...data, duplicate } }));
      expect(outcome).toEqual({ kind: 'acknowledged', duplicates: duplicate ? 1 : 0, rejected: [] });
    }
    const details = [{ field: 'priority', message: 'is wrong' }];
    const refused = single.read(answer(400, { error: 'invalid_priority', message: '', details }));
    expect(refused).toMatchObject({
      kind: 'acknowledged',
      rejected: [{ index: 0, reason: 'priority is wrong' }],
    });
  });

  it('takes a batch in which all is bad as rejected, if each is named', () => {
    const details = [0, 1].map((i) => ({ field: `logs[${i}].priority`, message: 'is wrong' }));
    const failure = { error: 'validation_error', message: 'The batch is not valid' };
    expect(batch.read(answer(400, { ...failure, details }))).toMatchObject({
      kind: 'acknowledged',
      rejected: [{ index: 0 }, { index: 1 }],
    });
    const half = answer(400, { ...failure, details: details.slice(1) });
    expect(batch.read(half)).toMatchObject({ kind: 'refused' });
  });

  it.each([
    [429, { error: 'rate_limit_exceeded' }, '3', { reason: 'rate_limit_exceeded', afterMs: 3000 }],
    [503, { error: 'overloaded' }, '1', { reason: 'overloaded', afterMs: 1000 }],
    [502, '<html>', undefined, { reason: '502', afterMs: 0 }],
    [408, { error: 'request_timeout' }, undefined, { reason: 'request_timeout', afterMs: 0 }],
  ])('keeps what was answered with %i', (status, body, retryAfter, outcome) => {
    expect(batch.read(answer(status, body, retryAfter))).toEqual({ kind: 'retry', ...outcome });
  });

  it.each([
    ['another event', { data: { event_id: 'e1', duplicate: false } }],
    ['nothing', null],
    ['no event', {}],
  ])('does not take %s for an acknowledgement of a single one', (_, body) => {
    expect(single.read(answer(201, body))).toMatchObject({ kind: 'refused' });
  });

  it.each([
    [{ total_received: 1 }],
    [{ logs_processed: 2 }],
    [{ duplicates: 2 }],
    [{ rejected: [] }],
    [{ rejected: [{ index: 2, event_id: 'e2', errors: [] }] }],
    [{ rejected: [{ index: 1, event_id: 'e0', errors: [] }] }],
  ])('holds a batch that answers %j to account', (wrong) => {
    const right = { total_received: 2, logs_processed: 1, duplicates: 0 };
    const rejected = [{ index: 1, event_id: 'e1', errors: [] }];
    expect(batch.read(answer(201, { data: { ...right, rejected } }))).toMatchObject({
      kind: 'acknowledged',
    });
    expect(batch.read(answer(201, { data: { ...right, rejected, ...wrong } }))).toMatchObject({
      kind: 'refused',
    });
  });

  it.each([401, 403, 404, 413])('gives up at %i', (status) => {
    const outcome = batch.read(answer(status, { error: 'code', message: 'Words' }));
    expect(outcome).toEqual({ kind: 'refused', reason: `${status} code Words` });
  });
});
