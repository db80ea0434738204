import { useId } from 'preact/hooks';
import { readMoment, type TypedMoment } from './typed-moment.js';

interface MomentFieldProps {
  label: string;
  value: TypedMoment;
  /** What is wrong with it beyond what cannot be read as a moment. */
  error?: string;
  onInput: (value: TypedMoment) => void;
}

/**
 * A date and a time of the browser's zone. The time is typed: `datetime-local` has the clock of the browser's language,
 * which may have twelve hours where all else on the page has twenty-four.
 */
export function MomentField({ label, value, error, onInput }: MomentFieldProps) {
  const id = useId();
  const problem = Number.isNaN(readMoment(value)) ? 'Enter a date, and a time as in 14:30.' : error;
  const shared = { 'aria-invalid': problem !== undefined, 'aria-describedby': problem && id, required: true };
  return (
    <fieldset class="field moment">
      <legend class="field-label">{label}</legend>
      <input
        {...shared}
        class="input"
        type="date"
        aria-label={`${label}: date`}
        value={value.date}
        onInput={(event) => onInput({ ...value, date: event.currentTarget.value })}
      />
      <input
        {...shared}
        class="input"
        type="text"
        inputMode="numeric"
        autoComplete="off"
        placeholder="14:30"
        aria-label={`${label}: time`}
        value={value.time}
        onInput={(event) => onInput({ ...value, time: event.currentTarget.value })}
      />
      {problem && (
        <p id={id} class="field-error" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
