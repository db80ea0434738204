import { hash } from 'node:crypto';

/**
 * What makes an event the same event: 128 bits of SHA-256 of project and event_id, in hex. A cryptographic hash, because
 * clients choose event_ids: nobody can make two that collide. Here and not in SQL: Node takes a tenth of the time.
 */
export function eventKey(projectId: number, eventId: string): string {
  return hash('sha256', `${projectId} ${eventId}`, 'hex').slice(0, 32);
}
