import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiResponse, type ApiOperationOptions } from '@nestjs/swagger';
import { ApiBodyFailures, ApiFailure, fieldError } from '../../http/query/openapi.js';
import { integer, listOf, enumOf, record, text } from '../../http/query/schemas.js';
import { AccessEntrySchema, LoneAccessEntrySchema } from '../access-entry.schema.js';

const rejected = record({
  index: { ...integer, description: 'Of the record in the body, from 0' },
  errors: listOf(fieldError),
});

const accounted = {
  received: { ...integer, description: 'accepted + rejected_total' },
  accepted: integer,
  rejected: listOf(rejected, 'The first 1,000'),
  rejected_total: integer,
};

const unique_ips = { ...integer, description: 'Of the project' };
const messageLike = (example: string) => ({ ...text, examples: [example] });
const status = enumOf(['success']);

const one = record({ status, message: enumOf(['New IP logged', 'IP already logged']), unique_ips });
const warnings = listOf(
  text,
  'What was stored otherwise than it may seem; only there when there is something',
);
const many = record(
  { status, message: messageLike('2 logs ingested'), ...accounted, warnings, unique_ips },
  { optional: ['warnings'] },
);
const upload = record({ message: messageLike('Logs processed'), ...accounted });

const CSV = `timestamp,ip,method,path,status,latency_ms,user_agent
2026-11-20T10:00:00Z,203.0.113.7,GET,/products/7,200,12.5,"Mozilla/5.0 (X11, Linux)"
`;
const NDJSON = `{"ip":"203.0.113.7","path":"/products/7","status":200}
{"ip":"2001:db8::1","path":"/","status":404}
`;
const LINES = ['2026-11-20T10:00:00Z 203.0.113.7 GET /products/7 200 12ms'];

const has = (field: string) => ({
  required: [field],
  properties: { [field]: { type: 'string', minLength: 1 } },
});
/** The check of it finds this out by itself, so that the reason it gives can be read. */
const entry = { ...AccessEntrySchema, anyOf: [has('ip'), has('path'), has('url')] } as object;
const entries = { type: 'array', items: entry, minItems: 1 };

/** Header of the routes that may be repeated. */
export function ApiIdempotencyKey() {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
      description: 'A repeat within a day stores nothing and is answered as the first was',
    }),
    ApiFailure(409, 'The Idempotency-Key came with another body'),
    ApiBodyFailures(),
  );
}

/** What POST /logs takes: Swagger knows one schema a body by its decorators, not one a media type. */
export const logsBody: ApiOperationOptions['requestBody'] = {
  description:
    'A JSON object, several one behind the other or an array of them, NDJSON (also as application/ndjson, jsonl, x-jsonl or x-jsonlines), or CSV (RFC 4180): with a header, or else the columns timestamp, path and userAgent. Of many, those that are not valid are listed among `rejected`',
  required: true,
  content: {
    'application/json': {
      schema: { oneOf: [LoneAccessEntrySchema, entries] },
    },
    'application/x-ndjson': { schema: { ...entries, description: 'A line each' }, example: NDJSON },
    'text/csv': { schema: { type: 'string' }, example: CSV },
  },
};

/** Answers of POST /logs. */
export function ApiLogs() {
  return ApiResponse({
    status: 200,
    description:
      'What is good is durable. A single object is answered in the first form, all else in the second',
    schema: { anyOf: [one, many] },
  });
}

/** Body and answer of POST /upload. */
export function ApiUpload() {
  return applyDecorators(
    ApiBody({
      description: 'Lines `RFC3339 IP METHOD PATH STATUS LATENCYms`; blank ones are passed over',
      schema: {
        type: 'array',
        items: { type: 'string', format: 'access-line' },
        minItems: 1,
        example: LINES,
      },
    }),
    ApiResponse({ status: 200, description: 'What is good is durable', schema: upload }),
  );
}
