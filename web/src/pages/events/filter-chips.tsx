import './filter-fields.css';
import { Icon } from '../../kit/ui/icon.js';
import { Name } from '../../kit/ui/name.js';
import { spelled } from '../../kit/unseen.js';

interface FilterChipsProps {
  filters: readonly [name: string, value: string][];
  onRemove: (name: string) => void;
}

/** The filters in force; each goes when it is pressed. */
export function FilterChips({ filters, onRemove }: FilterChipsProps) {
  if (filters.length === 0) return null;
  return (
    <ul class="chips" aria-label="Active filters">
      {filters.map(([name, value]) => (
        <li key={name}>
          <button
            type="button"
            class="chip"
            title={`Remove ${spelled(name)} = ${spelled(value)}`}
            onClick={() => onRemove(name)}
          >
            <span>
              <span class="visually-hidden">Remove </span>
              <Name text={name} /> = <Name text={value} />
            </span>
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}
