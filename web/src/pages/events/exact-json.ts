/** A number that a double would round, as it stood in the text. */
export class ExactNumber {
  constructor(readonly source: string) {}

  toJSON(): unknown {
    return rawJson(this.source);
  }
}

// Not yet in the library that TypeScript knows: source text access of ES2026.
type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;
const source = JSON as unknown as {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON?(text: string): unknown;
};

const LONG_NUMBER = /\d{16}/;

/**
 * JSON.parse that keeps integers past 2^53, which the server keeps exactly, where the browser gives access to the source.
 * A reviver is slow: only a text in which 16 digits stand in a row has one.
 */
export function parseExact(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return source.parse(text, (_key, value, context) =>
    typeof value === 'number' && context?.source !== undefined && !isKept(value, context.source)
      ? new ExactNumber(context.source)
      : value,
  );
}

function isKept(value: number, text: string): boolean {
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text);
}

function rawJson(text: string): unknown {
  return source.rawJSON ? source.rawJSON(text) : Number(text);
}
