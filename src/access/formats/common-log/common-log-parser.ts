import { LineParser } from '../kit/line-parser.js';
import type { ParserStart } from '../kit/record-parser.js';
import { parseLogLine } from './parse-log-line.js';

/** Access logs of Apache and nginx in the Common or Combined Log Format. */
export class CommonLogParser extends LineParser {
  constructor(start?: ParserStart) {
    super(parseLogLine, start);
  }
}
