import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What stored data is lost when a migration is reverted. */
export interface Loss {
  table: string;
  /** Columns whose values are lost while the table and its rows stay. */
  columns: string[];
  rows: number;
}

const DROP_TABLE = /^drop table (?:if exists )?(?<tables>[\w, \n]+)$/;
const DELETE = /^delete from (?<table>\w+)(?<where> where [^]+)?$/;
const ALTER = /^alter table (?<table>\w+)\s+(?<changes>[^]+)$/;
const DROP_COLUMN = /^drop column (?:if exists )?(\w+)$/;
const SET_NULL = /^update (?<table>\w+) set (?<column>\w+) = null(?<where> where [^]+)$/;
/**
 * Statements that drop nothing with data of its own. A value that does not fit into another type is refused by the database,
 * not lost.
 */
const HARMLESS =
  /^(alter table \w+ (modify column|disable row level security|rename to|(drop (constraint \w+|primary key), )?add primary key)|alter index|drop (view|function|index|schema|sequence|trigger|extension|policy|type)|create (or replace )?(function|view|index|table|type)|insert into|lock table|revoke|do)\b/;

/**
 * Tables, and columns as `table.column`, from which the `down` of a migration removes only what exists elsewhere, or what it has
 * put there: no loss.
 */
interface Moving extends MigrationInterface {
  moved?: readonly string[];
}

/**
 * Counts what the `down` of a migration would remove, without running it.
 * @throws Error for a statement that it does not understand
 */
export async function lossesOf(db: QueryRunner, migration: Moving): Promise<Loss[]> {
  const losses: Loss[] = [];
  for (const { table, columns, where } of (await statementsOf(migration)).flatMap(removalsOf)) {
    if (migration.moved?.includes([table, ...columns].join('.'))) continue;
    const [{ n }] = (await db.query(`select count(*) as n from ${table}${where}`)) as { n: string }[];
    losses.push({ table, columns, rows: Number(n) });
  }
  return losses;
}

export interface Removal {
  table: string;
  columns: string[];
  /** '' for every row. */
  where: string;
}

/** What one statement of a `down` removes. @throws Error for one that it does not understand */
export function removalsOf(statement: string): Removal[] {
  const { tables } = DROP_TABLE.exec(statement)?.groups ?? {};
  if (tables) return tables.split(',').map((table) => ({ table: table.trim(), columns: [], where: '' }));
  const deleted = DELETE.exec(statement)?.groups;
  if (deleted) return [{ table: deleted.table, columns: [], where: deleted.where ?? '' }];
  const unset = SET_NULL.exec(statement)?.groups;
  if (unset) return [{ table: unset.table, columns: [unset.column], where: unset.where }];
  if (HARMLESS.test(statement)) return [];
  const altered = ALTER.exec(statement)?.groups;
  const columns = altered?.changes.split(',').map((change) => DROP_COLUMN.exec(change.trim())?.[1]);
  if (altered && columns?.every((column) => column !== undefined))
    return [{ table: altered.table, columns, where: '' }];
  throw new Error(`cannot tell what is lost by: ${statement}`);
}

/** The statements of a migration's `down`, which is only told to somebody who writes them down. */
export async function statementsOf(migration: MigrationInterface): Promise<string[]> {
  const texts: string[] = [];
  const query = (text: string) => Promise.resolve(void texts.push(text));
  await migration.down({ query } as unknown as QueryRunner);
  return texts.flatMap(split);
}

const BODY = /\$\$[^]*?\$\$|^begin atomic$[^]*?^end(?=;)/gm;

/** At semicolons, but for those in comments and within the body of a function. */
function split(text: string): string[] {
  return text
    .replace(/^\s*--.*$/gm, '')
    .replace(BODY, (body) => body.replaceAll(';', '\0'))
    .split(';')
    .map((statement) => statement.replaceAll('\0', ';').trim())
    .filter((statement) => statement !== '');
}
