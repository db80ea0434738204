import type { TLocalizedValidationError } from 'typebox/error';
import Format from 'typebox/format';
import type { Validator } from 'typebox/schema';
import { Settings } from 'typebox/system';
import type { FieldError } from '../../core/errors.js';
import { parseRfc3339 } from '../../core/records/rfc3339.js';

Format.Set('date-time', (text) => parseRfc3339(text) !== null);

// By default errors stop at eight, one for each branch of a union: a record should get all of them.
Settings.Set({ maxErrors: 100 });

/** Why a record is refused. `type` is for the metrics: a word of a small set. */
export interface RecordError extends FieldError {
  type: 'required' | 'type' | 'length' | 'format' | 'value' | 'unstorable' | 'size';
}

// Schemas are plain JSON Schema: TypeBox's builders are 450 files more for each process to load.
export const DATE_TIME = { type: 'string', format: 'date-time' } as const;
export const NULL = { type: 'null' } as const;

/** Text of so many characters (code points), as a database counts them. */
export const boundedText = (maxLength: number) => ({ type: 'string', maxLength }) as const;

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
  for (const error of validator.Errors(record)[1]) {
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
      return { message: `must not be longer than ${error.params.limit} characters`, type: 'length' };
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
