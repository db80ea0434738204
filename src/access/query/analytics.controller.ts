import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/ports/api-key.js';
import { sentOnce } from '../../http/query/answer.js';
import { ApiFailures, oneOf } from '../../http/query/openapi.js';
import { QueryPipe } from '../../http/query/query-parameters.js';
import { AnalyticsQuery, HourSummary, RangeSummary } from './analytics.dto.js';
import { AnalyticsService } from './analytics.service.js';

/** The way out for access entries: whole hours, summed up. */
@ApiTags('Access logs')
@ApiFailures()
@Controller()
@RequireScope('query')
export class AnalyticsController {
  constructor(private readonly analytics: AnalyticsService) {}

  @Get('analytics')
  @ApiOperation({
    operationId: 'getAccessSummary',
    summary: 'Summary of an hour, or of a range of whole hours',
    description: 'What `summary_HH.json` of the archive holds; with `from` and `to`, these replace `hour`.',
  })
  @ApiExtraModels(HourSummary, RangeSummary)
  @ApiOkResponse({
    description: 'The summary of the hour, or of the range of `from` and `to`',
    schema: oneOf(HourSummary, RangeSummary),
  })
  async summary(
    @Query(QueryPipe) query: AnalyticsQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    return sentOnce(reply, [await this.analytics.summary(caller.projectId, query)]);
  }
}
