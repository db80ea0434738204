import type { NamesOfDay, Total } from '../../../core/count-store.js';
import { OTHER } from '../../../core/counting/kind.js';
import { date, inStatements, number, text } from '../literals.js';
import type { Session } from '../sql.js';

/** Condition on a column of binary text. */
export function isOneOf(values: readonly string[]): string {
  return values.length === 0 ? 'false' : `value in (${values.map(text).join(',')})`;
}

/** Which of the values have a total on a day. */
export function knownValues(db: Session, names: NamesOfDay, values: readonly string[]): Promise<string[]> {
  return valuesOn(db, names, values, `day = ${date(names.day)}`);
}

/** Which of them have one on one of the days before. */
export function rememberedValues(
  db: Session,
  names: NamesOfDay,
  values: readonly string[],
  days: number,
): Promise<string[]> {
  return valuesOn(db, names, values, `day >= ${date(names.day - days)} and day < ${date(names.day)}`);
}

// By the primary key: by the index on days 30,000 values took minutes.
async function valuesOn(
  db: Session,
  { projectId, dimension }: NamesOfDay,
  values: readonly string[],
  when: string,
): Promise<string[]> {
  const found: string[] = [];
  for (const literals of inStatements(values.map(text))) {
    const some = await db.rows<{ value: Buffer }>(`
      select distinct value from access_totals force index (primary)
      where project_id = ${number(projectId)} and dimension = ${text(dimension)} and value in (${literals.join(',')}) and ${when}`);
    for (const { value } of some) found.push(value.toString());
  }
  return found;
}

/** How many values of a day are told apart. */
export async function countNames(db: Session, { projectId, day, dimension }: NamesOfDay): Promise<number> {
  const [{ n }] = await db.rows<{ n: number }>(`
    select count(*) as n from access_totals
    where day = ${date(day)} and project_id = ${number(projectId)} and dimension = ${text(dimension)}
      and value not in ('', ${text(OTHER)})`);
  return n;
}

export async function addToTotals(db: Session, totals: readonly Total[]): Promise<void> {
  const literals = totals.map(
    ({ projectId, dimension, value, day, n }) =>
      `(${number(projectId)},${text(dimension)},${text(value)},${date(day)},${number(n)})`,
  );
  for (const some of inStatements(literals)) {
    await db.run(`
      insert into access_totals (project_id, dimension, value, day, n) values ${some.join(',')}
      on duplicate key update n = n + values(n)`);
  }
}
