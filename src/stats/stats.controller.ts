import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, RequireScope } from '../auth/index.js';
import type { Caller } from '../core/api-key.js';
import type { Cached } from '../core/cache.js';
import type { EventMetrics } from '../core/event-stats.js';
import { StatsQuery, StatsQueryPipe } from './stats-query.js';
import { ApiMetrics, ApiStats, ApiStatus } from './stats.openapi.js';
import { StatsService, type StatsData, type StatusData } from './stats.service.js';

interface Answer<T> {
  success: true;
  message: string;
  data: T;
}

/** The way out for events: what is counted. */
@ApiTags('Stats')
@ApiSecurity('key')
@Controller('api/v1')
@RequireScope('query')
export class StatsController {
  constructor(private readonly counts: StatsService) {}

  @Get('metrics')
  @ApiOperation({ summary: 'The numbers of a project at a glance' })
  @ApiHeader({ name: 'Cache-Control', description: '`no-cache`: a fresh answer', required: false })
  @ApiMetrics()
  async metrics(
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('cache-control') cacheControl?: string,
  ): Promise<Answer<EventMetrics>> {
    const cached = await this.counts.metrics(caller.projectId, wantsFresh(cacheControl));
    tellAge(reply, cached);
    return { success: true, message: 'Metrics retrieved successfully', data: cached.value };
  }

  @Get('status')
  @ApiOperation({ summary: 'The server, its database and the metrics' })
  @ApiStatus()
  async status(@CurrentCaller() caller: Caller): Promise<Answer<StatusData>> {
    const data = await this.counts.status(caller.projectId);
    return { success: true, message: 'Status retrieved successfully', data };
  }

  @Get('stats')
  @ApiOperation({ summary: 'Series of logs, errors, latency, users or sessions' })
  @ApiHeader({ name: 'Cache-Control', description: '`no-cache`: a fresh answer', required: false })
  @ApiStats()
  async stats(
    @Query(StatsQueryPipe) query: StatsQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('cache-control') cacheControl?: string,
  ): Promise<Answer<StatsData & { warnings: string[] }>> {
    const cached = await this.counts.stats(caller.projectId, query, wantsFresh(cacheControl));
    tellAge(reply, cached);
    const data = { ...cached.value, warnings: query.warnings };
    return { success: true, message: 'Stats retrieved successfully', data };
  }
}

function wantsFresh(cacheControl = ''): boolean {
  return /(^|[\s,])no-(cache|store)($|[\s,])/i.test(cacheControl);
}

function tellAge(reply: FastifyReply, { hit, ageS }: Cached<unknown>): void {
  void reply.header('x-cache', hit ? 'HIT' : 'MISS').header('age', ageS);
}
