import { MAX_PATH_LENGTH, MAX_USER_AGENT_LENGTH, type RawAccessEntry } from './access-entry.schema.js';
import { clientAddress } from './client-address.js';
import { NOTES, type Note } from './formats/record-parser.js';

const ANY_STATUS = /^\d{1,3}$/;

export interface Tolerated {
  raw: object;
  notes: Note[];
}

/**
 * An entry that validation has refused, with what is merely unusual in what servers write put right: a status that is none of
 * HTTP's (000, 0, 999), a path or user agent that is too long, an address with a port or behind proxies, `-` for nothing. What
 * cannot be read stays as it is, to be refused.
 */
export function tolerated(entry: unknown): Tolerated | null {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return null;
  const raw: Partial<Record<keyof RawAccessEntry, unknown>> = { ...entry };
  const notes: Note[] = [];
  for (const field of ['timestamp', 'method', 'status', 'latency_ms', 'request_time'] as const) {
    if (raw[field] === '-') raw[field] = null;
  }
  if (isOddStatus(raw.status)) {
    raw.status = null;
    notes.push(NOTES.status);
  }
  if (typeof raw.ip === 'string') {
    const ip = clientAddress(raw.ip);
    if (ip === null && /[a-z]/i.test(raw.ip)) notes.push(NOTES.host);
    if (typeof ip !== 'symbol') raw.ip = ip;
  }
  cut(raw, ['path', 'url'], MAX_PATH_LENGTH, () => notes.push(NOTES.path));
  cut(raw, ['user_agent', 'userAgent'], MAX_USER_AGENT_LENGTH, () => notes.push(NOTES.userAgent));
  return { raw, notes };
}

function isOddStatus(status: unknown): boolean {
  if (typeof status !== 'number' && !(typeof status === 'string' && ANY_STATUS.test(status))) return false;
  const number = Number(status);
  return Number.isInteger(number) && number >= 0 && number < 1000 && (number < 100 || number > 599);
}

function cut<K extends keyof RawAccessEntry>(
  raw: Partial<Record<K, unknown>>,
  fields: readonly K[],
  maxLength: number,
  note: () => void,
): void {
  for (const field of fields) {
    const text = raw[field];
    if (typeof text !== 'string' || text.length <= maxLength) continue;
    const characters = Array.from(text.slice(0, 2 * maxLength));
    if (characters.length <= maxLength && text.length <= 2 * maxLength) continue;
    raw[field] = characters.slice(0, maxLength).join('');
    note();
  }
}
