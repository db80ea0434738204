import { ApiResponse } from '@nestjs/swagger';
import { listOf } from '../../api/schemas.js';
import { storedEvent } from '../../api/stored-event.openapi.js';
import { CSV_COLUMNS } from './csv.js';

/** 200 with a file. */
export function ApiExport() {
  return ApiResponse({
    status: 200,
    description: `NDJSON: one event per line, as in \`logs/recent\`. CSV (RFC 4180): the columns ${CSV_COLUMNS.join(', ')}; \`properties\` and \`device_info\` as JSON; text that a spreadsheet would run as a formula has a \`'\` in front. If the connection is cut, the file is incomplete`,
    headers: {
      'Content-Disposition': {
        description: 'With a file name',
        required: true,
        schema: { type: 'string' },
      },
    },
    content: {
      'application/x-ndjson': { schema: listOf(storedEvent, 'One per line') },
      'text/csv': { schema: { type: 'string' } },
    },
  });
}
