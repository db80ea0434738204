import { randomBytes } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { readTlsFiles } from '../../config/pem-files.js';
import type { Config } from '../../config/settings.js';
import { plainForwardedFor } from '../../core/addresses/ip-address.js';
import { SightlineError } from '../../core/errors.js';
import { withFewParameters } from '../query/query-parameters.js';
import { ROUTER_OPTIONS } from './allowed-methods.js';
import { errorAnswer } from './error-answer.js';
import { CONNECT_METHOD, createNodeServer, type NodeServerOptions } from './node-server.js';
import { keepConnection } from './unread-bodies.js';

/** Idle time allowed while a request is sent or answered, and before the first. */
const CONNECTION_IDLE_MS = 120_000;

// A random prefix a process plus a counter: a random id for each request would cost more than its headers.
const PROCESS = randomBytes(9).toString('base64url');

/** No route has a schema of Fastify's: what would compile them (ajv, fast-json-stringify) is not even loaded. */
export const NO_SCHEMAS = {
  compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema },
};

function refuseSchema(): never {
  throw new Error('a schema of Fastify: records and queries are checked by ours');
}

let count = 0;

const WELL_FORMED = /^[A-Za-z0-9._-]{1,128}$/;

export function createFastifyAdapter(config: Config): FastifyAdapter {
  return new FastifyAdapter({
    serverFactory: (handle: RequestListener) =>
      createNodeServer(listenerOf(handle, config), serverOptionsOf(config)),
    logger: false,
    bodyLimit: Math.floor(config.maxRequestMb * 1024 * 1024),
    // Only the addresses in this list are believed: `true` would believe anybody.
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    // Neither is used, and each would add a hook to every request.
    skipMiddie: true,
    multipart: false,
    genReqId: requestIdOf,
    // During a stop, requests on open connections are still served: shutdown.ts closes connections one by one.
    return503OnClosing: false,
    routerOptions: ROUTER_OPTIONS,
    schemaController: NO_SCHEMAS,
    rewriteUrl: (request: IncomingMessage) => withFewParameters(request.url!),
    clientErrorHandler: (error, socket) => answerClientError(error, socket),
    frameworkErrors: answerRouterError,
  });
}

function listenerOf(handle: RequestListener, { trustedProxies }: Config): RequestListener {
  if (trustedProxies.length === 0) return handle;
  return (request, response) => {
    const { headers } = request;
    const forwardedFor = headers['x-forwarded-for'];
    if (typeof forwardedFor === 'string') headers['x-forwarded-for'] = plainForwardedFor(forwardedFor);
    handle(request, response);
  };
}

function serverOptionsOf(config: Config): NodeServerOptions {
  return {
    keepAliveMs: config.keepAliveS * 1000,
    requestTimeoutMs: config.requestTimeoutS * 1000,
    idleTimeoutMs: CONNECTION_IDLE_MS,
    maxConnections: config.maxConnections,
    tls: config.tlsCertFile ? readTlsFiles(config) : undefined,
  };
}

// Paths that the router refuses (undecodable, or longer than any of ours) reach no hook and no filter.
export function answerRouterError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = errorAnswer(routerError(error.code), request.id);
  keepConnection(reply);
  void reply.status(status).header('x-request-id', request.id).send(body);
}

function routerError(code: string): SightlineError {
  if (code === 'FST_ERR_BAD_URL') return new SightlineError('validation_error', 'The path cannot be decoded');
  return new SightlineError('not_found', 'There is no such route');
}

// What Node's parser refuses never becomes a request: it is answered on the bare socket.
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, body } = errorAnswer(clientError(error.code), requestIdOf({ headers: {} }));
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(text)}`,
    `x-request-id: ${body.request_id}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}

function clientError(code: string | undefined): SightlineError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new SightlineError('request_timeout', 'The request was not received in time');
  }
  if (code === CONNECT_METHOD) return new SightlineError('method_not_allowed', 'CONNECT is not supported');
  if (code === 'HPE_HEADER_OVERFLOW')
    return new SightlineError('headers_too_large', 'The headers are too large');
  return new SightlineError('validation_error', 'The request is not valid HTTP');
}

/** The client's X-Request-ID when it is well-formed, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && WELL_FORMED.test(given)
    ? given
    : `${PROCESS}-${(++count).toString(36)}`;
}
