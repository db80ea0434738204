import { useLocation } from 'preact-iso/router';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useAddress } from '../../kit/address.js';
import { useBusy } from '../../kit/busy.js';
import { project } from '../../kit/project.js';
import { refreshes } from '../../kit/refresh.js';
import { useWindow } from '../../kit/use-window.js';
import { Page } from '../../kit/ui/page.js';
import type { ValueFilter } from '../events/value-filter.js';
import { EventResults } from './event-results.js';
import { addressOf, questionOf, withFilter, type ExploreQuestion } from './explore-question.js';
import { FilterForm } from './filter-form.js';
import { exportUrl, pageUrl, type ListWindow } from './list-url.js';
import { useEventList } from './use-event-list.js';
import './explore-page.css';

/** Events, row by row, by every filter that the server has. */
export function ExplorePage() {
  const { url } = useAddress();
  const { route } = useLocation();
  const search = url.slice(url.indexOf('?') + 1 || url.length);
  const question = useMemo(() => questionOf(new URLSearchParams(search)), [search]);
  const chosen = project.value;
  const [readersPlace, setReadersPlace] = useState(false);
  const window = useListWindow(`${search} ${chosen}`, readersPlace);
  const list = useEventList(JSON.stringify([search, chosen, window]), (cursor) =>
    pageUrl(question, window, chosen, cursor),
  );
  useBusy(list.loading);

  const ask = (next: ExploreQuestion) => route(addressOf(location.pathname + location.search, next));
  const narrow = (filter: ValueFilter) => ask(withFilter(question, filter));
  return (
    <Page title="Explore" controls={<Controls />}>
      <FilterForm question={question} onAsk={ask} />
      <EventResults
        question={question}
        list={list}
        exportUrl={(format) => exportUrl(question, window, chosen, format)}
        onAsk={ask}
        onFilter={narrow}
        onReading={setReadersPlace}
      />
    </Page>
  );
}
