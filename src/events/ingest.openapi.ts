import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiQuery } from '@nestjs/swagger';
import { ApiAnswer, ApiBodyFailures, fieldError } from '../http/query/openapi.js';
import { flag, integer, listOf, enumOf, orNull, record, text } from '../http/query/schemas.js';
import { EventSchema } from './event.schema.js';

/** Body and 201 of a single event. */
export function ApiIngestedEvent() {
  return applyDecorators(
    ApiBody({ schema: EventSchema as object }),
    ApiBodyFailures(),
    ApiAnswer({
      status: 201,
      description: 'The event is durable; `duplicate` when the project had its event_id already',
      message: 'Log ingested successfully',
      data: record({ event_id: text, id: integer, duplicate: flag, state: enumOf(['stored']) }),
    }),
  );
}

const batch = {
  type: 'object',
  required: ['logs'],
  properties: {
    logs: {
      type: 'array',
      items: EventSchema as object,
      minItems: 1,
      maxItems: 1000,
      description: 'At most MAX_BATCH_SIZE (1000). One that is not valid is listed among `rejected`',
    },
  },
};

/** 201 of a batch. */
function ApiBatchAnswer() {
  const rejected = record({ index: integer, event_id: orNull(text), errors: listOf(fieldError) });
  return ApiAnswer({
    status: 201,
    description:
      'What is good is durable. total_received = logs_processed + rejected; logs_processed = stored + duplicates',
    message: 'Batch of 2 logs ingested successfully',
    data: record({
      total_received: integer,
      logs_processed: integer,
      duplicates: integer,
      rejected: listOf(rejected),
    }),
  });
}

/** Body and 201 of a batch. */
export function ApiIngestedBatch() {
  return applyDecorators(
    ApiHeader({
      name: 'Prefer',
      description: '`handling=strict`: one bad event refuses the whole batch',
      required: false,
      schema: { type: 'string' },
    }),
    ApiBody({ schema: batch }),
    ApiBodyFailures(),
    ApiBatchAnswer(),
  );
}

/** Key, body and 201 of a beacon. */
export function ApiBeacon() {
  const schema = { anyOf: [EventSchema as object, batch] };
  return applyDecorators(
    ApiQuery({
      name: 'key',
      required: false,
      schema: { type: 'string' },
      description: 'A key whose one scope is ingest; the Origin must be one of BEACON_ORIGINS',
    }),
    ApiBody({ schema, description: 'JSON: an event, or a batch of them. As text/plain too' }),
    ApiBodyFailures(),
    ApiBatchAnswer(),
  );
}
