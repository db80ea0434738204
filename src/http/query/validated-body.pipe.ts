import { ValidationPipe } from '@nestjs/common';
import { SightlineError } from '../../core/errors.js';
import { fieldErrors } from './query-parameters.js';

/** Checks a body by its class-validator decorators. @throws SightlineError `validation_error`, naming each field */
export const validatedBody = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
  exceptionFactory: (errors) =>
    new SightlineError('validation_error', 'The request is not valid.', {
      details: fieldErrors(errors),
    }),
});
