import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../core/api-key.js';
import { SightlineError } from '../core/errors.js';
import { RequireScope } from './access.js';
import type { Authenticator } from './authenticator.js';
import { MAX_KEY_LENGTH } from './key-text.js';
import { presentedKey } from './presented-key.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes its key from the query, `?key=`, and from pages of BEACON_ORIGINS alone. */
    keyInQuery?: true;
  }
}

/** What browsers take of one page at a time is 64 KiB. */
const MAX_BODY_BYTES = 128 * 1024;

/**
 * The route is for `navigator.sendBeacon`, which sends text, sets no header and asks for nothing first (docs/decisions/0020):
 * its key comes in the query, where everybody along the way can read it, so it may do nothing but ingest.
 */
export const TakesBeacons = () =>
  applyDecorators(
    RequireScope('ingest'),
    RouteConfig({ keyInQuery: true, body: 'records', plainText: true, maxBodyBytes: MAX_BODY_BYTES }),
  );

/** Whose page sends it. @throws SightlineError as `authenticate`; `forbidden` for another origin, or a key that may do more. */
export function callerOfBeacon(
  request: FastifyRequest,
  authenticator: Authenticator,
  origins: readonly string[],
): Caller | Promise<Caller> {
  if (!origins.includes(request.headers.origin ?? '')) {
    throw new SightlineError('forbidden', 'Beacons are accepted only from pages of BEACON_ORIGINS.');
  }
  const { key, ...others } = request.query as Record<string, unknown>;
  if (key === undefined) return authenticator.authenticate(request);
  const beside = presentedKey(request.raw.rawHeaders, others);
  const isKey = typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH;
  if (!isKey || beside === 'refused' || (beside !== 'none' && beside.key !== key)) {
    throw authenticator.refusal(request);
  }
  const caller = authenticator.byKey(key, request);
  return caller instanceof Promise ? caller.then(forIngestAlone) : forIngestAlone(caller);
}

function forIngestAlone(caller: Caller): Caller {
  if (caller.scopes.length === 1 && caller.scopes[0] === 'ingest') return caller;
  throw new SightlineError('forbidden', 'A key in the query string must have the scope ingest only.');
}
