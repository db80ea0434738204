import { Agent, request } from 'node:http';
import { anEvent } from './api.js';
import type { TestServer } from './server.js';

export interface Outcome {
  eventId: string;
  /** The status, or the error of a request that was sent and not answered. */
  result: number | string;
  /** The server refused or had closed the connection before it took the request. */
  refused: boolean;
}

/** Connections that each send one event after the other without a pause, until the server takes none any more. */
export function keepAliveClients(server: Pick<TestServer, 'url' | 'key'>, count: number) {
  const outcomes: Outcome[] = [];
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let refused = false; !refused;) {
      const outcome = await send(server, agent);
      outcomes.push(outcome);
      ({ refused } = outcome);
    }
    agent.destroy();
  };
  return { outcomes, done: Promise.all(Array.from({ length: count }, client)) };
}

function send(server: Pick<TestServer, 'url' | 'key'>, agent: Agent): Promise<Outcome> {
  const event = anEvent();
  const eventId = String(event.event_id);
  return new Promise((resolve) => {
    const headers = { 'x-api-key': server.key, 'content-type': 'application/json' };
    const sent = request(`${server.url}/api/v1/ingest`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve({ eventId, result: answer.statusCode!, refused: false }));
      answer.once('error', (error) => resolve({ eventId, result: error.message, refused: false }));
    });
    sent.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ eventId, result: error.code ?? error.message, refused: error.code === 'ECONNREFUSED' }),
    );
    sent.end(JSON.stringify(event));
  });
}
