import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { answer, type Answer } from '../http/query/answer.js';
import { ApiMayBeCached, tellAge, wantsFresh } from '../http/query/caching.js';
import { ApiFailures } from '../http/query/openapi.js';
import { ProjectQuery } from '../http/query/project-query.js';
import { ignored, QueryPipe } from '../http/query/query-parameters.js';
import { CurrentCaller, RequireScope } from '../auth/index.js';
import type { Caller } from '../core/api-key.js';
import type { EventMetrics } from '../core/event-stats.js';
import { StatsQuery, TopQuery } from './stats-query.js';
import { ApiMetrics, ApiStats, ApiStatus, ApiTop } from './stats.openapi.js';
import { StatsService, type StatsData, type StatusData, type TopData } from './stats.service.js';

/** The way out for events: what is counted. */
@ApiTags('Stats')
@ApiSecurity('key')
@ApiFailures()
@Controller('api/v1')
@RequireScope('query')
export class StatsController {
  constructor(private readonly counts: StatsService) {}

  @Get('metrics')
  @ApiOperation({ summary: 'Key figures of a project' })
  @ApiMayBeCached()
  @ApiQuery({ type: ProjectQuery })
  @ApiMetrics()
  async metrics(
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<Answer<EventMetrics>> {
    const cached = await this.counts.metrics(caller.projectId, wantsFresh(cacheControl));
    tellAge(reply, cached);
    return answer('Metrics retrieved successfully', cached.value);
  }

  @Get('status')
  @ApiOperation({ summary: 'Status of the server and its database, and the metrics' })
  @ApiQuery({ type: ProjectQuery })
  @ApiStatus()
  async status(@CurrentCaller() caller: Caller): Promise<Answer<StatusData>> {
    return answer('Status retrieved successfully', await this.counts.status(caller.projectId));
  }

  @Get('stats')
  @ApiOperation({ summary: 'Time series of logs, errors, latency, users or sessions' })
  @ApiMayBeCached()
  @ApiStats()
  async stats(
    @Query(QueryPipe) query: StatsQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<Answer<StatsData & { warnings: string[] }>> {
    const cached = await this.counts.stats(caller.projectId, query, wantsFresh(cacheControl));
    tellAge(reply, cached);
    const warnings = query.others.map(([name]) => ignored(name));
    return answer('Stats retrieved successfully', { ...cached.value, warnings });
  }

  @Get('stats/top')
  @ApiOperation({ summary: 'The most frequent names, types, versions, priorities or providers' })
  @ApiMayBeCached()
  @ApiTop()
  async top(
    @Query(QueryPipe) query: TopQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<Answer<TopData & { warnings: string[] }>> {
    const cached = await this.counts.top(caller.projectId, query, wantsFresh(cacheControl));
    tellAge(reply, cached);
    const warnings = query.others.map(([name]) => ignored(name));
    return answer('Top values retrieved successfully', { ...cached.value, warnings });
  }
}
