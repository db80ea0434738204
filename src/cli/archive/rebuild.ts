import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Archive } from '../../archive/archive.js';
import { ArchiveModule } from '../../archive/archive.module.js';
import { FolderLease } from '../../archive/folder-lease.js';
import { ConfigError } from '../../config/config-error.js';
import { ConfigModule } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { formatHour } from '../../core/access-summary.js';
import type { HourRevision } from '../../core/ports/access-stats.js';
import { Clock } from '../../core/ports/clock.js';
import { AccessCounter } from '../../core/ports/record-counter.js';
import { HOUR, type Micros } from '../../core/time.js';
import { MetricsModule } from '../../operations/metrics/metrics.module.js';
import { Connections } from '../../storage/connections.js';
import { StorageModule } from '../../storage/storage.module.js';
import { withDatabaseUrl, withFolders } from '../open-database.js';
import { interrupts } from '../signals.js';
import { StatusLine } from '../status-line.js';

/** Which hours are to be written; what is absent does not narrow. */
export interface RebuildOptions {
  /** Inclusive. */
  from?: Micros;
  /** Exclusive. */
  to?: Micros;
  project?: string;
}

const LOCK_POLL_MS = 200;

/** Writes the hours of a range anew, beside a server that runs or without one. */
export async function rebuildArchive(given: Config, options: RebuildOptions): Promise<void> {
  const config = await withFolders(given);
  if (config.archiveDir === '') {
    throw new ConfigError(
      'ARCHIVE_DIR',
      'default',
      'is blank: with an external database, set it to the folder of the archive',
    );
  }
  const signals = interrupts(null);
  const { stop } = signals;
  await withApplication(config, async (app) => {
    const archive = app.get(Archive);
    await whenAlone(app.get(FolderLease), stop, async () => {
      await countAll(app, config, stop);
      const hours = (await archive.hours()).filter((hour) => isWanted(hour, options));
      await rebuild(archive, hours, stop);
      return true;
    });
  }).finally(() => signals.remove());
}

/** What came before now may not be counted yet, and only hours that are counted are listed. A server may be counting at this moment. */
async function countAll(app: INestApplicationContext, config: Config, stop: AbortSignal): Promise<void> {
  const [clock, counter] = [app.get(Clock), app.get(AccessCounter)];
  const begunMs = performance.now();
  for (;;) {
    const now = clock.nowMs() * 1000;
    await counter.count({ now, maxNames: config.rollupMaxNames, stop });
    const { records, ageMs } = counter.backlog();
    if (stop.aborted || records === 0 || ageMs < performance.now() - begunMs) return;
    await delay(LOCK_POLL_MS);
  }
}

function isWanted({ hour, project }: HourRevision, { from, to, project: wanted }: RebuildOptions): boolean {
  return (
    (from === undefined || hour + HOUR > from) &&
    (to === undefined || hour < to) &&
    (wanted === undefined || project === wanted)
  );
}

function withApplication(
  config: Config,
  work: (app: INestApplicationContext) => Promise<void>,
): Promise<void> {
  return withDatabaseUrl(config, async (url) => {
    const connections = await Connections.open(config, url);
    const imports = [
      ConfigModule.register(config),
      MetricsModule.register(config),
      StorageModule.register(connections, config),
      ArchiveModule,
    ];
    try {
      class RebuildModule {}
      const app = await NestFactory.createApplicationContext(
        { module: RebuildModule, imports },
        { logger: ['warn', 'error'], abortOnError: false },
      );
      await work(app);
    } finally {
      await connections.close();
    }
  });
}

async function whenAlone(lease: FolderLease, stop: AbortSignal, work: () => Promise<true>): Promise<void> {
  for (let waits = 0; !stop.aborted && (await lease.alone(work)) === null; waits++) {
    if (waits === 0)
      process.stderr.write('another process is writing to the archive: waiting for it to finish\n');
    await delay(LOCK_POLL_MS);
  }
  if (stop.aborted) throw new Error('stopped; the hours written so far are complete');
}

async function rebuild(archive: Archive, hours: readonly HourRevision[], stop: AbortSignal): Promise<void> {
  let at = 0;
  let written = 0;
  const place = () =>
    `${at} of ${hours.length} hours, at ${formatHour(hours[at].hour)} of ${hours[at].project}`;
  const progress = new StatusLine(process.stderr, place);
  try {
    for (; at < hours.length && !stop.aborted; at++) {
      if (await archive.rebuild(hours[at], stop)) written++;
    }
  } finally {
    progress.stop();
  }
  process.stdout.write(`rebuilt ${written} of ${hours.length} hours\n`);
}
