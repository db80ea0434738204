import { Badge } from '../../kit/ui/badge.js';
import { Icon } from '../../kit/ui/icon.js';
import { Name } from '../../kit/ui/name.js';
import { spelled } from '../../kit/unseen.js';
import { EventDetail } from './event-detail.js';
import { eventPreview } from './event-preview.js';
import type { EqualField, StoredEvent } from './event.js';
import type { ValueFilter } from './value-filter.js';

interface EventRowProps {
  event: StoredEvent;
  /** Of the row that has the whole event. */
  detailId: string;
  time: { of: (event: StoredEvent) => string; format: (moment: string) => string };
  open: boolean;
  /** Of the table. */
  columns: number;
  onToggle: (id: number) => void;
  onFilter: (filter: ValueFilter) => void;
}

const TONES: Record<string, 'bad' | 'info' | undefined> = { error: 'bad', performance: 'info' };

/** An event on a line, and the whole of it under that once it is opened. */
export function EventRow({ event, detailId, time, open, columns, onToggle, onFilter }: EventRowProps) {
  const moment = time.of(event);
  const toggleByRow = ({ target }: MouseEvent) => {
    // A press that ends a selection of text, or is on a button of the row, is not for the row.
    if ((target as Element).closest('button') || getSelection()?.isCollapsed === false) return;
    onToggle(event.id);
  };
  return (
    <>
      <tr class={open ? 'event-row event-open' : 'event-row'} onClick={toggleByRow}>
        <td class="event-time">
          <button
            type="button"
            class="event-toggle"
            aria-expanded={open}
            aria-controls={open ? detailId : undefined}
            title={moment}
            onClick={() => onToggle(event.id)}
          >
            <Icon name={open ? 'down' : 'right'} size={14} />
            <time dateTime={moment}>{time.format(moment)}</time>
            <span class="visually-hidden">, event {spelled(event.event_name)}</span>
          </button>
        </td>
        <td class="events-type">
          <Badge tone={TONES[event.event_type]}>{event.event_type}</Badge>
          {event.priority === 'high' && <span class="event-high">high</span>}
        </td>
        <td class="events-name" title={spelled(event.event_name)}>
          <Name text={event.event_name} />
        </td>
        <Value field="user_id" value={event.user_id} onFilter={onFilter} />
        <Value field="session_id" value={event.session_id} onFilter={onFilter} />
        <Value field="app_version" value={event.app_version} onFilter={onFilter} />
        <td class="events-properties">
          <Name text={eventPreview(event.properties)} />
        </td>
      </tr>
      {open && (
        <tr class="event-detail" id={detailId}>
          <td colSpan={columns}>
            <EventDetail event={event} onFilter={onFilter} />
          </td>
        </tr>
      )}
    </>
  );
}

const CLASSES = {
  user_id: 'events-user',
  session_id: 'events-session',
  app_version: 'events-version',
} as const;

interface ValueProps {
  field: EqualField & keyof typeof CLASSES;
  value: string | null;
  onFilter: (filter: ValueFilter) => void;
}

function Value({ field, value, onFilter }: ValueProps) {
  return (
    <td class={CLASSES[field]}>
      {value ? (
        <button
          type="button"
          class="event-value"
          title={`Show only events with ${field} = ${spelled(value)}`}
          onClick={() => onFilter({ name: field, value })}
        >
          <Name text={value} />
        </button>
      ) : (
        <span class="muted">–</span>
      )}
    </td>
  );
}
