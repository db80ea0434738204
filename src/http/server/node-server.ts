import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { limitConnections, type Connection } from './connection-limits.js';

/** Requests that wait for their turn: of one connection, and of all of the process. */
const MAX_WAITING_PER_CONNECTION = 256;
const MAX_WAITING = 4_096;

/** The code of the error that a CONNECT becomes. */
export const CONNECT_METHOD = 'SIGHTLINE_CONNECT';

export interface NodeServerOptions {
  keepAliveMs: number;
  /** Time to send a whole request; past it Node answers through clientErrorHandler. */
  requestTimeoutMs: number;
  /** Time in which nothing at all passes over a connection. */
  idleTimeoutMs: number;
  maxConnections?: number;
  tls?: { cert: string; key: string };
}

const connections = new WeakMap<Server, Set<Connection>>();

const draining = new WeakSet<Server>();

/** From now on each answer says `Connection: close`, and is the last on its connection. */
export function drainConnections(server: Server): void {
  draining.add(server);
}

export const isDraining = (server: Server): boolean => draining.has(server);

/**
 * Cuts the connections on which nothing is due: those that are idle, and those that began a request and sent no more of it, which
 * Node would wait for. `unsent`: also those whose body is still being received. Nothing that was acknowledged is lost by it.
 */
export function closeConnections(server: Server, { unsent }: { unsent: boolean }): void {
  for (const socket of connections.get(server) ?? []) {
    const response = socket._httpMessage;
    if (!response || (unsent && !response.req.complete && !response.headersSent)) socket.destroy();
  }
}

/** Node's server as Sightline wants it: nothing endless, and every request of a connection in its turn. */
export function createNodeServer(handle: RequestListener, options: NodeServerOptions): Server {
  const nodeOptions: ServerOptions = {
    requestTimeout: options.requestTimeoutMs,
    // If headersTimeout is the longer of the two, Node swaps them: a body might then take a minute despite requestTimeout.
    headersTimeout: options.requestTimeoutMs,
    // How often Node looks for requests that were not sent in time; by itself twice a minute.
    connectionsCheckingInterval: Math.min(1000, options.requestTimeoutMs / 2),
    keepAliveTimeout: options.keepAliveMs,
    // Node's own answer has no body: early-checks.ts gives the one that is documented.
    requireHostHeader: false,
  };
  const server = options.tls
    ? createHttpsServer({ ...nodeOptions, ...options.tls, handshakeTimeout: options.requestTimeoutMs })
    : createHttpServer(nodeOptions);
  server.setTimeout(options.idleTimeoutMs);
  const open = new Set<Connection>();
  if (options.maxConnections !== undefined) limitConnections(server, open, options.maxConnections);
  connections.set(server, open);
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Connection) => {
    socket.usedMs = performance.now();
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const inTurn = takeTurns(handle);
  // A client that waits for `100 Continue` gets it when its body is about to be read, or is refused before sending it.
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.on(event, inTurn);
  // Node would close the connection without an answer.
  server.on('connect', (_request, socket) => {
    server.emit('clientError', Object.assign(new Error('no proxy'), { code: CONNECT_METHOD }), socket);
  });
  return server;
}

/**
 * One request of a connection at a time, in the order that they came (as nginx does it): a client that pipelines and does not
 * read holds one answer. Handled as they were parsed, 1,600 of 240 kB held 1.2 GB and the event loop for 80 s.
 */
function takeTurns(handle: RequestListener): RequestListener {
  const queues = new WeakMap<Socket, { length: number }>();
  let waiting = 0;

  function queueOf(socket: Socket): { length: number } {
    const known = queues.get(socket);
    if (known) return known;
    const queue = { length: 0 };
    queues.set(socket, queue);
    socket.once('close', () => {
      waiting -= queue.length;
      queue.length = 0;
    });
    return queue;
  }

  function wait(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const queue = queueOf(socket);
    if (queue.length >= MAX_WAITING_PER_CONNECTION || waiting >= MAX_WAITING) {
      socket.destroy();
      return;
    }
    queue.length++;
    waiting++;
    response.once('socket', () => {
      queue.length--;
      waiting--;
      handle(request, response);
    });
  }

  return (request, response) => {
    (request.socket as Connection).usedMs = performance.now();
    // Node gives a response its socket once those before it have been sent.
    if (response.socket !== null) handle(request, response);
    else if (!request.socket.destroyed) wait(request, response);
  };
}
