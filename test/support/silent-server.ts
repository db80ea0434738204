import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SilentServer {
  url: string;
  /** From now on nothing passes in either direction; connections stay open. */
  mute(): void;
  unmute(): void;
  close(): Promise<void>;
}

/** Stands between a client and a Redis, and can fall silent as a stopped process or a broken network does. */
export async function silentServer(target: string | undefined): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client.on('error', () => undefined));
    if (!target) return;
    const { hostname, port } = new URL(target);
    const upstream = connect(Number(port), hostname).on('error', () => undefined);
    sockets.add(upstream);
    client.pipe(upstream).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mute: () => sockets.forEach((socket) => socket.pause()),
    unmute: () => sockets.forEach((socket) => socket.resume()),
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}
