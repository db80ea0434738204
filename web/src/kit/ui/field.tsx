import type { AllHTMLAttributes, ComponentChildren, InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';

interface Labelled {
  label: string;
  /** Said under the field. */
  hint?: ComponentChildren;
  /** What is wrong with it; marks the field. */
  error?: string;
  /** The label is for those who hear it; something visible says the same. */
  hideLabel?: boolean;
}

type TextFieldProps = Labelled &
  Pick<
    AllHTMLAttributes<HTMLInputElement>,
    | 'name'
    | 'value'
    | 'placeholder'
    | 'autoComplete'
    | 'required'
    | 'disabled'
    | 'min'
    | 'max'
    | 'maxLength'
    | 'list'
    | 'onInput'
    | 'onChange'
    | 'onBlur'
    | 'onKeyDown'
  > & { type?: 'text' | 'password' | 'number' | 'search' };

export function TextField({ label, hint, error, hideLabel, type = 'text', ...rest }: TextFieldProps) {
  const id = useId();
  // Preact's types know a shape for each type of input; all those above take the same attributes.
  const attributes = {
    type,
    ...rest,
    ...described(id, hint, error),
  } as InputHTMLAttributes<HTMLInputElement>;
  return (
    <Frame {...{ id, label, hint, error, hideLabel }}>
      <input autoComplete="off" spellcheck={false} {...attributes} class="input" />
    </Frame>
  );
}

interface Choice {
  value: string;
  label: string;
}

type SelectProps = Labelled &
  Pick<AllHTMLAttributes<HTMLSelectElement>, 'name' | 'disabled'> & {
    value: string;
    choices: readonly Choice[];
    onChoose: (value: string) => void;
  };

export function Select({ label, hint, error, hideLabel, choices, value, onChoose, ...rest }: SelectProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, error, hideLabel }}>
      <select
        {...rest}
        {...described(id, hint, error)}
        class="input select"
        value={value}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

function described(id: string, hint: ComponentChildren, error: string | undefined) {
  const by = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return { id, 'aria-describedby': by || undefined, 'aria-invalid': error ? ('true' as const) : undefined };
}

function Frame({
  id,
  label,
  hint,
  error,
  hideLabel,
  children,
}: Labelled & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id} class={hideLabel ? 'visually-hidden' : 'field-label'}>
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} class="field-hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} class="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
