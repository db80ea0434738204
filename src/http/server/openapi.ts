import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { basename } from 'node:path/posix';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { version } from '../../config/package.js';
import { withComponents } from './openapi-components.js';

const DESCRIPTION = `Send events, ask questions about them.

A 2xx to an ingest means that the data is durable. Sending an event again is always safe: an \`event_id\` is stored only once.

Every response carries \`X-Request-ID\`, and responses of routes that take a key also carry \`X-RateLimit-Limit\`, \`-Remaining\` and \`-Reset\`.
Every GET route also answers HEAD. A path that does not support a method responds with 405 (\`method_not_allowed\`), an \`Allow\` header and a Failure body.
A query parameter that is left empty counts as not given.
Bodies may use \`Content-Encoding: gzip\`, \`deflate\` or \`br\`. Strings must not contain NUL characters or lone surrogates; JSON may be at most 32 levels deep.`;

/** Swagger UI runs no inline script; its style sheet has its pictures in it. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// Addresses are relative: a proxy may serve all this below a path of its own.
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Sightline API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <link rel="icon" href="docs/favicon-32x32.png">
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api', deepLinking: true, displayOperationId: false });
`;

/** Of Swagger UI's package, and nothing else of it: the rest is 10 MB of other builds and their maps. */
const ASSETS = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** `GET /openapi.json` and the page `GET /docs`. */
export function setUpOpenApi(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  serveDocument(fastify, '/openapi.json', {
    contentType: 'application/json; charset=utf-8',
    make: () => Buffer.from(JSON.stringify(describe(app))),
  });
  serveDocsPage(fastify);
}

function describe(app: NestFastifyApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Sightline')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'key')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The same key' }, 'bearer')
    .build();
  return withComponents(SwaggerModule.createDocument(app, description));
}

/** The page `GET /docs`, which shows `openapi.json`. */
function serveDocsPage(fastify: FastifyInstance): void {
  serveDocument(fastify, '/docs', {
    contentType: 'text/html; charset=utf-8',
    headers: { 'content-security-policy': CSP },
    make: () => Buffer.from(PAGE),
  });
  serveDocument(fastify, '/docs/start.js', {
    contentType: 'text/javascript; charset=utf-8',
    make: () => Buffer.from(START),
  });
  const dir = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  for (const [name, contentType] of Object.entries(ASSETS)) {
    const make = () => readFile(join(dir, name));
    serveDocument(fastify, `/docs/${name}`, { contentType, make });
  }
}

/** What is the same for everybody, for as long as the process runs. */
interface Document {
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
