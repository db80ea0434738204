import type { FastifyReply } from 'fastify';
import { finished } from 'node:stream';

/**
 * Ends an answer in a way that nobody can take for its end. A plain close would look like a whole answer to whoever speaks
 * HTTP/1.0 (nginx to what is behind it, by default): there is no last chunk whose absence tells.
 */
export function cutConnection({ raw }: FastifyReply): void {
  const { socket } = raw;
  // A connection under TLS cannot be reset from here; its own end is missed by the other side.
  if (socket === null || 'encrypted' in socket) raw.destroy();
  else socket.resetAndDestroy();
}

/** What a client must take within the time that it is given; of longer writes so much each time. */
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
    // without a socket it waits for the answers before it on its connection
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
