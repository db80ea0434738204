import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { SightlineError } from '../core/errors.js';
import { findUnstorable, mayHoldUnstorableText, parseJson } from '../core/json.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body may hold NUL or half surrogate pairs: whoever stores its texts must look. */
    mayHoldUnstorableText: boolean;
  }
  interface FastifyContextConfig {
    /** `records`: the handler checks the body record by record. Elsewhere a body is refused whole. */
    body?: 'records';
  }
}

/** A larger body is scanned for nesting before it is parsed: 10 MB of `[` would take JSON.parse 500 MB. */
const SCAN_FROM_BYTES = 256 * 1024;
const MAX_BODY_DEPTH = 1000;

/** JSON is the only kind of body. */
export function registerBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.decorateRequest('mayHoldUnstorableText', false);
  fastify.addContentTypeParser<Buffer>(
    /^application\/json\b/i,
    { parseAs: 'buffer' },
    (request, body, done) => {
      try {
        done(null, parseBody(request, body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

function parseBody(request: FastifyRequest, body: Buffer): unknown {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset && !/^utf-?8$/i.test(charset)) {
    throw new SightlineError('unsupported_media_type', 'JSON must be sent as UTF-8');
  }
  if (body.length === 0) throw new SightlineError('invalid_json', 'The body is empty: send JSON');
  if (!isUtf8(body)) throw new SightlineError('invalid_json', 'The body is not UTF-8');
  if (body.length > SCAN_FROM_BYTES && isNestedTooDeep(body)) {
    throw new SightlineError('invalid_json', `The body is nested deeper than ${MAX_BODY_DEPTH} levels`);
  }
  const text = body.toString('utf8');
  const value = parse(text);
  request.mayHoldUnstorableText = mayHoldUnstorableText(text);
  if (request.routeOptions.config.body !== 'records') refuseUnstorable(value, request.mayHoldUnstorableText);
  return value;
}

function parse(text: string): unknown {
  try {
    // Many Windows tools begin a file with a byte order mark; RFC 8259 lets a parser ignore it.
    return parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    throw new SightlineError('invalid_json', `The body is not JSON${positionIn(error)}`, { cause: error });
  }
}

// V8's message quotes the body; its position is all that is safe and useful to repeat.
function positionIn(error: unknown): string {
  const position = /at position (\d+)/.exec((error as Error).message)?.[1];
  return position ? ` (at character ${position})` : '';
}

function refuseUnstorable(value: unknown, checkText: boolean): void {
  const found = findUnstorable(value, checkText);
  if (!found) return;
  const details = [{ field: found.path, message: found.message }];
  throw new SightlineError('validation_error', `${found.path} ${found.message}`, { details });
}

function isNestedTooDeep(body: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > MAX_BODY_DEPTH) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}
