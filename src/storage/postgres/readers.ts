import { randomBytes, createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { grantsTo, revokesFrom, GRANT_READERS } from '../../../migrations/postgres/reader/project-readers.js';
import { GRANT_READER, READER } from '../../../migrations/postgres/reader/role.js';
import type { Actor } from '../../core/ports/audit.js';
import type { Asked } from '../migrations/at-start.js';
import { selectProjects } from './accounts/select-projects.js';
import { insertAudit } from './audit/insert-audit.js';
import type { Database } from './database.js';
import { rows, type Queryable } from './sql.js';
import { inTransaction } from './transaction.js';

/** A role that may be written without quotes: as Grafana's form and psql take it. */
const ROLE_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const PASSWORD_BYTES = 24;
const ATTEMPTS = 20;
const PAUSE_MS = 50;
const INSUFFICIENT_PRIVILEGE = '42501';

/** Another database's process changes the role at this moment: it is the cluster's. */
const CONCURRENTLY_UPDATED = /tuple concurrently updated/;
const ITERATIONS = 4096;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

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

/** Lets the read-only role log in with this password; it is made first where it is missing. Gives what stands in the way, if anything. */
export async function grantPostgresReader(db: Asked, password: string): Promise<string | null> {
  await db.query(GRANT_READER + GRANT_READERS);
  const [{ there }] = await db.query<[{ there: boolean }]>(
    `select exists (select from pg_roles where rolname = '${READER}') as there`,
  );
  if (!there)
    return `GRAFANA_DB_PASSWORD: the database's user may not make the role ${READER} (docs/grafana.md)`;
  return setPassword(db, scramVerifier(password));
}

async function setPassword(db: Asked, verifier: string): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      await db.query(
        `alter role ${READER} login password '${verifier}'; alter role ${READER} set search_path = grafana, public`,
      );
      return null;
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      if (code === INSUFFICIENT_PRIVILEGE)
        return `GRAFANA_DB_PASSWORD: the database's user may not change the role ${READER} (docs/grafana.md)`;
      if (attempt === ATTEMPTS || !CONCURRENTLY_UPDATED.test(message)) throw error;
      await delay(PAUSE_MS);
    }
  }
}

/** What PostgreSQL keeps of a password (RFC 5803): so the password itself gets into no log of statements. */
export function scramVerifier(password: string, salt = randomBytes(SALT_BYTES)): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, ITERATIONS, HASH_BYTES, 'sha256');
  const sign = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(sign('Client Key')).digest('base64');
  const serverKey = sign('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
