import type { Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import type pg from 'pg';

/** What pg asks of a query that reads messages itself. */
interface Connection {
  query(text: string): void;
  stream: { pause(): void; resume(): void };
}

const READ_AHEAD_BYTES = 1 << 20;

/** What a `copy … to stdout` gives, as PostgreSQL writes it; the connection rests while nobody reads. */
export function copyOut(client: pg.Client, text: string): Readable {
  const output = new PassThrough({ highWaterMark: READ_AHEAD_BYTES });
  const query = {
    submit: (connection: Connection) => connection.query(text),
    handleCopyData: ({ chunk }: { chunk: Buffer }, { stream }: Connection) => {
      // What the connection has read already still comes after a pause.
      // A copy: pg reads the next packet into the same memory.
      if (output.write(Buffer.from(chunk)) || output.listenerCount('drain') > 0) return;
      stream.pause();
      output.once('drain', () => stream.resume());
    },
    handleCommandComplete: () => undefined,
    handleReadyForQuery: () => output.end(),
    handleError: (error: Error) => output.destroy(error),
  };
  client.query(query as unknown as pg.Submittable);
  return output;
}
