import type { Config } from '../../config/settings.js';
import { SightlineError } from '../../core/errors.js';
import type { AccessStore } from '../../core/ports/access-store.js';
import { SystemClock } from '../../core/ports/clock.js';
import {
  MAX_LETTERS,
  type DeadLetter,
  type DeadLetterStore,
  type LetterFilter,
} from '../../core/ports/dead-letters.js';
import type { DeadLetterService, Sweep } from '../../dead-letters/dead-letter.service.js';
import type { LetterReplay } from '../../dead-letters/letter-replay.js';
import { viewOfLetter, viewOfWholeLetter } from '../../dead-letters/letter-view.js';
import type { Database } from '../../storage/postgres/database.js';
import { limitOf, print } from '../listing.js';
import { withDatabase } from '../open-database.js';
import { operator } from '../operator.js';
import { letterTable, letterText } from './letter-table.js';

export interface LetterOptions extends LetterFilter {
  limit?: string;
  all?: boolean;
  json?: boolean;
}

type WaitingFilter = Omit<LetterFilter, 'state'>;

/** Dead letters of an open database, and how they are shown. */
export class LetterDesk {
  constructor(
    private readonly letters: DeadLetterService,
    private readonly json: boolean,
  ) {}

  async list({ limit = '50', state, reason, kind, project }: LetterOptions): Promise<void> {
    const filter = { state, reason, kind, project };
    const { letters } = await this.letters.page(filter, limitOf(limit, MAX_LETTERS));
    const views = letters.map(viewOfLetter);
    print(this.json ? JSON.stringify(views) : letterTable(views));
  }

  async show(id: string): Promise<void> {
    const view = viewOfWholeLetter(await this.letters.byId(idOf(id)));
    print(this.json ? JSON.stringify(view) : letterText(view));
  }

  /** @throws Error where something still cannot be stored */
  async replay(ids: readonly string[], options: LetterOptions): Promise<void> {
    const { settled, failed } = await this.sweep(ids, options, {
      one: async (id) => (await this.letters.replay(id, operator())).state === 'replayed',
      many: (filter, after) => this.letters.replayMany(filter, after, operator()),
    });
    print(this.json ? JSON.stringify({ replayed: settled, failed }) : `replayed ${settled}`);
    if (failed > 0) throw new Error(`${failed} still cannot be stored: sightline dead-letters list`);
  }

  async drop(ids: readonly string[], options: LetterOptions): Promise<void> {
    const { settled, failed } = await this.sweep(ids, options, {
      one: async (id) => (await this.letters.drop(id, operator())).state === 'dropped',
      many: (filter, after) => this.letters.dropMany(filter, after, operator()),
    });
    print(this.json ? JSON.stringify({ dropped: settled, failed }) : `dropped ${settled}`);
    if (failed > 0) throw new Error(`${failed} were replayed before`);
  }

  private async sweep(
    ids: readonly string[],
    { all = false, reason, kind, project }: LetterOptions,
    act: {
      one: (id: number) => Promise<boolean>;
      many: (filter: WaitingFilter, after: number) => Promise<Sweep>;
    },
  ): Promise<Omit<Sweep, 'next'>> {
    const filter = { reason, kind, project };
    const isFiltered = Object.values(filter).some((value) => value !== undefined);
    if (all === ids.length > 0) throw new Error('give the ids of dead letters, or --all');
    if (!all && isFiltered) throw new Error('filters go with --all, not with ids');
    const total = { settled: 0, failed: 0 };
    for (const id of ids.map(idOf)) total[(await act.one(id)) ? 'settled' : 'failed']++;
    let after: number | null = all ? 0 : null;
    while (after !== null) {
      const { settled, failed, next } = await act.many(filter, after);
      total.settled += settled;
      total.failed += failed;
      after = next;
    }
    return total;
  }
}

/** `stores`: also where the records go. */
export async function withLetters(
  config: Config,
  json: boolean,
  stores: boolean,
  work: (desk: LetterDesk) => Promise<void>,
): Promise<void> {
  const { DeadLetterService } = await import('../../dead-letters/dead-letter.service.js');
  const { PostgresDeadLetterStore } =
    await import('../../storage/postgres/dead-letters/postgres-dead-letter-store.js');
  const workOn = (letters: DeadLetterStore, replay: Pick<LetterReplay, 'replay'>) =>
    work(new LetterDesk(new DeadLetterService(letters, replay), json));
  if (!stores)
    return withDatabase(config, (database) => workOn(new PostgresDeadLetterStore(database), nothing));
  const { withAccessStore } = await import('../import/with-access-store.js');
  await withAccessStore(config, async ({ database, store }) => {
    const letters = new PostgresDeadLetterStore(database);
    await workOn(letters, await replayInto(letters, database, store, config));
  });
}

// Listing and dropping store nothing.
const nothing = { replay: () => Promise.reject(new Error('opened without the stores of records')) };

async function replayInto(
  letters: DeadLetterStore,
  database: Database,
  access: AccessStore,
  config: Config,
): Promise<LetterReplay> {
  const { PostgresEventStore } = await import('../../storage/postgres/append/postgres-event-store.js');
  const { PendingBlocks } = await import('../../core/counting/pending-blocks.js');
  const { EVENTS } = await import('../../core/counting/kind.js');
  const { ApiEventDecoder } = await import('../../events/decode-event.js');
  const { ApiEntryDecoder } = await import('../../access/decode-entry.js');
  const { LetterReplay } = await import('../../dead-letters/letter-replay.js');
  return new LetterReplay(
    letters,
    new PostgresEventStore(database, new PendingBlocks(EVENTS, 0)),
    access,
    new ApiEventDecoder(config),
    new ApiEntryDecoder(),
    new SystemClock(),
    // a running server counts what is stored, and its caches forget by themselves within seconds
    { invalidate: () => Promise.resolve() },
    { takeReceipts: () => undefined },
  );
}

function idOf(text: string): DeadLetter['id'] {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new SightlineError('not_found', 'an id is a number, as sightline dead-letters list shows it');
}
