import type { Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import type pg from 'pg';

/** What pg asks of a query that reads messages itself. */
interface Connection {
  query(text: string): void;
  stream: { pause(): void; resume(): void };
}

/** What a `copy … to stdout` gives, as PostgreSQL writes it; the connection rests while nobody reads. */
export function copyOut(client: pg.Client, text: string): Readable {
  const output = new PassThrough();
  const query = {
    submit: (connection: Connection) => connection.query(text),
    handleCopyData: ({ chunk }: { chunk: Buffer }, { stream }: Connection) => {
      if (output.write(chunk)) return;
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
