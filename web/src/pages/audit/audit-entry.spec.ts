import { describe, expect, it } from 'vitest';
import { actionText, actorText, targetText, timesOf, type AuditEntry } from './audit-entry.js';

const entry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  id: 1,
  at: '2026-11-20T10:00:00.000Z',
  action: 'key.revoke',
  outcome: 'success',
  actor: { kind: 'key', key_id: 'k', name: 'operator', prefix: 'sl_abc' },
  address: '203.0.113.9',
  project: 'shop',
  target: 'id',
  details: { name: 'ios app', prefix: 'sl_ios' },
  ...change,
});

describe('an entry of the audit log', () => {
  it('says who acted', () => {
    const actor = (kind: AuditEntry['actor']['kind'], name: string | null = null) =>
      actorText({ kind, key_id: null, name, prefix: null });
    expect(actorText(entry().actor)).toBe('operator (sl_abc…)');
    expect(actor('cli', 'root')).toBe('root (command line)');
    expect(actor('server')).toBe('server');
    expect(actor('anonymous')).toBe('no key');
  });

  it('says what was done, and to what', () => {
    expect(actionText('key.revoke')).toBe('Key revoked');
    expect(actionText('key.invent')).toBe('key.invent');
    expect(targetText(entry())).toBe('ios app (sl_ios…)');
    expect(targetText(entry({ details: { status: 404 } }))).toBe('id');
    expect(targetText(entry({ action: 'log_in', target: null, details: {} }))).toBe('–');
  });

  it('counts what was folded into it', () => {
    expect(timesOf(entry())).toBe(1);
    expect(timesOf(entry({ details: { status: 401, folded: 41 } }))).toBe(42);
  });
});
