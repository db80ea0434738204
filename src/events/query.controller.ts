import { Controller, Get, Headers, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller, RequireScope } from '../auth/index.js';
import type { Caller } from '../core/ports/api-key.js';
import { eventPieces } from '../core/records/event.js';
import { answerPieces, listPieces, sentOnce } from '../http/query/answer.js';
import { ApiCachedAnswer, ApiMayBeCached, tellAge, wantsFresh } from '../http/query/caching.js';
import { ApiPropertyFilter } from '../http/query/event-filter.js';
import { ApiAnswer, ApiFailures, ApiNotFound, ApiPage } from '../http/query/openapi.js';
import { ProjectQuery } from '../http/query/project-query.js';
import { plusWarnings, QueryPipe } from '../http/query/query-parameters.js';
import { FilteredEvents, StoredEventView } from './event.dto.js';
import { filterRequest } from './filter-request.js';
import { FilterQuery, RecentQuery } from './query.dto.js';
import { QueryService } from './query.service.js';

/** The way out for events: the rows themselves. */
@ApiTags('Events')
@ApiFailures()
@Controller('api/v1')
@RequireScope('query')
export class QueryController {
  constructor(private readonly events: QueryService) {}

  @Get('logs/recent')
  @ApiOperation({
    operationId: 'listRecentEvents',
    summary: 'The newest events by time of receipt',
    description:
      'All events of the project, newest first. For the next page, pass `next_cursor` to `logs/filter` as `cursor`.',
  })
  @ApiPage(
    {
      description: 'Newest first; fewer than requested where more would exceed about 2 MB of JSON',
      message: 'Retrieved 50 recent logs',
      type: [StoredEventView],
    },
    '`cursor` of logs/filter to go on by; null where that is all',
  )
  async recent(
    @Query(QueryPipe) query: RecentQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { json, count, nextCursor, isCut } = await this.events.recent(caller.projectId, query.limit ?? 50);
    const cut = isCut ? ': more would be too long for one answer, go on by next_cursor' : '';
    const message = `Retrieved ${count} recent logs${cut}`;
    return sentOnce(reply, answerPieces(message, json, { next_cursor: nextCursor }));
  }

  @Get('logs/filter')
  @ApiOperation({
    operationId: 'filterEvents',
    summary: 'Events by filter, page by page',
    description:
      'An event must match every filter that is given. For the next page, repeat the request with `next_cursor` as `cursor` and the same filters and order.',
  })
  @ApiPropertyFilter()
  @ApiMayBeCached()
  @ApiCachedAnswer({
    description: 'A page; it ends early, and says so, at about 2 MB of JSON',
    message: 'Retrieved 50 filtered logs (page 1 of 20)',
    type: FilteredEvents,
  })
  async filter(
    @Query(QueryPipe) query: FilterQuery,
    @CurrentCaller() caller: Caller,
    @Req() { raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('Cache-Control') cacheControl?: string,
  ): Promise<Buffer> {
    const request = filterRequest(caller.projectId, query);
    const { json, count, page, ...age } = await this.events.filter(request, wantsFresh(cacheControl));
    tellAge(reply, age);
    const pages = page.total_pages === null ? '' : ` of ${page.total_pages}`;
    const message = `Retrieved ${count} filtered logs (page ${page.page}${pages})`;
    const warnings = count === 0 ? [...page.warnings, ...plusWarnings(raw.url)] : page.warnings;
    const data = listPieces('logs', [json], { ...page, warnings });
    return sentOnce(reply, answerPieces(message, data));
  }

  @Get('events/:event_id')
  @ApiOperation({
    operationId: 'getEvent',
    summary: 'One event by its event_id',
    description: 'The event that a client sent with this `event_id`.',
  })
  @ApiParam({ name: 'event_id', schema: { type: 'string', maxLength: 255 }, description: 'Percent-encoded' })
  @ApiQuery({ type: ProjectQuery })
  @ApiAnswer({ description: 'The event', message: 'Log retrieved successfully', type: StoredEventView })
  @ApiNotFound('EventNotFound', 'The project has no event with this event_id, or there is no such project')
  async byEventId(
    @Param('event_id') eventId: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const event = await this.events.byEventId(caller.projectId, eventId);
    return sentOnce(reply, answerPieces('Log retrieved successfully', eventPieces([event])));
  }
}
