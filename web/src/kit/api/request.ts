import { ApiError, failureOf } from './api-error.js';
import { urlOf, type Params } from './params.js';
import { noteServerClock } from './server-clock.js';

export interface RequestOptions {
  params?: Params;
  signal?: AbortSignal;
  /** Bypasses the server's cache. */
  fresh?: boolean;
  /** Sent as JSON. */
  body?: unknown;
  /** Reads the answer's text where JSON.parse will not do. */
  parse?: (text: string) => unknown;
}

type Method = 'GET' | 'POST' | 'DELETE';

let onUnauthorized: () => void = () => undefined;

/** Called whenever a request is answered 401, except the log-in itself. */
export function whenUnauthorized(react: () => void): void {
  onUnauthorized = react;
}

/** A page of a list. */
export interface ListPage<T> {
  data: T[];
  /** null on the last page. */
  next_cursor: string | null;
}

/** One request to the server; resolves with the whole answer. @throws ApiError, or the signal's AbortError */
async function requestWhole(method: Method, path: string, options: RequestOptions = {}): Promise<unknown> {
  const answer = await send(method, path, options);
  const text = await answer.text();
  if (!answer.ok) {
    const error = failureOf(answer.status, text, answer.headers.get('retry-after'));
    if (answer.status === 401 && path !== '/api/v1/session') onUnauthorized();
    throw error;
  }
  return (options.parse ?? JSON.parse)(text);
}

/** The same; resolves with the `data` of the envelope, or with the whole answer where there is none. */
async function request<T>(method: Method, path: string, options?: RequestOptions): Promise<T> {
  return dataOf(await requestWhole(method, path, options)) as T;
}

export const get = <T>(path: string, options?: RequestOptions) => request<T>('GET', path, options);
export const post = <T>(path: string, options?: RequestOptions) => request<T>('POST', path, options);
export const remove = <T>(path: string, options?: RequestOptions) => request<T>('DELETE', path, options);

export async function getPage<T>(path: string, options?: RequestOptions): Promise<ListPage<T>> {
  return (await requestWhole('GET', path, options)) as ListPage<T>;
}

/** A list as one, page by page; in the place of `get`. */
export async function getEveryPage<T>(url: string, options?: RequestOptions): Promise<T> {
  const all: unknown[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? url : withCursor(url, cursor);
    const page: ListPage<unknown> = await getPage(next, options);
    all.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return all as T;
}

function withCursor(url: string, cursor: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
}

async function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = {};
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.fresh) headers['cache-control'] = 'no-cache';
  const askedAtMs = Date.now();
  try {
    const answer = await fetch(urlOf(path, options.params), {
      method,
      headers,
      signal: options.signal,
      credentials: 'same-origin',
      // The server's cache knows what was stored since; the browser's does not.
      cache: 'no-store',
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
    noteServerClock(answer.headers.get('date'), askedAtMs, Date.now());
    return answer;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, 'network_error', 'The server cannot be reached', [], true);
  }
}

function dataOf(answer: unknown): unknown {
  const enveloped = typeof answer === 'object' && answer !== null && 'data' in answer && 'success' in answer;
  return enveloped ? answer.data : answer;
}
