import { CommonLogParser } from './common-log/common-log-parser.js';
import { CsvParser } from './csv/csv-parser.js';
import { LinesParser } from './lines/lines-parser.js';
import { NdjsonParser } from './ndjson/ndjson-parser.js';

export { CommonLogParser, CsvParser, LinesParser, NdjsonParser };
export { readRecords } from './kit/read-records.js';
export { RecordParser, type ParserStart } from './kit/record-parser.js';
