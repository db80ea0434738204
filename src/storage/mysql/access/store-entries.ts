import type { Config } from '../../../config/settings.js';
import type { Block } from '../../../core/counting/count-store.js';
import { accessRow, type CountedRow } from '../../../core/counting/kind.js';
import type { NewAccessEntry } from '../../../core/records/access-entry.js';
import { dayNumber } from '../../../core/time.js';
import { insertBlock } from '../counting/blocks.js';
import { isRefusedRecord } from '../errors.js';
import { inStatements, type Literal, number, text, time } from '../literals.js';
import type { Session } from '../sql.js';

const ROW_COLUMNS =
  'project_id, timestamp, reported_timestamp, created_at, ip, method, path, status, latency_ms, user_agent';

/** What a transaction stored. */
interface StoredEntries {
  /** Errors of the entries that the database refused, by index. */
  refused: Map<number, Error>;
  /** The blocks in which the others are counted. */
  blocks: Block[];
}

/** Stores entries inside a transaction, as rows and in blocks. Of their addresses nothing is written. */
export async function storeEntries(
  db: Session,
  entries: readonly NewAccessEntry[],
  keep: Config['accessLogKeep'],
): Promise<StoredEntries> {
  const refused = new Map<number, Error>();
  const kept = entries.flatMap((entry, index) => (keep === 'all' || (entry.status ?? 0) >= 400 ? index : []));
  let at = 0;
  for (const literals of inStatements(kept.map((index) => rowLiteral(entries[index])))) {
    const from = at;
    await insertRows(db, literals, (place, error) => refused.set(kept[from + place], error));
    at += literals.length;
  }
  const rows = entries.filter((_, index) => !refused.has(index)).map(accessRow);
  return { refused, blocks: await insertBlocks(db, rows) };
}

// The database does not say which row it refused: bisect until it is alone.
async function insertRows(
  db: Session,
  literals: readonly Literal[],
  refuse: (index: number, error: Error) => void,
): Promise<void> {
  await db.run('savepoint before_rows');
  try {
    await db.run(`insert into access_logs (${ROW_COLUMNS}) values ${literals.join(',')}`);
    return;
  } catch (error) {
    if (!isRefusedRecord(error)) throw error;
    await db.run('rollback to savepoint before_rows');
    if (literals.length === 1) return refuse(0, error);
  }
  const middle = literals.length >> 1;
  await insertRows(db, literals.slice(0, middle), refuse);
  await insertRows(db, literals.slice(middle), (index, error) => refuse(middle + index, error));
}

async function insertBlocks(db: Session, rows: readonly CountedRow[]): Promise<Block[]> {
  const blocks: Block[] = [];
  let at = 0;
  for (const records of inStatements(rows.map((row) => JSON.stringify(row)))) {
    const id = await insertBlock(db, records);
    blocks.push({ id, rows: rows.slice(at, at + records.length) });
    at += records.length;
  }
  return blocks;
}

/** An entry as a row of access_logs. */
function rowLiteral(entry: NewAccessEntry): Literal {
  return `(${[
    number(entry.projectId),
    time(entry.timestamp),
    time(entry.reportedTimestamp),
    time(entry.createdAt),
    text(entry.ip),
    text(entry.method),
    text(entry.path),
    number(entry.status),
    number(entry.latencyMs),
    text(entry.userAgent),
  ].join(',')})`;
}

/** The UTC day of receipt, in days since the epoch: the partition. */
export function receiptDay(entry: NewAccessEntry): number {
  return dayNumber(entry.createdAt);
}
