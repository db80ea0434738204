/** JSON from clients: keeps integers exact, and finds what PostgreSQL cannot store before it gets there. */

/** Deepest nesting of one record. */
export const MAX_DEPTH = 32;

/** An integer of so many digits may be past 2^53. */
const LONG = 16;
const INTEGER = /^-?\d+$/;

/**
 * JSON.parse that keeps integers past 2^53 as they came (as `JSON.rawJSON`, which JSON.stringify writes back digit by digit).
 * Only a text with 16 digits in a row pays for that.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (!mayHoldLongNumber(text)) return JSON.parse(text);
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    Number.isFinite(value) &&
    source !== undefined &&
    INTEGER.test(source)
      ? rawJson(source)
      : value,
  );
}

/** The same; undefined for a text that is no JSON. */
export function jsonIn(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Are there LONG digits in a row? One of them would stand at one of every sixteenth place: only those are looked at. */
function mayHoldLongNumber(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (isDigit(text, at) && digitsAround(text, at) >= LONG) return true;
  }
  return false;
}

function digitsAround(text: string, at: number): number {
  let start = at;
  while (isDigit(text, start - 1)) start--;
  let end = at + 1;
  while (isDigit(text, end)) end++;
  return end - start;
}

// NaN, beyond the end of the text, is not a digit.
function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

// In Node 24, not yet in TypeScript's lib.
const {
  rawJSON: rawJson,
  isRawJSON: isRawJson,
  parse: parseWithSource,
} = JSON as unknown as {
  rawJSON: (text: string) => object;
  isRawJSON: (value: unknown) => boolean;
  parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) => unknown;
};

/** May `text`, a JSON text, hold NUL or a lone surrogate? Both can only be written as an escape. */
export function mayHoldUnstorableText(text: string): boolean {
  return text.includes('\\u') && /\\u(?:0000|[dD][89a-fA-F])/.test(text);
}

export interface UnstorableValue {
  /** From the record's root: `properties.a[3].b`. */
  path: string;
  message: string;
}

/**
 * The first value in a parsed record that PostgreSQL would refuse or JSON could not give back, or null.
 * `checkText` is for records from a text for which `mayHoldUnstorableText` holds.
 */
export function findUnstorable(
  record: unknown,
  checkText: boolean,
  path = '',
  depth = 1,
): UnstorableValue | null {
  if (typeof record === 'number') {
    return Number.isFinite(record) ? null : { path, message: 'is a number too large for a double' };
  }
  if (typeof record === 'string') {
    return checkText ? unstorableText(record, path) : null;
  }
  if (typeof record !== 'object' || record === null || isRawJson(record)) return null;
  if (depth > MAX_DEPTH) return { path, message: `is nested deeper than ${MAX_DEPTH} levels` };
  if (Array.isArray(record)) {
    for (let i = 0; i < record.length; i++) {
      const value: unknown = record[i];
      if (isPlain(value, checkText)) continue;
      const found = findUnstorable(value, checkText, `${path}[${i}]`, depth + 1);
      if (found) return found;
    }
    return null;
  }
  // Parsed JSON inherits no keys. Object.keys would allocate arrays: 350 bytes an event.
  for (const key in record) {
    if (checkText) {
      const found = unstorableText(key, path);
      if (found) return { path, message: `has a key that ${found.message}` };
    }
    const value = (record as Record<string, unknown>)[key];
    if (isPlain(value, checkText)) continue;
    const found = findUnstorable(value, checkText, path ? `${path}.${key}` : key, depth + 1);
    if (found) return found;
  }
  return null;
}

// Saves the call, and building the path, for nearly every value.
function isPlain(value: unknown, checkText: boolean): boolean {
  return (typeof value === 'string' && !checkText) || (typeof value === 'number' && Number.isFinite(value));
}

function unstorableText(text: string, path: string): UnstorableValue | null {
  if (text.includes('\0')) return { path, message: 'contains a NUL character' };
  return text.isWellFormed() ? null : { path, message: 'contains a lone surrogate' };
}
