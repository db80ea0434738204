import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { SightlineError, type ErrorCode, type FieldError } from '../core/errors.js';

/** A query string as Fastify parses it: a list where a parameter is given more than once. */
export type RawQuery = Record<string, string | string[]>;

export interface ReadQuery<T> {
  query: T;
  /** The parameters that the class does not know. */
  others: [name: string, value: string][];
  errors: FieldError[];
}

const CODE_OF_FIELD: Record<string, ErrorCode> = {
  event_type: 'invalid_event_type',
  priority: 'invalid_priority',
  start_time: 'invalid_start_time',
  end_time: 'invalid_end_time',
  cursor: 'invalid_cursor',
};

/** Reads the parameters of a class with class-validator's decorators; one left empty counts as not given. */
export function readQuery<T extends object>(type: ClassConstructor<T>, raw: RawQuery): ReadQuery<T> {
  const known = parametersOf(type);
  const plain: Record<string, string> = {};
  const others: ReadQuery<T>['others'] = [];
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (Array.isArray(value)) errors.push({ field: name.toWellFormed(), message: 'is given more than once' });
    else if (!known.has(name)) others.push([name, value]);
    else if (value !== '') plain[name] = value;
  }
  const query = plainToInstance(type, plain);
  return { query, others, errors: errors.concat(validateSync(query).map(fieldError)) };
}

/** @throws SightlineError with the code of the first error, if there is any. */
export function refuse(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const [{ field, message }] = errors;
  throw new SightlineError(CODE_OF_FIELD[field] ?? 'validation_error', `${field} ${message}`, {
    details: [...errors],
  });
}

function parametersOf(type: ClassConstructor<object>): Set<string> {
  const checks = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return new Set(checks.map(({ propertyName }) => propertyName));
}

function fieldError({ property, constraints }: ValidationError): FieldError {
  return { field: property, message: [...new Set(Object.values(constraints ?? {}))].join('; ') };
}
