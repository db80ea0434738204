import type { FastifyInstance } from 'fastify';
import { createHash } from 'node:crypto';
import { basename } from 'node:path/posix';

/** What is the same for everybody, for as long as the process runs. */
export interface Document {
  contentType: string;
  headers?: Record<string, string>;
  make: () => Promise<Buffer> | Buffer;
}

interface Made {
  body: Buffer;
  etag: string;
}

/**
 * Serves a document that is made once, at the first request for it, and answered from that one buffer. Serialised anew each
 * time, 1,600 pipelined requests held the event loop for 80 s and took 1.2 GB.
 */
export function serveDocument(fastify: FastifyInstance, url: string, document: Document): void {
  let made: Promise<Made> | undefined;
  const headers = { ...document.headers, 'cache-control': 'no-cache' };
  const name = basename(url);
  fastify.get(url, { config: { keyless: true } }, async (request, reply) => {
    const path = request.url.split('?', 1)[0];
    // The relative addresses of a page at `/docs/` would lead elsewhere.
    if (path.endsWith('/')) return reply.redirect('../'.repeat(trailingSlashes(path)) + name, 308);
    made ??= madeOf(document);
    // One that failed is tried again by the next request.
    const { body, etag } = await made.catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    void reply.headers({ ...headers, etag });
    if (isCurrent(request.headers['if-none-match'], etag)) return reply.status(304).send();
    return reply.type(document.contentType).send(body);
  });
}

function trailingSlashes(path: string): number {
  let count = 0;
  while (path.at(-1 - count) === '/') count++;
  return count;
}

async function madeOf({ make }: Document): Promise<Made> {
  const body = await make();
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}

/** RFC 9110, 13.1.2: a list of tags, or `*`; compared weakly, as a proxy that compresses weakens them. */
function isCurrent(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
}
