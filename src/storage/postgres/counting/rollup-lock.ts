import type { CountedKind } from '../../../core/counting/kind.js';
import { rows, type Queryable } from '../sql.js';

// Arbitrary constants that identify the locks within this database.
const LOCKS = { event: '8317, 1', access: '8317, 3' } as const satisfies Record<CountedKind['name'], string>;

/**
 * One writer of a kind's rollups at a time: counting reads rows and writes them back, which must not undo what retention
 * deletes meanwhile.
 */
export async function tryLockRollups(db: Queryable, { name }: Pick<CountedKind, 'name'>): Promise<boolean> {
  const [{ locked }] = await rows<{ locked: boolean }>(db, {
    text: `select pg_try_advisory_xact_lock(${LOCKS[name]}) as locked`,
  });
  return locked;
}

/** As tryLockRollups, and waits for its turn. */
export async function lockRollups(db: Queryable, { name }: Pick<CountedKind, 'name'>): Promise<void> {
  await rows(db, { text: `select pg_advisory_xact_lock(${LOCKS[name]})` });
}

/** SQL of whether nobody counts, and that nobody begins to before this transaction has ended. */
export function isFreeToRead({ name }: Pick<CountedKind, 'name'>): string {
  return `(select pg_try_advisory_xact_lock_shared(${LOCKS[name]}))`;
}
