import './tail-status.css';
import { Button } from '../../kit/ui/button.js';
import type { TailState } from './tail-connection.js';
import type { Tail } from './use-tail.js';

const WORDS: Record<TailState, string> = {
  connecting: 'Connecting…',
  open: 'Live',
  retrying: 'Reconnecting…',
  refused: 'Disconnected',
};

const rateFormat = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });

/** Whether the tail is connected, and how much comes. */
export function TailStatus({ tail: { state, reason, buffer, perSecond, reconnect } }: { tail: Tail }) {
  const isPaused = buffer.paused && state === 'open';
  return (
    <span class="tail-status">
      <span class={`tail-state tail-${isPaused ? 'paused' : state}`} role="status">
        <span class="tail-dot" aria-hidden="true" />
        {isPaused ? 'Paused' : WORDS[state]}
        {reason && ` (${reason})`}
      </span>
      {state === 'open' && <span>{rateFormat.format(perSecond)} events/s</span>}
      {buffer.shown.length >= buffer.limit && <span>newest {buffer.limit}</span>}
      {state === 'refused' && (
        <Button kind="quiet" icon="refresh" onClick={reconnect}>
          Try again
        </Button>
      )}
    </span>
  );
}
