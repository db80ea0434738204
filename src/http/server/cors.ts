import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../../config/settings.js';

const ONE_DAY_S = 86_400;

/** Cross-origin requests, when they are wanted. Keys travel in a header, never in a cookie: no credentials. */
export function enableCors(app: NestFastifyApplication, { corsEnabled, allowedOrigins }: Config): void {
  if (!corsEnabled) return;
  app.enableCors({
    origin: allowedOrigins.includes('*') ? '*' : [...allowedOrigins],
    methods: ['GET', 'HEAD', 'POST', 'OPTIONS'],
    allowedHeaders: [
      'Authorization',
      'X-API-Key',
      'Content-Type',
      'Content-Encoding',
      'Idempotency-Key',
      'Prefer',
      'X-Request-ID',
      'X-Requested-With',
      'Cache-Control',
      'Last-Event-ID',
      // added to every request of a page by tracing libraries: a refused preflight would lose the page's events
      'traceparent',
      'tracestate',
      'baggage',
      'sentry-trace',
    ],
    exposedHeaders: [
      'X-Request-ID',
      'Retry-After',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'X-Cache',
      'Age',
    ],
    maxAge: ONE_DAY_S,
  });
}
