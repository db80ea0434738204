import type {
  DeadLetter,
  LetterFilter,
  LetterFormat,
  LetterKind,
  LetterRange,
  LetterReason,
  LetterState,
  ListedLetter,
  ReplayOutcome,
} from '../../../core/dead-letters.js';
import type { FieldError } from '../../../core/errors.js';
import { parseRfc3339 } from '../../../core/rfc3339.js';
import { rows, type Queryable } from '../sql.js';

const COLUMNS = `d.id, d.state, d.kind, d.project_id, p.name as project, d.reason, d.message, d.details, d.format, d.payload_bytes,
  d.topic, d.topic_id, d.partition, d."offset", d.index, d.attempts, d.failed_at, d.settled_at, d.outcome`;
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
  const found = await rows<WholeRow>(db, {
    text: `select * from (
        select *, sum(length(payload)) over (order by id) - length(payload) as bytes_before from (
          select ${COLUMNS}, d.payload from ${FROM}
          where ${MATCHES} and d.id > $5 and d.id <= $6 order by d.id limit $7
        ) as first
      ) as sized where bytes_before < $8 order by id`,
    values: [...valuesOf({ ...filter, state: 'waiting' }), after, upTo, limit, maxBytes],
  });
  return found.map(wholeLetter);
}

function valuesOf({ state, reason, kind, project }: LetterFilter): (string | null)[] {
  return [state ?? null, reason ?? null, kind ?? null, project ?? null];
}

interface LetterRow {
  id: number;
  state: LetterState;
  kind: LetterKind;
  project_id: number | null;
  project: string | null;
  reason: LetterReason;
  message: string;
  details: FieldError[];
  format: LetterFormat;
  payload_bytes: number;
  topic: string | null;
  topic_id: string;
  partition: number;
  offset: number;
  index: number;
  attempts: number;
  failed_at: string;
  settled_at: string | null;
  outcome: ReplayOutcome | null;
}

interface WholeRow extends LetterRow {
  payload: Buffer;
}

function listedLetter(row: LetterRow): ListedLetter {
  const { topic, topic_id: topicId, partition, offset, index } = row;
  return {
    id: row.id,
    state: row.state,
    kind: row.kind,
    projectId: row.project_id,
    project: row.project,
    reason: row.reason,
    message: row.message,
    details: row.details,
    format: row.format,
    payloadBytes: row.payload_bytes,
    origin: topic === null ? null : { topic, topicId, partition, offset, index },
    attempts: row.attempts,
    failedAt: parseRfc3339(row.failed_at)!,
    settledAt: row.settled_at === null ? null : parseRfc3339(row.settled_at),
    outcome: row.outcome,
  };
}

function wholeLetter(row: WholeRow): DeadLetter {
  const { payload } = row;
  return {
    ...listedLetter(row),
    payload: payload.toString(),
    isCut: payload.length < row.payload_bytes,
  };
}
