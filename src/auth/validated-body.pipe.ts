import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { SightlineError, type FieldError } from '../core/errors.js';

/** Checks a body by its class-validator decorators. @throws SightlineError `validation_error`, naming each field */
export const validatedBody = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
  exceptionFactory: (errors) =>
    new SightlineError('validation_error', 'The request is not valid.', {
      details: errors.flatMap(toFieldErrors),
    }),
});

function toFieldErrors({ property, constraints }: ValidationError): FieldError[] {
  // class-validator begins most messages with the property
  const toWords = (message: string) =>
    message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
  return Object.values(constraints ?? {}).map((message) => ({
    field: property ?? 'body',
    message: toWords(message),
  }));
}
