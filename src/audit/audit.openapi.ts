import { ApiPage } from '../api/openapi.js';
import { integer, listOf, mapOf, oneWord, orNull, record, text, time } from '../api/schemas.js';
import { AUDIT_ACTIONS } from '../core/audit.js';

const EXAMPLE = {
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

const actor = record({
  kind: oneWord(['key', 'cli', 'server', 'anonymous']),
  key_id: orNull(text),
  name: { ...orNull(text), description: 'Of the key, or the user of the operating system' },
  prefix: orNull(text),
});

const entry = record(
  {
    id: integer,
    at: time,
    action: oneWord(AUDIT_ACTIONS),
    outcome: oneWord(['success', 'refused']),
    actor,
    address: { ...orNull(text), description: "The client's address" },
    project: orNull(text),
    target: { ...orNull(text), description: 'The id of a key, the name of a project' },
    details: mapOf(true, '`folded`: further attempts that the entry stands for'),
  },
  { title: 'AuditEntry' },
);

/** 200 with a page of the audit log. */
export function ApiAuditLog() {
  return ApiPage({
    description: 'Newest first',
    message: 'Retrieved 1 entries',
    data: listOf(entry),
    example: [EXAMPLE],
  });
}
