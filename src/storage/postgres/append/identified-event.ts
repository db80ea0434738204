import type { NewEvent } from '../../../core/event.js';

export interface IdentifiedEvent {
  id: number;
  event: NewEvent;
}

/** A key as PostgreSQL writes a uuid. */
export function uuidText(key: Buffer): string {
  const hex = key.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
