import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { answer, type Answer } from '../../http/query/answer.js';
import { ApiMayBeCached, tellAge, wantsFresh } from '../../http/query/caching.js';
import { ApiFailures } from '../../http/query/openapi.js';
import { ignored, QueryPipe } from '../../http/query/query-parameters.js';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/api-key.js';
import { AccessSeriesQuery, AccessTopQuery } from './counts.dto.js';
import { ApiAccessSeries, ApiAccessTop } from './counts.openapi.js';
import { AccessCountsService, type AccessSeriesData, type AccessTopData } from './counts.service.js';

type WithWarnings<Data> = Answer<Data & { warnings: string[] }>;

/** The way out for access entries: what is counted, as /api/v1/stats answers for events. */
@ApiTags('Access logs')
@ApiSecurity('key')
@ApiFailures()
@Controller('api/v1/access')
@RequireScope('query')
export class AccessCountsController {
  constructor(private readonly counts: AccessCountsService) {}

  @Get('stats')
  @ApiOperation({ summary: 'Series of requests by status, of latency or of distinct addresses' })
  @ApiMayBeCached()
  @ApiAccessSeries()
  async stats(
    @Query(QueryPipe) query: AccessSeriesQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<WithWarnings<AccessSeriesData>> {
    const cached = await this.counts.series(caller.projectId, query, wantsFresh(cacheControl));
    tellAge(reply, cached);
    const warnings = query.others.map(([name]) => ignored(name));
    return answer('Stats retrieved successfully', { ...cached.value, warnings });
  }

  @Get('top')
  @ApiOperation({ summary: 'The first paths, addresses, statuses, methods or user agents' })
  @ApiMayBeCached()
  @ApiAccessTop()
  async top(
    @Query(QueryPipe) query: AccessTopQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<WithWarnings<AccessTopData>> {
    const cached = await this.counts.top(caller.projectId, query, wantsFresh(cacheControl));
    tellAge(reply, cached);
    const warnings = query.others.map(([name]) => ignored(name));
    return answer('Top values retrieved successfully', { ...cached.value, warnings });
  }
}
