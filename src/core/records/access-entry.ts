import type { Micros } from '../time.js';

/**
 * Methods that an entry may have; any other text is refused. Those of IANA's registry (HTTP, WebDAV, CalDAV, DeltaV), and what
 * caches, UPnP, Icecast, Outlook and IIS put in their place.
 */
export const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  ...[
    'PROPFIND',
    'PROPPATCH',
    'MKCOL',
    'COPY',
    'MOVE',
    'LOCK',
    'UNLOCK',
    'SEARCH',
    'ACL',
    'REPORT',
    'MKCALENDAR',
  ],
  ...['BIND', 'REBIND', 'UNBIND', 'LINK', 'UNLINK', 'ORDERPATCH', 'MKREDIRECTREF', 'UPDATEREDIRECTREF'],
  ...['CHECKIN', 'CHECKOUT', 'UNCHECKOUT', 'MKWORKSPACE', 'UPDATE', 'LABEL', 'MERGE', 'MKACTIVITY'],
  ...['VERSION-CONTROL', 'BASELINE-CONTROL', 'QUERY', 'PRI'],
  ...['PURGE', 'BAN', 'M-SEARCH', 'NOTIFY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'SOURCE'],
  ...['RPC_IN_DATA', 'RPC_OUT_DATA', 'DEBUG', 'TRACK'],
] as const;

/** An access entry that passed validation and is ready to be stored. */
export interface NewAccessEntry {
  projectId: number;
  timestamp: Micros;
  /** What the sender claimed, when its clock was more than 24 h ahead. */
  reportedTimestamp: Micros | null;
  /** Time of receipt; its UTC day chooses the partition. */
  createdAt: Micros;
  /** Canonical: `1.2.3.4`, `2001:db8::1` (RFC 5952). */
  ip: string | null;
  /** This process has not seen the address today: the store upserts it (see AccessReceipt). */
  upsertIp: boolean;
  /** Upper case. */
  method: string | null;
  path: string | null;
  status: number | null;
  latencyMs: number | null;
  userAgent: string | null;
}

/** What became of one entry of an append. */
export type AccessReceipt =
  /** `newIp`: no entry of the project had this address before (at most one receipt says so of each address). */
  | { outcome: 'stored'; newIp: boolean }
  /** Durable, and on its way to the store. */
  | { outcome: 'queued' }
  /** The store refused this entry for a reason of its own. `cause`: in the database's words, for operators only. */
  | { outcome: 'rejected'; message: string; cause: string };

/** An entry as it is answered by GET /logs and written to the archive. Times are RFC 3339 in UTC. */
export interface StoredAccessEntry {
  id: number;
  Timestamp: string;
  IP: string | null;
  Method: string | null;
  Path: string | null;
  Status: number | null;
  LatencyMs: number | null;
  UserAgent: string | null;
}
