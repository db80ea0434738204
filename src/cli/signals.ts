import { once } from 'node:events';
import { constants } from 'node:os';

/**
 * npm forwards the signal of a terminal to a process that has it already, and an ending shell hangs up twice: repeats within
 * this time count once.
 */
const REPEAT_MS = 2_000;

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof STOP_SIGNALS)[number];

/**
 * Calls `first` at the first signal to stop (Ctrl-C, SIGTERM, a terminal that was closed), `again` at each SIGINT and SIGTERM
 * that comes more than two seconds later. Gives what ends that.
 */
function onStopSignals(first: (signal: StopSignal) => void, again: (signal: StopSignal) => void): () => void {
  let firstAtMs: number | undefined;
  const onSignal = (signal: StopSignal) => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      first(signal);
    } else if (signal !== 'SIGHUP' && performance.now() - firstAtMs > REPEAT_MS) {
      again(signal);
    }
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return () => STOP_SIGNALS.forEach((signal) => process.off(signal, onSignal));
}

/** For a server: aborted, with the signal as its reason, at the first one. A later one ends the process at once. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  onStopSignals(
    (signal) => stop.abort(signal),
    // The exit code that shells give for a process ended by a signal.
    (signal) => process.exit(128 + constants.signals[signal]),
  );
  return stop.signal;
}

/** For a worker process: its primary alone stops it, by SIGTERM; what a terminal sends to the whole group is the primary's. */
export function workerStopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => signal === 'SIGTERM' && stop.abort(signal));
  }
  return stop.signal;
}

/** Resolves once the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

export interface Interrupts {
  /** The first signal: finish what was begun. */
  stop: AbortSignal;
  /** A later one: abandon it. */
  giveUp: AbortController;
  remove(): void;
}

/** What the signals mean to a command that runs for a while. `hint` is told at the first. */
export function interrupts(hint: string | null): Interrupts {
  const stop = new AbortController();
  const giveUp = new AbortController();
  const remove = onStopSignals(
    () => {
      stop.abort();
      if (hint !== null) process.stderr.write(`\n${hint}\n`);
    },
    () => giveUp.abort(),
  );
  return { stop: stop.signal, giveUp, remove };
}
