import type { Actor } from '../../../core/ports/audit.js';
import {
  DeadLetterStore,
  type DeadLetter,
  type FailedReplay,
  type LetterFilter,
  type LetterPage,
  type LetterRange,
  type NewDeadLetter,
  type Settlement,
} from '../../../core/ports/dead-letters.js';
import { retried } from '../append/append-records.js';
import type { Database } from '../database.js';
import { deleteInBatches } from '../maintenance/prune.js';
import { rows } from '../sql.js';
import { inTransaction } from '../transaction.js';
import { detailsText, insertLetters, letterChunks, storable } from './insert-letters.js';
import { selectBatch, selectLetter, selectLetters } from './select-letters.js';
import { settleLetters } from './settle-letters.js';

/** One statement's. */
const PRUNED_AT_ONCE = 1_000;

export class PostgresDeadLetterStore extends DeadLetterStore {
  constructor(private readonly database: Pick<Database, 'operations' | 'query'>) {
    super();
  }

  // `operations`: listing must go on while somebody asks for long. Two that list the same in another order may deadlock.
  async add(letters: readonly NewDeadLetter[]): Promise<NewDeadLetter[]> {
    const listed: NewDeadLetter[] = [];
    for (const some of letterChunks(letters)) {
      listed.push(...(await retried(() => insertLetters(this.database.operations, some))));
    }
    return listed;
  }

  async page(filter: LetterFilter, limit: number, before: number | null): Promise<LetterPage> {
    // One more than is given tells whether there is a next page.
    const found = await selectLetters(this.database.query, filter, limit + 1, before);
    const letters = found.slice(0, limit);
    return { letters, next: found.length > limit ? letters[letters.length - 1].id : null };
  }

  byId(id: number): Promise<DeadLetter | null> {
    return selectLetter(this.database.query, id);
  }

  batch(
    filter: Omit<LetterFilter, 'state'>,
    range: LetterRange,
    limit: number,
    maxBytes: number,
  ): Promise<DeadLetter[]> {
    return selectBatch(this.database.query, filter, range, limit, maxBytes);
  }

  async lastId(): Promise<number> {
    const [{ id }] = await rows<{ id: number | null }>(this.database.query, {
      text: 'select max(id) as id from dead_letters',
    });
    return id ?? 0;
  }

  async waiting(): Promise<number> {
    const [{ n }] = await rows<{ n: number }>(this.database.operations, {
      name: 'letters.waiting',
      text: `select count(*) as n from dead_letters where state = 'waiting'`,
    });
    return n;
  }

  settle(settlements: readonly Settlement[], actor: Actor): Promise<number[]> {
    return inTransaction(this.database.operations, (db) => settleLetters(db, settlements, actor));
  }

  async fail(failures: readonly FailedReplay[]): Promise<void> {
    // by id, as `settle` does: two at once must not wait for each other
    const ordered = failures.toSorted((a, b) => a.id - b.id);
    await rows(this.database.operations, {
      text: `with tried as materialized (
          select d.id, given.reason, given.message, given.details
          from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::jsonb[])
            as given (id, attempts, reason, message, details)
          join dead_letters d on d.id = given.id and d.attempts = given.attempts and d.state = 'waiting'
          order by d.id for update of d
        )
        update dead_letters d
        set attempts = d.attempts + 1, reason = tried.reason, message = tried.message, details = tried.details
        from tried where d.id = tried.id`,
      values: [
        ordered.map(({ id }) => id),
        ordered.map(({ attempts }) => attempts),
        ordered.map(({ reason }) => reason),
        ordered.map(({ message }) => storable(message)),
        ordered.map(({ details }) => detailsText(details)),
      ],
    });
  }

  prune(beforeMs: number, stop: AbortSignal): Promise<void> {
    const old = `select id from dead_letters where settled_at < $1 order by settled_at limit ${PRUNED_AT_ONCE}`;
    return deleteInBatches(this.database.query, 'dead_letters', old, beforeMs, stop);
  }
}
