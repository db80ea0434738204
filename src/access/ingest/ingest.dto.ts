import { ApiProperty, type ApiBodyOptions, type ApiOperationOptions } from '@nestjs/swagger';
import { FieldError } from '../../http/query/failure.dto.js';
import { AccessEntrySchema, LoneAccessEntrySchema } from '../access-entry.schema.js';

export class RejectedEntry {
  /** Of the record in the body, from 0. */
  @ApiProperty({ type: 'integer' }) index: number;
  errors: FieldError[];
}

/** What became of the records of a request: received = accepted + rejected_total. */
export class IngestOutcome {
  @ApiProperty({ type: 'integer' }) received: number;
  @ApiProperty({ type: 'integer' }) accepted: number;

  /** The first 1,000. */
  rejected: RejectedEntry[];

  @ApiProperty({ type: 'integer' }) rejected_total: number;

  /** What was stored otherwise than it may seem; only there when there is something. */
  warnings?: string[];
}

/** Of POST /logs, for an entry that came alone. */
export class IngestedEntry {
  status: 'success';
  /** `Log queued`: durable in Kafka (INGEST_MODE=kafka), and on its way to the database. */
  message: 'New IP logged' | 'IP already logged' | 'Log queued';

  /** Of the project. */
  @ApiProperty({ type: 'integer' }) unique_ips: number;
}

/** Of POST /logs, for many. */
export class IngestedEntries extends IngestOutcome {
  status: 'success';
  @ApiProperty({ example: '2 logs ingested' }) message: string;

  /** Of the project. */
  @ApiProperty({ type: 'integer' }) unique_ips: number;
}

/** Of POST /upload. */
export class IngestedLines extends IngestOutcome {
  @ApiProperty({ example: 'Logs processed' }) message: string;
}

const has = (field: string) => ({
  required: [field],
  properties: { [field]: { type: 'string', minLength: 1 } },
});
/** The check of it finds this out by itself, so that the reason it gives can be read. */
const entry = { ...AccessEntrySchema, anyOf: [has('ip'), has('path'), has('url')] } as object;
const entries = { type: 'array', items: entry, minItems: 1 };

const CSV = `timestamp,ip,method,path,status,latency_ms,user_agent
2026-11-20T10:00:00Z,203.0.113.7,GET,/products/7,200,12.5,"Mozilla/5.0 (X11, Linux)"
`;
const NDJSON = `{"ip":"203.0.113.7","path":"/products/7","status":200}
{"ip":"2001:db8::1","path":"/","status":404}
`;

/** What POST /logs takes: Swagger knows one schema a body by its decorators, not one a media type. */
export const logsBody: ApiOperationOptions['requestBody'] = {
  description:
    'A JSON object, several in a row, or an array of them, NDJSON (also as application/ndjson, jsonl, x-jsonl or x-jsonlines), or CSV (RFC 4180): with a header, or else the columns timestamp, path and userAgent',
  required: true,
  content: {
    'application/json': { schema: { oneOf: [LoneAccessEntrySchema as object, entries] } },
    'application/x-ndjson': { schema: { ...entries, description: 'A line each' }, example: NDJSON },
    'text/csv': { schema: { type: 'string' }, example: CSV },
  },
};

/** What POST /upload takes. */
export const linesBody: ApiBodyOptions = {
  description: 'Lines `RFC3339 IP METHOD PATH STATUS LATENCYms`',
  schema: {
    type: 'array',
    items: { type: 'string', format: 'access-line' },
    minItems: 1,
    example: ['2026-11-20T10:00:00Z 203.0.113.7 GET /products/7 200 12ms'],
  },
};
