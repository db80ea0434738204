import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { SightlineError } from '../core/errors.js';
import { RequireScope } from './access.js';
import { MAX_KEY_LENGTH } from './key-text.js';
import { presentedKey, type Presented } from './presented-key.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes its key from the query, `?key=`, and from pages of BEACON_ORIGINS alone. */
    keyInQuery?: true;
  }
}

/** Browsers queue at most 64 KiB of beacons for a page. */
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

/** What a beacon brought, in its query or else in its headers. @throws SightlineError `forbidden` for another origin */
export function keyOfBeacon({ headers, query, raw }: FastifyRequest, origins: readonly string[]): Presented {
  if (!origins.includes(headers.origin ?? '')) {
    throw new SightlineError('forbidden', 'Beacons are accepted only from pages of BEACON_ORIGINS.');
  }
  const { key, ...others } = query as Record<string, unknown>;
  const beside = presentedKey(raw.rawHeaders, others);
  if (key === undefined) return beside;
  const isKey = typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH;
  if (!isKey || beside === 'refused' || (beside !== 'none' && beside.key !== key)) return 'refused';
  return { key, isInQuery: true };
}
