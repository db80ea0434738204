import type { FastifyReply } from 'fastify';

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
