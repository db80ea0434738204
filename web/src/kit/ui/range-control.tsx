import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useAddress } from '../address.js';
import { serverNowMs } from '../api/server-clock.js';
import { span } from '../format.js';
import { timezone, useWindow } from '../use-window.js';
import { steppedWindow, type WindowStep } from '../window-steps.js';
import { brushedWindow, DEFAULT_RANGE, RANGES, type Range } from '../window.js';
import { Button, IconButton } from './button.js';
import { Icon, type IconName } from './icon.js';
import { MomentField } from './moment-field.js';
import { Segmented } from './segmented.js';
import { readMoment, typedMoment } from './typed-moment.js';

const NAMES: Record<Range, { label: string; title: string }> = {
  hour: { label: 'Hour', title: 'Hour: the last 60 minutes' },
  day: { label: 'Day', title: 'Day: the last 24 hours' },
  week: { label: 'Week', title: 'Week: the last 7 days' },
  month: { label: 'Month', title: 'Month: the last 30 days' },
};

const STEPS: readonly { step: WindowStep; icon: IconName; label: string }[] = [
  { step: 'earlier', icon: 'left', label: 'Earlier' },
  { step: 'out', icon: 'zoom-out', label: 'Zoom out' },
  { step: 'in', icon: 'zoom-in', label: 'Zoom in' },
  { step: 'later', icon: 'right', label: 'Later' },
];

/** The window of time in the address: a range up to now, or two moments; and steps from one to the next. */
export function RangeControl() {
  const { change } = useAddress();
  const { range, fromMs, toMs } = useWindow();
  const choose = (chosen: Range) =>
    change({ range: chosen === DEFAULT_RANGE ? undefined : chosen, from: undefined, to: undefined });
  return (
    <div class="range">
      <Segmented
        label="Time range"
        value={range}
        choices={RANGES.map((value) => ({ value, ...NAMES[value] }))}
        onChoose={choose}
      />
      <div class="range-exact">
        <Custom label={range ? 'Custom' : span(fromMs, toMs)} fromMs={fromMs} toMs={toMs} chosen={!range} />
        {!range && (
          <span class="wide-only">
            <IconButton icon="close" label="Reset to the last day" onClick={() => choose(DEFAULT_RANGE)} />
          </span>
        )}
        <Steps fromMs={fromMs} toMs={toMs} />
      </div>
    </div>
  );
}

function Steps({ fromMs, toMs }: { fromMs: number; toMs: number }) {
  const { change } = useAddress();
  return (
    <div class="range-steps" role="group" aria-label="Move the time range">
      {STEPS.map(({ step, icon, label }) => {
        const next = steppedWindow({ fromMs, toMs }, step, serverNowMs());
        return (
          <IconButton
            key={step}
            icon={icon}
            label={label}
            disabled={next === null}
            onClick={() => next && change({ ...next, range: undefined })}
          />
        );
      })}
    </div>
  );
}

function Custom({
  label,
  fromMs,
  toMs,
  chosen,
}: {
  label: string;
  fromMs: number;
  toMs: number;
  chosen: boolean;
}) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    box.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);
  return (
    <div class="range-custom" ref={box} onKeyDown={(event) => event.key === 'Escape' && open && close()}>
      <button
        type="button"
        class={chosen ? 'button range-chosen' : 'button'}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <Icon name="calendar" /> {label}
      </button>
      {open && <CustomForm id={id} fromMs={fromMs} toMs={toMs} onDone={close} />}
    </div>
  );
}

function CustomForm({
  id,
  fromMs,
  toMs,
  onDone,
}: {
  id: string;
  fromMs: number;
  toMs: number;
  onDone: () => void;
}) {
  const { change } = useAddress();
  const form = useRef<HTMLFormElement>(null);
  const [from, setFrom] = useState(typedMoment(fromMs));
  const [to, setTo] = useState(typedMoment(toMs));
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const [start, end] = [readMoment(from), readMoment(to)];
  const apply = (event: Event) => {
    event.preventDefault();
    if (!(start < end)) return;
    change({ ...brushedWindow(start, end), range: undefined });
    onDone();
  };
  return (
    <form
      id={id}
      ref={form}
      noValidate
      class="popover range-form"
      aria-label="Custom time range"
      onSubmit={apply}
    >
      <MomentField label="From" value={from} onInput={setFrom} />
      <MomentField
        label="To"
        value={to}
        error={start >= end ? 'The end must be after the start.' : undefined}
        onInput={setTo}
      />
      <p class="field-hint">Times are in {timezone}.</p>
      <Button kind="primary" type="submit">
        Apply
      </Button>
    </form>
  );
}
