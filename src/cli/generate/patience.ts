import type { Ledger } from './ledger.js';

/** A server that was just started, or restarted, is there by then. */
const PATIENCE_MS = 10_000;
/** One that is away for longer than a restore from a backup takes is not coming back. */
const LONG_PATIENCE_MS = 600_000;
const LOOK_MS = 250;

/**
 * Gives a run up where nobody answers: at its beginning, since the address will be wrong, and after `stop`, since whoever asked
 * for it waits. In between a server that is away is waited for, ten minutes at most.
 */
export function outOfPatience(
  target: URL,
  ledger: Pick<Ledger, 'lastFailure'>,
  stop: AbortSignal,
  giveUp: (reason: Error) => void,
) {
  let hasAnswered = false;
  let heardAtMs = performance.now();
  stop.addEventListener('abort', () => (heardAtMs = performance.now()));
  const look = () => {
    const { lastFailure } = ledger;
    // A server that is only slow has not failed yet.
    const isWaitedFor = !stop.aborted && (hasAnswered || lastFailure === null);
    if (performance.now() - heardAtMs < (isWaitedFor ? LONG_PATIENCE_MS : PATIENCE_MS)) return;
    const hint = hasAnswered ? '' : '; --target or PORT say where the server is';
    giveUp(new Error(`no answer from ${target.href} (${lastFailure ?? 'it is silent'})${hint}`));
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    /** The server has answered, with whatever status. */
    answered: () => {
      hasAnswered = true;
      heardAtMs = performance.now();
    },
    end: () => clearInterval(timer),
  };
}
