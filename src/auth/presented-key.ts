import { MAX_KEY_LENGTH } from './key-text.js';

const QUERY_NAMES = new Set(['api_key', 'apikey', 'key', 'x-api-key', 'access_token', 'token']);
const BEARER = /^bearer(?:\s+|$)/i;

/** What a request presented: a key, nothing, or something that is refused without a look at it. */
export type Presented =
  | { key: string; /** The key is in the URL, which everybody along the way can read. */ isInQuery?: true }
  | 'none'
  | 'refused';

/**
 * Reads `X-API-Key: K`, `Authorization: Bearer K` and `Authorization: K`. Two different keys are refused, and so is a
 * key in the query string, which logs and browsers keep. Takes the raw headers (name, value, …): Node drops a second
 * Authorization and joins a second X-API-Key. Other schemes (Basic) are a proxy's business and no key.
 */
export function presentedKey(rawHeaders: readonly string[], query: unknown): Presented {
  if (hasKeyParameter(query)) return 'refused';
  let key: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const found = keyOfHeader(rawHeaders[i], rawHeaders[i + 1]);
    if (found === undefined) continue;
    if (key !== undefined && key !== found) return 'refused';
    key = found;
  }
  if (key === undefined) return 'none';
  return key === '' || key.length > MAX_KEY_LENGTH ? 'refused' : { key };
}

// Lengths first: it spares most headers the conversion to lower case.
function keyOfHeader(name: string, value: string): string | undefined {
  if (name.length === 9 && name.toLowerCase() === 'x-api-key') return value.trim();
  if (name.length !== 13 || name.toLowerCase() !== 'authorization') return undefined;
  const text = value.trim();
  const key = text.replace(BEARER, '');
  return key === text && /\s/.test(text) ? undefined : key;
}

function hasKeyParameter(query: unknown): boolean {
  for (const name in query as object) {
    if (QUERY_NAMES.has(name.toLowerCase())) return true;
  }
  return false;
}
