import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiResponse, type ApiOperationOptions } from '@nestjs/swagger';
import { failure, fieldError } from '../../api/openapi.js';
import { AccessEntrySchema, LoneAccessEntrySchema } from '../access-entry.schema.js';

const accounted = {
  received: { type: 'integer', description: 'accepted + rejected_total' },
  accepted: { type: 'integer' },
  rejected: {
    type: 'array',
    description: 'The first 1,000',
    items: {
      type: 'object',
      properties: {
        index: { type: 'integer', description: 'Of the record in the body, from 0' },
        errors: { type: 'array', items: fieldError },
      },
    },
  },
  rejected_total: { type: 'integer' },
} as const;

const one = {
  type: 'object',
  properties: {
    status: { type: 'string', example: 'success' },
    message: { type: 'string', example: 'New IP logged' },
    unique_ips: { type: 'integer', description: 'Of the project' },
  },
} as const;

const many = {
  type: 'object',
  properties: {
    status: { type: 'string', example: 'success' },
    message: { type: 'string', example: '2 logs ingested' },
    ...accounted,
    unique_ips: { type: 'integer', description: 'Of the project' },
  },
} as const;

const upload = {
  type: 'object',
  properties: { message: { type: 'string', example: 'Logs processed' }, ...accounted },
} as const;

const CSV = `timestamp,ip,method,path,status,latency_ms,user_agent
2026-11-20T10:00:00Z,203.0.113.7,GET,/products/7,200,12.5,"Mozilla/5.0 (X11, Linux)"
`;
const NDJSON = `{"ip":"203.0.113.7","path":"/products/7","status":200}
{"ip":"2001:db8::1","path":"/","status":404}
`;
const LINES = ['2026-11-20T10:00:00Z 203.0.113.7 GET /products/7 200 12ms'];

/** Header of the routes that may be repeated. */
export function ApiIdempotencyKey() {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        '1 to 255 visible ASCII characters: a repeat within a day stores nothing and is answered as the first was',
    }),
    ApiResponse({ status: 409, description: 'The Idempotency-Key came with another body', schema: failure }),
    ApiResponse({ status: 415, description: 'A body of another media type', schema: failure }),
  );
}

/** What POST /logs takes: Swagger knows one schema a body by its decorators, not one a media type. */
export const logsBody: ApiOperationOptions['requestBody'] = {
  description:
    'A JSON object or an array of them, NDJSON, or CSV (RFC 4180): with a header, or else the columns timestamp, path and userAgent',
  required: true,
  content: {
    'application/json': {
      schema: {
        oneOf: [LoneAccessEntrySchema, { type: 'array', items: AccessEntrySchema as object }],
      },
    },
    'application/x-ndjson': { schema: { type: 'string' }, example: NDJSON },
    'text/csv': { schema: { type: 'string' }, example: CSV },
  },
};

/** Answers of POST /logs. */
export function ApiLogs() {
  return ApiResponse({
    status: 200,
    description:
      'What is good is durable. A single object is answered in the first form, all else in the second',
    schema: { oneOf: [one, many] },
  });
}

/** Body and answer of POST /upload. */
export function ApiUpload() {
  return applyDecorators(
    ApiBody({
      description: 'Lines `RFC3339 IP METHOD PATH STATUS LATENCYms`; blank ones are passed over',
      schema: { type: 'array', items: { type: 'string' }, example: LINES },
    }),
    ApiResponse({ status: 200, description: 'What is good is durable', schema: upload }),
  );
}
