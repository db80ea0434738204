import './json-view.css';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '../../kit/ui/button.js';
import { spelled } from '../../kit/unseen.js';
import { jsonLines, scalarText, type JsonLine } from './json-lines.js';
import { filterFor, type ValueFilter } from './value-filter.js';

const FIRST_LINES = 300;

interface JsonViewProps {
  /** Read aloud as its name. */
  label: string;
  value: unknown;
  /** A value was clicked that the server can filter by. */
  onFilter?: (filter: ValueFilter) => void;
}

/** A value as indented JSON, whose scalars filter. */
export function JsonView({ label, value, onFilter }: JsonViewProps) {
  const [limit, setLimit] = useState(FIRST_LINES);
  const { lines, cut } = useMemo(() => jsonLines(value, limit), [value, limit]);
  return (
    <div class="json" role="group" aria-label={label}>
      {lines.map((line, i) => (
        <Line key={i} line={line} onFilter={onFilter} />
      ))}
      {cut && (
        <Button kind="quiet" icon="down" onClick={() => setLimit(Infinity)}>
          Show all
        </Button>
      )}
    </div>
  );
}

/** Texts beyond that are cut until they are asked for. */
const LONG = 1000;

function Line({ line, onFilter }: { line: JsonLine; onFilter?: (filter: ValueFilter) => void }) {
  const { depth, key, kind, text, comma } = line;
  const filter = onFilter && filterFor(line.path, line.value);
  const [whole, setWhole] = useState(text.length <= LONG);
  const shown = whole ? text : `${text.slice(0, LONG)}…`;
  return (
    <div class="json-line" style={{ '--depth': depth }}>
      {key !== null && (
        <>
          <bdi class="json-key">
            <Escaped text={scalarText(key)} />
          </bdi>
          {': '}
        </>
      )}
      {filter ? (
        <button
          type="button"
          class={`json-${kind} json-filter`}
          title={`Show only events with ${spelled(filter.name)} = ${spelled(filter.value.slice(0, LONG))}`}
          onClick={() => onFilter(filter)}
        >
          <bdi>
            <Escaped text={shown} />
          </bdi>
          {comma && ','}
        </button>
      ) : (
        <>
          <bdi class={`json-${kind}`}>
            <Escaped text={shown} />
          </bdi>
          {comma && ','}
        </>
      )}
      {!whole && (
        <Button kind="quiet" onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString('en-GB')} characters
        </Button>
      )}
    </div>
  );
}

const ESCAPES = /(\\u[\da-f]{4}|\\.)/;

/** JSON, with what it spells by its code marked. */
function Escaped({ text }: { text: string }) {
  if (!text.includes('\\u')) return text;
  const marked = (part: string, index: number) =>
    part.startsWith('\\u') ? (
      <span key={index} class="unseen">
        {part}
      </span>
    ) : (
      part
    );
  return <>{text.split(ESCAPES).map(marked)}</>;
}
