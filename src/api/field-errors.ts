import type { ValidationError } from 'class-validator';
import type { FieldError } from '../core/errors.js';

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

// Who left a field out needs no word of what it must not hold, but one of what there is to choose from.
function missing(field: string, choice: string | undefined): FieldError {
  const message = choice === undefined ? 'is required' : `is required: ${withoutField(choice, field)}`;
  return { field, message };
}

// class-validator begins most of its messages with the property
function withoutField(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
