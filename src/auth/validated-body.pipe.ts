import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { SightlineError, type FieldError } from '../core/errors.js';

/** Checks a body by its class-validator decorators. @throws SightlineError `validation_error`, naming each field */
export const validatedBody = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  exceptionFactory: (errors) =>
    new SightlineError('validation_error', 'The request is not valid.', { details: errors.flatMap(toFieldErrors) }),
});

function toFieldErrors({ property, constraints }: ValidationError): FieldError[] {
  return Object.values(constraints ?? {}).map((message) => ({ field: property ?? 'body', message }));
}
