import type { ChildProcess } from 'node:child_process';

/** A request that one process of a server may send another. The types are its argument and its answer, both JSON. */
export interface IpcRequest<Asked, Answer> {
  name: string;
  /** After this time the answer is null. */
  timeoutMs: number;
  /** For the compiler alone. */
  types?: (asked: Asked) => Answer;
}

type Message =
  | { sightline: 'ready' }
  | { sightline: 'request'; id: number; name: string; asked: unknown }
  | { sightline: 'finish'; id: number }
  | { sightline: 'reply'; id: number; answer: unknown }
  | { sightline: 'failure'; id: number; reason: string };

type Handler = (asked: unknown, finish: AbortSignal) => unknown;

type Channel = Pick<ChildProcess, 'on' | 'once' | 'send' | 'connected'>;

/** The process at the other end of an IPC channel: either end may ask. */
export class Peer {
  /** Resolves when the channel is closed, after its last message was handled. */
  readonly gone: Promise<void>;
  private readonly handlers = new Map<string, Handler>();
  /** What this process waits for, by id. */
  private readonly waiting = new Map<number, (message: Message | null) => void>();
  /** The requests that this process is answering, by the other end's id. */
  private readonly running = new Map<number, AbortController>();
  private lastId = 0;

  private constructor(
    private readonly channel: Channel,
    /** Whether it listens yet: messages that arrive while it is loading its modules are lost. */
    private isReady: boolean,
  ) {
    this.gone = new Promise((resolve) => channel.once('disconnect', resolve));
    void this.gone.then(() => this.waiting.forEach((settle) => settle(null)));
    channel.on('message', (message: Message) => this.hear(message));
  }

  /** For the primary, as soon as it has forked it. */
  static ofWorker(worker: Channel): Peer {
    return new Peer(worker, false);
  }

  /** For a worker. */
  static ofPrimary(primary: Channel): Peer {
    const peer = new Peer(primary, true);
    peer.send({ sightline: 'ready' });
    return peer;
  }

  /** Answers a request from now on. `finish` is aborted when the other end wants what there is until then. */
  answer<Asked, Answer>(
    { name }: IpcRequest<Asked, Answer>,
    handler: (asked: Asked, finish: AbortSignal) => Answer | Promise<Answer>,
  ): void {
    this.handlers.set(name, handler as Handler);
  }

  /**
   * null where there will be no answer: the process has ended, does not answer this (yet), or took too long.
   * Once `finish` is aborted, the answer is what there is until then.
   *
   * @throws Error with the reason for which the other end failed
   */
  async ask<Asked, Answer>(
    { name, timeoutMs }: IpcRequest<Asked, Answer>,
    asked: Asked,
    options: { timeoutMs?: number; finish?: AbortSignal } = {},
  ): Promise<Answer | null> {
    if (!this.isReady || !this.channel.connected) return null;
    const id = ++this.lastId;
    const finish = (): void => this.send({ sightline: 'finish', id });
    const message = await new Promise<Message | null>((resolve) => {
      const timer = setTimeout(() => {
        finish();
        resolve(null);
      }, options.timeoutMs ?? timeoutMs);
      this.waiting.set(id, (heard) => {
        clearTimeout(timer);
        resolve(heard);
      });
      options.finish?.addEventListener('abort', finish);
      this.send({ sightline: 'request', id, name, asked });
    });
    this.waiting.delete(id);
    options.finish?.removeEventListener('abort', finish);
    if (message?.sightline === 'failure') throw new Error(message.reason);
    return message?.sightline === 'reply' ? (message.answer as Answer) : null;
  }

  private hear(message: Message): void {
    if (message.sightline === 'ready') this.isReady = true;
    if (message.sightline === 'request') void this.reply(message);
    if (message.sightline === 'finish') this.running.get(message.id)?.abort();
    if (message.sightline === 'reply' || message.sightline === 'failure')
      this.waiting.get(message.id)?.(message);
  }

  private async reply({ id, name, asked }: Extract<Message, { sightline: 'request' }>): Promise<void> {
    const finish = new AbortController();
    this.running.set(id, finish);
    try {
      const answer = (await this.handlers.get(name)?.(asked, finish.signal)) ?? null;
      this.send({ sightline: 'reply', id, answer });
    } catch (error) {
      this.send({ sightline: 'failure', id, reason: (error as Error).message });
    } finally {
      this.running.delete(id);
    }
  }

  /** Does nothing if the other end has gone meanwhile. */
  private send(message: Message): void {
    this.channel.send(message, () => undefined);
  }
}

let primaryPeer: Peer | undefined;

/** In a worker: the process that has started it. */
export function primary(): Peer {
  return (primaryPeer ??= Peer.ofPrimary(process as unknown as Channel));
}
