import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { SightlineError, type ErrorCode, type FieldError } from '../../core/errors.js';

/** A query string as Fastify parses it: a list where a parameter is given more than once. */
export type RawQuery = Record<string, string | string[]>;

/** What every class of parameters gets in addition to its own. */
export interface Parameters {
  /** The parameters that the class does not know, and their values. */
  others: [name: string, value: string][];
}

/** Ten times as many as any route knows; a URL of 16 kB holds 8,000, each of which would get a warning or an error. */
const MAX_PARAMETERS = 200;

/** A URL cut off after one parameter too many: parsing 1,100 took a millisecond, with or without a key. */
export function withFewParameters(url: string): string {
  if (url.length <= 2 * MAX_PARAMETERS) return url;
  let end = url.indexOf('?');
  if (end < 0) return url;
  for (let parameters = 0; parameters <= MAX_PARAMETERS; parameters++) {
    end = url.indexOf('&', end + 1);
    if (end < 0) return url;
  }
  return url.slice(0, end);
}

type CodeOfField = Partial<Record<string, ErrorCode>>;

/** A class of parameters. */
export interface ParametersClass<T extends Parameters> extends ClassConstructor<T> {
  /** Codes of this class's own for parameters that are wrong. */
  readonly codes?: CodeOfField;
}

const CODE_OF_FIELD: CodeOfField = {
  event_type: 'invalid_event_type',
  priority: 'invalid_priority',
  start_time: 'invalid_start_time',
  end_time: 'invalid_end_time',
  cursor: 'invalid_cursor',
};

/**
 * A query string as an instance of the parameter's class, checked by its class-validator decorators.
 * A parameter left empty counts as not given.
 */
@Injectable()
export class QueryPipe implements PipeTransform<RawQuery, Parameters> {
  transform(raw: RawQuery, { metatype }: ArgumentMetadata): Parameters {
    return readQuery(metatype as ParametersClass<Parameters>, raw);
  }
}

/** @throws SightlineError that names every parameter that is wrong. */
export function readQuery<T extends Parameters>(type: ParametersClass<T>, raw: RawQuery): T {
  refuseTooMany(raw);
  const known = parametersOf(type);
  const plain: Record<string, string> = {};
  const others: Parameters['others'] = [];
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (Array.isArray(value)) errors.push({ field: name.toWellFormed(), message: 'is given more than once' });
    else if (!known.has(name)) others.push([name, value]);
    else if (value !== '') plain[name] = value;
  }
  const query = plainToInstance(type, plain);
  refuse(errors.concat(fieldErrors(validateSync(query))), type.codes);
  query.others = others;
  return query;
}

function refuseTooMany(raw: RawQuery): void {
  const given = Object.values(raw).reduce((sum, value) => sum + (Array.isArray(value) ? value.length : 1), 0);
  if (given <= MAX_PARAMETERS) return;
  refuse([{ field: 'query', message: `must not have more than ${MAX_PARAMETERS} parameters` }]);
}

/** @throws SightlineError with the code of the first error, if there is any. */
export function refuse(errors: readonly [FieldError], codes?: CodeOfField): never;
export function refuse(errors: readonly FieldError[], codes?: CodeOfField): void;
export function refuse(errors: readonly FieldError[], codes: CodeOfField = {}): void {
  if (errors.length === 0) return;
  const [{ field, message }] = errors;
  const code = codes[field] ?? CODE_OF_FIELD[field] ?? 'validation_error';
  throw new SightlineError(code, `${field} ${message}`, { details: [...errors] });
}

/** The warning about a parameter that means nothing to its route. */
export function ignored(name: string): string {
  return `Parameter ${name.toWellFormed()} is unknown and was ignored`;
}

/** An offset whose + was not encoded; times are read either way. */
const ENDS_AS_TIME = /\d\d:\d\d$/;

/**
 * For a query that found nothing: a warning for each parameter in whose value a `+` stands, which is how a query string writes a
 * blank. `app_version=2.0.0+6` looks for `2.0.0 6`; whoever meant the + would never know.
 */
export function plusWarnings(url = ''): string[] {
  const at = url.indexOf('?');
  if (at < 0 || !url.includes('+', at)) return [];
  return url
    .slice(at + 1)
    .split('&')
    .filter((pair) => /=.*\+/s.test(pair) && !ENDS_AS_TIME.test(pair))
    .flatMap((pair) => [...new URLSearchParams(pair)])
    .map(
      ([name, value]) =>
        `Parameter ${name}: + stands for a blank in a query, so ${JSON.stringify(value)} was looked for; write %2B for a +`,
    );
}

function parametersOf(type: ClassConstructor<object>): Set<string> {
  const checks = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return new Set(checks.map(({ propertyName }) => propertyName));
}

/** What class-validator found, one error a field. */
export function fieldErrors(errors: readonly ValidationError[]): FieldError[] {
  return errors.map(({ property, value, constraints }) => {
    if (value === undefined && property !== undefined) return missing(property, constraints?.isIn);
    const messages = Object.entries(constraints ?? {}).map(([check, message]) =>
      check === 'whitelistValidation' ? 'is not known' : withoutField(message, property),
    );
    return { field: property ?? 'body', message: [...new Set(messages)].join('; ') };
  });
}

// For a missing field the error should say what is expected, not what the field must not hold.
function missing(field: string, choice: string | undefined): FieldError {
  const message = choice === undefined ? 'is required' : `is required: ${withoutField(choice, field)}`;
  return { field, message };
}

// class-validator begins most of its messages with the property
function withoutField(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
