import { hash } from 'node:crypto';

/**
 * 128 bits of SHA-256 of project and event_id, as the bytes of a UUID: what makes an event the same event.
 * A cryptographic hash, because clients choose event_ids: nobody can make two that collide.
 */
export function eventKey(projectId: number, eventId: string): Buffer {
  return hash('sha256', `${projectId}\n${eventId}`, 'buffer').subarray(0, 16);
}
