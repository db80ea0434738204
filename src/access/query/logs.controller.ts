import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { ApiFailures } from '../../api/openapi.js';
import { QueryPipe } from '../../api/query-parameters.js';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/api-key.js';
import { ApiLogs } from './access.openapi.js';
import { LogsQuery } from './logs.dto.js';
import { LogsService, type LogsAnswer } from './logs.service.js';

/** The way out for access entries: the rows themselves. */
@ApiTags('Access logs')
@ApiSecurity('key')
@ApiFailures()
@Controller()
@RequireScope('query')
export class LogsController {
  constructor(private readonly logs: LogsService) {}

  @Get('logs')
  @ApiOperation({ summary: 'Access entries by filter, newest first, page by page' })
  @ApiLogs()
  page(@Query(QueryPipe) query: LogsQuery, @CurrentCaller() caller: Caller): Promise<LogsAnswer> {
    return this.logs.page(caller.projectId, query);
  }
}
