import type { IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';
import { free } from '../../core/json/buffers.js';
import { isDraining } from './node-server.js';

/** Bytes a body and bodies a turn: at most 50 MB/s, which takes a twentieth of a core. */
const TURN_BYTES = 256 * 1024;
const BODIES_A_TURN = 2;
const TURN_MS = 10;

interface Unread {
  request: IncomingMessage;
  bytes: number;
  /** What may be read until its next turn. */
  pausesAt: number;
  maxBytes: number;
  untilMs: number;
}

/** Those of the process, the one whose turn is next first. */
let bodies: Unread[] = [];
let timer: NodeJS.Timeout | undefined;

/**
 * Before an error is sent. A refused body is read on and thrown away, unparsed, for a while: most clients (Python's, Java's) look
 * for the answer only once all is sent, and a connection that is closed while they send is reset, and the answer lost. So it stays
 * open, whatever Fastify or the client (Python's urllib) say. A body of a size that is allowed gets through in any case; past twice
 * that, or REQUEST_TIMEOUT_SECONDS, the connection is cut.
 */
export function keepConnection(reply: FastifyReply): void {
  const { raw: request } = reply.request;
  const { server, initialConfig } = reply.server;
  if (request.complete || !hasBody(request)) return;
  readOn(request, 2 * initialConfig.bodyLimit!, server.requestTimeout);
  // A server that stops closes each connection with its last answer.
  if (isDraining(server)) return;
  void reply.removeHeader('connection');
  reply.raw.shouldKeepAlive = true;
}

// One that has none is complete only when its first hooks have run.
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function readOn(request: IncomingMessage, maxBytes: number, patienceMs: number): void {
  const body: Unread = {
    request,
    bytes: 0,
    pausesAt: 0,
    maxBytes,
    untilMs: performance.now() + patienceMs,
  };
  request.on('data', (chunk: Buffer) => {
    body.bytes += chunk.length;
    free(chunk);
    if (body.bytes >= body.pausesAt) request.pause();
  });
  bodies.push(body);
  timer ??= setInterval(turn, TURN_MS).unref();
}

function turn(): void {
  bodies = bodies.filter(isStillSent);
  for (const body of bodies.splice(0, BODIES_A_TURN)) {
    body.pausesAt = body.bytes + TURN_BYTES;
    body.request.resume();
    bodies.push(body);
  }
  if (bodies.length > 0) return;
  clearInterval(timer);
  timer = undefined;
}

function isStillSent({ request, bytes, maxBytes, untilMs }: Unread): boolean {
  // What is buffered of it is in the way of the connection's next request.
  if (request.complete) request.resume();
  if (request.complete || request.socket.destroyed) return false;
  if (bytes <= maxBytes && performance.now() <= untilMs) return true;
  request.socket.destroy();
  return false;
}
