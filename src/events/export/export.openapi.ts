import { ApiResponse } from '@nestjs/swagger';
import { listOf } from '../../api/schemas.js';
import { storedEvent } from '../../api/stored-event.openapi.js';
import { CSV_COLUMNS } from './csv.js';

/** 200 with a file. */
export function ApiExport() {
  return ApiResponse({
    status: 200,
    description: `NDJSON: an event a line, as in \`logs/recent\`. CSV (RFC 4180): the columns ${CSV_COLUMNS.join(', ')}; \`properties\` and \`device_info\` as JSON; text that a spreadsheet would run has a \`'\` in front. A connection that is cut means that the file is not whole`,
    headers: {
      'Content-Disposition': {
        description: 'With the name of a file',
        required: true,
        schema: { type: 'string' },
      },
    },
    content: {
      'application/x-ndjson': { schema: listOf(storedEvent, 'A line each') },
      'text/csv': { schema: { type: 'string' } },
    },
  });
}
