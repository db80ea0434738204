import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayHoldUnstorableText, parseJson } from '../../core/json/json.js';
import { DAY_MS } from '../../core/time.js';
import { isEvent, type RawEvent } from '../../events/event.schema.js';
import { prepareEvent } from '../../events/prepare-event.js';
import { Traffic, type Item, type TrafficOptions } from './traffic.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const plain: TrafficOptions = { seed: 7, devices: 500, badShare: 0, copyShare: 0, errorShare: 0.03 };

function make(n: number, options: Partial<TrafficOptions> = {}): Item[] {
  const traffic = new Traffic({ ...plain, ...options });
  return Array.from({ length: n }, () => traffic.next(NOW_MS));
}

const eventsOf = (items: readonly Item[]) => items.map(({ json }) => JSON.parse(json) as RawEvent);

/** As the server would take it. */
function isAccepted({ json }: Item): boolean {
  const context = { projectId: 1, receivedAt: NOW_MS * 1000, maxBytes: 262_144 };
  return (
    prepareEvent(parseJson(json), { ...context, checkText: mayHoldUnstorableText(json) }).event !== undefined
  );
}

const anyOptions = fc.record({
  seed: fc.nat({ max: 2 ** 47 }),
  devices: fc.integer({ min: 1, max: 2000 }),
  badShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
  copyShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
  errorShare: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe('what is made', () => {
  it('is the same for the same seed, and another for another', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        expect(make(200, options)).toEqual(make(200, options));
        const ids = new Set(
          make(200, { ...options, copyShare: 0, badShare: 0 }).map(({ eventId }) => eventId),
        );
        const others = make(200, { ...options, copyShare: 0, badShare: 0, seed: options.seed + 1 });
        expect(ids.size).toBe(200);
        expect(others.some(({ eventId }) => ids.has(eventId))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('differs by nothing but the times when it is made later', () => {
    const later = new Traffic(plain);
    const withoutTime = (events: RawEvent[]) => events.map((event) => ({ ...event, timestamp: null }));
    const items = Array.from({ length: 1000 }, (_, i) => later.next(NOW_MS + i * 1000));
    expect(withoutTime(eventsOf(items))).toEqual(withoutTime(eventsOf(make(1000))));
  });

  it('is valid where it should be, and refused where it should be', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        const items = make(300, options);
        expect(items.filter((item) => isAccepted(item) !== (item.kind !== 'bad'))).toEqual([]);
        const good = items.filter(({ kind }) => kind !== 'bad');
        expect(eventsOf(good).every((event) => isEvent(event))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('holds bad events, copies and errors in the shares that were asked for', () => {
    const items = make(20_000, { badShare: 0.1, copyShare: 0.2, errorShare: 0.5 });
    const share = (kind: Item['kind']) => items.filter((item) => item.kind === kind).length / items.length;
    expect(share('bad')).toBeCloseTo(0.1, 1);
    expect(share('copy')).toBeCloseTo(0.2, 1);
    const good = eventsOf(items.filter(({ kind }) => kind === 'good'));
    expect(good.filter(({ event_type: type }) => type === 'error').length / good.length).toBeCloseTo(0.5, 1);
    const made = new Map(
      items.filter(({ kind }) => kind === 'good').map(({ eventId, json }) => [eventId, json]),
    );
    const copies = items.filter(({ kind }) => kind === 'copy');
    expect(copies.every(({ json, eventId }) => made.get(eventId) === json)).toBe(true);
    expect(make(100, { badShare: 1 }).every(({ kind }) => kind === 'bad')).toBe(true);
  });
});

describe('the mix', () => {
  const items = make(50_000);
  const events = eventsOf(items);
  const aheadMs = events.map(({ timestamp }) => Date.parse(timestamp!) - NOW_MS);
  const top = (values: readonly unknown[]) =>
    [...Map.groupBy(values, (value) => value)].map(([, same]) => same.length).sort((a, b) => b - a);

  it('has events of about 400 bytes', () => {
    const bytes = items.reduce((sum, { json }) => sum + json.length, 0) / items.length;
    expect(bytes).toBeGreaterThan(350);
    expect(bytes).toBeLessThan(480);
  });

  it('has names that are frequent and names that are rare', () => {
    const names = top(events.map(({ event_name: name }) => name));
    expect(names.length).toBeGreaterThan(30);
    expect(names[0]).toBeGreaterThan(names.at(-1)! * 20);
    expect(top(events.map(({ app_version: version }) => version)).length).toBeGreaterThan(3);
  });

  it('has devices that were offline, and clocks that are wrong', () => {
    const late = aheadMs.filter((ms) => ms < -2 * 60_000).length / events.length;
    expect(late).toBeGreaterThan(0.02);
    expect(late).toBeLessThan(0.2);
    expect(aheadMs.some((ms) => ms > 365 * DAY_MS)).toBe(true);
    expect(aheadMs.filter((ms) => ms > 5000).length / events.length).toBeLessThan(0.05);
  });

  it('has sessions that begin and end, with a counter for each device', () => {
    const sessions = Map.groupBy(events, ({ session_id: id }) => id);
    const ended = [...sessions.values()].filter((session) =>
      session.some(({ event_name: name }) => name === 'session_end'),
    );
    expect(ended.length).toBeGreaterThan(500);
    const torn = [...sessions.values()].filter(([first, ...rest]) =>
      rest.some(
        ({ sequence_number: number, user_id: user }, i) =>
          number !== first.sequence_number! + i + 1 || user !== first.user_id,
      ),
    );
    expect(torn).toEqual([]);
  });
});
