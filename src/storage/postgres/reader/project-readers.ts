import { randomBytes } from 'node:crypto';
import { grantsTo, revokesFrom } from '../../../../migrations/postgres/reader/project-readers.js';
import type { Actor } from '../../../core/audit.js';
import { insertAudit } from '../audit/insert-audit.js';
import type { Database } from '../database.js';
import { selectProjects } from '../keys/select-projects.js';
import { rows, type Queryable } from '../sql.js';
import { inTransaction } from '../transaction.js';
import { scramVerifier } from './scram.js';

/** A role that may be written without quotes: as Grafana's form and psql take it. */
const ROLE_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const PASSWORD_BYTES = 24;

export interface ProjectReader {
  role: string;
  projects: string[];
  /** RFC 3339 */
  created_at: string;
}

/** Roles of the database that read some projects and no others, by schema grafana: docs/grafana.md. */
export class ProjectReaders {
  constructor(private readonly database: Database) {}

  /** Makes a role that may log in, and gives its password. @throws Error that is one line for the operator */
  async create(role: string, projects: readonly string[], actor: Actor): Promise<string> {
    if (!ROLE_NAME.test(role))
      throw new Error(
        'the name of a reader is 1 to 63 lower-case letters, digits and _, and does not start with a digit',
      );
    const password = randomBytes(PASSWORD_BYTES).toString('hex');
    return this.change(role, async (db) => {
      const known = await selectProjects(db);
      const unknown = projects.find((project) => !known.has(project));
      if (unknown !== undefined) throw new Error(`there is no project ${unknown}`);
      const ids = projects.map((project) => known.get(project)!);
      await db.query({ text: created(role, scramVerifier(password)) });
      await rows(db, {
        text: 'insert into project_readers (role, project_id) select $1, unnest($2::integer[]) on conflict do nothing',
        values: [role, ids],
      });
      for (const project of projects) {
        await insertAudit(db, actor, { action: 'reader.create', project, target: role, details: {} });
      }
      return password;
    });
  }

  /** By name. */
  list(): Promise<ProjectReader[]> {
    return selectReaders(this.database.operations);
  }

  /** Takes the role's rights, and the role itself. @throws Error that is one line for the operator */
  async remove(role: string, actor: Actor): Promise<void> {
    await this.change(role, async (db) => {
      const reader = (await selectReaders(db)).find((one) => one.role === role);
      if (!reader) throw new Error(`there is no reader ${role}`);
      await db.query({ text: removed(role) });
      await rows(db, { text: 'delete from project_readers where role = $1', values: [role] });
      for (const project of reader.projects) {
        await insertAudit(db, actor, { action: 'reader.remove', project, target: role, details: {} });
      }
    });
  }

  private async change<T>(role: string, work: (db: Queryable) => Promise<T>): Promise<T> {
    try {
      return await inTransaction(this.database.operations, work);
    } catch (error) {
      throw explained(error, role);
    }
  }
}

function selectReaders(db: Queryable): Promise<ProjectReader[]> {
  return rows(db, {
    text: `select role, array_agg(p.name order by p.name) as projects, min(r.created_at) as created_at
      from project_readers r join projects p on p.id = r.project_id group by role order by role`,
  });
}

function created(role: string, verifier: string): string {
  return `
    create role "${role}" login password '${verifier}';
    alter role "${role}" set default_transaction_read_only = on;
    alter role "${role}" set statement_timeout = '30s';
    alter role "${role}" set search_path = grafana, public;
    ${grantsTo(`"${role}"`)}`;
}

// Somebody may have removed the role by hand.
function removed(role: string): string {
  return `do $$ begin
    if exists (select from pg_roles where rolname = '${role}') then
      ${revokesFrom(`"${role}"`)}
      drop role "${role}";
    end if;
  end $$`;
}

const REASONS: Record<string, (role: string) => string> = {
  '42501': (role) =>
    `the database's user may not make or change the role ${role}: it needs the right createrole`,
  '42710': (role) => `the database has a role ${role} already: choose another name`,
  '2BP01': (role) => `the role ${role} has rights elsewhere, which must go first: drop owned by ${role}`,
};

function explained(error: unknown, role: string): unknown {
  const reason = REASONS[(error as { code?: string }).code ?? ''];
  return reason ? new Error(reason(role), { cause: error }) : error;
}
