import { describe, expect, it } from 'vitest';
import { anyEntry } from '../access/access-entry.schema.js';
import { prepareEntry } from '../access/prepare-entry.js';
import { DAY_MS } from '../core/time.js';
import { prepareEvent } from '../events/prepare-event.js';
import { DEMO_DAYS, DEMO_ENTRIES, DEMO_EVENTS, DemoData, newEntryOf, newEventOf } from './demo-data.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const receivedAt = NOW_MS * 1000;
/** A device that is much in use, with a clock that is days behind, may move a week's events into the one before. */
const data = new DemoData(NOW_MS, 20_261_120);
const events = [...data.events()];
const entries = [...data.entries()];
/** Comparing all of them takes ten seconds. */
const someOf = <T>(records: readonly T[]): T[] => records.filter((_, index) => index % 20 === 0);

describe('demo data', () => {
  it('lies within the last five weeks, on each of their days, and reaches up to now', () => {
    expect([events.length, entries.length]).toEqual([DEMO_EVENTS, DEMO_ENTRIES]);
    for (const records of [events, entries]) {
      const times = records.map(({ timestamp }) => Date.parse(timestamp));
      expect(Math.min(...times)).toBeGreaterThanOrEqual(NOW_MS - DEMO_DAYS * DAY_MS);
      expect(Math.max(...times)).toBeLessThanOrEqual(NOW_MS);
      expect(Math.max(...times)).toBeGreaterThan(NOW_MS - 3_600_000);
      const days = new Set(times.map((time) => Math.floor((NOW_MS - time) / DAY_MS)));
      expect([...days].sort((a, b) => a - b)).toEqual(Array.from({ length: DEMO_DAYS }, (_, day) => day));
    }
  });

  it('has a week to compare with the one before: more, and no hole in any six hours', () => {
    for (const records of [events, entries]) {
      const agesMs = records.map(({ timestamp }) => NOW_MS - Date.parse(timestamp));
      const weeks = [0, 1].map(
        (week) => agesMs.filter((age) => Math.floor(age / (7 * DAY_MS)) === week).length,
      );
      expect(weeks[0]).toBeGreaterThan(weeks[1]);
      expect(new Set(agesMs.map((age) => Math.floor(age / (DAY_MS / 4)))).size).toBeGreaterThanOrEqual(
        DEMO_DAYS * 4,
      );
    }
  });

  it('has something in the last hour, at the quietest time of the quietest day too', () => {
    const sundayNightMs = Date.UTC(2026, 10, 22, 4);
    for (let draw = 0; draw < 5; draw++) {
      const { length } = [...new DemoData(sundayNightMs).events()].filter(
        ({ timestamp }) => Date.parse(timestamp) > sundayNightMs - 3_600_000,
      );
      expect(length).toBeGreaterThanOrEqual(3);
    }
  });

  it('has every event once, and is another each time', () => {
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(DEMO_EVENTS);
    const [other] = new DemoData(NOW_MS).events();
    expect(events.map(({ event_id }) => event_id)).not.toContain(other.event_id);
  });

  it('is stored as if it had come over HTTP', () => {
    const context = { projectId: 7, receivedAt };
    for (const event of someOf(events)) {
      const { event: prepared } = prepareEvent(event, { ...context, maxBytes: 262_144, checkText: true });
      expect(newEventOf(event, 7, receivedAt)).toEqual(prepared);
    }
    for (const entry of someOf(entries)) {
      const { entry: prepared } = prepareEntry(entry, { ...context, check: anyEntry });
      expect(newEntryOf(entry, 7, receivedAt)).toEqual({ ...prepared, upsertIp: true });
    }
  });
});
