import { SessionStore, type NewSession } from '../../../core/session-store.js';
import type { Database } from '../database.js';
import { raiseVersion } from '../keys/raise-version.js';
import { deleteExpired, deleteSession, deleteSurplus } from './delete-sessions.js';
import { insertSession } from './insert-session.js';

export class PostgresSessionStore extends SessionStore {
  constructor(private readonly database: Database) {
    super();
  }

  begin(session: NewSession, previous: string | null, max: number): Promise<boolean> {
    return this.database.change(async (db) => {
      await raiseVersion(db);
      if (previous !== null) await deleteSession(db, previous);
      await deleteSurplus(db, session.keyId, max - 1);
      return insertSession(db, session);
    });
  }

  async end(digest: string): Promise<void> {
    await this.database.change(async (db) => {
      await raiseVersion(db);
      await deleteSession(db, digest);
    });
  }

  // Every process judges by the clock that they are over: the version stays.
  prune(): Promise<void> {
    return deleteExpired(this.database.operations);
  }
}
