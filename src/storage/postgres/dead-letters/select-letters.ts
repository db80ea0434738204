import type {
  DeadLetter,
  LetterFilter,
  LetterOrigin,
  LetterRange,
  ListedLetter,
} from '../../../core/ports/dead-letters.js';
import { parseRfc3339 } from '../../../core/records/rfc3339.js';
import { rows, type Queryable } from '../sql.js';

/** Of a `LetterRow`. */
const COLUMNS = `d.id, d.state, d.kind, d.project_id as "projectId", p.name as project, d.reason, d.message, d.details, d.format,
  d.payload_bytes as "payloadBytes", d.topic, d.topic_id as "topicId", d.partition, d."offset", d.index, d.attempts,
  d.failed_at as "failedAt", d.settled_at as "settledAt", d.outcome`;
const FROM = 'dead_letters d left join projects p on p.id = d.project_id';
/** Of the filter's values, as `valuesOf` gives them. */
const MATCHES = `($1::text is null or d.state = $1) and ($2::text is null or d.reason = $2)
  and ($3::text is null or d.kind = $3) and ($4::text is null or p.name = $4)`;

/** Newest first: those before an id. */
export async function selectLetters(
  db: Queryable,
  filter: LetterFilter,
  limit: number,
  before: number | null,
): Promise<ListedLetter[]> {
  const found = await rows<LetterRow>(db, {
    text: `select ${COLUMNS} from ${FROM}
      where ${MATCHES} and ($5::bigint is null or d.id < $5) order by d.id desc limit $6`,
    values: [...valuesOf(filter), before, limit],
  });
  return found.map(listedLetter);
}

export async function selectLetter(db: Queryable, id: number): Promise<DeadLetter | null> {
  const [found] = await rows<WholeRow>(db, {
    name: 'letters.one',
    text: `select ${COLUMNS}, d.payload from ${FROM} where d.id = $1`,
    values: [id],
  });
  return found ? wholeLetter(found) : null;
}

/** Waiting ones, oldest first, at most so many and so much of them, but at least one. */
export async function selectBatch(
  db: Queryable,
  filter: LetterFilter,
  { after, upTo }: LetterRange,
  limit: number,
  maxBytes: number,
): Promise<DeadLetter[]> {
  const found = await rows<WholeRow & { bytes_before: number }>(db, {
    text: `select * from (
        select *, sum(length(payload)) over (order by id) - length(payload) as bytes_before from (
          select ${COLUMNS}, d.payload from ${FROM}
          where ${MATCHES} and d.id > $5 and d.id <= $6 order by d.id limit $7
        ) as first
      ) as sized where bytes_before < $8 order by id`,
    values: [...valuesOf({ ...filter, state: 'waiting' }), after, upTo, limit, maxBytes],
  });
  return found.map(({ bytes_before: _, ...row }) => wholeLetter(row));
}

function valuesOf({ state, reason, kind, project }: LetterFilter): (string | null)[] {
  return [state ?? null, reason ?? null, kind ?? null, project ?? null];
}

/** With the times as PostgreSQL gives them, and the origin in columns. */
interface LetterRow
  extends Omit<ListedLetter, 'origin' | 'failedAt' | 'settledAt'>, Omit<LetterOrigin, 'topic'> {
  topic: string | null;
  failedAt: string;
  settledAt: string | null;
}

interface WholeRow extends LetterRow {
  payload: Buffer;
}

function listedLetter(row: LetterRow): ListedLetter {
  const { topic, topicId, partition, offset, index, failedAt, settledAt, ...letter } = row;
  return {
    ...letter,
    origin: topic === null ? null : { topic, topicId, partition, offset, index },
    failedAt: parseRfc3339(failedAt)!,
    settledAt: settledAt === null ? null : parseRfc3339(settledAt),
  };
}

function wholeLetter({ payload, ...row }: WholeRow): DeadLetter {
  return { ...listedLetter(row), payload: payload.toString(), isCut: payload.length < row.payloadBytes };
}
