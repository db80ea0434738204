import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { SightlineError } from '../core/errors.js';
import { requires } from './access.js';
import { MAX_KEY_LENGTH } from './key-text.js';
import { presentedKey, type Presented } from './presented-key.js';
import { originOf } from './request-origin.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes its key from the body, `{"key": …}`, and not from a header. */
    keyInBody?: true;
  }
}

/** Room for the longest key with each character escaped, and no more: anybody may send a body to this route. */
const MAX_BODY_BYTES = 2048;

/** The route is the log-in: its key comes in the body, and needs this scope. */
export const RequireScopeOfKeyInBody = (scope: 'query') =>
  applyDecorators(
    requires(scope),
    RouteConfig({ keyInBody: true, maxBodyBytes: MAX_BODY_BYTES, audited: 'log_in' }),
  );

/**
 * What a log-in brought. @throws SightlineError `validation_error` where there is no key; `forbidden` where another site's page
 * would log its visitor in.
 */
export function keyOfLogIn(request: FastifyRequest): Presented {
  if (originOf(request) === 'foreign') {
    throw new SightlineError('forbidden', "Only this server's own pages may log in.");
  }
  const key = keyOf(request.body);
  const beside = presentedKey(request.raw.rawHeaders, request.query);
  if (beside === 'refused' || key.length > MAX_KEY_LENGTH) return 'refused';
  return beside !== 'none' && beside.key !== key ? 'refused' : { key };
}

function keyOf(body: unknown): string {
  const { key } = (body ?? {}) as { key?: unknown };
  if (typeof key === 'string' && key.trim() !== '') return key.trim();
  throw new SightlineError('validation_error', 'The request is not valid.', {
    details: [{ field: 'key', message: key === undefined ? 'is required' : 'must be a key' }],
  });
}
