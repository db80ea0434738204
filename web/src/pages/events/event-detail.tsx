import { CopyButton } from '../../kit/ui/copy-button.js';
import { spelled } from '../../kit/unseen.js';
import type { StoredEvent } from './event.js';
import { JsonView } from './json-view.js';
import type { ValueFilter } from './value-filter.js';

interface EventDetailProps {
  event: StoredEvent;
  onFilter: (filter: ValueFilter) => void;
}

/** The whole of an event. */
export function EventDetail({ event, onFilter }: EventDetailProps) {
  return (
    <div class="event-whole">
      <div class="event-tools">
        <span class="muted">Click a value to filter by it.</span>
        <CopyButton label="Copy JSON" text={JSON.stringify(event, null, 2)} />
      </div>
      <JsonView label={`Event ${spelled(event.event_id)}`} value={event} onFilter={onFilter} />
    </div>
  );
}
