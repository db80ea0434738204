import { mayHoldUnstorableText, findUnstorable } from '../../core/json/json.js';
import { LineParser, type Line } from './line-parser.js';
import type { ParserStart } from './record-parser.js';

/** A JSON text a line. */
export class NdjsonParser extends LineParser {
  constructor(start?: ParserStart) {
    super(parseLine, start);
  }
}

function parseLine(line: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { error: { field: '', message: 'is not JSON', type: 'format' } };
  }
  return jsonRecord(value, mayHoldUnstorableText(line));
}

/** A parsed value as a record, unless no store could hold it. `checkText` as for findUnstorable. */
export function jsonRecord(value: unknown, checkText: boolean): Line {
  const found = findUnstorable(value, checkText);
  if (!found) return { value };
  return { error: { field: found.path, message: found.message, type: 'unstorable' } };
}
