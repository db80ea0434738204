import type { FastifyRequest } from 'fastify';
import { SightlineError } from '../../core/errors.js';
import { jsonText, parseJsonText } from '../../core/json-body.js';
import { MAX_RECORD_BYTES } from '../formats/kit/record-parser.js';
import type { BodyFormat } from './body-records.js';

const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const NOTHING = Buffer.alloc(0);

/** The body of a route with `body: 'bytes'`; Fastify gives none to a request that has no media type. */
export function bytesOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : NOTHING;
}

/** What the body of POST /logs is, by its media type and, for JSON, how it begins. @throws as `refuse` */
export function logsFormat(request: FastifyRequest, body: Buffer): BodyFormat | 'object' {
  const type = request.headers['content-type'] ?? '';
  if (/^text\/csv/i.test(type)) return 'csv';
  if (!/^application\/json\b/i.test(type) && type !== '') return 'ndjson';
  const first = firstCharacter(body);
  if (first === '{') return oneEntry(body);
  return first === '[' ? 'json' : refuse(body, 'an object or an array');
}

// Parsed at once: many times what the longest valid entry takes.
function oneEntry(body: Buffer): 'object' {
  if (body.length <= MAX_RECORD_BYTES) return 'object';
  const most = `${MAX_RECORD_BYTES / 1024} KiB`;
  throw new SightlineError(
    'request_too_large',
    `One entry is not larger than ${most}: send many as an array`,
  );
}

/** POST /upload takes an array only. @throws as `refuse` */
export function uploadFormat(body: Buffer): BodyFormat {
  return firstCharacter(body) === '[' ? 'json-lines' : refuse(body, 'an array of lines');
}

function firstCharacter(body: Buffer): string {
  let at = 0;
  while (BLANKS.has(body[at])) at++;
  return String.fromCharCode(body[at]);
}

/** @throws SightlineError `invalid_json` where it is none, else `validation_error` */
function refuse(body: Buffer, wanted: string): never {
  if (body.length <= MAX_RECORD_BYTES) parseJsonText(jsonText(body));
  const details = [{ field: '', message: `must be ${wanted}` }];
  throw new SightlineError('validation_error', `The body must be ${wanted}`, { details });
}
