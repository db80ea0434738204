import './explore-page.css';
import { useLocation } from 'preact-iso/router';
import { useMemo, useRef } from 'preact/hooks';
import { useAddress } from '../../kit/address.js';
import { useBusy } from '../../kit/busy.js';
import { project } from '../../kit/project.js';
import { Page } from '../../kit/ui/page.js';
import { RangeControl } from '../../kit/ui/range-control.js';
import { RefreshControl } from '../../kit/ui/refresh-control.js';
import { EventResults } from './event-results.js';
import { addressOf, questionOf, withFilter, type ExploreQuestion } from './explore-question.js';
import { FilterForm } from './filter-form.js';
import { exportUrl, pageUrl } from './list-url.js';
import { useEventList } from './use-event-list.js';
import { useListWindow } from './use-list-window.js';

/** Events, row by row, by every filter that the server has. */
export function ExplorePage() {
  const { url } = useAddress();
  const { route } = useLocation();
  const search = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const question = useMemo(() => questionOf(new URLSearchParams(search)), [search]);
  const chosen = project.value;
  const isReading = useRef(false);
  const window = useListWindow(`${chosen}?${search}`, isReading.current);
  const list = useEventList(JSON.stringify([search, chosen, window]), (cursor) =>
    pageUrl(question, window, chosen, cursor),
  );
  useBusy(list.loading);

  const ask = (next: ExploreQuestion) => route(addressOf(location.pathname + location.search, next));
  return (
    <Page
      title="Explore"
      controls={
        <>
          <RangeControl />
          <RefreshControl />
        </>
      }
    >
      <FilterForm question={question} onAsk={ask} />
      <EventResults
        question={question}
        list={list}
        exportUrl={(format) => exportUrl(question, window, chosen, format)}
        onAsk={ask}
        onFilter={(filter) => ask(withFilter(question, filter))}
        onReading={(reading) => (isReading.current = reading)}
      />
    </Page>
  );
}
