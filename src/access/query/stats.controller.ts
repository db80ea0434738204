import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/ports/api-key.js';
import { objectPieces, sentOnce } from '../../http/query/answer.js';
import { ApiMayBeCached, cacheHeaders, tellAge, wantsFresh } from '../../http/query/caching.js';
import { ApiFailures, oneOf } from '../../http/query/openapi.js';
import { ignored, QueryPipe } from '../../http/query/query-parameters.js';
import { UniqueIps } from '../unique-ips/unique-ips.js';
import {
  AccessErrors,
  AccessLatency,
  AccessLogs,
  AccessStatsQuery,
  AccessTraffic,
  AccessUniqueIps,
  AddressReport,
  EXAMPLES,
} from './stats.dto.js';
import { AccessStatsService } from './stats.service.js';

const ANSWERS = [AccessErrors, AccessTraffic, AccessLatency, AccessLogs, AccessUniqueIps, AddressReport];

const examples = Object.fromEntries(
  EXAMPLES.map((value) => ['type' in value ? value.type : 'without a type', { value }]),
);

/** The way out for access entries: what is counted. */
@ApiTags('Access logs')
@ApiFailures()
@Controller()
@RequireScope('query')
export class AccessStatsController {
  constructor(
    private readonly stats: AccessStatsService,
    private readonly uniqueIps: UniqueIps,
  ) {}

  @Get('stats')
  @ApiOperation({
    operationId: 'getAccessStats',
    summary: 'Errors, traffic, latency, series of entries and of distinct addresses',
    description:
      'With `type`: statistics, cached for a while. `from` and `to` are the timestamps covered: the whole range, up to the end of the current minute. Without `type`: the number of addresses that the project has seen, and the memory that they take.',
  })
  @ApiMayBeCached()
  @ApiExtraModels(...ANSWERS)
  @ApiOkResponse({
    description: 'The content of `data` depends on `type`',
    headers: cacheHeaders,
    content: { 'application/json': { schema: oneOf(...ANSWERS), examples } },
  })
  async answer(
    @Query(QueryPipe) query: AccessStatsQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<Buffer | AddressReport> {
    const warnings = query.others.map(([name]) => ignored(name));
    const others = warnings.length === 0 ? {} : { warnings };
    if (query.type === undefined) return { ...this.uniqueIps.report(caller.projectId), ...others };
    const range = query.range ?? 'day';
    const cached = await this.stats.answer(caller.projectId, query.type, range, wantsFresh(cacheControl));
    tellAge(reply, cached);
    return sentOnce(reply, objectPieces(cached.json, others));
  }
}
