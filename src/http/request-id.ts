import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

// Unlike any other process, then counted: a random id for each request would cost more than its headers.
const PROCESS = randomBytes(9).toString('base64url');
let count = 0;

const WELL_FORMED = /^[A-Za-z0-9._-]{1,128}$/;

/** The client's X-Request-ID when it is well-formed, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && WELL_FORMED.test(given)
    ? given
    : `${PROCESS}-${(++count).toString(36)}`;
}
