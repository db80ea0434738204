import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { JSON_TYPE, listText } from '../../api/answer.js';
import { ApiFailures } from '../../api/openapi.js';
import { QueryPipe } from '../../api/query-parameters.js';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/api-key.js';
import { ApiLogs } from './access.openapi.js';
import { LogsQuery } from './logs.dto.js';
import { LogsService } from './logs.service.js';

/** The way out for access entries: the rows themselves. */
@ApiTags('Access logs')
@ApiSecurity('key')
@ApiFailures()
@Controller()
@RequireScope('query')
export class LogsController {
  constructor(private readonly logs: LogsService) {}

  @Get('logs')
  @ApiOperation({ summary: 'List access entries by filter, newest first, page by page' })
  @Header('content-type', JSON_TYPE)
  @ApiLogs()
  async page(@Query(QueryPipe) query: LogsQuery, @CurrentCaller() caller: Caller): Promise<string> {
    const { json, meta } = await this.logs.page(caller.projectId, query);
    return listText('data', json, { meta });
  }
}
