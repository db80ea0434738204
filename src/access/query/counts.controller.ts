import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/ports/api-key.js';
import { ApiCachedAnswer, ApiMayBeCached, cachedAnswer, wantsFresh } from '../../http/query/caching.js';
import { ApiFailures } from '../../http/query/openapi.js';
import { ignored, QueryPipe } from '../../http/query/query-parameters.js';
import {
  AccessLatencySeries,
  AccessSeriesQuery,
  AccessTopQuery,
  EXAMPLES,
  RequestSeries,
  TopAccessValues,
  UniqueIpSeries,
} from './counts.dto.js';
import { AccessCountsService } from './counts.service.js';

/** The way out for access entries: what is counted, as /api/v1/stats answers for events. */
@ApiTags('Access logs')
@ApiFailures()
@Controller('api/v1/access')
@RequireScope('query')
export class AccessCountsController {
  constructor(private readonly counts: AccessCountsService) {}

  @Get('stats')
  @ApiOperation({
    operationId: 'getAccessSeries',
    summary: 'Series of requests by status, of latency or of distinct addresses',
    description:
      '`from` and `to` are the timestamps covered: the requested ones, extended to whole minutes, or to whole quarter hours more than 8 days back (unique_ips: 2 hours).',
  })
  @ApiMayBeCached()
  @ApiCachedAnswer({
    description: 'A series and its totals; their values depend on `type`',
    message: 'Stats retrieved successfully',
    type: { oneOf: [RequestSeries, AccessLatencySeries, UniqueIpSeries] },
    example: EXAMPLES.series,
  })
  async stats(
    @Query(QueryPipe) query: AccessSeriesQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<Buffer> {
    const cached = await this.counts.series(caller.projectId, query, wantsFresh(cacheControl));
    const warnings = query.others.map(([name]) => ignored(name));
    return cachedAnswer(reply, 'Stats retrieved successfully', cached, { warnings });
  }

  @Get('top')
  @ApiOperation({
    operationId: 'getTopAccessValues',
    summary: 'The top paths, addresses, statuses, methods or user agents',
    description:
      'Entries by one value, the greatest by `order` first: `errors` lists only values with errors, `avg_ms` and `max_ms` only values with a latency. `from` and `to` are the timestamps covered: paths, addresses and user agents are counted by the hour (UTC), statuses and methods as in /api/v1/access/stats.',
  })
  @ApiMayBeCached()
  @ApiCachedAnswer({
    description: 'The top values, and the total of the others',
    message: 'Top values retrieved successfully',
    type: TopAccessValues,
    example: EXAMPLES.top,
  })
  async top(
    @Query(QueryPipe) query: AccessTopQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<Buffer> {
    const cached = await this.counts.top(caller.projectId, query, wantsFresh(cacheControl));
    const warnings = query.others.map(([name]) => ignored(name));
    return cachedAnswer(reply, 'Top values retrieved successfully', cached, { warnings });
  }
}
