import { HttpException } from '@nestjs/common';
import { SightlineError, type ErrorCode } from '../../core/errors.js';
import type { Failure } from '../query/failure.dto.js';

const STATUS: Record<ErrorCode, number> = {
  invalid_json: 400,
  validation_error: 400,
  empty_batch: 400,
  batch_too_large: 400,
  invalid_event_type: 400,
  invalid_priority: 400,
  invalid_start_time: 400,
  invalid_end_time: 400,
  invalid_cursor: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  idempotency_conflict: 409,
  request_too_large: 413,
  unsupported_media_type: 415,
  headers_too_large: 431,
  rate_limit_exceeded: 429,
  internal_server_error: 500,
  overloaded: 503,
  storage_unavailable: 503,
  timeout: 503,
  shutting_down: 503,
};

const CODE_OF_STATUS: Record<number, ErrorCode> = {
  400: 'validation_error',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'request_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limit_exceeded',
  431: 'headers_too_large',
  503: 'overloaded',
};

interface ErrorAnswer {
  status: number;
  retryAfterS?: number;
  body: Failure;
}

/** The answer for an error. Only the messages of SightlineErrors and of 4xx errors are shown; others may hold anything. */
export function errorAnswer(error: unknown, requestId: string): ErrorAnswer {
  const known = asSightlineError(error);
  const status = STATUS[known.code];
  return {
    status,
    retryAfterS: known.retryAfterS ?? (status === 503 ? 1 : undefined),
    body: {
      error: known.code,
      message: known.message,
      details: known.details,
      retryable: status >= 500 || status === 429 || status === 408,
      request_id: requestId,
    },
  };
}

function asSightlineError(error: unknown): SightlineError {
  if (error instanceof SightlineError) return error;
  const status = statusOf(error);
  const code = CODE_OF_STATUS[status];
  if (!code)
    return new SightlineError('internal_server_error', 'Something went wrong on the server', {
      cause: error,
    });
  const words = status === 404 ? 'There is no such route' : (error as Error).message;
  return new SightlineError(code, words, { cause: error });
}

// Nest's exceptions, and what Fastify throws before a route is reached.
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode, code } = (error ?? {}) as { statusCode?: unknown; code?: unknown };
  return typeof statusCode === 'number' && typeof code === 'string' && code.startsWith('FST_')
    ? statusCode
    : 500;
}
