import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

const fieldError = {
  type: 'object',
  properties: { field: { type: 'string' }, message: { type: 'string' } },
} as const;

export function envelope(message: string, data: object) {
  return {
    type: 'object',
    properties: { success: { type: 'boolean' }, message: { type: 'string', example: message }, data },
  } as const;
}

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

const failure = {
  type: 'object',
  properties: {
    error: { type: 'string', example: 'validation_error' },
    message: { type: 'string' },
    details: { type: 'array', items: fieldError },
    retryable: { type: 'boolean' },
    request_id: { type: 'string' },
  },
} as const;

/** The failures that every route under /api/v1 may answer. */
export function ApiFailures() {
  return applyDecorators(
    ApiResponse({ status: 400, description: 'Not valid: `details` names the fields', schema: failure }),
    ApiResponse({ status: 401, description: 'No key, or none that counts', schema: failure }),
    ApiResponse({ status: 403, description: 'The key lacks the scope', schema: failure }),
    ApiResponse({ status: 413, description: 'Larger than MAX_REQUEST_SIZE_MB', schema: failure }),
    ApiResponse({ status: 429, description: 'Too many requests: see Retry-After', schema: failure }),
    ApiResponse({
      status: 503,
      description: 'Not now: see Retry-After. Sending it again is safe',
      schema: failure,
    }),
  );
}
