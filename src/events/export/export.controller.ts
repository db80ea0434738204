import { finished } from 'node:stream';
import { Controller, Get, Query, Res, StreamableFile } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiTags, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/ports/api-key.js';
import { Clock } from '../../core/ports/clock.js';
import { cutConnection, watchReader } from '../../http/query/cut-connection.js';
import { ApiPropertyFilter } from '../../http/query/event-filter.js';
import { ApiFailures } from '../../http/query/openapi.js';
import { QueryPipe } from '../../http/query/query-parameters.js';
import { StoredEventView } from '../event.dto.js';
import { EXPORT_FORMATS, CSV_COLUMNS } from './export-formats.js';
import { ExportQuery } from './export.dto.js';
import { ExportService } from './export.service.js';

/** The way out for events as a file. */
@ApiTags('Events')
@ApiFailures()
@Controller('api/v1')
@RequireScope('query')
export class ExportController {
  constructor(
    private readonly exports: ExportService,
    private readonly clock: Clock,
  ) {}

  @Get('logs/export')
  @RouteConfig({ streams: true })
  @ApiOperation({
    operationId: 'exportEvents',
    summary: 'All events that match a filter, as an NDJSON or CSV file',
    description:
      'Takes the filters and the order of `logs/filter`, without pages: the file is streamed as it is read. If the connection is cut, the file is incomplete.',
  })
  @ApiPropertyFilter()
  @ApiExport()
  async export(
    @Query(QueryPipe) query: ExportQuery,
    @CurrentCaller() { projectId, project }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { stream, release } = await this.exports.open(projectId, query);
    finished(reply.raw, release);
    stream.once('error', () => cutConnection(reply));
    watchReader(reply, { stallMs: this.exports.stallMs, graceMs: 0 }, () => this.exports.cutShort());
    const format = query.format ?? 'ndjson';
    const time = new Date(this.clock.nowMs()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    void reply.header('cache-control', 'no-store');
    return new StreamableFile(stream, {
      type: EXPORT_FORMATS[format].contentType,
      disposition: `attachment; filename="events-${project}-${time}.${format}"`,
    });
  }
}

/** 200 with a file. */
function ApiExport() {
  return ApiResponse({
    status: 200,
    description: `NDJSON: one event per line, as in \`logs/recent\`. CSV (RFC 4180): the columns ${CSV_COLUMNS.join(', ')}; \`properties\` and \`device_info\` as JSON; text that a spreadsheet would run as a formula has a \`'\` in front`,
    headers: {
      'Content-Disposition': {
        description: 'With a file name',
        required: true,
        schema: { type: 'string' },
      },
    },
    content: {
      'application/x-ndjson': {
        schema: {
          type: 'array',
          items: { $ref: getSchemaPath(StoredEventView) },
          description: 'One per line',
        },
      },
      'text/csv': { schema: { type: 'string' } },
    },
  });
}
