import { once } from 'node:events';
import { connect } from 'node:net';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { keepAliveClients } from '../support/keep-alive-clients.js';
import { startServer } from '../support/server.js';
import { until } from '../support/until.js';

describe('SIGTERM', () => {
  it('cuts nothing in flight under keep-alive load, and ends with exit code 0', async () => {
    const server = await startServer();
    const database = new pg.Client(server.databaseUrl);
    await database.connect();
    const { outcomes, done } = keepAliveClients(server, 16);
    await until(() => outcomes.length > 500);
    const exited = once(server.process, 'exit');
    server.process.kill('SIGTERM');
    await done;
    expect((await exited)[0]).toBe(0);
    // Each answered request was stored, and the only failures are connections that were never made.
    const answered = outcomes.filter(({ refused }) => !refused);
    expect(answered.filter(({ result }) => result !== 201)).toEqual([]);
    const { rows } = await database.query<{ event_id: string }>('select event_id from events');
    const stored = new Set(rows.map(({ event_id }) => event_id));
    expect(answered.filter(({ eventId }) => !stored.has(eventId))).toEqual([]);
    await database.end();
    await server.stop();
  });

  it('waits for no idle keep-alive connection', async () => {
    // it would be as long as this until it cut them
    const server = await startServer({ env: { SHUTDOWN_TIMEOUT_SECONDS: '3600' } });
    const sockets = Array.from({ length: 5 }, () => connect(Number(new URL(server.url).port), '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.write('GET /liveness HTTP/1.1\r\nhost: x\r\n\r\n');
      await once(socket, 'data');
    }
    expect(await server.stop()).toBe(0);
  });

  it('turns readiness to 503 before the listener closes', async () => {
    const server = await startServer({ env: { SHUTDOWN_DELAY_SECONDS: '5' } });
    const exited = once(server.process, 'exit');
    server.process.kill('SIGTERM');
    await until(async () => (await fetch(`${server.url}/readiness`)).status === 503);
    expect((await fetch(`${server.url}/liveness`)).status).toBe(200);
    expect((await exited)[0]).toBe(0);
    await server.stop();
  });
});
