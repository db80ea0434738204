import 'reflect-metadata';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTERVALS } from '../../core/counting/time-buckets.js';
import {
  minuteFloor,
  sketchMinuteFloor,
  SKETCH_TIERS,
  TIERS,
  runsOf,
} from '../../core/counting/time-cover.js';
import { formatRfc3339, parseRfc3339 } from '../../core/records/rfc3339.js';
import { DAY, MINUTE } from '../../core/time.js';
import { readQuery } from '../../http/query/query-parameters.js';
import { ACCESS_SERIES_TYPES } from '../../http/query/stats-routes.js';
import { AccessSeriesQuery, AccessTopQuery } from './counts.dto.js';
import { seriesRequest, topWindow } from './counts.service.js';

const NOW = parseRfc3339('2026-11-20T10:18:42.123Z')!;
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe'];

const series = (query: Record<string, string>, now = NOW) =>
  seriesRequest(readQuery(AccessSeriesQuery, query), now);

describe('a question of series', () => {
  it.each([
    [{ range: 'hour' }, '2026-11-20T09:18:00.000Z', '2026-11-20T10:19:00.000Z'],
    [
      { from: '2026-10-01T10:05:00Z', to: '2026-10-01T11:05:00Z' },
      '2026-10-01T10:00:00.000Z',
      '2026-10-01T11:15:00.000Z',
    ],
  ])('is made up to whole minutes, or quarter hours long ago: %j', (window, from, to) => {
    const request = series({ type: 'requests', ...window });
    expect([request.from, request.to].map(formatRfc3339)).toEqual([from, to]);
  });

  it('is such that the rollups have it, whatever was asked, and a moment later too', () => {
    const aTime = fc.integer({ min: NOW - 60 * DAY, max: NOW + DAY });
    const asked = fc.tuple(
      aTime,
      aTime,
      fc.constantFrom(...ACCESS_SERIES_TYPES),
      fc.constantFrom(...INTERVALS),
      fc.constantFrom(...ZONES),
    );
    fc.assert(
      fc.property(
        asked,
        fc.integer({ min: 0, max: 10 * MINUTE }),
        ([a, b, type, interval, timezone], late) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b) + 1].map(formatRfc3339);
          let request;
          try {
            request = series({ type, interval, timezone, from, to });
          } catch {
            return;
          }
          const [tiers, floor] =
            type === 'unique_ips'
              ? [SKETCH_TIERS, sketchMinuteFloor(NOW + late)]
              : [TIERS, minuteFloor(NOW + late)];
          expect(runsOf(request, tiers, floor).filter(({ tier }) => tier === 0)).toEqual([]);
          expect(request.from <= parseRfc3339(from)! && request.to >= parseRfc3339(to)!).toBe(true);
          expect(request.starts.length).toBeLessThanOrEqual(2_000);
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('a window of paths is made up to whole hours, of statuses to whole minutes', () => {
  const window = (by: string) => {
    const { from, to } = topWindow(readQuery(AccessTopQuery, { by, range: 'hour' }), NOW);
    return [from, to].map((time) => formatRfc3339(time).slice(11, 19));
  };
  expect(window('path')).toEqual(['09:00:00', '11:00:00']);
  expect(window('ip')).toEqual(['09:00:00', '11:00:00']);
  expect(window('status')).toEqual(['09:18:00', '10:19:00']);
});
