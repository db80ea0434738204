import { Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { afterEach, expect, it, vi } from 'vitest';
import { FoldedNames } from './folded-names.js';

const PROJECTS = new Map([
  ['shop', 1],
  ['blog', 2],
]);

afterEach(() => {
  vi.restoreAllMocks();
});

it('counts every record, and warns once a day and project', async () => {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const counter = new Counter({ name: 'folded', help: 'folded', labelNames: ['dimension'], registers: [] });
  const folded = new FoldedNames(counter, { list: () => Promise.resolve(PROJECTS) });
  const of = (projectId: number, day: string, dimension: string, records: number) => ({
    projectId,
    day,
    dimension,
    records,
  });
  await folded.tell([]);
  await folded.tell([
    of(1, '2026-11-25', 'event_name', 5),
    of(1, '2026-11-26', 'event_name', 1),
    of(1, '2026-11-26', 'app_version', 2),
  ]);
  await folded.tell([of(1, '2026-11-26', 'event_name', 3), of(2, '2026-11-26', 'path', 4)]);
  await folded.tell([of(2, '2026-11-26', 'path', 4), of(1, '2026-11-27', 'event_name', 1)]);
  expect(warn.mock.calls.map(([message]) => String(message).replace(/:.*/, ''))).toEqual([
    'project shop has more names than ROLLUP_MAX_NAMES on 2026-11-26 (app_version, event_name)',
    'project blog has more names than ROLLUP_MAX_NAMES on 2026-11-26 (path)',
    'project shop has more names than ROLLUP_MAX_NAMES on 2026-11-27 (event_name)',
  ]);
  const { values } = await counter.get();
  expect(Object.fromEntries(values.map(({ labels, value }) => [labels.dimension, value]))).toEqual({
    event_name: 10,
    app_version: 2,
    path: 8,
    ip: 0,
    provider_name: 0,
    user_agent: 0,
  });
});
