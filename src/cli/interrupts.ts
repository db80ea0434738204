export interface Interrupts {
  /** The first signal: bring to an end what was begun. */
  stop: AbortSignal;
  /** The second: leave it. */
  giveUp: AbortController;
  remove(): void;
}

/** What SIGINT and SIGTERM mean to a command that runs for a while. `hint` is told at the first. */
export function interrupts(hint: string | null): Interrupts {
  const stop = new AbortController();
  const giveUp = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) return giveUp.abort();
    stop.abort();
    if (hint !== null) process.stderr.write(`\n${hint}\n`);
  };
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, onSignal);
  const remove = () => names.forEach((name) => process.off(name, onSignal));
  return { stop: stop.signal, giveUp, remove };
}
