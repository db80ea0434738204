import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  type ValidationArguments,
} from 'class-validator';
import { parseRfc3339 } from '../../core/records/rfc3339.js';
import type { Micros } from '../../core/time.js';

/** Skipped rows are read and discarded: 150,000 took the database 0.4 s, and the cost is linear. */
export const MAX_SKIPPED = 500_000;
export const RATHER_THAN_SKIP = 'use next_cursor to continue, or narrow the time range';

/** A parameter that is text. */
export function Text(maxLength: number, description: string, options: ApiPropertyOptions = {}) {
  return applyDecorators(
    ApiPropertyOptional({ type: String, maxLength, description, ...options }),
    IsOptional(),
    MaxLength(maxLength, { message: `must not be longer than ${maxLength} characters` }),
    Satisfies('isStorable', 'must not contain a NUL character or a lone surrogate', isStorable),
  );
}

/** A parameter that is one of some words. */
export function OneOf(
  words: readonly string[],
  options: ApiPropertyOptions,
  elsewhere?: Map<string, string>,
) {
  return applyDecorators(
    ApiPropertyOptional({ enum: words, ...options }),
    IsOptional(),
    IsOneOf(words, elsewhere),
  );
}

/** `elsewhere`: the route that knows a word which this one does not. */
export function IsOneOf(words: readonly string[], elsewhere = new Map<string, string>()): PropertyDecorator {
  const wanted = `must be one of ${words.join(', ')}`;
  const message = ({ value }: ValidationArguments) => {
    const route = elsewhere.get(value as string);
    return route === undefined ? wanted : `${wanted}; ${value as string} belongs to GET ${route}`;
  };
  return IsIn(words, { message });
}

/** A parameter that is a whole number; `1e3`, `0x10` and the like are none. `advice`: what to do where it is out of bounds. */
export function Integer(minimum: number, maximum: number, options: ApiPropertyOptions, advice?: string) {
  const bounds = `must be a whole number from ${minimum} to ${maximum}`;
  const message = advice === undefined ? bounds : `${bounds}: ${advice}`;
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum, maximum, ...options }),
    IsOptional(),
    TransformText((text) => (/^-?\d+$/.test(text) ? Number(text) : text)),
    IsInt({ message }),
    Min(minimum, { message }),
    Max(maximum, { message }),
  );
}

/** A parameter that is an RFC 3339 time. */
export function Time(description: string) {
  return applyDecorators(
    ApiPropertyOptional({ type: String, format: 'date-time', description }),
    IsOptional(),
    // a `+` that was not percent-encoded arrives as a space
    TransformText((text) => text.replace(/ (\d\d:\d\d)$/, '+$1')),
    Satisfies(
      'isRfc3339',
      'must be an RFC 3339 time such as 2026-11-20T10:00:00Z',
      (text) => parseRfc3339(text) !== null,
    ),
  );
}

/** The value of a parameter checked by `Time`, in microseconds; undefined where it is absent. */
export function microsOf(time: string | undefined): Micros | undefined {
  return time === undefined ? undefined : (parseRfc3339(time) ?? undefined);
}

/** Checks text; any other value fails. */
export function Satisfies(
  name: string,
  message: string,
  passes: (text: string) => boolean,
): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value) => typeof value === 'string' && passes(value),
      defaultMessage: () => message,
    },
  });
}

/** Transforms text before it is checked. */
export function TransformText(change: (text: string) => unknown): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? change(value) : value));
}

/** Can PostgreSQL hold it? */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
