import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { answer } from './answer.js';
import { flag, integer, listOf, orNull, record, text } from './schemas.js';

export const fieldError = record({ field: text, message: text }, { title: 'FieldError' });

export const failure = record(
  {
    error: { ...text, description: 'A code, for programs', examples: ['validation_error'] },
    message: { ...text, description: 'For people' },
    details: listOf(fieldError, 'Each field or parameter that is invalid'),
    retryable: { ...flag, description: 'Whether the same request may succeed later' },
    request_id: text,
  },
  { title: 'Failure' },
);

/** The schema of an answer, by the schema of its data and of what stands beside it. */
function envelope(message: string, data: object, beside: Record<string, object>) {
  return record({
    success: { ...flag, const: true },
    message: { ...text, examples: [message] },
    data,
    ...beside,
  });
}

export interface DescribedAnswer {
  status?: number;
  description: string;
  message: string;
  /** Schema of what it answers. */
  data: object;
  /** Schemas of what stands beside the data, and examples of it. */
  beside?: Record<string, object>;
  besideExample?: object;
  example?: unknown;
  headers?: Record<string, object>;
}

/** A success under /api/v1. */
export function ApiAnswer(described: DescribedAnswer) {
  const { status = 200, description, message, data, beside = {}, example, headers } = described;
  const shown = example !== undefined && {
    example: { ...answer(message, example), ...described.besideExample },
  };
  return ApiResponse({
    status,
    description,
    ...(headers && { headers }),
    content: { 'application/json': { schema: envelope(message, data, beside), ...shown } },
  });
}

/** A page of a list. */
export function ApiPage({
  nextCursor = 'null on the last page',
  ...described
}: DescribedAnswer & { nextCursor?: string }) {
  const next_cursor = { ...orNull(text), description: nextCursor };
  return ApiAnswer({ ...described, beside: { next_cursor }, besideExample: { next_cursor: null } });
}

export function ApiNotFound(description: string) {
  return ApiFailure(404, description);
}

export function ApiFailure(status: number, description: string, headers?: Record<string, object>) {
  return ApiResponse({ status, description, schema: failure, ...(headers && { headers }) });
}

const seconds = (description: string) => ({ description, required: true, schema: integer });
const retryAfter = { 'Retry-After': seconds('In whole seconds') };

const NOT_VALID = 'Invalid request: `details` names each field or parameter';
const NO_MORE = 'Internal error. Retrying is safe';
const NOT_NOW = 'Temporarily unavailable: see Retry-After. Retrying is safe';

/** The failures that any route may answer: for a controller without keys. */
export function ApiPublicFailures() {
  return applyDecorators(
    ApiFailure(400, NOT_VALID),
    ApiFailure(408, 'The request was not received within REQUEST_TIMEOUT_SECONDS'),
    ApiFailure(429, 'Too many requests: see Retry-After', retryAfter),
    ApiFailure(431, 'Headers and address are larger than 16 kB'),
    ApiFailure(500, NO_MORE),
    ApiFailure(503, NOT_NOW, retryAfter),
  );
}

/** The failures that every route under /api/v1, and those of access entries, may answer: for a controller. */
export function ApiFailures() {
  return applyDecorators(
    ApiPublicFailures(),
    ApiFailure(401, 'No API key, or an invalid one'),
    ApiFailure(403, 'The key lacks the required scope, or belongs to another project'),
    ApiFailure(404, 'There is no such project'),
  );
}

/** Those of a route that may be sent a body, beside the ones of its controller. */
export function ApiBodyFailures() {
  return applyDecorators(
    ApiFailure(413, 'The body exceeds the size limit, counted after decompression'),
    ApiFailure(415, 'This route does not accept the media type, charset or Content-Encoding of the body'),
  );
}
