import { Injectable, Logger } from '@nestjs/common';
import type { Config } from '../config/settings.js';
import { AddressStore } from '../core/ports/access-store.js';
import { AuditStore } from '../core/ports/audit.js';
import type { Clock } from '../core/ports/clock.js';
import { DeadLetterStore } from '../core/ports/dead-letters.js';
import { ProjectStore } from '../core/ports/project-store.js';
import { AccessCounter, EventCounter, type RecordCounter } from '../core/ports/record-counter.js';
import { SessionStore } from '../core/ports/session-store.js';
import { AccessMaintenance, StoreMaintenance } from '../core/ports/store-maintenance.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, dayNumber, dayText } from '../core/time.js';
import type { FoldedNames } from './folded-names.js';
import type { Job } from './scheduler.js';

/** Days ahead for which partitions are made. */
const DAYS_AHEAD = 7;
const COUNT_EVERY_MS = 1_000;
/** A dead letter that was replayed or dropped can still be looked at for so long. */
const SETTLED_LETTERS_DAYS = 30;

/** The longest that a request may be in flight, with a margin for clocks that differ. */
const STRAGGLERS_MS = 10 * MINUTE_MS;

/** What is kept in order. */
@Injectable()
export class MaintainedStores {
  constructor(
    readonly events: StoreMaintenance,
    readonly access: AccessMaintenance,
    readonly eventCounter: EventCounter,
    readonly accessCounter: AccessCounter,
    readonly addresses: AddressStore,
    readonly projects: ProjectStore,
    readonly sessions: SessionStore,
    readonly audit: AuditStore,
    readonly deadLetters: DeadLetterStore,
  ) {}
}

/** What there is to do, from the settings. */
export function jobsOf(stores: MaintainedStores, folded: FoldedNames, clock: Clock, config: Config): Job[] {
  const { events, access, addresses, sessions, audit, deadLetters } = stores;
  const jobs = [
    partitions('', events, clock),
    counting('', stores.eventCounter, folded, clock, config.countIntervalS, config),
    { name: 'minutes', everyMs: HOUR_MS, run: () => events.pruneMinutes(clock.nowMs() * 1000) },
    partitions('access-', access, clock),
    counting('access-', stores.accessCounter, folded, clock, accessIntervalS(config), config),
    { name: 'access-prune', everyMs: HOUR_MS, run: () => access.prune(clock.nowMs() * 1000) },
    { name: 'sessions', everyMs: HOUR_MS, run: () => sessions.prune() },
    {
      name: 'dead-letters',
      everyMs: HOUR_MS,
      run: (stop: AbortSignal) => deadLetters.prune(clock.nowMs() - SETTLED_LETTERS_DAYS * DAY_MS, stop),
    },
    removedProjects(stores, clock, config),
  ];
  if (config.retentionDays > 0) {
    jobs.push(retention('', 'events', events, clock, config.retentionDays));
    jobs.push(retention('access-', 'access entries', access, clock, config.retentionDays));
  }
  if (config.auditDays > 0) {
    const run = (stop: AbortSignal) => audit.prune(clock.nowMs() - config.auditDays * DAY_MS, stop);
    jobs.push({ name: 'audit', everyMs: HOUR_MS, run });
  }
  if (config.ipTtlDays > 0) jobs.push(forgetting(addresses, clock, config.ipTtlDays));
  return jobs;
}

/** What both kinds of record need. */
type Upkeep = Pick<StoreMaintenance & AccessMaintenance, 'ensurePartitions' | 'dropDaysBefore'>;

function partitions(prefix: string, store: Upkeep, clock: Clock): Job {
  const run = () => store.ensurePartitions(daysFrom(clock.nowMs() - DAY_MS, DAYS_AHEAD + 2));
  return { name: `${prefix}partitions`, everyMs: HOUR_MS, run };
}

function counting(
  prefix: string,
  counter: RecordCounter,
  folded: FoldedNames,
  clock: Clock,
  intervalS: number,
  { rollupMaxNames: maxNames }: Config,
): Job {
  const patienceMs = intervalS * 1000;
  return {
    name: `${prefix}counting`,
    everyMs: Math.min(COUNT_EVERY_MS, patienceMs),
    everywhere: true,
    run: async (stop) =>
      folded.tell(await counter.count({ now: clock.nowMs() * 1000, maxNames, patienceMs, stop })),
  };
}

// The archive lists counted hours: with a shorter archive interval, counting has to run as often.
function accessIntervalS({ archiveDir, aggregationIntervalS, countIntervalS }: Config): number {
  return archiveDir === '' ? countIntervalS : Math.min(countIntervalS, aggregationIntervalS);
}

// A day is removed when its last record is old enough.
function retention(prefix: string, what: string, store: Upkeep, clock: Clock, keepDays: number): Job {
  const logger = new Logger('Maintenance');
  const run = async (stop: AbortSignal) => {
    const dropped = await store.dropDaysBefore(dayText(clock.nowMs() - keepDays * DAY_MS), stop);
    if (dropped.length > 0) logger.log(`removed the ${what} received on ${dropped.join(', ')}`);
  };
  return { name: `${prefix}retention`, everyMs: HOUR_MS, run };
}

function forgetting(addresses: AddressStore, clock: Clock, ttlDays: number): Job {
  const run = (stop: AbortSignal) => addresses.forgetBefore(dayNumber(clock.nowMs() * 1000) - ttlDays, stop);
  return { name: 'addresses', everyMs: HOUR_MS, run };
}

function daysFrom(firstMs: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => dayText(firstMs + n * DAY_MS));
}

interface Stores {
  events: Pick<StoreMaintenance, 'removeProject'>;
  access: Pick<AccessMaintenance, 'removeProject'>;
  projects: Pick<ProjectStore, 'removed' | 'forget'>;
}

/**
 * Removes the data of removed projects, again and again for a while: a process that has not heard of the removal may still store
 * something, for as long as it honours keys that it cannot look up, and one that was to remove the data may have been killed.
 */
export function removedProjects(stores: Stores, clock: Clock, { keyStaleS }: Pick<Config, 'keyStaleS'>): Job {
  const run = async (stop: AbortSignal): Promise<void> => {
    for (const { id, removedAt } of await stores.projects.removed()) {
      if (stop.aborted) return;
      await stores.events.removeProject(id);
      await stores.access.removeProject(id);
      if (clock.nowMs() - removedAt > keyStaleS * 1000 + STRAGGLERS_MS) await stores.projects.forget(id);
    }
  };
  return { name: 'removed-projects', everyMs: MINUTE_MS, run };
}
