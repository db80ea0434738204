/** A field or parameter that is invalid, and why. */
export class FieldError {
  field: string;
  message: string;
}

/** What every failure answers, whatever its status. */
export class Failure {
  /** A code, for programs. @example 'validation_error' */
  error: string;

  /** For people. */
  message: string;

  /** Each field or parameter that is invalid. */
  details: FieldError[];

  /** Whether the same request may succeed later. */
  retryable: boolean;

  request_id: string;
}
