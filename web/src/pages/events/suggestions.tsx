import type { Top } from '../../kit/api/answers.js';
import { useQuery } from '../../kit/api/use-query.js';
import { spelled } from '../../kit/unseen.js';
import type { EqualField } from './event.js';

/** The fields that the server counts by value. */
const SUGGESTED = ['event_name', 'app_version', 'provider_name'] as const satisfies readonly EqualField[];

const MOST = 100;

/** The id of a field's suggestions, where it has some. */
export function suggestionsId(prefix: string, field: EqualField): string | undefined {
  return SUGGESTED.some((one) => one === field) ? `${prefix}-${field}` : undefined;
}

/** The most frequent values of the last week, for the fields that name them as their list. */
export function Suggestions({ prefix }: { prefix: string }) {
  return (
    <>
      {SUGGESTED.map((field) => (
        <Values key={field} id={`${prefix}-${field}`} by={field} />
      ))}
    </>
  );
}

function Values({ id, by }: { id: string; by: (typeof SUGGESTED)[number] }) {
  const params = { by, range: 'week', limit: MOST };
  const { data } = useQuery<Top>('/api/v1/stats/top', params, { refresh: false });
  return (
    <datalist id={id}>
      {data?.values.map(
        ({ value }) => value !== '' && <option key={value} value={value} label={spelled(value)} />,
      )}
    </datalist>
  );
}
