/** A field that the server refused, and why. */
export interface ErrorDetail {
  field: string;
  message: string;
}

/** What a request that failed came back with; `network_error` where no server answered. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: readonly ErrorDetail[] = [],
    readonly retryable = false,
    readonly requestId: string | null = null,
    /** From Retry-After; null where the server gave none. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}

interface Failure {
  error?: unknown;
  message?: unknown;
  details?: unknown;
  retryable?: unknown;
  request_id?: unknown;
}

/** Reads the error answer of the contract; a proxy's HTML page becomes an error of its status. */
export function failureOf(status: number, text: string, retryAfter: string | null): ApiError {
  const body = parsedObject(text);
  const seconds = Number(retryAfter ?? NaN);
  return new ApiError(
    status,
    typeof body.error === 'string' ? body.error : `http_${status}`,
    typeof body.message === 'string' ? body.message : `The server answered ${status}`,
    Array.isArray(body.details) ? (body.details as ErrorDetail[]) : [],
    typeof body.retryable === 'boolean' ? body.retryable : status >= 500,
    typeof body.request_id === 'string' ? body.request_id : null,
    Number.isFinite(seconds) ? seconds * 1000 : null,
  );
}

function parsedObject(text: string): Failure {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
