import type { DeadLetter, WholeDeadLetter } from '../../kit/api/schema.js';

export type { DeadLetter, WholeDeadLetter };

const REASONS: Readonly<Record<DeadLetter['reason'], string>> = {
  invalid_message: 'Not readable',
  validation_error: 'Not valid',
  refused_by_store: 'Refused by the database',
  idempotency_conflict: 'Idempotency conflict',
};

const STATES: Readonly<Record<DeadLetter['state'], string>> = {
  waiting: 'Waiting',
  replayed: 'Replayed',
  dropped: 'Dropped',
};

export const KINDS: Readonly<Record<DeadLetter['kind'], string>> = {
  events: 'Event',
  access: 'Access entry',
};

const choices = (words: Readonly<Record<string, string>>) => [
  { value: '', label: 'Any' },
  ...Object.entries(words).map(([value, label]) => ({ value, label })),
];

export const REASON_CHOICES = choices(REASONS);
export const STATE_CHOICES = choices(STATES);
export const KIND_CHOICES = choices(KINDS);

export const reasonText = (reason: DeadLetter['reason']): string => REASONS[reason];

/** Where it came from: `clicks, partition 3, offset 20481`, and its place in a message of several. */
export function originText({ origin }: DeadLetter): string {
  if (origin === null) return 'HTTP';
  const place = origin.index === 0 ? '' : `, record ${origin.index + 1}`;
  return `${origin.topic}, partition ${origin.partition}, offset ${origin.offset}${place}`;
}

/** What a replay stored. */
export function outcomeText({ stored, duplicates, listed }: NonNullable<DeadLetter['outcome']>): string {
  const parts = [`${stored} stored`];
  if (duplicates > 0) parts.push(`${duplicates} stored already`);
  if (listed > 0) parts.push(`${listed} listed as dead letters of their own`);
  return parts.join(', ');
}
