import { useId } from 'preact/hooks';

interface SegmentedProps<T extends string> {
  /** What is chosen here, as the group's name. */
  label: string;
  choices: readonly { value: T; label: string; title?: string }[];
  /** undefined: none of them. */
  value: T | undefined;
  onChoose: (value: T) => void;
}

/** One of a few, all in sight: radio buttons in a row. */
export function Segmented<T extends string>({ label, choices, value, onChoose }: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class="visually-hidden">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} title={choice.title}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            aria-label={choice.title}
            onChange={() => onChoose(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
