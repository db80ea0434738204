import './event-table.css';
import { useId, useState } from 'preact/hooks';
import { EventRow } from './event-row.js';
import type { StoredEvent } from './event.js';
import type { ValueFilter } from './value-filter.js';

interface EventTableProps {
  /** Read aloud as its name. */
  caption: string;
  events: readonly StoredEvent[];
  /** Which of an event's times is shown, and how. */
  time: { head: string; of: (event: StoredEvent) => string; format: (moment: string) => string };
  onFilter: (filter: ValueFilter) => void;
  /** A row was opened or closed: the ids of those open. */
  onOpenChange?: (open: ReadonlySet<number>) => void;
}

const HEADS = ['Type', 'Name', 'User', 'Session', 'Version', 'Properties'] as const;

/** Events, one a row; a row opens to the whole event as JSON. */
export function EventTable({ caption, events, time, onFilter, onOpenChange }: EventTableProps) {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const prefix = useId();
  const toggle = (id: number) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
    onOpenChange?.(next);
  };
  return (
    <table class="table events" onKeyDown={moveBetweenRows}>
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{time.head}</th>
          {HEADS.map((head) => (
            <th key={head} scope="col" class={`events-${head.toLowerCase()}`}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <EventRow
            key={event.id}
            event={event}
            detailId={`${prefix}-${event.id}`}
            time={time}
            open={open.has(event.id)}
            columns={HEADS.length + 1}
            onToggle={toggle}
            onFilter={onFilter}
          />
        ))}
      </tbody>
    </table>
  );
}

/** Arrows up and down go from row to row; Escape closes the row that one is in. */
function moveBetweenRows(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const at = event.target as HTMLElement;
  if (event.key === 'Escape') {
    const id = at.closest('.event-detail')?.id;
    const toggle = id
      ? event.currentTarget.querySelector<HTMLElement>(`[aria-controls="${CSS.escape(id)}"]`)
      : at;
    if (toggle?.getAttribute('aria-expanded') !== 'true') return;
    event.preventDefault();
    toggle.click();
    toggle.focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !at.classList.contains('event-toggle')) return;
  const toggles = [...event.currentTarget.querySelectorAll<HTMLElement>('.event-toggle')];
  const next = toggles[toggles.indexOf(at) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
