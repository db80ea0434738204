import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { answer, pageAnswer } from './answer.js';

export const fieldError = {
  type: 'object',
  properties: { field: { type: 'string' }, message: { type: 'string' } },
} as const;

export const failure = {
  type: 'object',
  properties: {
    error: { type: 'string', example: 'validation_error' },
    message: { type: 'string' },
    details: { type: 'array', items: fieldError },
    retryable: { type: 'boolean' },
    request_id: { type: 'string' },
  },
} as const;

/** The schema of an answer, by the schema of its data. */
export function envelope(message: string, data: object) {
  return {
    type: 'object',
    properties: { success: { type: 'boolean' }, message: { type: 'string', example: message }, data },
  } as const;
}

/** The content of an answer, by an example of its data. */
export function exampleAnswer(message: string, data: object) {
  return { 'application/json': { example: answer(message, data) } };
}

/** The content of a page of a list, by an example of its data. */
export function pageContent(message: string, data: object[]) {
  return { 'application/json': { example: pageAnswer(message, data, null) } };
}

export function ApiNotFound(description: string) {
  return ApiResponse({ status: 404, description, schema: failure });
}

/** The failures that every route under /api/v1 may answer: for a controller. */
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
