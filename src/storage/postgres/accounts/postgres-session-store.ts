import type { Actor } from '../../../core/ports/audit.js';
import { SessionStore, type NewSession } from '../../../core/ports/session-store.js';
import { insertFolded } from '../audit/insert-audit.js';
import type { Database } from '../database.js';
import { rows, type Queryable } from '../sql.js';
import { noteChange } from './change-keys.js';
import { toTime } from './select-keys.js';

export class PostgresSessionStore extends SessionStore {
  constructor(private readonly database: Database) {
    super();
  }

  begin(session: NewSession, previous: string | null, max: number, actor: Actor): Promise<boolean> {
    return this.database.change(async (db) => {
      const ended = previous === null ? [] : [previous];
      if (previous !== null) await deleteSession(db, previous);
      ended.push(...(await deleteSurplus(db, session.keyId, max - 1)));
      const project = await insertSession(db, session);
      await noteChange(db, { sessions: [session.digest, ...ended] });
      if (project === null) return false;
      await insertFolded(db, actor, { action: 'log_in', project, target: null, details: {} });
      return true;
    });
  }

  async end(digest: string, actor: Actor): Promise<void> {
    await this.database.change(async (db) => {
      const project = await deleteSession(db, digest);
      if (project === null) return;
      await noteChange(db, { sessions: [digest] });
      await insertFolded(db, actor, { action: 'log_out', project, target: null, details: {} });
    });
  }

  // Every process judges by the clock that they are over: the version stays.
  async prune(): Promise<void> {
    await rows(this.database.operations, { text: 'delete from sessions where expires_at <= now()' });
  }
}

/** The project of the session's key; null where there is no such key, or it is revoked. */
async function insertSession(db: Queryable, session: NewSession): Promise<string | null> {
  const made = await rows<{ project: string }>(db, {
    text: `with honoured as (
        select k.id, p.name as project from api_keys k join projects p on p.id = k.project_id
        where k.id = $2 and k.revoked_at is null
      ), made as (
        insert into sessions (digest, key_id, expires_at) select decode($1, 'hex'), id, $3 from honoured
      )
      select project from honoured`,
    values: [session.digest, session.keyId, toTime(session.expiresAt)],
  });
  return made.length === 0 ? null : made[0].project;
}

/** The project of the session's key; null where there is no such session. */
async function deleteSession(db: Queryable, digest: string): Promise<string | null> {
  const gone = await rows<{ project: string }>(db, {
    text: `delete from sessions s using api_keys k, projects p
      where s.digest = decode($1, 'hex') and k.id = s.key_id and p.id = k.project_id
      returning p.name as project`,
    values: [digest],
  });
  return gone.length === 0 ? null : gone[0].project;
}

/** Leaves a key the sessions that expire last, `keep` of them; gives the digests of the others. */
async function deleteSurplus(db: Queryable, keyId: string, keep: number): Promise<string[]> {
  const gone = await rows<{ digest: string }>(db, {
    text: `delete from sessions where digest in (
        select digest from sessions where key_id = $1 order by expires_at desc, digest offset $2
      ) returning encode(digest, 'hex') as digest`,
    values: [keyId, keep],
  });
  return gone.map(({ digest }) => digest);
}
