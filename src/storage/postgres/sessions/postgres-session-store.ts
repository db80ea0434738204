import type { Actor } from '../../../core/audit.js';
import { SessionStore, type NewSession } from '../../../core/session-store.js';
import { insertFolded } from '../audit/insert-audit.js';
import type { Database } from '../database.js';
import { noteChange, raiseVersion } from '../keys/key-changes.js';
import { deleteExpired, deleteSession, deleteSurplus } from './delete-sessions.js';
import { insertSession } from './insert-session.js';

export class PostgresSessionStore extends SessionStore {
  constructor(private readonly database: Database) {
    super();
  }

  begin(session: NewSession, previous: string | null, max: number, actor: Actor): Promise<boolean> {
    return this.database.change(async (db) => {
      await raiseVersion(db);
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
      await raiseVersion(db);
      const project = await deleteSession(db, digest);
      if (project === null) return;
      await noteChange(db, { sessions: [digest] });
      await insertFolded(db, actor, { action: 'log_out', project, target: null, details: {} });
    });
  }

  // Every process judges by the clock that they are over: the version stays.
  prune(): Promise<void> {
    return deleteExpired(this.database.operations);
  }
}
