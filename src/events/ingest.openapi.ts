import { ApiResponse } from '@nestjs/swagger';
import { envelope, fieldError } from '../api/openapi.js';

/** 201 of a single event. */
export function ApiIngestedEvent() {
  return ApiResponse({
    status: 201,
    description: 'The event is durable; `duplicate` when the project had its event_id already',
    schema: envelope('Log ingested successfully', {
      type: 'object',
      properties: {
        event_id: { type: 'string' },
        id: { type: 'integer' },
        duplicate: { type: 'boolean' },
        state: { type: 'string', enum: ['stored'] },
      },
    }),
  });
}

/** 201 of a batch. */
export function ApiIngestedBatch() {
  const rejected = {
    type: 'object',
    properties: {
      index: { type: 'integer' },
      event_id: { type: 'string', nullable: true },
      errors: { type: 'array', items: fieldError },
    },
  };
  return ApiResponse({
    status: 201,
    description:
      'What is good is durable. total_received = logs_processed + rejected; logs_processed = stored + duplicates',
    schema: envelope('Batch of 2 logs ingested successfully', {
      type: 'object',
      properties: {
        total_received: { type: 'integer' },
        logs_processed: { type: 'integer' },
        duplicates: { type: 'integer' },
        rejected: { type: 'array', items: rejected },
      },
    }),
  });
}
