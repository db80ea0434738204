import { isUtf8 } from 'node:buffer';
import { SightlineError } from '../errors.js';
import { parseJson } from './json.js';

/** A larger body is scanned for nesting before it is parsed: 10 MB of `[` would take JSON.parse 500 MB. */
const SCAN_FROM_BYTES = 256 * 1024;
export const MAX_BODY_DEPTH = 1000;

/** The text of a body that should be JSON. @throws SightlineError `invalid_json` */
export function jsonText(body: Buffer): string {
  if (body.length === 0) throw new SightlineError('invalid_json', 'The body is empty: JSON is expected');
  if (!isUtf8(body)) throw notUtf8();
  if (body.length > SCAN_FROM_BYTES && isNestedTooDeep(body)) throw nestedTooDeep();
  const text = body.toString('utf8');
  // Many Windows tools begin a file with a byte order mark; RFC 8259 lets a parser ignore it.
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** @throws SightlineError `invalid_json` */
export function parseJsonText(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new SightlineError('invalid_json', `The body is not valid JSON${positionIn(error)}`, {
      cause: error,
    });
  }
}

export function notUtf8(): SightlineError {
  return new SightlineError('invalid_json', 'The body is not valid UTF-8');
}

export function nestedTooDeep(): SightlineError {
  return new SightlineError('invalid_json', `The body is nested deeper than ${MAX_BODY_DEPTH} levels`);
}

// V8's message quotes the body; its position is all that is safe and useful to repeat.
function positionIn(error: unknown): string {
  const position = /at position (\d+)/.exec((error as Error).message)?.[1];
  return position ? ` (at character ${position})` : '';
}

function isNestedTooDeep(body: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > MAX_BODY_DEPTH) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}
