import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { parseRfc3339 } from '../core/rfc3339.js';

/** A whole number as it stands in a query string; `1e3`, `0x10` and the like are none. */
export function WholeNumber(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value,
  );
}

/** Text that PostgreSQL can hold. */
export function IsStorable(): PropertyDecorator {
  return ValidateBy({
    name: 'isStorable',
    validator: {
      validate: isStorable,
      defaultMessage: () => 'must not hold a NUL character or half a surrogate pair',
    },
  });
}

export function isStorable(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

export function IsRfc3339(): PropertyDecorator {
  return ValidateBy({
    name: 'isRfc3339',
    validator: {
      validate: (value) => typeof value === 'string' && parseRfc3339(value) !== null,
      defaultMessage: () => 'must be an RFC 3339 time such as 2026-11-20T10:00:00Z',
    },
  });
}

/** An RFC 3339 time whose `+` was not percent-encoded: query strings write a space so. */
export function PlusOfOffset(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.replace(/ (\d\d:\d\d)$/, '+$1') : value,
  );
}
