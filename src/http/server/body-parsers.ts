import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { FastifyInstance, FastifyRequest, RequestPayload, RouteOptions } from 'fastify';
import type { Config } from '../../config/settings.js';
import { SightlineError } from '../../core/errors.js';
import { free } from '../../core/json/buffers.js';
import { jsonText, parseJsonText } from '../../core/json/json-body.js';
import { parseInPieces, PIECES_FROM_BYTES, type PieceBounds } from '../../core/json/json-pieces.js';
import { findUnstorable, mayHoldUnstorableText } from '../../core/json/json.js';
import { ByteBudget } from './byte-budget.js';
import { checkMediaType, JSON_TYPE, PLAIN_TEXT, TEXT_FORMATS } from './media-types.js';
import { holdBody, readBody } from './read-body.js';

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
};

declare module 'fastify' {
  interface FastifyRequest {
    /** The body may hold NUL or lone surrogates: its texts must be checked before they are stored. */
    mayHoldUnstorableText: boolean;
  }
  interface FastifyContextConfig {
    /**
     * `record`, `records`: the handler checks the body, one or many, record by record; elsewhere a body is refused whole.
     * `json-bytes`: the handler gets the JSON unparsed, as a Buffer; `bytes`: that, and any of TEXT_FORMATS.
     */
    body?: 'record' | 'records' | 'json-bytes' | 'bytes';
    /** JSON is also accepted as `text/plain`, which a page can send to another origin without a preflight. */
    plainText?: true;
    /** For a route that anybody may send a body to. */
    maxBodyBytes?: number;
  }
}

type Parsed = (error: Error | null, body?: unknown) => void;
type ParseBody = (request: FastifyRequest, body: Buffer, done: Parsed) => void;

/** For a route that takes no records: a request for a key is a few lines. */
const SMALL_BODY_BYTES = 64 * 1024;
/** Allowance for what surrounds an event and is not measured: white space, escapes, unknown fields. */
const AROUND_EVENT = { factor: 1.25, bytes: 16 * 1024 };

/** JSON.parse takes 30 ms for it at the worst; an event of the default size is an eighth of it. */
const MIN_ELEMENT_BYTES = 2 * 1024 * 1024;

/** JSON is the only kind of body, but for routes that parse it themselves. */
export function registerBodyParsers(fastify: FastifyInstance, config: Config): void {
  const budget = new ByteBudget(config.maxInFlightMb * 1024 * 1024);
  fastify.removeAllContentTypeParsers();
  fastify.decorateRequest('mayHoldUnstorableText', false);
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit ??= bodyLimitOf(route, config);
  });
  fastify.decorateRequest('bodyHold', null);
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    holdBody(request, reply, budget);
    decode(request, payload, done);
  });
  const bounds: PieceBounds = {
    maxElements: config.maxBatchSize,
    maxElementBytes: Math.max(MIN_ELEMENT_BYTES, 2 * config.maxEventKb * 1024),
  };
  const parse: ParseBody = (request, body, done) => {
    const kind = request.routeOptions.config.body;
    if (kind === 'bytes' || kind === 'json-bytes') return done(null, body);
    if (kind !== 'records' || body.length < PIECES_FROM_BYTES)
      return done(null, parseBody(request, body, kind));
    parseLargeBody(request, body, bounds).then((value) => done(null, value), done);
  };
  addParser(fastify, JSON_TYPE, parse);
  addParser(fastify, PLAIN_TEXT, parse);
  addParser(fastify, TEXT_FORMATS, (request, body, done) => done(null, body));
}

function bodyLimitOf({ config: { body, maxBodyBytes } = {} }: RouteOptions, config: Config): number {
  const most = Math.floor(config.maxRequestMb * 1024 * 1024);
  if (maxBodyBytes !== undefined) return maxBodyBytes;
  if (body === undefined) return Math.min(most, SMALL_BODY_BYTES);
  if (body !== 'record') return most;
  return Math.min(most, Math.ceil(config.maxEventKb * 1024 * AROUND_EVENT.factor) + AROUND_EVENT.bytes);
}

function addParser(fastify: FastifyInstance, type: RegExp, parse: ParseBody): void {
  fastify.addContentTypeParser(type, (request: FastifyRequest, payload: RequestPayload, done: Parsed) => {
    try {
      checkMediaType(request, type);
      readBody(request, payload, (error, body) => {
        if (error) return done(error);
        try {
          parse(request, body, done);
        } catch (cause) {
          done(cause as Error);
        }
      });
    } catch (error) {
      done(error as Error);
    }
  });
}

function parseBody(request: FastifyRequest, body: Buffer, kind: 'record' | 'records' | undefined): unknown {
  const text = jsonText(body);
  const value = parseJsonText(text);
  request.mayHoldUnstorableText = mayHoldUnstorableText(text);
  if (kind === undefined) refuseUnstorable(value, request.mayHoldUnstorableText);
  return value;
}

/** A batch: its events are checked one by one. Other requests have their turn while it is parsed. */
async function parseLargeBody(request: FastifyRequest, body: Buffer, bounds: PieceBounds): Promise<unknown> {
  const parsed = await parseInPieces(body, bounds);
  free(body);
  request.mayHoldUnstorableText = parsed.mayHoldUnstorableText;
  return parsed.value;
}

function refuseUnstorable(value: unknown, checkText: boolean): void {
  const found = findUnstorable(value, checkText);
  if (!found) return;
  const details = [{ field: found.path, message: found.message }];
  throw new SightlineError('validation_error', `${found.path} ${found.message}`, { details });
}

type Done = (error: Error | null, payload?: RequestPayload) => void;

/**
 * A body may come compressed; the limit on its size counts what comes out. Calls `done` with an error `unsupported_media_type`
 * where it is compressed in another way.
 */
function decode({ headers, routeOptions }: FastifyRequest, payload: RequestPayload, done: Done): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return done(null, payload);
  const maxBytes = routeOptions.bodyLimit ?? Infinity;
  const decoder = DECODERS[encoding];
  if (decoder) return done(null, decompress(payload, decoder(), maxBytes));
  if (encoding === 'deflate') return inflate(payload, maxBytes, done);
  done(new SightlineError('unsupported_media_type', 'Content-Encoding must be gzip, deflate or br'));
}

/**
 * By RFC 9110 `deflate` has zlib's header; many clients (.NET's among them) send the bare stream all the same. The first byte
 * tells: of a header its low half is 8, of a stream that would be a block that no compressor makes.
 */
function inflate(payload: RequestPayload, maxBytes: number, done: Done): void {
  payload.once('readable', () => {
    const first = payload.read() as Buffer | null;
    if (first !== null) payload.unshift(first);
    const hasHeader = first === null || (first[0] & 0x0f) === 8;
    done(null, decompress(payload, hasHeader ? createInflate() : createInflateRaw(), maxBytes));
  });
}

// The reader counts the decompressed bytes.
function decompress(payload: RequestPayload, decoder: Transform, maxBytes: number): RequestPayload {
  let encodedBytes = 0;
  payload.on('data', (chunk: Buffer) => {
    encodedBytes += chunk.length;
    if (encodedBytes > maxBytes)
      decoder.destroy(new SightlineError('request_too_large', 'The body is too large'));
  });
  payload.once('error', (error) => decoder.destroy(error));
  // The reader stops listening once it has answered; a later error must not crash the process.
  decoder.on('error', () => undefined);
  // A decompression bomb is no longer unpacked once its answer is known; the rest is read and discarded.
  decoder.once('close', () => {
    payload.unpipe(decoder);
    payload.resume();
  });
  return payload.pipe(decoder);
}
