import type { PprofBuilder, ProfileKind } from './pprof-builder.js';

/**
 * What stands in the place of Go's goroutines: Node runs on one stack, and what is under way beside it are resources that keep its
 * event loop alive (sockets, timers, requests to the file system), of which it tells the kinds.
 */
export const RESOURCES: ProfileKind = {
  sampleTypes: [['resources', 'count']],
  periodType: ['resources', 'count'],
  period: 1,
};

/** Adds how many resources of each kind are open: `TCPSocketWrap`, `Timeout`, … */
export function addResources(builder: PprofBuilder, kinds: readonly string[]): void {
  for (const name of kinds) {
    builder.add([builder.location({ name, file: '', startLine: 0, line: 0 })], [1]);
  }
}
