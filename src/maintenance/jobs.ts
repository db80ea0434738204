import { Logger } from '@nestjs/common';
import type { Config } from '../config/settings.js';
import type { Clock } from '../core/clock.js';
import type { StoreMaintenance } from '../core/store-maintenance.js';
import type { Job } from './job.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days that have a partition before they begin. */
const DAYS_AHEAD = 7;

/** What there is to do, from the settings. */
export function jobsOf(store: StoreMaintenance, clock: Clock, config: Config): Job[] {
  const logger = new Logger('Maintenance');
  const jobs: Job[] = [
    {
      name: 'partitions',
      everyMs: HOUR_MS,
      run: () => store.ensurePartitions(daysFrom(clock.nowMs() - DAY_MS, DAYS_AHEAD + 2)),
    },
    {
      name: 'compaction',
      everyMs: config.compactSeconds * 1000,
      run: (stop) => store.compact(clock.nowMs() * 1000, config.rollupMaxNames, stop),
    },
    { name: 'minutes', everyMs: HOUR_MS, run: () => store.pruneMinutes(clock.nowMs() * 1000) },
  ];
  if (config.retentionDays > 0) jobs.push(retention(store, clock, config.retentionDays, logger));
  return jobs;
}

// A day goes when its last event is old enough.
function retention(store: StoreMaintenance, clock: Clock, keepDays: number, logger: Logger): Job {
  const run = async (stop: AbortSignal) => {
    const dropped = await store.dropDaysBefore(dayOf(clock.nowMs() - keepDays * DAY_MS), stop);
    if (dropped.length > 0) logger.log(`removed the events received on ${dropped.join(', ')}`);
  };
  return { name: 'retention', everyMs: HOUR_MS, run };
}

function daysFrom(firstMs: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => dayOf(firstMs + n * DAY_MS));
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
