import { rows, type Queryable } from '../sql.js';

/**
 * Tells every process that keys or projects change in this transaction. Call it first: the row's lock puts all
 * changes in one order, so that none can deadlock and what a later statement reads is current.
 */
export async function raiseVersion(db: Queryable): Promise<void> {
  await rows(db, { name: 'raise_key_version', text: 'update api_key_version set version = version + 1' });
}
