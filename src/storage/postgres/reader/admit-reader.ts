import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { ADMIT_READERS } from '../../../../migrations/postgres/reader/project-readers.js';
import { ADMIT_READER, READER } from '../../../../migrations/postgres/reader/role.js';
import { scramVerifier } from './scram.js';

const ATTEMPTS = 20;
const PAUSE_MS = 50;
const INSUFFICIENT_PRIVILEGE = '42501';
/** Another database's process changes the role at this moment: it is the cluster's. */
const CONCURRENTLY_UPDATED = /tuple concurrently updated/;

/** Lets the read-only role log in with this password; it is made first where it is missing. Gives what stands in the way, if anything. */
export async function admitPostgresReader(source: DataSource, password: string): Promise<string | null> {
  await source.query(ADMIT_READER + ADMIT_READERS);
  const [{ there }] = await source.query<[{ there: boolean }]>(
    `select exists (select from pg_roles where rolname = '${READER}') as there`,
  );
  if (!there)
    return `GRAFANA_DB_PASSWORD: the database's user may not make the role ${READER} (docs/grafana.md)`;
  return setPassword(source, scramVerifier(password));
}

async function setPassword(source: DataSource, verifier: string): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      await source.query(
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
