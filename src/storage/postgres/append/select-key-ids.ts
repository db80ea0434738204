import { rows, type Queryable } from '../sql.js';

const SQL = `select key, id from event_keys where key = any($1::uuid[])`;

/** Ids of events that were stored before, by uuid. */
export async function selectKeyIds(db: Queryable, uuids: readonly string[]): Promise<Map<string, number>> {
  const known = await rows<{ key: string; id: number }>(db, {
    name: 'select_event_keys',
    text: SQL,
    values: [uuids],
  });
  return new Map(known.map(({ key, id }) => [key, id]));
}
