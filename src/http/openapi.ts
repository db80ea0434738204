import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { version } from '../config/package.js';
import { serveDocsPage } from './docs-page.js';
import { serveDocument } from './documents.js';
import { withComponents } from './openapi-components.js';

const DESCRIPTION = `Send events, ask questions about them.

A 2xx to an ingest means that the data is durable. Sending an event again is always safe: an \`event_id\` is stored only once.

Every response carries \`X-Request-ID\`, and responses of routes that take a key also carry \`X-RateLimit-Limit\`, \`-Remaining\` and \`-Reset\`.
Every GET route also answers HEAD. A path that does not support a method responds with 405 (\`method_not_allowed\`), an \`Allow\` header and a Failure body.
A query parameter that is left empty counts as not given.
Bodies may use \`Content-Encoding: gzip\`, \`deflate\` or \`br\`. Strings must not contain NUL characters or lone surrogates; JSON may be at most 32 levels deep.`;

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
