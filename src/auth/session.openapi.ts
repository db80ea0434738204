import { applyDecorators } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { ApiAnswer, ApiBodyFailures } from '../http/query/openapi.js';
import { listOf, enumOf, orNull, record, text, time } from '../http/query/schemas.js';
import { SCOPES } from '../core/api-key.js';

const SESSION_EXAMPLE = {
  key: { id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11', name: 'operator', prefix: 'sl_4fK2Zq' },
  project: 'default',
  scopes: ['ingest', 'query', 'admin'],
  projects: ['default', 'shop'],
  expires_at: '2026-11-20T22:00:00.000Z',
};

const session = record(
  {
    key: { anyOf: [record({ id: text, name: text, prefix: text }), { type: 'null' }] },
    project: text,
    scopes: listOf(enumOf(SCOPES)),
    projects: listOf(text, 'The projects that `?project=` accepts'),
    expires_at: orNull(time),
  },
  { title: 'Session' },
);

const COOKIE = {
  'Set-Cookie': {
    description: 'sightline_session; under TLS __Host-sightline_session',
    required: true,
    schema: text,
  },
};

/** 201 with the session and its cookie. */
export function ApiLogIn() {
  const key = { ...text, pattern: '\\S', description: 'A key with the scope query or admin' };
  return applyDecorators(
    ApiBody({ schema: { type: 'object', required: ['key'], properties: { key } } }),
    ApiBodyFailures(),
    ApiAnswer({
      status: 201,
      description: 'Logged in',
      message: 'Logged in',
      data: session,
      example: SESSION_EXAMPLE,
      headers: COOKIE,
    }),
  );
}

export function ApiSession() {
  return ApiAnswer({
    description: 'Who is asking; key is null where nobody in particular is',
    message: 'Session',
    data: session,
    example: SESSION_EXAMPLE,
  });
}

export function ApiLogOut() {
  return applyDecorators(
    ApiBodyFailures(),
    ApiAnswer({
      description: 'The session has ended, and the cookie is cleared',
      message: 'Logged out',
      data: { type: 'null' },
      example: null,
      headers: COOKIE,
    }),
  );
}
