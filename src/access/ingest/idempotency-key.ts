import type { FastifyRequest } from 'fastify';
import { SightlineError } from '../../core/errors.js';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** The request's Idempotency-Key, if it has one. @throws SightlineError `validation_error` */
export function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && VISIBLE_ASCII.test(key))) return key;
  const message = 'must be 1 to 255 visible ASCII characters';
  const details = [{ field: 'Idempotency-Key', message }];
  throw new SightlineError('validation_error', `Idempotency-Key ${message}`, { details });
}
