import type { Answer, Api, RequestOptions } from './api.js';

/** POST /logs with a body of this media type. */
export function postLogs(
  api: Api,
  type: string,
  body: unknown,
  { headers, ...options }: RequestOptions = {},
): Promise<Answer> {
  return api.post('/logs', body, { ...options, headers: { 'content-type': type, ...headers } });
}

let made = 0;

/** An address that no other call of this process gives. */
export function anIp(): string {
  made++;
  return `10.${(made >> 16) & 255}.${(made >> 8) & 255}.${made & 255}`;
}

/** A valid access entry from an address of its own. */
export function anEntry(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return { timestamp: new Date().toISOString(), ip: anIp(), ...overrides };
}
