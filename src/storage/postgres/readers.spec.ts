import { expect, it } from 'vitest';
import { scramVerifier } from './readers.js';

// What PostgreSQL 15 itself made of this password and salt.
it('writes a password as PostgreSQL keeps it', () => {
  expect(scramVerifier('pencil', Buffer.from('gqiPh05scUKkfKDaTLS9MQ==', 'base64'))).toBe(
    'SCRAM-SHA-256$4096:gqiPh05scUKkfKDaTLS9MQ==$RiRPsWE8Jn7N+30xU+OG045Ohg4ipEE9irwh61KyR6Y=:ux9dQt0BdQ1Ua6r+4Y7qWtFsIKqjPa2se3SrXAXK87s=',
  );
});
