import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { failure } from '../../http/query/openapi.js';
import { flag, integer, enumOf, record, text, time } from '../../http/query/schemas.js';

const service = enumOf(['healthy', 'degraded', 'unhealthy', 'disabled']);

export const services = record({
  database: service,
  access_store: service,
  cache: service,
  queue: service,
  counting: service,
});

function reportOf(status: string) {
  return record({
    status: enumOf([status]),
    timestamp: time,
    version: text,
    uptime: { ...integer, description: 'Seconds since the server started' },
    unique_ip_count: { ...integer, description: 'Over all projects' },
    services,
  });
}

export function ApiHealth() {
  return applyDecorators(
    ApiResponse({ status: 200, description: 'Everything works', schema: reportOf('healthy') }),
    ApiResponse({
      status: 206,
      description: 'Partly working: Redis is unavailable, the queue is full, or counting is far behind',
      schema: reportOf('degraded'),
    }),
    ApiResponse({
      status: 503,
      description: 'A store cannot be reached or did not respond in time',
      schema: { anyOf: [reportOf('unhealthy'), failure] },
    }),
  );
}

export function ApiReadiness() {
  const readiness = (ready: boolean) => record({ ready: { ...flag, const: ready }, message: text });
  return applyDecorators(
    ApiResponse({ status: 200, description: 'Accepting requests', schema: readiness(true) }),
    ApiResponse({
      status: 503,
      description:
        'The database of events and keys is unavailable or did not respond in time, or the server is shutting down',
      schema: { anyOf: [readiness(false), failure] },
    }),
  );
}

export function ApiLiveness() {
  const schema = record({ alive: { ...flag, const: true }, uptime: integer, version: text });
  return ApiResponse({ status: 200, description: 'The process is responding', schema });
}
