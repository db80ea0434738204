import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, RequireScope } from '../auth/index.js';
import type { Caller } from '../core/api-key.js';
import type { StoredEvent } from '../core/event.js';
import { filterQuestion } from './filter-question.js';
import { ApiFailures } from './ingest.openapi.js';
import { QueryPipe } from './query-parameters.js';
import { FilterQuery, ProjectQuery, RecentQuery } from './query.dto.js';
import { ApiEvent, ApiEvents, ApiFilteredPage, ApiPropertyFilter } from './query.openapi.js';
import { QueryService, type FilteredPage } from './query.service.js';

interface Answer<T> {
  success: true;
  message: string;
  data: T;
}

/** The way out for events: the rows themselves. */
@ApiTags('Events')
@ApiSecurity('key')
@Controller('api/v1')
@RequireScope('query')
export class QueryController {
  constructor(private readonly events: QueryService) {}

  @Get('logs/recent')
  @ApiOperation({ summary: 'The newest events by time of receipt' })
  @ApiEvents()
  @ApiFailures()
  async recent(
    @Query(QueryPipe) query: RecentQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Answer<StoredEvent[]>> {
    const data = await this.events.recent(caller.projectId, query.limit ?? 50);
    return { success: true, message: `Retrieved ${data.length} recent logs`, data };
  }

  @Get('logs/filter')
  @ApiOperation({ summary: 'Events by filter, page by page' })
  @ApiPropertyFilter()
  @ApiFilteredPage()
  @ApiFailures()
  async filter(
    @Query(QueryPipe) query: FilterQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Answer<FilteredPage>> {
    const data = await this.events.filter(caller.projectId, filterQuestion(query));
    const pages = data.total_pages === null ? '' : ` of ${data.total_pages}`;
    const message = `Retrieved ${data.logs.length} filtered logs (page ${data.page}${pages})`;
    return { success: true, message, data };
  }

  @Get('events/:event_id')
  @ApiOperation({ summary: 'One event by its event_id' })
  @ApiParam({ name: 'event_id', schema: { type: 'string', maxLength: 255 }, description: 'Percent-encoded' })
  @ApiQuery({ type: ProjectQuery })
  @ApiEvent()
  @ApiFailures()
  async byEventId(
    @Param('event_id') eventId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<Answer<StoredEvent>> {
    const data = await this.events.byEventId(caller.projectId, eventId);
    return { success: true, message: 'Log retrieved successfully', data };
  }
}
