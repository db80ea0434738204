import type { FastifyRequest, RequestPayload } from 'fastify';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { SightlineError } from '../core/errors.js';

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
};

type Done = (error: Error | null, payload?: RequestPayload) => void;

/**
 * A body may come compressed; the limit on its size counts what comes out. Calls `done` with an error `unsupported_media_type`
 * where it is compressed in another way.
 */
export function decode({ headers, routeOptions }: FastifyRequest, payload: RequestPayload, done: Done): void {
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

// What comes out is counted by who reads it.
function decompress(payload: RequestPayload, decoder: Transform, maxBytes: number): RequestPayload {
  let encodedBytes = 0;
  payload.on('data', (chunk: Buffer) => {
    encodedBytes += chunk.length;
    if (encodedBytes > maxBytes)
      decoder.destroy(new SightlineError('request_too_large', 'The body is too large'));
  });
  payload.once('error', (error) => decoder.destroy(error));
  // Whoever read it stops listening with the answer; an error that comes later must not end the process.
  decoder.on('error', () => undefined);
  // A bomb stops being unpacked as soon as its answer is known; the rest is read and dropped.
  decoder.once('close', () => {
    payload.unpipe(decoder);
    payload.resume();
  });
  return payload.pipe(decoder);
}
