import { NotFoundException } from '@nestjs/common';
import Fastify, { type FastifyInstance } from 'fastify';
import { collectRoutes } from './allowed-methods.js';
import { ErrorFilter } from './error.filter.js';
import { answerClientError, answerRouterError, NO_SCHEMAS, requestIdOf } from './fastify-adapter.js';
import { createNodeServer } from './node-server.js';
import { registerResponseHeaders } from './response-headers.js';

const SERVER_OPTIONS = { keepAliveMs: 5_000, requestTimeoutMs: 10_000, idleTimeoutMs: 120_000 };

/** A small server beside the main one: plain HTTP, the failures of every route, headers as everywhere. Closing it cuts its connections. */
export function createSideServer(): FastifyInstance {
  const fastify = Fastify({
    logger: false,
    genReqId: requestIdOf,
    schemaController: NO_SCHEMAS,
    serverFactory: (handle) => createNodeServer(handle, SERVER_OPTIONS),
    forceCloseConnections: true,
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => answerClientError(error, socket),
    frameworkErrors: answerRouterError,
  });
  const filter = new ErrorFilter();
  collectRoutes(fastify);
  registerResponseHeaders(fastify, { tlsCertFile: '' });
  fastify.removeAllContentTypeParsers();
  fastify.setNotFoundHandler((request, reply) => filter.send(new NotFoundException(), request, reply));
  fastify.setErrorHandler((error, request, reply) => filter.send(error, request, reply));
  return fastify;
}
