import { describe, expect, it } from 'vitest';
import type { FieldError, SightlineError } from '../core/errors.js';
import { validatedBody } from '../http/query/validated-body.pipe.js';
import { CreateKeyRequest } from './key.dto.js';

async function problemsOf(body: unknown): Promise<FieldError[]> {
  try {
    await validatedBody.transform(body, { type: 'body', metatype: CreateKeyRequest });
    return [];
  } catch (error) {
    return (error as SightlineError).details;
  }
}

const valid = { name: 'ios app', scopes: ['ingest'] };

describe('the request for a key', () => {
  it('is told what it lacks, by name', async () => {
    const required = ['name', 'scopes'].map((field) => ({ field, message: 'is required' }));
    for (const body of [{}, undefined, null, [], 'x', 5]) expect(await problemsOf(body)).toEqual(required);
    expect(await problemsOf({ name: 'ios app' })).toEqual([required[1]]);
    expect(await problemsOf(valid)).toEqual([]);
  });

  it.each([
    ['name', null, 'must be a string'],
    ['name', 5, 'must be a string'],
    ['name', '', 'must be longer than or equal to 1 characters'],
    ['name', 'a\u0007', 'must not contain control characters'],
    ['project', 5, 'must be a string'],
    ['project', 'a b', 'must be 1 to 64 letters, digits, dots, underscores or hyphens'],
    ['scopes', 'ingest', 'must be an array'],
    ['scopes', null, 'must be an array'],
    ['scopes', [], 'should not be empty'],
    ['rate_limit_per_minute', 'many', 'must be a number conforming to the specified constraints'],
    ['rate_limit_per_minute', 0, 'must not be less than 0.001'],
    ['self_rotate', 'yes', 'must be a boolean value'],
    ['ratelimit', 5, 'is not known'],
  ])('is told what is wrong with %s %j', async (field, value, message) => {
    expect(await problemsOf({ ...valid, [field]: value })).toEqual([{ field, message }]);
  });
});
