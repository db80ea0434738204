import type { Config } from '../config/settings.js';
import type { Mysql } from './mysql/mysql.js';
import { Database } from './postgres/database.js';

/** The connections of one process: to PostgreSQL, and to MariaDB where the access entries are there. */
export class Connections {
  private constructor(
    readonly postgres: Database,
    readonly mysql: Mysql | null,
  ) {}

  /** @throws when a database cannot be reached. */
  static async open(config: Config, postgresUrl: string): Promise<Connections> {
    const postgres = await Database.connect(config, postgresUrl);
    try {
      const mysql = config.accessStore === 'mysql' ? await openMysql(config) : null;
      return new Connections(postgres, mysql);
    } catch (error) {
      await postgres.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.postgres.close(), this.mysql?.close()]);
  }
}

// Imported on demand: its driver takes 7 MB in every process.
async function openMysql(config: Config): Promise<Mysql> {
  const { Mysql } = await import('./mysql/mysql.js');
  return Mysql.connect(config);
}
