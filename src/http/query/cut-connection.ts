import { finished } from 'node:stream';
import type { FastifyReply } from 'fastify';

/**
 * Aborts an answer so that it cannot pass for a complete one. After a plain close it would, for HTTP/1.0 clients (by default,
 * nginx towards its upstreams): they have no final chunk to miss.
 */
export function cutConnection({ raw }: FastifyReply): void {
  const { socket } = raw;
  // A TLS connection cannot be reset from here, but the other side notices the missing close_notify.
  if (socket === null || 'encrypted' in socket) raw.destroy();
  else socket.resetAndDestroy();
}

/** Bytes that a client must take within the time limit; of a longer write so many each time. */
const STALL_BYTES = 512 * 1024;

/**
 * Watches over the client of an answer that goes on for long: `tell` is called where it has not taken what was written last
 * within `stallMs`, and the connection is cut `graceMs` later. Node's own time-out only sees who takes nothing at all: a byte
 * every 15 s kept an export, its buffers and its place for ever.
 */
export function watchReader(
  reply: FastifyReply,
  { stallMs, graceMs }: { stallMs: number; graceMs: number },
  tell: () => void,
): void {
  const { raw } = reply;
  let taken = -1;
  let sinceMs = performance.now();
  let toldMs = Infinity;
  const look = (): void => {
    const nowMs = performance.now();
    const waiting = raw.writableLength;
    const takenNow = (raw.socket?.bytesWritten ?? 0) - waiting;
    // without a socket it is queued behind earlier answers on its connection
    if (waiting === 0 || raw.socket === null || takenNow !== taken) {
      taken = takenNow;
      sinceMs = nowMs;
    } else if (toldMs === Infinity && nowMs - sinceMs > stallMs * Math.max(1, waiting / STALL_BYTES)) {
      toldMs = nowMs;
      tell();
    }
    if (nowMs - toldMs >= graceMs) cutConnection(reply);
  };
  const timer = setInterval(look, Math.min(1_000, stallMs / 4)).unref();
  finished(raw, () => clearInterval(timer));
}
