import { closeSync, openSync, writeSync } from 'node:fs';
import { connectionShares } from '../../config/query-share.js';
import type { Config } from '../../config/settings.js';
import type { AccessStore } from '../../core/ports/access-store.js';
import { SystemClock } from '../../core/ports/clock.js';
import { StatusLine } from '../status-line.js';
import type { Refusal } from './chunk.js';
import { importFile, type ImportOptions } from './import-file.js';
import { ImportLedger } from './ledger.js';
import { openSource, type Source } from './source.js';
import { withAccessStore, type OpenAccessStore } from './with-access-store.js';

const BLANKS = new Set(Buffer.from(' \t\r\n\0'));

export interface ImportRun extends Pick<ImportOptions, 'format' | 'again' | 'stop'> {
  project: string;
  /** Where every refused record is written. */
  rejects: string | null;
  progress: NodeJS.WriteStream | null;
  /** Is told of each file, also of one that was not read to its end. */
  done(ledger: ImportLedger, elapsedMs: number): void;
}

/** A file was read to its end, and nothing of it was an entry. */
class NothingTaken extends Error {
  readonly exitCode = 3;
}

/**
 * Imports files one after the other.
 * @throws Error at the first that is not imported to its end; NothingTaken, behind the last, where some were of no use
 */
export async function importFiles(files: readonly string[], config: Config, run: ImportRun): Promise<void> {
  await withAccessStore(config, async (opened) => {
    const rejects = run.rejects === null ? null : Rejects.open(run.rejects);
    try {
      await importEach(files, opened, config, run, rejects);
    } finally {
      rejects?.close();
    }
  });
}

async function importEach(
  files: readonly string[],
  { store, projects }: OpenAccessStore,
  config: Config,
  run: ImportRun,
  rejects: Rejects | null,
): Promise<void> {
  const projectId = projects.get(run.project);
  if (projectId === undefined) {
    throw new Error(
      `there is no project ${run.project}: create it, with its first key, by sightline keys create`,
    );
  }
  const useless: string[] = [];
  for (const name of files) {
    const source = await openSource(name);
    const ledger = await importOne(source, projectId, store, config, run, rejects);
    if (run.stop.aborted) throw new Error('stopped: run the same command again to continue');
    const reason = ledger.nothingTaken(source.head.every((byte) => BLANKS.has(byte)));
    if (reason !== null) useless.push(reason);
  }
  if (useless.length > 0) throw new NothingTaken(useless.join('; '));
}

async function importOne(
  source: Source,
  projectId: number,
  store: AccessStore,
  config: Config,
  run: ImportRun,
  rejects: Rejects | null,
): Promise<ImportLedger> {
  const clock = new SystemClock();
  const ledger = new ImportLedger(source.name);
  const startMs = performance.now();
  const status = run.progress && new StatusLine(run.progress, progressLine(source, ledger));
  try {
    await importFile(source, store, clock, ledger, {
      ...run,
      projectId,
      inFlight: connectionShares(config).ingest,
      onRefused: rejects && ((refusals) => rejects.write(source.name, refusals)),
    });
  } catch (error) {
    throw new Error(`${source.name}: ${(error as Error).message}`, { cause: error });
  } finally {
    status?.stop();
    run.done(ledger, performance.now() - startMs);
  }
  return ledger;
}

function progressLine(source: Source, ledger: ImportLedger): (elapsedMs: number) => string {
  let before = 0;
  return (elapsedMs) => {
    const { read, stored, rejected } = ledger;
    const perSecond = Math.round(((read - before) * 1000) / elapsedMs);
    before = read;
    const { sizeBytes } = source;
    const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
    const bytes =
      sizeBytes === null
        ? `${mb(source.readBytes())} MB`
        : `${mb(source.readBytes())} of ${mb(sizeBytes)} MB (${Math.floor((source.readBytes() * 100) / Math.max(1, sizeBytes))} %)`;
    return `${source.name}  ${bytes}  ${perSecond}/s  stored ${stored}  rejected ${rejected}`;
  };
}

/** The file of --rejects: one JSON text a refused record. A new one is its owner's alone; one that is there keeps its mode. */
class Rejects {
  private constructor(private readonly file: number) {}

  /** @throws Error that names the file */
  static open(path: string): Rejects {
    try {
      return new Rejects(openSync(path, 'w', 0o600));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(`--rejects ${path} cannot be written: ${code}`, { cause: error });
    }
  }

  write(file: string, refusals: readonly Refusal[]): void {
    const lines = refusals.map((refusal) => `${JSON.stringify({ file, ...refusal })}\n`);
    if (lines.length > 0) writeSync(this.file, lines.join(''));
  }

  close(): void {
    closeSync(this.file);
  }
}
