import { identityOf, inOrder, type Note } from '../../../address-notes.js';
import { rows, type Queryable } from '../../sql.js';
import { NEW_ADDRESSES, type NewAddress, type PostgresAddressNotes } from './address-notes.js';

/** Most in a statement. */
const CHUNK = 5_000;

/**
 * Notes addresses inside a transaction; gives the indexes of the entries that are told that theirs is new.
 * In the order of all statements that note: see NoteKind.
 */
export async function noteAddresses(
  db: Queryable,
  addresses: PostgresAddressNotes,
  notes: ReadonlyMap<string, Note>,
): Promise<number[]> {
  const sorted = inOrder(notes.values());
  const text = `with ${addresses.sql(1)} ${NEW_ADDRESSES}`;
  return addresses.use(async (encode) => {
    const told: number[] = [];
    for (let at = 0; at < sorted.length; at += CHUNK) {
      const fresh = await rows<NewAddress>(db, {
        name: `note_addresses_${addresses.uniqueIps}`,
        text,
        values: encode(sorted.slice(at, at + CHUNK)),
      });
      for (const { project_id, name } of fresh) told.push(notes.get(identityOf(project_id, name))!.index);
    }
    return told;
  });
}
