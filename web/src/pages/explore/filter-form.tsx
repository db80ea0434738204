import { useEffect, useId, useState } from 'preact/hooks';
import { Button } from '../../kit/ui/button.js';
import { Select } from '../../kit/ui/field.js';
import { FilterFields } from '../events/filter-fields.js';
import { FilterPanel } from '../events/filter-panel.js';
import {
  filtersOf,
  problemsOf,
  questionOf,
  SORT_COLUMNS,
  TIME_FIELDS,
  withTimeField,
  type ExploreQuestion,
  type SortColumn,
  type TimeField,
} from './explore-question.js';

interface FilterFormProps {
  question: ExploreQuestion;
  onAsk: (question: ExploreQuestion) => void;
}

/** Every filter as a form. Choices are asked at once, texts with Enter or the button. */
export function FilterForm({ question, onAsk }: FilterFormProps) {
  const [draft, setDraft] = useState(question);
  // The address bar goes before what was typed: it changes with the back button, and with a click on a value.
  useEffect(() => setDraft(question), [question]);
  const problems = problemsOf(draft);
  const choose = (next: ExploreQuestion) => {
    setDraft(next);
    if (problemsOf(next).size === 0) onAsk(next);
  };
  return (
    <FilterPanel count={filtersOf(question).length} onSubmit={() => choose(draft)}>
      <FilterFields draft={draft} problems={problems} onDraft={setDraft} onChoose={choose} />
      <Order draft={draft} onChoose={choose} />
      <div class="filter-actions">
        <Button kind="primary" type="submit">
          Search
        </Button>
        <Button onClick={() => onAsk(questionOf(new URLSearchParams()))}>Reset</Button>
      </div>
    </FilterPanel>
  );
}

function Order({ draft, onChoose }: { draft: ExploreQuestion; onChoose: (draft: ExploreQuestion) => void }) {
  const anyTimeId = useId();
  return (
    <>
      <Select
        label="Sort by"
        value={draft.sortBy}
        choices={SORT_COLUMNS.map((column) => ({ value: column, label: column }))}
        onChoose={(column) => onChoose({ ...draft, sortBy: column as SortColumn })}
      />
      <Select
        label="Order"
        value={draft.ascending ? 'asc' : 'desc'}
        choices={[
          { value: 'desc', label: 'Descending' },
          { value: 'asc', label: 'Ascending' },
        ]}
        onChoose={(order) => onChoose({ ...draft, ascending: order === 'asc' })}
      />
      <Select
        label="Time range applies to"
        value={draft.timeField}
        choices={TIME_FIELDS.map((field) => ({ value: field, label: field }))}
        onChoose={(field) => onChoose(withTimeField(draft, field as TimeField))}
      />
      <div class="any-time">
        <input
          id={anyTimeId}
          type="checkbox"
          checked={draft.anyTime}
          onChange={(event) => onChoose({ ...draft, anyTime: event.currentTarget.checked })}
        />
        <label for={anyTimeId}>Any time</label>
      </div>
    </>
  );
}
