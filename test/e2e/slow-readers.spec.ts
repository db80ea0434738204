import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, apiOf } from '../support/api.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { storeMany } from '../support/many-events.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** More than the kernel keeps of a connection on both sides. */
const ROWS = 25_000;
const ROW_BYTES = 2_000;

let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await cloneDatabase();
  server = await startServer({ env: { DATABASE_URL: database.url, STREAM_STALL_SECONDS: '1.5' } });
  await apiOf(server).post('/api/v1/ingest', anEvent());
  await storeMany(database.url, ROWS, ROW_BYTES);
});

afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** Asks, and reads nothing of the answer until it is told to. */
async function ask(path: string, headers = ''): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${server.key}\r\n${headers}\r\n`);
  await once(socket, 'readable');
  return socket;
}

async function gauge(name: string): Promise<number> {
  const { body } = await apiOf(server).get('/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(body as string)?.[1]);
}

/** Takes a byte now and then until the server holds none of a kind any more; gives what it took. */
async function trickle(socket: Socket, name: string): Promise<string> {
  const taken: Buffer[] = [];
  await until(async () => {
    taken.push((socket.read(1) as Buffer | null) ?? Buffer.alloc(0));
    return (await gauge(name)) === 0;
  });
  return Buffer.concat(taken).toString('latin1');
}

/** What is left of an answer, and how its connection ends. */
async function rest(socket: Socket): Promise<{ text: string; cut: boolean }> {
  const chunks: Buffer[] = [];
  let cut = false;
  socket.once('error', () => (cut = true));
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // `once` of node:events would take the reset for a failure
  await new Promise((closed) => socket.once('close', closed));
  return { text: Buffer.concat(chunks).toString('latin1'), cut };
}

describe('a client that takes a byte now and then', () => {
  it('has its export cut, and its place is free', async () => {
    const socket = await ask('/api/v1/logs/export');
    expect(await gauge('running_exports')).toBe(1);
    expect(await trickle(socket, 'running_exports')).toMatch(/^H/);
    expect(server.logs.filter((line) => line.includes('an export was cut short: its client'))).toHaveLength(
      1,
    );
    const { text, cut } = await rest(socket);
    expect(cut).toBe(true);
    expect(text.endsWith('\r\n0\r\n\r\n')).toBe(false);
  });

  it('has its tail ended', async () => {
    const socket = await ask('/api/v1/logs/tail?event_name=bulk', 'Last-Event-ID: 1-1\r\n');
    expect(await gauge('live_tails')).toBe(1);
    // It is told first, and cut when it does not take that in ten seconds.
    while (!server.logs.some((line) => line.includes('too_slow'))) {
      socket.read(1);
      await once(server.process.stdout!, 'data', { signal: AbortSignal.timeout(100) }).catch(() => undefined);
    }
    expect(await gauge('live_tails')).toBe(0);
    expect(await rest(socket)).toMatchObject({ cut: true });
  });

  it('is nobody who reads as fast as it can', async () => {
    const lines = await apiOf(server).get('/api/v1/logs/export?event_name=bulk');
    expect((lines.body as string).trimEnd().split('\n')).toHaveLength(ROWS);
  });
});
