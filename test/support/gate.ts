import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Gate {
  /** The URL of the server behind, through the gate. */
  url: string;
  /** Cuts what is open, and refuses what comes. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

/** A TCP relay before a real server, to take the server away and give it back. */
export async function gateBefore(target: string): Promise<Gate> {
  const url = new URL(target);
  const sockets = new Set<Socket>();
  let isShut = false;
  const server = createServer((client) => {
    if (isShut) return client.destroy();
    const upstream = connect(Number(url.port), url.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(target);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  const shut = (): void => {
    isShut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: through.href,
    shut,
    open: () => {
      isShut = false;
    },
    close: async () => {
      shut();
      server.close();
      await once(server, 'close');
    },
  };
}
