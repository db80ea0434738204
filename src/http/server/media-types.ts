import type { FastifyRequest } from 'fastify';
import { SightlineError } from '../../core/errors.js';

export const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
export const TEXT_FORMATS =
  /^(?:text\/csv|application\/(?:x-ndjson|ndjson|jsonl|x-jsonl|x-jsonlines))\s*(?:;|$)/i;
/** The type that `navigator.sendBeacon` gives a string, whatever it holds. */
export const PLAIN_TEXT = /^text\/plain\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;
/** ASCII is UTF-8 too, and Java's and Python's clients name it where a body happens to be of it. */
const UTF8 = /^(?:utf-?8|us-ascii|ascii)$/i;

type Typed = Pick<FastifyRequest, 'headers' | 'routeOptions'>;

/** @throws SightlineError `unsupported_media_type` for a type that its route does not take, or characters that are not UTF-8 */
export function checkMediaType(request: Typed, type: RegExp): void {
  const { body, plainText } = request.routeOptions.config;
  if (type === TEXT_FORMATS && body !== 'bytes') throw unsupportedMediaType(request);
  if (type === PLAIN_TEXT && !plainText) throw unsupportedMediaType(request);
  const contentType = request.headers['content-type'] ?? '';
  const charset = contentType.includes(';') && CHARSET.exec(contentType)?.[1];
  if (charset && !UTF8.test(charset)) {
    throw new SightlineError(
      'unsupported_media_type',
      'The body must be in UTF-8 (charset utf-8 or us-ascii)',
    );
  }
}

/** Says what the route takes. */
export function unsupportedMediaType({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): SightlineError {
  const { body, plainText } = routeOptions.config;
  const types = ['application/json'];
  if (body === 'bytes') types.push('application/x-ndjson', 'text/csv');
  if (plainText) types.push('text/plain');
  const message = `The Content-Type must be ${types.join(' or ')}`;
  return new SightlineError('unsupported_media_type', message, {
    details: [{ field: 'Content-Type', message }],
  });
}
