import { ApiResponse } from '@nestjs/swagger';
import { exampleAnswer, pageContent } from '../api/openapi.js';

const KEY_EXAMPLE = {
  id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11',
  name: 'ios app',
  project: 'default',
  prefix: 'sl_4fK2Zq',
  scopes: ['ingest'],
  state: 'active',
  created_at: '2026-11-20T10:00:00.000Z',
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
  usage_count: 0,
  rate_limit_per_minute: null,
  self_rotate: false,
  successor_id: null,
  rotation_due: false,
};

const NEW_KEY_EXAMPLE = { ...KEY_EXAMPLE, key: 'sl_4fK2Zq0x…' };

/** 201 with a key's text, shown this once. */
export function ApiNewKey(message: string) {
  return answer(201, 'The key, shown this once', message, NEW_KEY_EXAMPLE);
}

export function ApiKeyList() {
  return ApiResponse({
    status: 200,
    description:
      'Prefix, use and state of keys; never the key or its digest. `next_cursor`: null on the last page',
    content: pageContent('Retrieved 1 keys', [KEY_EXAMPLE]),
  });
}

export function ApiRevokedKey() {
  return answer(200, 'The key is refused in every process within 2 s', 'Key revoked', {
    ...KEY_EXAMPLE,
    state: 'revoked',
    revoked_at: '2026-11-20T11:00:00.000Z',
  });
}

function answer(status: number, description: string, message: string, data: object) {
  return ApiResponse({ status, description, content: exampleAnswer(message, data) });
}
