import { createHash } from 'node:crypto';
import type { FieldError } from '../../../core/errors.js';
import { groupsOf } from '../../../core/groups.js';
import { MAX_PAYLOAD_BYTES, type NewDeadLetter } from '../../../core/ports/dead-letters.js';
import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import { rows, type Queryable } from '../sql.js';

/** Of one statement. */
const MOST_LETTERS = 500;
const MOST_BYTES = 8 * MAX_PAYLOAD_BYTES;

const MAX_MESSAGE = 1_000;
const MAX_DETAILS = 50;
const MAX_DETAIL = 300;

// Ids rise in the order of the letters.
const SQL = `
insert into dead_letters (kind, project_id, format, payload, payload_bytes, reason, message, details,
  topic, topic_id, partition, "offset", index, identity, attempts, failed_at)
select kind, project_id, format, payload, payload_bytes, reason, message, details,
  topic, topic_id, partition, "offset", index, identity, attempts, failed_at
from unnest($1::text[], $2::int[], $3::text[], $4::bytea[], $5::int[], $6::text[], $7::text[], $8::jsonb[],
  $9::text[], $10::uuid[], $11::int[], $12::bigint[], $13::int[], $14::bytea[], $15::int[], $16::timestamptz[])
with ordinality as given (kind, project_id, format, payload, payload_bytes, reason, message, details,
  topic, topic_id, partition, "offset", index, identity, attempts, failed_at, position)
order by position
on conflict do nothing
returning topic_id, partition, "offset", index, encode(identity, 'hex') as identity`;

interface Inserted {
  topic_id: string;
  partition: number;
  offset: number;
  index: number;
  identity: string | null;
}

/** Lists those that are not listed yet, and gives them: as many as one of `letterChunks`. */
export async function insertLetters(
  db: Queryable,
  letters: readonly NewDeadLetter[],
): Promise<NewDeadLetter[]> {
  const payloads = letters.map(({ payload }) => keptPayload(payload));
  const identities = letters.map((letter) => (letter.origin === null ? identityOf(letter) : null));
  const inserted = await rows<Inserted>(db, {
    text: SQL,
    values: [
      letters.map(({ kind }) => kind),
      letters.map(({ projectId }) => projectId),
      letters.map(({ format }) => format),
      payloads,
      letters.map(({ payload }) => Buffer.byteLength(payload)),
      letters.map(({ reason }) => reason),
      letters.map(({ message }) => storable(message, MAX_MESSAGE)),
      letters.map(({ details }) => detailsText(details)),
      letters.map(({ origin }) => (origin === null ? null : storable(origin.topic, MAX_MESSAGE))),
      letters.map(({ origin }) => origin?.topicId ?? null),
      letters.map(({ origin }) => origin?.partition ?? null),
      letters.map(({ origin }) => origin?.offset ?? null),
      letters.map(({ origin }) => origin?.index ?? null),
      identities,
      letters.map(({ attempts }) => attempts),
      letters.map(({ failedAt }) => formatRfc3339(failedAt)),
    ],
  });
  const names = new Set(
    inserted.map((row) => row.identity ?? placeOf(row.topic_id, row.partition, row.offset, row.index)),
  );
  // Of two that are the same the first is the one.
  return letters.filter(({ origin }, at) =>
    names.delete(
      origin === null
        ? identities[at]!.toString('hex')
        : placeOf(origin.topicId, origin.partition, origin.offset, origin.index),
    ),
  );
}

function placeOf(topicId: string, partition: number, offset: number, index: number): string {
  return `${topicId.toLowerCase()} ${partition} ${offset} ${index}`;
}

function identityOf({ kind, projectId, payload, identity }: NewDeadLetter): Buffer {
  const what = identity === undefined ? `payload ${payload}` : `identity ${identity}`;
  return createHash('sha256').update(`${kind} ${projectId} ${what}`).digest();
}

// encodeInto ends with a whole character.
function keptPayload(payload: string): Buffer {
  const bytes = Buffer.allocUnsafe(Math.min(Buffer.byteLength(payload), MAX_PAYLOAD_BYTES));
  return bytes.subarray(0, new TextEncoder().encodeInto(payload, bytes).written);
}

export function detailsText(details: readonly FieldError[]): string {
  return JSON.stringify(
    details.slice(0, MAX_DETAILS).map(({ field, message }) => ({
      field: storable(field, MAX_DETAIL),
      message: storable(message, MAX_DETAIL),
    })),
  );
}

/** What came may hold what no text of PostgreSQL may, and a message may quote it. */
export function storable(text: string, maxLength = MAX_MESSAGE): string {
  return text.slice(0, maxLength).replaceAll('\0', '\ufffd').toWellFormed();
}

/** What one statement lists. */
export function letterChunks(letters: readonly NewDeadLetter[]): Iterable<NewDeadLetter[]> {
  const sizeOf = ({ payload }: NewDeadLetter) => Math.min(payload.length, MAX_PAYLOAD_BYTES);
  return groupsOf(letters, sizeOf, MOST_BYTES, MOST_LETTERS);
}
