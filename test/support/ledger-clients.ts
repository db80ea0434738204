import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { anEvent } from './api.js';
import type { TestServer } from './server.js';

/** What clients were told: the event_ids of every 201. */
export interface Ledger {
  acknowledged: Set<string>;
  /** Answers that were neither a 201 nor a 503. */
  unexpected: string[];
  /** How often a request was refused with a 503. */
  refused: number;
  /** How often a request got no answer: none may while the server lives. */
  unanswered: number;
}

/** What the ledger and the store say of each other. */
export interface Comparison {
  stored: number;
  /** Acknowledged and not there. */
  missing: string[];
  /** There more than once. */
  doubled: string[];
  /** How many events the totals and the blocks that are not in them yet count: as durable as the rows. */
  counted: number;
}

export interface Clients {
  ledger: Ledger;
  /** Resolves when every client has ended. */
  stop(): Promise<void>;
}

/**
 * Clients that send events one after the other on connections of their own, singles and batches, until stopped. What was
 * not acknowledged is sent again, as the README tells them, so that a crash between commit and answer would be seen twice.
 */
export function startClients(address: () => string, key: TestServer['key'], count: number): Clients {
  const ledger: Ledger = { acknowledged: new Set(), unexpected: [], refused: 0, unanswered: 0 };
  let stopped = false;
  const client = async (index: number): Promise<void> => {
    while (!stopped) {
      const logs = Array.from({ length: index % 2 === 0 ? 1 : 40 }, () => anEvent());
      while (!(await send(address(), key, logs, ledger)) && !stopped) await delay(5);
    }
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

/** Holds the events of a database against what clients were told. */
export async function compareWithStore(databaseUrl: string, { acknowledged }: Ledger): Promise<Comparison> {
  const database = new pg.Client(databaseUrl);
  await database.connect();
  try {
    const { rows } = await database.query<{ event_id: string; n: number }>(
      'select event_id, count(*)::int as n from events group by event_id',
    );
    const [{ counted }] = (
      await database.query<{ counted: number }>(
        `select ((select coalesce(sum(size), 0) from event_blocks)
           + (select coalesce(sum(n), 0) from event_totals where dimension = 'all'))::int as counted`,
      )
    ).rows;
    const stored = new Set(rows.map(({ event_id }) => event_id));
    return {
      stored: stored.size,
      missing: [...acknowledged].filter((id) => !stored.has(id)),
      doubled: rows.filter(({ n }) => n > 1).map(({ event_id }) => event_id),
      counted,
    };
  } finally {
    await database.end();
  }
}

async function send(
  url: string,
  key: string,
  logs: Record<string, unknown>[],
  ledger: Ledger,
): Promise<boolean> {
  const [path, body] = logs.length === 1 ? ['ingest', logs[0]] : ['batch-ingest', { logs }];
  try {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status === 201) logs.forEach((event) => ledger.acknowledged.add(String(event.event_id)));
    else if (answer.status === 503) ledger.refused++;
    else ledger.unexpected.push(`${answer.status} ${text}`);
    return answer.status === 201;
  } catch {
    ledger.unanswered++;
    return false;
  }
}
