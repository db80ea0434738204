import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { anEntry } from './access-api.js';
import type { Api } from './api.js';

/** Entries of one request. */
export const ENTRIES = 20;

/** What clients were told, by the path that all entries of a request have. */
export interface EntryLedger {
  acknowledged: Set<string>;
  /** Of requests with an Idempotency-Key. */
  once: Set<string>;
  /** Answers that were neither a 200 nor a 503 with Retry-After. */
  unexpected: string[];
}

export interface EntryClients {
  ledger: EntryLedger;
  /** Resolves when every client has ended. */
  stop(): Promise<void>;
}

/** Clients that send requests one after the other, every second one with a key, each again until it is acknowledged. */
export function startEntryClients(api: Api, count: number): EntryClients {
  const ledger: EntryLedger = { acknowledged: new Set(), once: new Set(), unexpected: [] };
  let stopped = false;
  const client = async (index: number): Promise<void> => {
    for (let n = 0; !stopped; n++)
      await sendEntries(api, `/${index}/${n}`, n % 2 === 0, ledger, () => stopped);
  };
  const running = Array.from({ length: count }, (_, index) => client(index));
  return {
    ledger,
    stop: async () => {
      stopped = true;
      await Promise.all(running);
    },
  };
}

async function sendEntries(
  api: Api,
  path: string,
  withKey: boolean,
  ledger: EntryLedger,
  stopped: () => boolean,
): Promise<void> {
  if (withKey) ledger.once.add(path);
  const headers: Record<string, string> = withKey ? { 'idempotency-key': randomUUID() } : {};
  const body = Array.from({ length: ENTRIES }, () => anEntry({ path }));
  while (!stopped()) {
    // No answer comes only where the server has ended: for the test to tell.
    const answer = await api.post('/logs', body, { headers }).catch(() => null);
    if (answer === null) {
      await delay(20);
      continue;
    }
    if (answer.status === 200) {
      ledger.acknowledged.add(path);
      return;
    }
    if (answer.status !== 503 || !(Number(answer.headers.get('retry-after')) >= 1)) {
      ledger.unexpected.push(`${answer.status} ${JSON.stringify(answer.body)}`);
      return;
    }
    await delay(20);
  }
}

/** Which requests are not there as they should be. @param rows how many entries each path has. */
export function compareEntries(rows: readonly { path: string; n: number }[], ledger: EntryLedger) {
  const stored = new Map(rows.map(({ path, n }) => [path, n]));
  return {
    /** Acknowledged, and not all there. */
    missing: [...ledger.acknowledged].filter((path) => (stored.get(path) ?? 0) < ENTRIES),
    /** With a key, and there in part or more than once. */
    notOnce: [...ledger.once].filter((path) => (stored.get(path) ?? ENTRIES) !== ENTRIES),
  };
}
