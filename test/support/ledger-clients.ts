import { setTimeout as delay } from 'node:timers/promises';
import { anEvent } from './api.js';
import type { TestServer } from './server.js';

/** What clients were told: the event_ids of every 201. */
export interface Ledger {
  acknowledged: Set<string>;
  /** Answers that were neither a 201 nor a 503. */
  unexpected: string[];
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
  const ledger: Ledger = { acknowledged: new Set(), unexpected: [] };
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

async function send(
  url: string,
  key: string,
  logs: Record<string, unknown>[],
  { acknowledged, unexpected }: Ledger,
): Promise<boolean> {
  const [path, body] = logs.length === 1 ? ['ingest', logs[0]] : ['batch-ingest', { logs }];
  try {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status === 201) logs.forEach((event) => acknowledged.add(String(event.event_id)));
    else if (answer.status !== 503) unexpected.push(`${answer.status} ${text}`);
    return answer.status === 201;
  } catch {
    return false;
  }
}
