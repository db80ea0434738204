import type { Config } from './settings.js';

/** A share of the connections that queries have: what reads in the background must leave some to those who wait. */
export function queryShare(
  { dbMaxConnections, ingestConnections }: Pick<Config, 'dbMaxConnections' | 'ingestConnections'>,
  share: number,
): number {
  return Math.max(1, Math.floor((dbMaxConnections - ingestConnections) * share));
}
