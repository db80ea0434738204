import type { FieldError } from '../../core/errors.js';
import type { EventFilter, PageRequest } from '../../core/ports/event-reader.js';
import { unknownParameters } from '../../http/query/event-filter.js';
import { OneOf } from '../../http/query/query-checks.js';
import { refuse } from '../../http/query/query-parameters.js';
import { eventFilter, orderOf } from '../filter-request.js';
import { EventsQuery } from '../query.dto.js';
import type { ExportFormatName } from './export-formats.js';

export class ExportQuery extends EventsQuery {
  @OneOf(['ndjson', 'csv'] satisfies ExportFormatName[], { default: 'ndjson' })
  format?: ExportFormatName;
}

/** What `GET /logs/export` asks for. */
export interface ExportRequest {
  filter: EventFilter;
  order: Pick<PageRequest, 'sortBy' | 'descending'>;
}

/** @throws SightlineError that names what is wrong, and every parameter that is not known: a filter misspelt would export all. */
export function exportRequest(query: ExportQuery): ExportRequest {
  const errors: FieldError[] = [];
  const { filter, unknown } = eventFilter(query, errors);
  refuse(errors.concat(unknownParameters(unknown)));
  return { filter, order: orderOf(query) };
}
