import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MINUTE_MS } from '../../core/time.js';
import { createNodeServer } from './node-server.js';

const MAX = 10;

let server: Server;
let aheadMs = 0;
const sockets: Socket[] = [];
const now = performance.now.bind(performance);

beforeEach(async () => {
  aheadMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs);
  const options = {
    keepAliveMs: 10 * MINUTE_MS,
    requestTimeoutMs: MINUTE_MS,
    idleTimeoutMs: MINUTE_MS,
    maxConnections: MAX,
  };
  // `/wait` is never answered.
  server = createNodeServer((request, response) => request.url === '/wait' || response.end('here'), options);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await once(server.close(), 'close');
  vi.restoreAllMocks();
});

/** A connection on which this was asked, once it is answered or given up. */
async function asked(from: string, path = '/'): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', localAddress: from }).on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
  if (path === '/') await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  else await once(server, 'request');
  return socket;
}

async function many(count: number, from: string, path?: string): Promise<Socket[]> {
  const all: Socket[] = [];
  for (let i = 0; i < count; i++) all.push(await asked(from, path));
  return all;
}

const closed = (of: readonly Socket[]) =>
  of.filter((socket) => socket.destroyed || socket.readableEnded).length;

describe('connections past the limit', () => {
  it('take the place of the ones of their address that lie idle', async () => {
    const old = await many(MAX / 2, '127.0.0.2');
    aheadMs += MINUTE_MS;
    const [anew] = await many(1, '127.0.0.2');
    expect(anew.bytesRead).toBeGreaterThan(0);
    expect([closed(old), closed([anew])]).toEqual([1, 0]);
  });

  it('take the place of idle ones of anybody where all are taken', async () => {
    const old = [...(await many(MAX / 2, '127.0.0.2')), ...(await many(MAX / 2, '127.0.0.3'))];
    aheadMs += MINUTE_MS;
    const anew = await many(3, '127.0.0.4');
    expect(anew.every(({ bytesRead }) => bytesRead > 0)).toBe(true);
    expect([closed(old), closed(anew)]).toEqual([3, 0]);
  });

  it('are closed where the others were used just now, or wait for their answers', async () => {
    const used = await many(MAX / 2, '127.0.0.2');
    const waiting = await many(MAX / 2, '127.0.0.3', '/wait');
    expect(closed([await asked('127.0.0.4')])).toBe(1);
    aheadMs += MINUTE_MS;
    expect(closed([await asked('127.0.0.3')])).toBe(1);
    expect(closed([...used, ...waiting])).toBe(0);
    expect(closed([await asked('127.0.0.4')])).toBe(0);
    expect([closed(used), closed(waiting)]).toEqual([1, 0]);
  });
});
