import { describe, expect, it } from 'vitest';
import { mysqlMigrations } from '../../../migrations/mysql/index.js';
import { postgresMigrations } from '../../../migrations/postgres/index.js';
import { removalsOf, statementsOf } from './losses.js';

describe('what a migration takes with it', () => {
  it.each([...postgresMigrations, ...mysqlMigrations])('can be told of %p', async (Migration) => {
    const statements = await statementsOf(new Migration());
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) expect(() => removalsOf(statement)).not.toThrow();
  });

  it.each([
    [
      'drop table if exists a,\n  b',
      [
        ['a', [], ''],
        ['b', [], ''],
      ],
    ],
    [`delete from a where dimension = 'ip'`, [['a', [], ` where dimension = 'ip'`]]],
    ['alter table a\n  drop column if exists b, drop column c', [['a', ['b', 'c'], '']]],
    ['update a set b = null where c > 10', [['a', ['b'], ' where c > 10']]],
    ['alter table a modify column b varchar(10)', []],
    ['drop view a, b', []],
  ])('%j', (statement, expected) => {
    expect(removalsOf(statement).map(({ table, columns, where }) => [table, columns, where])).toEqual(
      expected,
    );
  });

  it.each(['truncate a', 'alter table a drop column b, add column c int', 'update a set b = null'])(
    'is not guessed: %s',
    (statement) => {
      expect(() => removalsOf(statement)).toThrow('cannot tell what is lost');
    },
  );
});
