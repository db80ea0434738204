import type { AuditEntry } from '../../kit/api/schema.js';

export type { AuditEntry };

const ACTIONS: Readonly<Record<string, string>> = {
  log_in: 'Login',
  log_out: 'Logout',
  'key.create': 'Key created',
  'key.rotate': 'Key rotated',
  'key.revoke': 'Key revoked',
  'project.create': 'Project created',
  'project.remove': 'Project removed',
  'reader.create': 'Reader made',
  'reader.remove': 'Reader removed',
  'dead_letter.replay': 'Dead letter replayed',
  'dead_letter.drop': 'Dead letter dropped',
};

export const ACTION_CHOICES = [
  { value: '', label: 'Any' },
  ...Object.entries(ACTIONS).map(([value, label]) => ({ value, label })),
];

/** In words; of an action that this page does not know yet, its name. */
export const actionText = (action: string): string => ACTIONS[action] ?? action;

/** Who acted, as far as is known. */
export function actorText({ kind, name, prefix }: AuditEntry['actor']): string {
  if (kind === 'key') return `${name ?? 'unknown key'} (${prefix ?? '?'}…)`;
  if (kind === 'cli') return `${name ?? 'unknown user'} (command line)`;
  return kind === 'server' ? 'server' : 'no key';
}

/** What it was done to. */
export function targetText({ action, target, details }: AuditEntry): string {
  const { name, prefix } = details;
  if (typeof name === 'string') return `${name} (${String(prefix)}…)`;
  return action.startsWith('key.') ? (target ?? '–') : '–';
}

/** How often it happened: a flood is counted in one entry. */
export function timesOf({ details }: AuditEntry): number {
  return 1 + (typeof details.folded === 'number' ? details.folded : 0);
}
