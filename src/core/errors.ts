/** Every error code of the API, as listed in docs/api.md. Only `http/` knows which status each one has. */
export type ErrorCode =
  | 'invalid_json'
  | 'validation_error'
  | 'empty_batch'
  | 'batch_too_large'
  | 'invalid_event_type'
  | 'invalid_priority'
  | 'invalid_start_time'
  | 'invalid_end_time'
  | 'invalid_cursor'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'idempotency_conflict'
  | 'request_too_large'
  | 'unsupported_media_type'
  | 'headers_too_large'
  | 'rate_limit_exceeded'
  | 'internal_server_error'
  | 'overloaded'
  | 'storage_unavailable'
  | 'timeout'
  | 'shutting_down';

export interface FieldError {
  field: string;
  message: string;
}

export interface ErrorOptionsOf {
  details?: FieldError[];
  /** Whole seconds after which a client should try again. */
  retryAfterS?: number;
  /** What went wrong underneath: logged, never answered. */
  cause?: unknown;
}

/** An error with a code that a client may act on. Thrown once, turned into an answer by `http/`'s filter. */
export class SightlineError extends Error {
  readonly details: FieldError[];
  readonly retryAfterS?: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ErrorOptionsOf = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'SightlineError';
    this.details = options.details ?? [];
    this.retryAfterS = options.retryAfterS;
  }
}

/** The store cannot be reached now. What was being written may or may not be there: sending it again is safe. */
export function storageUnavailable(cause?: unknown): SightlineError {
  return new SightlineError('storage_unavailable', 'The database cannot be reached. Try again.', {
    retryAfterS: 1,
    cause,
  });
}

/** More requests than are allowed; `retryAfterS` seconds later one passes. */
export function rateLimitExceeded(retryAfterS: number): SightlineError {
  const message = 'Too many requests. Try again after Retry-After seconds.';
  return new SightlineError('rate_limit_exceeded', message, { retryAfterS });
}

/** The Idempotency-Key was used for another request. */
export function idempotencyConflict(): SightlineError {
  return new SightlineError(
    'idempotency_conflict',
    'This Idempotency-Key was already used with a different body. Use a new key for a new request.',
  );
}
