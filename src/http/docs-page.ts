import type { FastifyInstance } from 'fastify';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { serveDocument } from './documents.js';

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

/** The page `GET /docs`, which shows `openapi.json`. */
export function serveDocsPage(fastify: FastifyInstance): void {
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
