import { useEffect, useState } from 'preact/hooks';
import { waiting } from '../busy.js';
import { ago, asOf } from '../format.js';
import { answeredAtMs, faults } from '../freshness.js';
import { REFRESH_CHOICES, refreshEveryS, refreshNow } from '../refresh.js';
import { IconButton } from './button.js';
import { Select } from './field.js';

const NAMES: Record<number, string> = { 0: 'Off', 60: '1 min', 300: '5 min' };

/** Refresh now, or by itself every so often; when the numbers were answered last. */
export function RefreshControl() {
  return (
    <div class="refresh">
      <Age />
      <IconButton icon="refresh" label="Refresh" onClick={refreshNow} />
      <Select
        label="Refresh every"
        hideLabel
        value={String(refreshEveryS.value)}
        choices={REFRESH_CHOICES.map((seconds) => ({
          value: String(seconds),
          label: NAMES[seconds] ?? `${seconds} s`,
        }))}
        onChoose={(value) => (refreshEveryS.value = Number(value))}
      />
    </div>
  );
}

function Age() {
  const now = useNow();
  const updatedAtMs = answeredAtMs.value;
  if (waiting.value > 0 || updatedAtMs === undefined)
    return <span class="muted wide-only">{waiting.value > 0 && 'Loading…'}</span>;
  return (
    <span
      class={faults.value.length > 0 ? 'wide-only refresh-late' : 'wide-only muted'}
      title={`The oldest number on this page is of ${asOf(updatedAtMs)}`}
    >
      Updated {ago(updatedAtMs, Math.max(now, updatedAtMs))}
    </span>
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
