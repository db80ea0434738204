import { isStorable } from '../api/query-checks.js';
import { Injectable } from '@nestjs/common';
import { SightlineError } from '../core/errors.js';
import { EventReader, type Count, type Page } from '../core/event-reader.js';
import type { StoredEvent } from '../core/event.js';
import { cursorOfNextPage, type FilterQuestion } from './filter-question.js';

/** A page of `GET /logs/filter`. */
export interface FilteredPage {
  logs: StoredEvent[];
  /** null when the question was asked with count=none. */
  total_count: number | null;
  /** Only there when total_count is an estimate. */
  total_count_estimated?: true;
  page: number;
  page_size: number;
  total_pages: number | null;
  next_cursor: string | null;
  warnings: string[];
}

/** Answers questions about stored events. */
@Injectable()
export class QueryService {
  constructor(private readonly events: EventReader) {}

  recent(projectId: number, limit: number): Promise<StoredEvent[]> {
    return this.events.recent(projectId, limit);
  }

  /** @throws SightlineError `not_found` */
  async byEventId(projectId: number, eventId: string): Promise<StoredEvent> {
    // What cannot be stored was not stored; PostgreSQL would refuse the question.
    const event = isStorable(eventId) ? await this.events.byEventId(projectId, eventId) : null;
    if (!event) throw new SightlineError('not_found', 'There is no event with this event_id');
    return event;
  }

  /** @throws SightlineError `invalid_cursor`, `timeout` */
  async filter(projectId: number, question: FilterQuestion): Promise<FilteredPage> {
    const { request, pageNumber, warnings } = question;
    const page = await this.events.page(projectId, question.filter, request);
    const count = await this.countOf(projectId, question, page);
    return {
      logs: page.events,
      total_count: count?.total ?? null,
      ...(count?.estimated && { total_count_estimated: true }),
      page: pageNumber,
      page_size: request.pageSize,
      total_pages: count && Math.ceil(count.total / request.pageSize),
      next_cursor: cursorOfNextPage(question, page.nextCursor),
      warnings,
    };
  }

  private async countOf(projectId: number, question: FilterQuestion, page: Page): Promise<Count | null> {
    if (question.count === 'none') return null;
    // the only page there is says how many there are
    if (question.pageNumber === 1 && page.nextCursor === null)
      return { total: page.events.length, estimated: false };
    return this.events.count(projectId, question.filter, question.count);
  }
}
