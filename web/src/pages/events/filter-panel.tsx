import './filter-fields.css';
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Icon } from '../../kit/ui/icon.js';

interface FilterPanelProps {
  /** Filters in force. */
  count: number;
  /** Folded away to begin with, whatever room there is. */
  folded?: boolean;
  onSubmit: () => void;
  children: ComponentChildren;
}

const ROOMY = '(min-width: 821px)';

/** The form of filters, folded away where there is little room. */
export function FilterPanel({ count, folded = false, onSubmit, children }: FilterPanelProps) {
  const [open, setOpen] = useState(() => !folded && matchMedia(ROOMY).matches);
  const id = useId();
  return (
    <form
      class="panel filter-panel"
      role="search"
      aria-label="Filters"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <h2>
        <button
          type="button"
          class="filter-fold"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <Icon name="filter" /> Filters
          {count > 0 && (
            <span class="badge badge-info">
              {count}
              <span class="visually-hidden"> active</span>
            </span>
          )}
          <Icon name={open ? 'up' : 'down'} size={14} />
        </button>
      </h2>
      <div id={id} class="filter-grid" hidden={!open}>
        {children}
      </div>
    </form>
  );
}
