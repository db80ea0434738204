import type { FastifyRequest, RequestPayload } from 'fastify';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { SightlineError } from '../core/errors.js';

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * A body may come compressed; the limit on its size counts what comes out.
 * @throws SightlineError `unsupported_media_type`
 */
export function decoded({ headers, routeOptions }: FastifyRequest, payload: RequestPayload): RequestPayload {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return payload;
  const decoder = DECODERS[encoding];
  if (decoder) return decompress(payload, decoder(), routeOptions.bodyLimit ?? Infinity);
  throw new SightlineError('unsupported_media_type', 'Content-Encoding must be gzip, deflate or br');
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
