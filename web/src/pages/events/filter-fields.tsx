import './filter-fields.css';
import { useId, useState } from 'preact/hooks';
import { Button, IconButton } from '../../kit/ui/button.js';
import { Select, TextField } from '../../kit/ui/field.js';
import { EVENT_TYPES, PRIORITIES, type EqualField, type PropertyFilter } from './event.js';
import { Suggestions, suggestionsId } from './suggestions.js';

interface Filters {
  fields: Record<EqualField, string>;
  properties: readonly PropertyFilter[];
}

interface FilterFieldsProps<Q extends Filters> {
  /** As typed so far. */
  draft: Q;
  problems: ReadonlyMap<string, string>;
  /** Still being typed. */
  onDraft: (draft: Q) => void;
  /** Chosen: to be asked at once. */
  onChoose: (draft: Q) => void;
}

const TEXTS: readonly { name: EqualField; label: string; placeholder: string }[] = [
  { name: 'event_name', label: 'Event name', placeholder: 'page_load' },
  { name: 'user_id', label: 'User', placeholder: 'user_id' },
  { name: 'session_id', label: 'Session', placeholder: 'session_id' },
  { name: 'app_version', label: 'App version', placeholder: '1.4.2' },
  { name: 'provider_name', label: 'Provider', placeholder: 'properties.tags.provider' },
];

/** What the filter, the export and the tail all take: fields, and values anywhere in properties. */
export function FilterFields<Q extends Filters>({
  draft,
  problems,
  onDraft,
  onChoose,
}: FilterFieldsProps<Q>) {
  const prefix = useId();
  // Loaded once the user types: most visitors only look.
  const [typing, setTyping] = useState(false);
  const withField = (name: EqualField, value: string): Q => ({
    ...draft,
    fields: { ...draft.fields, [name]: value },
  });
  return (
    <>
      <Select
        label="Type"
        value={draft.fields.event_type}
        choices={withAny(EVENT_TYPES)}
        onChoose={(value) => onChoose(withField('event_type', value))}
      />
      {TEXTS.map(({ name, label, placeholder }) => (
        <TextField
          key={name}
          label={label}
          type="search"
          placeholder={placeholder}
          value={draft.fields[name]}
          list={suggestionsId(prefix, name)}
          error={problems.get(name)}
          onInput={(event) => {
            setTyping(true);
            onDraft(withField(name, event.currentTarget.value));
          }}
        />
      ))}
      <Select
        label="Priority"
        value={draft.fields.priority}
        choices={withAny(PRIORITIES)}
        onChoose={(value) => onChoose(withField('priority', value))}
      />
      {typing && <Suggestions prefix={prefix} />}
      <PropertyFields draft={draft} problems={problems} onDraft={onDraft} onChoose={onChoose} />
    </>
  );
}

function PropertyFields<Q extends Filters>({ draft, problems, onDraft, onChoose }: FilterFieldsProps<Q>) {
  const withLines = (properties: readonly PropertyFilter[]): Q => ({ ...draft, properties });
  const change = (at: number, line: Partial<PropertyFilter>) =>
    onDraft(withLines(draft.properties.map((one, i) => (i === at ? { ...one, ...line } : one))));
  return (
    <fieldset class="properties">
      <legend class="field-label">Properties</legend>
      {draft.properties.map(({ path, value }, i) => (
        <div key={i} class="property">
          <TextField
            label={`Path of property ${i + 1}`}
            hideLabel
            placeholder="cart.items"
            value={path}
            error={problems.get(`prop.${i}`)}
            onInput={(event) => change(i, { path: event.currentTarget.value })}
          />
          <span class="muted property-is">=</span>
          <TextField
            label={`Value of property ${i + 1}`}
            hideLabel
            placeholder="5"
            value={value}
            onInput={(event) => change(i, { value: event.currentTarget.value })}
          />
          <IconButton
            icon="close"
            label={`Remove property ${i + 1}`}
            onClick={() => onChoose(withLines(draft.properties.filter((_, at) => at !== i)))}
          />
        </div>
      ))}
      <Button
        kind="quiet"
        icon="plus"
        onClick={() => onDraft(withLines([...draft.properties, { path: '', value: '' }]))}
      >
        Add property
      </Button>
    </fieldset>
  );
}

function withAny(choices: readonly string[]) {
  return [{ value: '', label: 'Any' }, ...choices.map((choice) => ({ value: choice, label: choice }))];
}
