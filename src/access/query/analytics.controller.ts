import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { ApiFailures } from '../../http/query/openapi.js';
import { QueryPipe } from '../../http/query/query-parameters.js';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/api-key.js';
import type { HourSummary } from '../../core/access-summary.js';
import { ApiAnalytics } from './access.openapi.js';
import { AnalyticsQuery } from './analytics.dto.js';
import { AnalyticsService, type WindowSummary } from './analytics.service.js';

/** The way out for access entries: whole hours, summed up. */
@ApiTags('Access logs')
@ApiSecurity('key')
@ApiFailures()
@Controller()
@RequireScope('query')
export class AnalyticsController {
  constructor(private readonly analytics: AnalyticsService) {}

  @Get('analytics')
  @ApiOperation({ summary: 'Summary of an hour, or of a range of whole hours' })
  @ApiAnalytics()
  summary(
    @Query(QueryPipe) query: AnalyticsQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<HourSummary | WindowSummary> {
    return this.analytics.summary(caller.projectId, query);
  }
}
