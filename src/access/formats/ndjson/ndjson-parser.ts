import { mayHoldUnstorableText } from '../../../core/json.js';
import { jsonRecord } from '../kit/json-record.js';
import { LineParser, type Line } from '../kit/line-parser.js';
import type { ParserStart } from '../kit/record-parser.js';

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
