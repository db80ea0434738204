import type { Micros } from '../time.js';

/** What is recorded: every change of who may do what, and what a person removes or replays. */
export const AUDIT_ACTIONS = [
  'log_in',
  'log_out',
  'key.create',
  'key.rotate',
  'key.revoke',
  'project.create',
  'project.remove',
  'reader.create',
  'reader.remove',
  'dead_letter.replay',
  'dead_letter.drop',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Of one page. */
export const MAX_ENTRIES = 1_000;

/** Who acted: somebody with a key, somebody at the command line, the server itself (API_KEYS), or nobody known. */
export interface Actor {
  kind: 'key' | 'cli' | 'server' | 'anonymous';
  key: { id: string; name: string; prefix: string } | null;
  /** The user of the operating system, where the kind is `cli`. */
  user: string | null;
  /** The client's IP address. */
  address: string | null;
}

export const SERVER: Actor = { kind: 'server', key: null, user: null, address: null };

export interface AuditChange {
  action: AuditAction;
  /** Its name: it may be gone by the time that somebody reads. */
  project: string | null;
  /** What was acted on: the id of a key or a dead letter, the name of a project. */
  target: string | null;
  /** JSON; never a key or its digest. */
  details: Readonly<Record<string, unknown>>;
}

/** Something that was asked for and not done. */
export interface Refusal extends AuditChange {
  actor: Actor;
  /** Milliseconds since the epoch. */
  atMs: number;
}

export interface AuditEntry extends AuditChange {
  id: number;
  /** RFC 3339 */
  at: string;
  outcome: 'success' | 'refused';
  actor: Actor;
}

/** What is left out does not narrow. */
export interface AuditFilter {
  action?: AuditAction;
  /** A key's id, name or prefix, a user of the operating system, or a kind of actor. */
  actor?: string;
  project?: string;
  /** Inclusive. */
  from?: Micros;
  /** Exclusive. */
  to?: Micros;
}

/** The last entry of a page. */
export interface AuditPosition {
  /** RFC 3339, with the microseconds. */
  at: string;
  id: number;
}

export interface AuditPage {
  entries: AuditEntry[];
  /** null on the last page. */
  next: AuditPosition | null;
}

/**
 * The audit log. Changes are recorded by the stores that make them, in the same transaction; here it is read, and told of what
 * was refused.
 */
export abstract class AuditStore {
  abstract addRefusals(refusals: readonly Refusal[]): Promise<void>;

  /** Newest first. `after` is `next` of an earlier page of the same filter. */
  abstract page(filter: AuditFilter, limit: number, after: AuditPosition | null): Promise<AuditPage>;

  /** Removes what is older; ends early, with some left, once `stop` is aborted. */
  abstract prune(beforeMs: number, stop: AbortSignal): Promise<void>;
}
