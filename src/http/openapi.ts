import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { version } from '../config/package.js';
import { serveDocsPage } from './docs-page.js';
import { serveDocument } from './documents.js';
import { withComponents } from './openapi-components.js';

const DESCRIPTION = `Events in, answers out.

A 2xx to an ingest means that the data is durable. Sending an event again is always safe: its \`event_id\` is stored once.

Every answer carries \`X-Request-ID\`, and those of routes with a key \`X-RateLimit-Limit\`, \`-Remaining\` and \`-Reset\`.
What can be asked with GET can be asked with HEAD. A path that exists with another method is a 405 (\`method_not_allowed\`) with \`Allow\`; its body is a Failure.
A query parameter that is left empty counts as not given.
Bodies may come with \`Content-Encoding: gzip\`, \`deflate\` or \`br\`. Texts hold no NUL characters and no half surrogate pairs; JSON is at most 32 levels deep.`;

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
