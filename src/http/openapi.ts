import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { version } from '../config/package.js';

const DESCRIPTION = `Events in, answers out.

A 2xx to an ingest means that the data is durable. Sending an event again is always safe: its \`event_id\` is stored once.`;

// Swagger's page writes its own script and styles into itself.
const DOCS_CSP =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** `GET /openapi.json` and the page `GET /docs`. */
export function setUpOpenApi(app: NestFastifyApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Sightline')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'key')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, description), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Sightline API',
  });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith('/docs')) void reply.header('content-security-policy', DOCS_CSP);
    done();
  });
}
