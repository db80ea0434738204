import { LineParser } from '../kit/line-parser.js';
import type { ParserStart } from '../kit/record-parser.js';
import { parseLine } from './parse-line.js';

/** A text of such lines as POST /upload takes. */
export class LinesParser extends LineParser {
  constructor(start?: ParserStart) {
    super(parseLine, start);
  }
}
