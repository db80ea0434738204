import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import { exampleAnswer } from '../api/openapi.js';

const SESSION_EXAMPLE = {
  key: { id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11', name: 'operator', prefix: 'sl_4fK2Zq' },
  project: 'default',
  scopes: ['ingest', 'query', 'admin'],
  projects: ['default', 'shop'],
  expires_at: '2026-11-20T22:00:00.000Z',
};

const COOKIE = {
  'Set-Cookie': {
    description: 'sightline_session; under TLS __Host-sightline_session',
    schema: { type: 'string' as const },
  },
};

/** 201 with the session and its cookie. */
export function ApiLogIn() {
  return applyDecorators(
    ApiBody({
      schema: {
        type: 'object',
        required: ['key'],
        properties: { key: { type: 'string', description: 'A key with scope query or admin' } },
      },
    }),
    ApiResponse({
      status: 201,
      description: 'Logged in',
      headers: COOKIE,
      content: exampleAnswer('Logged in', SESSION_EXAMPLE),
    }),
  );
}

export function ApiSession() {
  return ApiResponse({
    status: 200,
    description: 'Who is asking; key is null where nobody in particular is',
    content: exampleAnswer('Session', SESSION_EXAMPLE),
  });
}

export function ApiLogOut() {
  return ApiResponse({
    status: 200,
    description: 'The session has ended, and the cookie is taken back',
    headers: COOKIE,
    content: { 'application/json': { example: { success: true, message: 'Logged out', data: null } } },
  });
}
