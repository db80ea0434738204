import { CommonLogParser } from './common-log/common-log-parser.js';
import { CsvParser } from './csv/csv-parser.js';
import { LinesParser } from './lines/lines-parser.js';
import { NdjsonParser } from './ndjson/ndjson-parser.js';

export { CommonLogParser, CsvParser, LinesParser, NdjsonParser };
export { looksLikeCsv } from './csv/dialect.js';
export { hasCrLines, withLineFeeds } from './kit/line-ends.js';
export { LineParser } from './kit/line-parser.js';
export { countNotes, type Note, type NoteCounts } from './kit/notes.js';
export { readRecords } from './kit/read-records.js';
export { cutOff, RecordParser, type ParserStart } from './kit/record-parser.js';
