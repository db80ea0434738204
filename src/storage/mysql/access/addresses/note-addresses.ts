import { identityOf, inOrder, type AddressNotes, type Note } from '../../../address-notes.js';
import type { Session } from '../../sql.js';
import { addToCounts } from './add-to-counts.js';
import { upsertNotes } from './upsert-notes.js';

/** Most in a statement. */
const CHUNK = 5_000;

/**
 * Notes addresses inside a transaction and counts the new ones in a slot; gives the indexes of the entries that are told
 * that theirs is new. The last thing before the commit: nobody waits long for the rows.
 */
export async function noteAddresses(
  db: Session,
  { uniqueIps }: AddressNotes,
  notes: ReadonlyMap<string, Note>,
  slot: string,
): Promise<number[]> {
  const sorted = inOrder(notes.values());
  const told: number[] = [];
  const counts = new Map<number, number>();
  for (let at = 0; at < sorted.length; at += CHUNK) {
    for (const { project_id, name } of await upsertNotes(db, uniqueIps, sorted.slice(at, at + CHUNK))) {
      told.push(notes.get(identityOf(project_id, name))!.index);
      counts.set(project_id, (counts.get(project_id) ?? 0) + 1);
    }
  }
  await addToCounts(db, slot, counts);
  return told;
}
