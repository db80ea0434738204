import type { FastifyInstance, RequestPayload } from 'fastify';
import { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { SightlineError } from '../core/errors.js';

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Bodies may come compressed; the limit on their size counts what comes out. */
export function registerDecompression(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase();
    if (encoding === undefined || encoding === '' || encoding === 'identity') return done(null, payload);
    const decoder = DECODERS[encoding];
    if (decoder)
      return done(null, decompress(payload, decoder(), request.routeOptions.bodyLimit ?? Infinity));
    done(new SightlineError('unsupported_media_type', 'Content-Encoding must be gzip, deflate or br'));
  });
}

function decompress(payload: RequestPayload, decoder: Transform, maxBytes: number): RequestPayload {
  let encodedBytes = 0;
  let bytes = 0;
  const decoded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        done(new SightlineError('request_too_large', 'The body is too large once decompressed'));
      else done(null, chunk);
    },
  });
  // Fastify holds this against Content-Length.
  Object.defineProperty(decoded, 'receivedEncodedLength', { get: () => encodedBytes });
  payload.on('data', (chunk: Buffer) => (encodedBytes += chunk.length));
  payload.once('error', (error) => decoded.destroy(error));
  decoder.once('error', (cause) =>
    decoded.destroy(
      new SightlineError('invalid_json', 'The body is not what Content-Encoding says', { cause }),
    ),
  );
  // Fastify stops listening once it has answered; an error that comes later must not end the process.
  decoded.on('error', () => undefined);
  // A bomb stops being unpacked as soon as its answer is known; the rest is read and dropped.
  decoded.once('close', () => {
    payload.unpipe(decoder);
    payload.resume();
    decoder.destroy();
  });
  payload.pipe(decoder).pipe(decoded);
  return decoded;
}
