import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SightlineError } from '../core/errors.js';
import { jsonText, parseJsonText } from '../core/json-body.js';
import { findUnstorable, mayHoldUnstorableText } from '../core/json.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body may hold NUL or half surrogate pairs: whoever stores its texts must look. */
    mayHoldUnstorableText: boolean;
  }
  interface FastifyContextConfig {
    /**
     * `records`: the handler checks the body record by record; elsewhere a body is refused whole.
     * `json-bytes`: the handler gets the JSON unparsed, as a Buffer; `bytes`: that, and any of TEXT_FORMATS.
     */
    body?: 'records' | 'json-bytes' | 'bytes';
    /** Instead of MAX_REQUEST_SIZE_MB, for a route that anybody may send a body to. */
    maxBodyBytes?: number;
  }
}

const JSON_TYPE = /^application\/json\b/i;
const TEXT_FORMATS = /^(?:text\/csv|application\/(?:x-ndjson|ndjson|jsonl|x-jsonl|x-jsonlines))\b/i;

/** JSON is the only kind of body, but for routes that parse it themselves. */
export function registerBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.decorateRequest('mayHoldUnstorableText', false);
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit ??= route.config?.maxBodyBytes;
  });
  addParser(fastify, JSON_TYPE, (request, body) => {
    refuseOtherCharsets(request);
    const kind = request.routeOptions.config.body;
    return kind === 'bytes' || kind === 'json-bytes' ? body : parseBody(request, body, kind);
  });
  addParser(fastify, TEXT_FORMATS, (request, body) => {
    if (request.routeOptions.config.body !== 'bytes') {
      throw new SightlineError('unsupported_media_type', 'The body must be application/json');
    }
    refuseOtherCharsets(request);
    return body;
  });
}

function addParser(
  fastify: FastifyInstance,
  type: RegExp,
  parse: (request: FastifyRequest, body: Buffer) => unknown,
): void {
  fastify.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parse(request, body));
    } catch (error) {
      done(error as Error);
    }
  });
}

function refuseOtherCharsets({ headers }: FastifyRequest): void {
  const type = headers['content-type'] ?? '';
  const charset = type.includes(';') && /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1];
  if (charset && !/^utf-?8$/i.test(charset)) {
    throw new SightlineError('unsupported_media_type', 'The body must be sent as UTF-8');
  }
}

function parseBody(request: FastifyRequest, body: Buffer, kind: 'records' | undefined): unknown {
  const text = jsonText(body);
  const value = parseJsonText(text);
  request.mayHoldUnstorableText = mayHoldUnstorableText(text);
  if (kind !== 'records') refuseUnstorable(value, request.mayHoldUnstorableText);
  return value;
}

function refuseUnstorable(value: unknown, checkText: boolean): void {
  const found = findUnstorable(value, checkText);
  if (!found) return;
  const details = [{ field: found.path, message: found.message }];
  throw new SightlineError('validation_error', `${found.path} ${found.message}`, { details });
}
