import { useEffect, useState } from 'preact/hooks';
import { waiting } from '../busy.js';
import { ago } from '../format.js';
import { REFRESH_CHOICES, refreshedAtMs, refreshEveryS, refreshNow } from '../refresh.js';
import { IconButton } from './button.js';
import { Select } from './field.js';

const NAMES: Record<number, string> = { 0: 'Off', 60: '1 min', 300: '5 min' };

/** Refresh now, or by itself every so often; how old the numbers are. */
export function RefreshControl() {
  const age = useAge();
  return (
    <div class="refresh">
      <span class="muted wide-only">{waiting.value > 0 ? 'Loading…' : `Updated ${age}`}</span>
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

function useAge(): string {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return ago(refreshedAtMs.value, Math.max(now, refreshedAtMs.value));
}
