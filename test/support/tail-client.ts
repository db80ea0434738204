import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import type { TestServer } from './server.js';

export interface TailMessage {
  id: string;
  event: string;
  data: { event_id: string; event_name: string; reason?: string };
}

/** A client of server-sent events: reads `GET /api/v1/logs/tail` as the standard says. */
export class TailClient {
  readonly messages: TailMessage[] = [];
  heartbeats = 0;
  lastEventId = '';
  /** The server has ended its answer: whole, or cut. */
  ended: 'no' | 'whole' | 'cut' = 'no';
  private rest = '';

  private constructor(
    private readonly request: ClientRequest,
    readonly answer: IncomingMessage,
  ) {
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => this.take(text));
    answer.once('end', () => (this.ended = 'whole'));
    answer.once('error', () => (this.ended = 'cut'));
  }

  /** Resolves with the headers of the answer. `reads: false`: takes nothing until `resume`. */
  static async open(
    server: Pick<TestServer, 'url' | 'key'>,
    query = '',
    { headers = {}, reads = true }: { headers?: Record<string, string>; reads?: boolean } = {},
  ): Promise<TailClient> {
    const request = http.get(`${server.url}/api/v1/logs/tail?${query}`, {
      headers: { 'x-api-key': server.key, ...headers },
      agent: false,
    });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    request.on('error', () => undefined);
    const client = new TailClient(request, answer);
    if (!reads) answer.pause();
    return client;
  }

  get names(): string[] {
    return this.messages.filter(({ event }) => event === '').map(({ data }) => data.event_id);
  }

  /** Why the server ended it, if it said so. */
  get endReason(): string | undefined {
    return this.messages.find(({ event }) => event === 'end')?.data.reason;
  }

  close(): void {
    this.request.destroy();
  }

  private take(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop()!;
    for (const block of blocks) this.dispatch(block.split('\n'));
  }

  private dispatch(lines: string[]): void {
    const field = (name: string) =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    if (lines.some((line) => line.startsWith(':'))) this.heartbeats++;
    this.lastEventId = field('id') ?? this.lastEventId;
    const data = field('data');
    if (data === undefined) return;
    this.messages.push({
      id: this.lastEventId,
      event: field('event') ?? '',
      data: JSON.parse(data) as TailMessage['data'],
    });
  }
}
