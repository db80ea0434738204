import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below those that systems give to outgoing connections, and that the embedded PostgreSQL takes: a server that is away for a moment
 * finds its port as it was. And above 10080, which `fetch` and browsers refuse (Amanda's).
 */
const [FIRST, LAST] = [10_081, 15_000];

/**
 * A port of 127.0.0.1 that nothing listens on, and that no other process gets from here while this one lives: several suites
 * start servers at the same time, and the system gives a port that was just found free to the next who asks.
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    if ((await reserve(port)) && (await isFree(port))) return port;
  }
}

// The port of UDP with the same number, which no server of ours uses, stands for the reservation.
async function reserve(port) {
  const socket = createSocket({ type: 'udp4' }).unref();
  return succeeds(socket.bind({ port, address: '127.0.0.1', exclusive: true }));
}

async function isFree(port) {
  const server = createServer();
  if (!(await succeeds(server.listen(port, '127.0.0.1')))) return false;
  server.close();
  await once(server, 'close');
  return true;
}

async function succeeds(binding) {
  try {
    await once(binding, 'listening');
    return true;
  } catch {
    return false;
  }
}
