import { useState } from 'preact/hooks';
import { announce } from '../announce.js';
import { Button } from './button.js';

const SHOWN_MS = 2_000;

/** Copies a text; where the browser forbids it, says so. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [done, setDone] = useState<string | null>(null);
  const copy = async () => {
    const said = await navigator.clipboard.writeText(text).then(
      () => 'Copied',
      () => 'Copying is blocked',
    );
    setDone(said);
    announce(said);
    setTimeout(() => setDone(null), SHOWN_MS);
  };
  return (
    <Button kind="quiet" icon={done === 'Copied' ? 'check' : 'copy'} onClick={() => void copy()}>
      {done ?? label}
    </Button>
  );
}
