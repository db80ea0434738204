import { isUtf8 } from 'node:buffer';

const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|(.))/gs;
const SHORT: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', v: '\v', b: '\b', f: '\f' };
const CONTROL = /[\x00-\x1f\x7f]/;

/**
 * A text of a log without the escapes that Apache and nginx write (`\"`, `\x22`, bytes of UTF-8 one by one). As it stood
 * where these hide control characters or bytes that are no text.
 */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = Buffer.concat(pieces(text));
  if (!isUtf8(bytes)) return text;
  const plain = bytes.toString('utf8');
  return CONTROL.test(plain) ? text : plain;
}

function pieces(text: string): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  for (const match of text.matchAll(ESCAPE)) {
    found.push(Buffer.from(text.slice(at, match.index)));
    const [escape, hex, letter] = match;
    found.push(hex === undefined ? Buffer.from(SHORT[letter] ?? letter) : Buffer.from(hex, 'hex'));
    at = match.index + escape.length;
  }
  found.push(Buffer.from(text.slice(at)));
  return found;
}
