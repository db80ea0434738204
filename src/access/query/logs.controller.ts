import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/ports/api-key.js';
import { listPieces, sentOnce } from '../../http/query/answer.js';
import { ApiFailures } from '../../http/query/openapi.js';
import { plusWarnings, QueryPipe } from '../../http/query/query-parameters.js';
import { AccessPage, LogsQuery } from './logs.dto.js';
import { LogsService } from './logs.service.js';

/** The way out for access entries: the rows themselves. */
@ApiTags('Access logs')
@ApiFailures()
@Controller()
@RequireScope('query')
export class LogsController {
  constructor(private readonly logs: LogsService) {}

  @Get('logs')
  @ApiOperation({
    operationId: 'listAccessEntries',
    summary: 'List access entries by filter, newest first, page by page',
    description:
      'An entry must match every filter that is given. For the next page, repeat the request with `next_cursor` as `cursor` and the same filters.',
  })
  @ApiOkResponse({
    description: 'A page; it ends early, and says so, at about 2 MB of JSON',
    type: AccessPage,
  })
  async page(
    @Query(QueryPipe) query: LogsQuery,
    @CurrentCaller() caller: Caller,
    @Req() { raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { json, count, meta } = await this.logs.page(caller.projectId, query);
    const told = count === 0 ? plusWarnings(raw.url) : [];
    if (told.length > 0) meta.warnings = [...(meta.warnings ?? []), ...told];
    return sentOnce(reply, listPieces('data', json, { meta }));
  }
}
