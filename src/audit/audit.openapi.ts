import { ApiResponse } from '@nestjs/swagger';
import { pageContent } from '../api/openapi.js';

const ENTRY_EXAMPLE = {
  id: 812,
  at: '2026-11-20T10:00:00.123456Z',
  action: 'key.revoke',
  outcome: 'success',
  actor: {
    kind: 'key',
    key_id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11',
    name: 'operator',
    prefix: 'sl_4fK2Zq',
  },
  address: '203.0.113.9',
  project: 'shop',
  target: 'f1a15aea-89f1-4e24-89a2-9ee560062216',
  details: { name: 'ios app', prefix: 'sl_XKEKEg' },
};

export function ApiAuditLog() {
  return ApiResponse({
    status: 200,
    description:
      'Newest first. `details.folded`: further attempts that the entry stands for. `next_cursor`: null on the last page.',
    content: pageContent('Retrieved 1 entries', [ENTRY_EXAMPLE]),
  });
}
