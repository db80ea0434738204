import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestServer } from './server.js';

/** One connection to a server, for bytes that no HTTP client would send, or would not send so. */
export class RawClient {
  /** What came back so far. */
  answer = '';
  private isClosed = false;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => (this.answer += chunk.toString('latin1')));
    // A connection that is cut is what many of these are about.
    socket.on('error', () => undefined);
    socket.on('close', () => (this.isClosed = true));
  }

  /** `from`: an address of the loopback range to come from. */
  static async connect({ url }: Pick<TestServer, 'url'>, from = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress: from });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** The status of each answer that came, in the order that they came. */
  get statuses(): number[] {
    return [...this.answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)]
      .map(([, status]) => Number(status))
      .filter((s) => s !== 100);
  }

  /** Reads nothing more: what the server sends stays where it is. */
  stopReading(): void {
    this.socket.pause();
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Resolves once all of it is on its way, as a client does that sends before it reads; reads from then on. */
  async writeAll(bytes: Buffer): Promise<void> {
    const { socket } = this;
    await new Promise<void>((sent) => {
      socket.once('close', sent);
      socket.write(bytes, () => {
        socket.off('close', sent);
        sent();
      });
    });
    this.socket.resume();
  }

  close(): void {
    this.socket.destroy();
  }
}

/** The first lines of a request. */
export function head(method: string, path: string, headers: Record<string, string | number> = {}): string {
  const lines = Object.entries({ host: 'test', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
