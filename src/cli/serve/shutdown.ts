import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config/settings.js';
import { AccessDelivery, Delivery } from '../../core/ports/delivery.js';
import { closeConnections, drainConnections } from '../../http/server/node-server.js';
import { Readiness } from '../../operations/health/readiness.js';
import type { Connections } from '../../storage/connections.js';

/** For this long an open connection may bring one more request: it is answered with `Connection: close`. */
const LAST_REQUESTS_MS = 500;
/** For this long the body of a request may still come in. */
const LAST_BODIES_MS = 2_000;
const SWEEP_MS = 25;
/** Kept of the deadline for what comes after the connections. */
const RESERVE_MS = 1_500;

/**
 * From the first signal to the last connection, in order. What was acknowledged is durable at any point of it.
 * Requests that are still running when `shutdownTimeoutS` is nearly over are cut.
 *
 * @param portClosed once this process listens no more: resolves when no other process listens on its port either
 * @param activities of the process: answers that never end by themselves, and what goes on beside requests
 */
export async function shutDown(
  app: NestFastifyApplication,
  connections: Connections,
  config: Config,
  metricsPort: FastifyInstance | null,
  portClosed: () => Promise<void>,
  { streams, jobs }: { streams: readonly { stop(): void }[]; jobs: readonly { stop(): Promise<void> }[] },
): Promise<void> {
  app.get(Readiness).stop();
  await delay(config.shutdownDelayS * 1000);
  const { server } = app.getHttpAdapter().getInstance();
  const timeoutMs = Math.max(0, config.shutdownTimeoutS * 1000 - RESERVE_MS);
  const drained = drainHttp(server, timeoutMs, portClosed);
  // The listener is closed: a client that reconnects at once reaches another process. Exports continue until the deadline.
  for (const stream of streams) stream.stop();
  await drained;
  await Promise.all([
    app.get(Delivery).stop(),
    app.get(AccessDelivery).stop(),
    ...jobs.map((job) => job.stop()),
  ]);
  await metricsPort?.close();
  await app.close();
  await connections.close();
}

/** Takes no new connections, answers what is in flight, and closes each connection once nothing is due on it. */
async function drainHttp(server: Server, timeoutMs: number, portClosed: () => Promise<void>): Promise<void> {
  const closed = once(server, 'close');
  const startedMs = performance.now();
  // Not http's own `close`, which cuts idle connections first: a request may be on its way on one of them.
  TcpServer.prototype.close.call(server);
  const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
  const lastRequests = delay(Math.min(LAST_REQUESTS_MS, timeoutMs));
  // Any sooner, a client might reconnect to another process that is about to close the port, and be reset instead of refused.
  await Promise.race([portClosed(), lastRequests]);
  drainConnections(server);
  await Promise.race([closed, lastRequests]);
  const sweep = setInterval(() => {
    closeConnections(server, { unsent: performance.now() - startedMs > LAST_BODIES_MS });
  }, SWEEP_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
