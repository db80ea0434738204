import { CommonLogParser } from './common-log-parser.js';
import { CsvParser } from './csv-parser.js';
import { LinesParser } from './lines-parser.js';
import { NdjsonParser } from './ndjson-parser.js';

export { CommonLogParser, CsvParser, LinesParser, NdjsonParser };
export { looksLikeCsv } from './csv-columns.js';
export { hasCrLines, withLineFeeds } from './line-blocks.js';
export { LineParser } from './line-parser.js';
export { countNotes, type Note, type NoteCounts } from './record-parser.js';
export { readRecords } from './record-parser.js';
export { cutOff, RecordParser, type ParserStart } from './record-parser.js';
