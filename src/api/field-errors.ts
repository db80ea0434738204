import type { ValidationError } from 'class-validator';
import type { FieldError } from '../core/errors.js';

/** What class-validator found, one error a field. */
export function fieldErrors(errors: readonly ValidationError[]): FieldError[] {
  return errors.map(({ property, value, constraints }) => {
    // Nobody who left a field out needs to know what it must not hold.
    if (value === undefined && property !== undefined) return { field: property, message: 'is required' };
    const messages = Object.entries(constraints ?? {}).map(([check, message]) =>
      check === 'whitelistValidation' ? 'is not known' : withoutField(message, property),
    );
    return { field: property ?? 'body', message: [...new Set(messages)].join('; ') };
  });
}

// class-validator begins most of its messages with the property
function withoutField(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
