import Type from 'typebox';
import type { Validator } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import Format from 'typebox/format';
import { Settings } from 'typebox/system';
import type { FieldError } from '../../core/errors.js';
import { parseRfc3339 } from '../../core/rfc3339.js';

Format.Set('date-time', (text) => parseRfc3339(text) !== null);

// By default errors stop at eight, one for each branch of a union: a record should get all of them.
Settings.Set({ maxErrors: 100 });

/** Why a record is refused. `type` is for the metrics: a word of a small set. */
export interface RecordError extends FieldError {
  type: 'required' | 'type' | 'length' | 'format' | 'value' | 'unstorable' | 'size';
}

/** Text of so many characters, as a database counts them. */
export function boundedText(maxLength: number, options: { minLength?: number; description?: string } = {}) {
  // TypeBox counts graphemes: a letter with any number of combining accents would count as one.
  return Type.Refine(
    Type.String({ maxLength, ...options }),
    (text) => text.length <= maxLength || charactersOf(text) <= maxLength,
    () => tooLong(maxLength),
  );
}

/** What is wrong with a record: one error a field. Slow (it interprets the schema): for bad ones only. */
export function recordErrors(
  validator: Validator,
  record: unknown,
  /** The error message of a field for which the schema's own would not help. */
  wanted: Readonly<Record<string, string>>,
): RecordError[] {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return [{ field: '', message: 'must be an object', type: 'type' }];
  }
  const errors = new Map<string, RecordError>();
  for (const error of validator.Errors(record)) {
    if (error.keyword === 'required') {
      const { requiredProperties } = error.params;
      for (const field of requiredProperties)
        errors.set(field, { field, message: 'is required', type: 'required' });
      continue;
    }
    const field = error.instancePath.split('/')[1];
    // The first branch of a nullable field says what is expected.
    if (!errors.has(field)) errors.set(field, { field, ...explain(error, wanted[field]) });
  }
  return [...errors.values()];
}

function explain(error: TLocalizedValidationError, wanted?: string): Omit<RecordError, 'field'> {
  if (wanted !== undefined) return { message: wanted, type: 'value' };
  switch (error.keyword) {
    case 'minLength':
      return { message: 'must not be empty', type: 'length' };
    case 'maxLength':
      return { message: tooLong(error.params.limit), type: 'length' };
    case '~refine':
      return { message: error.params.message, type: 'length' };
    case 'format':
      return { message: 'must be an RFC 3339 date and time, such as 2026-11-20T10:00:00Z', type: 'format' };
    default:
      return {
        message: error.message
          .replace(/must be (?=object)/, 'must be an ')
          .replace(/must be (?=string)/, 'must be a '),
        type: 'type',
      };
  }
}

function tooLong(limit: number | bigint): string {
  return `must not be longer than ${limit} characters`;
}

function charactersOf(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    count++;
    // the second half of a surrogate pair is not a character
    if (text.codePointAt(at)! > 0xffff) at++;
  }
  return count;
}
