import { partsOf } from '../../kit/unseen.js';
import { ExactNumber } from './exact-json.js';
import type { ValuePath } from './value-filter.js';

export type JsonKind = 'string' | 'number' | 'boolean' | 'null' | 'open' | 'close' | 'empty';

/** A line of indented JSON. */
export interface JsonLine {
  depth: number;
  /** Of a member of an object; null for items of arrays, closing brackets and the whole. */
  key: string | null;
  kind: JsonKind;
  /** As JSON writes it: a bracket, or a scalar. */
  text: string;
  path: ValuePath;
  value: unknown;
  comma: boolean;
}

export interface JsonLines {
  lines: JsonLine[];
  /** Were there more than asked for? */
  cut: boolean;
}

/** A value as at most `limit` lines of indented JSON. */
export function jsonLines(value: unknown, limit: number): JsonLines {
  const lines: JsonLine[] = [];
  for (const line of linesOf(value, [], null, false)) {
    if (lines.length === limit) return { lines, cut: true };
    lines.push(line);
  }
  return { lines, cut: false };
}

function* linesOf(value: unknown, path: ValuePath, key: string | null, comma: boolean): Generator<JsonLine> {
  const line = { depth: path.length, key, path, value, comma };
  if (!isNested(value)) {
    yield { ...line, kind: kindOf(value), text: scalarText(value) };
    return;
  }
  const list = Array.isArray(value);
  const members: [string | number, unknown][] = list
    ? value.map((item, i) => [i, item])
    : Object.entries(value);
  if (members.length === 0) {
    yield { ...line, kind: 'empty', text: list ? '[]' : '{}' };
    return;
  }
  yield { ...line, kind: 'open', text: list ? '[' : '{', comma: false };
  for (const [i, [name, member]] of members.entries()) {
    yield* linesOf(member, [...path, name], list ? null : String(name), i < members.length - 1);
  }
  yield { ...line, key: null, kind: 'close', text: list ? ']' : '}' };
}

/** A name or scalar in JSON; what cannot be seen in it is written as JSON may write any character. */
export function scalarText(value: unknown): string {
  return partsOf(JSON.stringify(value))
    .map(({ text, code }) => (code === undefined ? text : escaped(text)))
    .join('');
}

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
}

function kindOf(value: unknown): JsonKind {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'string') return typeof value as JsonKind;
  return 'number';
}
