import { Injectable } from '@nestjs/common';
import type { StoredAccessEntry } from '../../core/access-entry.js';
import { AccessReader, type AccessPage } from '../../core/access-reader.js';
import { Clock } from '../../core/clock.js';
import type { Count } from '../../core/event-reader.js';
import type { LogsQuery } from './logs.dto.js';
import { logsQuestion, nextCursorOf, type LogsQuestion } from './logs-question.js';

/** A page of GET /logs. */
export interface LogsAnswer {
  data: StoredAccessEntry[];
  meta: {
    /** null when the question was asked with count=none. */
    total: number | null;
    /** Only there when total is an estimate. */
    total_estimated?: true;
    limit: number;
    offset: number;
    next_cursor: string | null;
    /** Only there when parameters were ignored. */
    warnings?: string[];
  };
}

/** Answers questions about stored access entries. */
@Injectable()
export class LogsService {
  constructor(
    private readonly entries: AccessReader,
    private readonly clock: Clock,
  ) {}

  /** @throws SightlineError `validation_error`, `invalid_end_time`, `invalid_cursor` */
  async page(projectId: number, query: LogsQuery): Promise<LogsAnswer> {
    const question = logsQuestion(query, this.clock.nowMs() * 1000);
    const { filter, page: request, warnings } = question;
    const [page, early] = await Promise.all([
      this.entries.page(projectId, filter, request),
      // Both look for the part of a path, which is slow: at the same time, though the page may make the count needless.
      filter.path === undefined ? null : this.count(projectId, question),
    ]);
    const count = knownCount(question, page) ?? early ?? (await this.count(projectId, question));
    const meta = {
      total: count?.total ?? null,
      ...(count?.estimated && { total_estimated: true as const }),
      limit: request.limit,
      offset: request.offset,
      next_cursor: nextCursorOf(question, page.nextCursor),
      ...(warnings.length > 0 && { warnings }),
    };
    return { data: page.entries, meta };
  }

  private async count(projectId: number, { filter, count }: LogsQuestion): Promise<Count | null> {
    return count === 'none' ? null : this.entries.count(projectId, filter, count);
  }
}

/** The last page of those counted from the first says how many there are. */
function knownCount({ page: request, count }: LogsQuestion, page: AccessPage): Count | null {
  const isLast = page.nextCursor === null && (page.entries.length > 0 || request.offset === 0);
  if (!isLast || request.cursor !== undefined || count === 'none') return null;
  return { total: request.offset + page.entries.length, estimated: false };
}
