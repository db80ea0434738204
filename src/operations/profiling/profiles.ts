import type { Profile } from 'pprof-format';
import type { ProfileKind } from './pprof-builder.js';

/**
 * The counterpart of Go's goroutines: Node runs on one stack, and what is in progress besides it are the resources that keep
 * its event loop alive (sockets, timers, file system requests), of which Node reports the kinds.
 */
export const RESOURCES: ProfileKind = {
  sampleTypes: [['resources', 'count']],
  periodType: ['resources', 'count'],
  period: 1,
};

/** Where profiles come from: this process, or all worker processes. */
export interface Profiles {
  /** Of what is done from now on; ends early when `stop` is aborted. */
  cpu(durationMs: number, stop: AbortSignal): Promise<Profile>;

  /** Of what is held now. */
  heap(): Promise<Profile>;

  /** Of what is open now: sockets, timers, requests to the system. */
  resources(): Promise<Profile>;
}
