import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, RequireScope } from '../auth/index.js';
import type { Caller } from '../core/ports/api-key.js';
import { answer, type Answer } from '../http/query/answer.js';
import { ApiCachedAnswer, ApiMayBeCached, cachedAnswer, wantsFresh } from '../http/query/caching.js';
import { ApiAnswer, ApiFailures } from '../http/query/openapi.js';
import { ProjectQuery } from '../http/query/project-query.js';
import { ignored, QueryPipe } from '../http/query/query-parameters.js';
import {
  EventCountSeries,
  EventErrorSeries,
  EventLatencySeries,
  EventMetricsView,
  EXAMPLES,
  StatsQuery,
  Status,
  TopEventValues,
  TopQuery,
} from './stats.dto.js';
import { StatsService } from './stats.service.js';

/** The way out for events: what is counted. */
@ApiTags('Stats')
@ApiFailures()
@Controller('api/v1')
@RequireScope('query')
export class StatsController {
  constructor(private readonly counts: StatsService) {}

  @Get('metrics')
  @ApiOperation({
    operationId: 'getEventMetrics',
    summary: 'Key figures of a project',
    description: 'Totals, the last hour and the last day, by timestamp.',
  })
  @ApiMayBeCached()
  @ApiQuery({ type: ProjectQuery })
  @ApiCachedAnswer({
    description: 'Counts by timestamp',
    message: 'Metrics retrieved successfully',
    type: EventMetricsView,
    example: EXAMPLES.metrics,
  })
  async metrics(
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<Buffer> {
    const cached = await this.counts.metrics(caller.projectId, wantsFresh(cacheControl));
    return cachedAnswer(reply, 'Metrics retrieved successfully', cached);
  }

  @Get('status')
  @ApiOperation({
    operationId: 'getStatus',
    summary: 'Status of the server and its database, and the metrics',
    description: 'Also answered while the database is unavailable; `metrics` is then null.',
  })
  @ApiQuery({ type: ProjectQuery })
  @ApiAnswer({
    description: 'The status of the server and its database',
    message: 'Status retrieved successfully',
    type: Status,
    example: EXAMPLES.status,
  })
  async status(@CurrentCaller() caller: Caller): Promise<Answer<Status>> {
    return answer('Status retrieved successfully', await this.counts.status(caller.projectId));
  }

  @Get('stats')
  @ApiOperation({
    operationId: 'getEventSeries',
    summary: 'Time series of logs, errors, latency, users or sessions',
    description:
      'Covers exactly [from, to). Users and sessions are exact below 10,000 and in windows under an hour, else within 2 %. Grouped series omit zeros.',
  })
  @ApiMayBeCached()
  @ApiCachedAnswer({
    description: 'A series and its totals; their values depend on `type`',
    message: 'Stats retrieved successfully',
    type: { oneOf: [EventCountSeries, EventErrorSeries, EventLatencySeries] },
    example: EXAMPLES.series,
  })
  async stats(
    @Query(QueryPipe) query: StatsQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<Buffer> {
    const cached = await this.counts.stats(caller.projectId, query, wantsFresh(cacheControl));
    const warnings = query.others.map(([name]) => ignored(name));
    return cachedAnswer(reply, 'Stats retrieved successfully', cached, { warnings });
  }

  @Get('stats/top')
  @ApiOperation({
    operationId: 'getTopEventValues',
    summary: 'The most frequent names, types, versions, priorities or providers',
    description:
      'Events by one value, most frequent first. `errors`: those of type error; `avg_ms`, `max_ms`: of `properties.duration_ms`.',
  })
  @ApiMayBeCached()
  @ApiCachedAnswer({
    description: 'The top values, and the total of the others',
    message: 'Top values retrieved successfully',
    type: TopEventValues,
    example: EXAMPLES.top,
  })
  async top(
    @Query(QueryPipe) query: TopQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<Buffer> {
    const cached = await this.counts.top(caller.projectId, query, wantsFresh(cacheControl));
    const warnings = query.others.map(([name]) => ignored(name));
    return cachedAnswer(reply, 'Top values retrieved successfully', cached, { warnings });
  }
}
