import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiMayBeCached, tellAge, wantsFresh } from '../../http/query/caching.js';
import { ApiFailures } from '../../http/query/openapi.js';
import { ignored, QueryPipe } from '../../http/query/query-parameters.js';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/api-key.js';
import { UniqueIps } from '../unique-ips/unique-ips.js';
import { ApiAccessStats } from './access.openapi.js';
import { AccessStatsQuery } from './stats.dto.js';
import { AccessStatsService } from './stats.service.js';

/** The way out for access entries: what is counted. */
@ApiTags('Access logs')
@ApiSecurity('key')
@ApiFailures()
@Controller()
@RequireScope('query')
export class AccessStatsController {
  constructor(
    private readonly stats: AccessStatsService,
    private readonly uniqueIps: UniqueIps,
  ) {}

  @Get('stats')
  @ApiOperation({ summary: 'Errors, traffic, latency, series of entries and of distinct addresses' })
  @ApiMayBeCached()
  @ApiAccessStats()
  async answer(
    @Query(QueryPipe) query: AccessStatsQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<object> {
    const warnings = query.others.map(([name]) => ignored(name));
    const others = warnings.length === 0 ? {} : { warnings };
    if (query.type === undefined) return { ...this.uniqueIps.report(caller.projectId), ...others };
    const range = query.range ?? 'day';
    const cached = await this.stats.answer(caller.projectId, query.type, range, wantsFresh(cacheControl));
    tellAge(reply, cached);
    return { ...cached.value, ...others };
  }
}
