import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { normalizeIp } from '@nestjs/throttler';

/** Share of all connections for one address (for IPv6, one /64): its idle ones could otherwise take every place. */
const SHARE_OF_ADDRESS = 0.5;
/** A connection used this recently is likely to be used again, or a request is on its way. */
const SPARED_MS = 5_000;
/** Share of the connections closed at a time: one scan through all of them should make room for many. */
const CLOSED_AT_ONCE = 0.02;
/** Pause after a scan without a result: opening thousands of connections must not trigger as many scans. */
const SEARCH_AGAIN_MS = 100;

/** `_httpMessage` is Node's own mark of a connection on which an answer is due; its `closeIdleConnections` goes by it. */
export type Connection = Socket & {
  _httpMessage?: ServerResponse | null;
  /** When it was opened, or its last request came, on the clock of `performance.now()`. */
  usedMs?: number;
};

/**
 * Bounds the connections that are open, and those of one address. Where there are too many, the ones that lie idle are closed, as
 * nginx does it: they wait for ten minutes (KEEP_ALIVE_SECONDS), and who comes anew must not be kept out by them. What still
 * comes on top is closed before anything is read of it.
 */
export function limitConnections(
  server: Server,
  open: ReadonlySet<Connection>,
  maxConnections: number,
): void {
  const addresses = new Map<string, number>();
  const search = new IdleSearch(open);
  let total = 0;

  function leave(address: string): void {
    total--;
    const left = addresses.get(address)! - 1;
    if (left > 0) addresses.set(address, left);
    else addresses.delete(address);
  }

  server.on('connection', (socket: Socket) => {
    const address = normalizeIp(socket.remoteAddress ?? '');
    const ofAddress = (addresses.get(address) ?? 0) + 1;
    total++;
    addresses.set(address, ofAddress);
    socket.once('close', () => leave(address));
    const fits =
      (ofAddress <= maxConnections * SHARE_OF_ADDRESS || search.close(address)) &&
      (total <= maxConnections || search.close());
    if (!fits) socket.destroy();
  });
}

/** Finds idle connections that can be closed. */
class IdleSearch {
  private readonly vainMs = new Map<string, number>();

  constructor(private readonly open: ReadonlySet<Connection>) {}

  /** Closes some that lie idle, of one address or of all; false where there are none. */
  close(address = ''): boolean {
    const nowMs = performance.now();
    if (nowMs - (this.vainMs.get(address) ?? -Infinity) < SEARCH_AGAIN_MS) return false;
    let left = Math.max(1, Math.floor(this.open.size * CLOSED_AT_ONCE));
    const wanted = left;
    for (const socket of this.open) {
      if (socket.destroyed || socket._httpMessage || nowMs - (socket.usedMs ?? 0) < SPARED_MS) continue;
      if (address !== '' && normalizeIp(socket.remoteAddress ?? '') !== address) continue;
      socket.destroy();
      if (--left === 0) break;
    }
    if (left === wanted) this.noteVain(address, nowMs);
    return left < wanted;
  }

  private noteVain(address: string, nowMs: number): void {
    for (const [other, vainMs] of this.vainMs)
      if (nowMs - vainMs > SEARCH_AGAIN_MS) this.vainMs.delete(other);
    this.vainMs.set(address, nowMs);
  }
}
