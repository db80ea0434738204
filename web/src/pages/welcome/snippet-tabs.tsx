import { useId, useState } from 'preact/hooks';
import { CopyButton } from '../../kit/ui/copy-button.js';
import { snippets, type Target } from './snippets.js';

/** Code for common clients, a tab each. */
export function SnippetTabs({ target }: { target: Target }) {
  const all = snippets(target);
  const [chosen, setChosen] = useState(all[0].id);
  const id = useId();
  const shown = all.find((one) => one.id === chosen) ?? all[0];
  const move = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (all.indexOf(shown) + step + all.length) % all.length;
    setChosen(all[next].id);
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[next].focus();
  };
  return (
    <div class="snippets">
      <div class="snippet-tabs" role="tablist" aria-label="Clients" onKeyDown={move}>
        {all.map((one) => (
          <button
            key={one.id}
            type="button"
            role="tab"
            id={`${id}-${one.id}`}
            aria-selected={one === shown}
            aria-controls={`${id}-panel`}
            tabIndex={one === shown ? 0 : -1}
            onClick={() => setChosen(one.id)}
          >
            {one.label}
          </button>
        ))}
      </div>
      <div class="snippet" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown.id}`}>
        <div class="snippet-head">
          <p class="muted">{shown.note}</p>
          <CopyButton text={shown.text} />
        </div>
        <pre tabIndex={0} role="region" aria-label={`${shown.label} code`}>
          <code>{shown.text}</code>
        </pre>
      </div>
    </div>
  );
}
