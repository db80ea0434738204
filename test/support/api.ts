import type { TestServer } from './server.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- a test looks into answers of any shape, and fails where they have another */
export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON, or the text where it is none. */
  body: any;
}

export interface RequestOptions {
  headers?: Record<string, string>;
  /** null sends none. */
  key?: string | null;
}

export interface Api {
  get(path: string, options?: RequestOptions): Promise<Answer>;
  /** A string or Buffer goes as it is, anything else as JSON. */
  post(path: string, body?: unknown, options?: RequestOptions): Promise<Answer>;
}

/** Asks a running server as a client would. */
export function apiOf(server: Pick<TestServer, 'url' | 'key'>): Api {
  const ask = async (method: string, path: string, body: RequestInit['body'], options: RequestOptions) => {
    const key = options.key === undefined ? server.key : options.key;
    const headers = { ...(key === null ? {} : { 'x-api-key': key }), ...options.headers };
    const answer = await fetch(server.url + path, { method, headers, body });
    return { status: answer.status, headers: answer.headers, body: parsed(await answer.text()) };
  };
  return {
    get: (path, options = {}) => ask('GET', path, undefined, options),
    post: (path, body, options = {}) =>
      ask('POST', path, rawBody(body), {
        ...options,
        headers: { 'content-type': 'application/json', ...options.headers },
      }),
  };
}

function rawBody(body: unknown): RequestInit['body'] {
  if (body === undefined || typeof body === 'string') return body;
  return Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A query string of so many parameters `prop.pN=1`. */
export function propertiesAsked(count: number): string {
  return Array.from({ length: count }, (_, n) => `prop.p${n}=1`).join('&');
}

let made = 0;

/** A valid event with an event_id of its own. */
export function anEvent(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    event_id: `event-${process.pid}-${++made}`,
    event_type: 'behavioral',
    event_name: 'tap',
    ...overrides,
  };
}
