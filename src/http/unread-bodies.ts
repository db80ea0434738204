import type { FastifyInstance, FastifyReply } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/settings.js';

const LOOK_EVERY_MS = 100;

interface Unread {
  request: IncomingMessage;
  /** Of the connection: past it nothing more is read. */
  untilBytes: number;
  untilMs: number;
}

/**
 * A refused body is read on and thrown away, unparsed, for a while. Most clients (Python's, Java's) look for the answer only once
 * all is sent, and a connection that is closed while they send resets: they would never see their 413 or 429.
 * A body of a size that is allowed gets through in any case; past twice that, or REQUEST_TIMEOUT_SECONDS, the connection is cut.
 */
export function registerUnreadBodies(fastify: FastifyInstance, config: Config): void {
  const maxBytes = 2 * config.maxRequestMb * 1024 * 1024;
  let bodies: Unread[] = [];
  fastify.addHook('onResponse', ({ raw: request }, _reply, done) => {
    if (!request.complete && !request.socket.destroyed) {
      // What Fastify began to read and then let go of would stay where it is.
      request.resume();
      bodies.push({
        request,
        untilBytes: request.socket.bytesRead + maxBytes,
        untilMs: performance.now() + config.requestTimeoutS * 1000,
      });
    }
    done();
  });
  const timer = setInterval(() => (bodies = bodies.filter(isStillRead)), LOOK_EVERY_MS).unref();
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
}

function isStillRead({ request, untilBytes, untilMs }: Unread): boolean {
  const { socket } = request;
  if (request.complete || socket.destroyed) return false;
  if (socket.bytesRead <= untilBytes && performance.now() <= untilMs) return true;
  socket.destroy();
  return false;
}

/**
 * Before an error is sent: the connection of a body that is not there yet stays open, whatever Fastify or the client (Python's urllib)
 * say. Closed with bytes unread it would be reset, and the answer lost.
 */
export function keepConnection(reply: FastifyReply): void {
  if (reply.request.raw.complete || !reply.server.server.listening) return;
  void reply.removeHeader('connection');
  reply.raw.shouldKeepAlive = true;
}
