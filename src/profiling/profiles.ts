import type { Profile } from 'pprof-format';

/** Where profiles come from: this process, or all worker processes. */
export interface Profiles {
  /** Of what is done from now on; ends early when `stop` is aborted. */
  cpu(durationMs: number, stop: AbortSignal): Promise<Profile>;

  /** Of what is held now. */
  heap(): Promise<Profile>;

  /** Of what is open now: sockets, timers, requests to the system. */
  resources(): Promise<Profile>;
}
