import { ApiAnswer, ApiPage } from '../http/query/openapi.js';
import { flag, integer, listOf, number, enumOf, orNull, record, text, time } from '../http/query/schemas.js';
import { SCOPES } from '../core/api-key.js';

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

const uuid = { type: 'string', format: 'uuid' } as const;

const fields = {
  id: uuid,
  name: text,
  project: text,
  prefix: { ...text, description: 'The first characters of the key' },
  scopes: listOf(enumOf(SCOPES)),
  state: enumOf(['active', 'rotating', 'expired', 'revoked']),
  created_at: time,
  expires_at: orNull(time),
  revoked_at: orNull(time),
  last_used_at: orNull(time),
  usage_count: integer,
  rate_limit_per_minute: orNull(number),
  self_rotate: flag,
  successor_id: { ...orNull(uuid), description: 'The key that replaced it' },
  rotation_due: flag,
};

const key = record(fields, { title: 'Key' });
const newKey = record({ ...fields, key: { ...text, description: 'The key itself' } }, { title: 'NewKey' });

/** 201 with a key's text, shown this once. */
export function ApiNewKey(message: string) {
  const description = 'The key, shown only once';
  return ApiAnswer({ status: 201, description, message, data: newKey, example: NEW_KEY_EXAMPLE });
}

export function ApiKeyList() {
  return ApiPage({
    description: 'Prefix, use and state of keys; never the key or its digest',
    message: 'Retrieved 1 keys',
    data: listOf(key),
    example: [KEY_EXAMPLE],
  });
}

export function ApiRevokedKey() {
  return ApiAnswer({
    description: 'Every process refuses the key within 2 s',
    message: 'Key revoked',
    data: key,
    example: { ...KEY_EXAMPLE, state: 'revoked', revoked_at: '2026-11-20T11:00:00.000Z' },
  });
}
