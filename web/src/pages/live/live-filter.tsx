import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../kit/ui/button.js';
import { FilterFields } from '../events/filter-fields.js';
import { FilterPanel } from '../events/filter-panel.js';
import { filtersOf, problemsOf, questionOf, type ExploreQuestion } from '../explore/explore-question.js';

interface LiveFilterProps {
  question: ExploreQuestion;
  onAsk: (question: ExploreQuestion) => void;
}

/** What the tail narrows by. */
export function LiveFilter({ question, onAsk }: LiveFilterProps) {
  const [draft, setDraft] = useState(question);
  useEffect(() => setDraft(question), [question]);
  const choose = (next: ExploreQuestion) => {
    setDraft(next);
    if (problemsOf(next).size === 0) onAsk(next);
  };
  return (
    <FilterPanel count={filtersOf(question).length} folded onSubmit={() => choose(draft)}>
      <FilterFields draft={draft} problems={problemsOf(draft)} onDraft={setDraft} onChoose={choose} />
      <div class="filter-actions">
        <Button kind="primary" type="submit" icon="filter">
          Apply
        </Button>
        <Button onClick={() => onAsk(questionOf(new URLSearchParams()))}>Reset</Button>
      </div>
    </FilterPanel>
  );
}
