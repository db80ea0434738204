import { useAddress } from '../address.js';
import type { Interval } from '../interval.js';
import { useWindow } from '../use-window.js';
import { Select } from './field.js';

const NAMES: Record<Interval, string> = {
  '1m': '1 min',
  '5m': '5 min',
  '15m': '15 min',
  '1h': '1 h',
  '3h': '3 h',
  '6h': '6 h',
  '1d': '1 day',
};

/** How much time a point of the charts is: chosen by itself, or of those that the window can be drawn in. */
export function IntervalControl() {
  const { query, change } = useAddress();
  const { interval, intervals } = useWindow();
  const chosen = intervals.find((one) => one === query.interval);
  return (
    <div class="interval">
      <Select
        label="Interval"
        hideLabel
        value={chosen ?? ''}
        choices={[
          { value: '', label: chosen ? 'Auto' : `Auto (${NAMES[interval]})` },
          ...intervals.map((one) => ({ value: one, label: NAMES[one] })),
        ]}
        onChoose={(value) => change({ interval: value || undefined })}
      />
    </div>
  );
}
