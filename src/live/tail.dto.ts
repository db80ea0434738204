import type { FieldError } from '../core/errors.js';
import type { EventFilter } from '../core/ports/event-reader.js';
import { EventFilterQuery, equalityFilter, unknownParameters } from '../http/query/event-filter.js';
import { Text } from '../http/query/query-checks.js';
import { refuse, type ParametersClass } from '../http/query/query-parameters.js';
import { parsePlace } from './sse.js';
import type { TailPlace } from './tail-position.js';

export class TailQuery extends EventFilterQuery {
  static readonly codes: ParametersClass<EventFilterQuery>['codes'] = { last_event_id: 'invalid_cursor' };

  @Text(
    64,
    'The id of the last message, for clients that cannot send Last-Event-ID; the header takes precedence',
    { pattern: '^\\d{1,16}-\\d{1,16}$' },
  )
  last_event_id?: string;
}

/** What `GET /logs/tail` asks for. */
export interface TailRequest {
  filter: EventFilter;
  /** null: from now on. */
  after: TailPlace | null;
}

/** @throws SightlineError that names what is wrong, and every parameter that is not known: a filter misspelt would show all. */
export function tailRequest(query: TailQuery, lastEventId: string | undefined): TailRequest {
  const errors: FieldError[] = [];
  const { filter, unknown } = equalityFilter(query, errors);
  const resumed = lastEventId || query.last_event_id;
  const after = resumed === undefined ? null : parsePlace(resumed);
  if (resumed !== undefined && after === null) {
    errors.push({ field: 'last_event_id', message: 'is not the id of a message that this server sent' });
  }
  refuse(errors.concat(unknownParameters(unknown)), TailQuery.codes);
  return { filter: { ...filter, timeField: 'created_at' }, after };
}
