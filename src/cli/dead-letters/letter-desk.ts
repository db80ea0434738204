import type { Config } from '../../config/settings.js';
import { SystemClock } from '../../core/clock.js';
import {
  MAX_LETTERS,
  type DeadLetter,
  type DeadLetterStore,
  type LetterKind,
  type LetterReason,
  type LetterState,
} from '../../core/dead-letters.js';
import { SightlineError } from '../../core/errors.js';
import type { DeadLetterService, Sweep } from '../../dead-letters/dead-letter.service.js';
import { viewOfLetter, viewOfWholeLetter } from '../../dead-letters/letter-view.js';
import { isMissingTable, NO_TABLES } from '../keys/key-desk.js';
import { openDatabase } from '../open-database.js';
import { operator } from '../operator.js';
import { letterTable, letterText } from './letter-table.js';

export interface LetterOptions {
  state?: LetterState;
  reason?: LetterReason;
  kind?: LetterKind;
  project?: string;
  limit?: string;
  all?: boolean;
  json?: boolean;
}

interface Opened {
  service: DeadLetterService;
  close(): Promise<void>;
}

/** Dead letters of an open database, and how they are shown. */
export class LetterDesk {
  constructor(
    private readonly letters: DeadLetterService,
    private readonly json: boolean,
  ) {}

  async list({ limit = '50', ...options }: LetterOptions): Promise<void> {
    const { letters } = await this.letters.page(filterOf(options), limitOf(limit));
    const views = letters.map(viewOfLetter);
    this.print(this.json ? JSON.stringify(views) : letterTable(views));
  }

  async show(id: string): Promise<void> {
    const view = viewOfWholeLetter(await this.letters.byId(idOf(id)));
    this.print(this.json ? JSON.stringify(view) : letterText(view));
  }

  /** @throws Error where something still cannot be stored */
  async replay(ids: readonly string[], options: LetterOptions): Promise<void> {
    const { settled, failed } = await this.sweep(ids, options, {
      one: async (id) => (await this.letters.replay(id, operator())).state === 'replayed',
      many: (after) => this.letters.replayMany(waitingFilter(options), after, operator()),
    });
    this.print(this.json ? JSON.stringify({ replayed: settled, failed }) : `replayed ${settled}`);
    if (failed > 0) throw new Error(`${failed} still cannot be stored: sightline dead-letters list`);
  }

  async drop(ids: readonly string[], options: LetterOptions): Promise<void> {
    const { settled, failed } = await this.sweep(ids, options, {
      one: async (id) => (await this.letters.drop(id, operator())).state === 'dropped',
      many: (after) => this.letters.dropMany(waitingFilter(options), after, operator()),
    });
    this.print(this.json ? JSON.stringify({ dropped: settled, failed }) : `dropped ${settled}`);
    if (failed > 0) throw new Error(`${failed} were replayed before`);
  }

  private async sweep(
    ids: readonly string[],
    { all = false, reason, kind, project }: LetterOptions,
    act: { one: (id: number) => Promise<boolean>; many: (after: number) => Promise<Sweep> },
  ): Promise<Omit<Sweep, 'next'>> {
    const isFiltered = [reason, kind, project].some((value) => value !== undefined);
    if (all === ids.length > 0) throw new Error('give the ids of dead letters, or --all');
    if (!all && isFiltered) throw new Error('filters go with --all, not with ids');
    const total = { settled: 0, failed: 0 };
    for (const id of ids.map(idOf)) total[(await act.one(id)) ? 'settled' : 'failed']++;
    let after: number | null = all ? 0 : null;
    while (after !== null) {
      const { settled, failed, next } = await act.many(after);
      total.settled += settled;
      total.failed += failed;
      after = next;
    }
    return total;
  }

  private print(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

/** `stores`: also where the records go. */
export async function withLetters(
  config: Config,
  json: boolean,
  stores: boolean,
  work: (desk: LetterDesk) => Promise<void>,
): Promise<void> {
  try {
    const opened = await (stores ? openWithStores(config) : openLetters(config));
    await work(new LetterDesk(opened.service, json)).finally(() => opened.close());
  } catch (error) {
    throw isMissingTable(error) ? new Error(NO_TABLES) : error;
  }
}

async function openLetters(config: Config): Promise<Opened> {
  const { DeadLetterService } = await import('../../dead-letters/dead-letter.service.js');
  const { Database } = await import('../../storage/postgres/database.js');
  const { PostgresDeadLetterStore } =
    await import('../../storage/postgres/dead-letters/postgres-dead-letter-store.js');
  const opened = await openDatabase(config);
  try {
    const database = await Database.connect(config, opened.url);
    const close = () => database.close().finally(() => opened.close());
    return { service: new DeadLetterService(new PostgresDeadLetterStore(database), nothing), close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

// Listing and dropping store nothing.
const nothing = { replay: () => Promise.reject(new Error('opened without the stores of records')) };

async function openWithStores(config: Config): Promise<Opened> {
  const { DeadLetterService } = await import('../../dead-letters/dead-letter.service.js');
  const { LetterReplay } = await import('../../dead-letters/letter-replay.js');
  const { openAccessStore } = await import('../import/open-access-store.js');
  const { PostgresDeadLetterStore } =
    await import('../../storage/postgres/dead-letters/postgres-dead-letter-store.js');
  const { PostgresEventStore } = await import('../../storage/postgres/append/postgres-event-store.js');
  const { PendingBlocks } = await import('../../core/counting/pending-blocks.js');
  const opened = await openAccessStore(config);
  const { store: access, database } = opened;
  const letters: DeadLetterStore = new PostgresDeadLetterStore(database);
  const events = new PostgresEventStore(database, new PendingBlocks(0));
  const { ApiEventDecoder } = await import('../../events/decode-event.js');
  const { ApiEntryDecoder } = await import('../../access/decode-entry.js');
  const replay = new LetterReplay(
    letters,
    events,
    access,
    new ApiEventDecoder(config),
    new ApiEntryDecoder(),
    new SystemClock(),
    // a running server counts what is stored, and its caches forget by themselves within seconds
    { invalidate: () => Promise.resolve() },
    { takeReceipts: () => undefined },
  );
  return { service: new DeadLetterService(letters, replay), close: () => opened.close() };
}

function filterOf({ state, reason, kind, project }: LetterOptions) {
  return { state, reason, kind, project };
}

function waitingFilter({ reason, kind, project }: LetterOptions) {
  return { reason, kind, project };
}

function idOf(text: string): DeadLetter['id'] {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new SightlineError('not_found', 'an id is a number, as sightline dead-letters list shows it');
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > MAX_LETTERS)
    throw new Error(`--limit must be a whole number from 1 to ${MAX_LETTERS}`);
  return limit;
}
