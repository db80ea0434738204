import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Producer, type MessageToProduce } from '@platformatic/kafka';
import type { Config } from '../../config/settings.js';
import { brokerUnavailable, clientOptions, hasApiError, reasonOf } from './client.js';

/** After so long a client is better told to try again than kept waiting. */
const ACKNOWLEDGED_WITHIN_MS = 1_500;
const PROBE_EVERY_MS = 250;

export type OutgoingMessage = MessageToProduce;

/**
 * Writes messages that every replica in sync has acknowledged, one request at a time: only so is a message that a request had to
 * repeat in the log once. What failed is never tried again here, and a producer that failed is not used any more: the broker would
 * take the next message under the same number for a repeat, and acknowledge what it drops.
 */
export class LogProducer {
  private readonly logger = new Logger('Kafka');
  private producer: Producer | null = null;
  private sending: Promise<unknown> = Promise.resolve();
  private away = false;
  private stopping = false;

  /** @param topics whose metadata tell that the broker can be reached */
  constructor(
    private readonly config: Config,
    private readonly topics: readonly string[],
    /** What it writes, for the log and the broker's. */
    private readonly name: string,
  ) {}

  /** False from the moment that the broker has not acknowledged in time until it answers again. */
  get isUp(): boolean {
    return !this.away;
  }

  /** Finds out whether the broker can be reached; where it cannot, it is asked again and again. */
  async connect(): Promise<void> {
    if (!(await this.probe())) this.lose(null);
  }

  /**
   * Resolves once all of them are acknowledged. Of a partition no more than one message a call: together they are as large for the
   * broker as one.
   * @throws SightlineError `storage_unavailable` within 1.5 s, at once while the broker is away; MessageTooLarge
   */
  send(messages: OutgoingMessage[]): Promise<void> {
    const sent = this.sending.then(() => this.sendNow(messages));
    this.sending = sent.catch(() => undefined);
    return sent;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.sending;
    await this.producer?.close().catch(() => undefined);
  }

  private async sendNow(messages: OutgoingMessage[]): Promise<void> {
    if (this.away) throw brokerUnavailable();
    const producer = (this.producer ??= this.make());
    const timeout = new AbortController();
    const late = delay(ACKNOWLEDGED_WITHIN_MS, undefined, { signal: timeout.signal }).then(
      () => {
        throw new Error(`not acknowledged within ${ACKNOWLEDGED_WITHIN_MS} ms`);
      },
      () => undefined,
    );
    try {
      await Promise.race([producer.send({ messages }), late]);
    } catch (error) {
      this.discard(producer);
      if (hasApiError(error, 'MESSAGE_TOO_LARGE') || hasApiError(error, 'RECORD_LIST_TOO_LARGE')) {
        throw new MessageTooLarge({ cause: error });
      }
      this.lose(error);
      throw brokerUnavailable(error);
    } finally {
      timeout.abort();
    }
  }

  private make(): Producer {
    // More than one retry, or the library makes it endless: a request that is repeated is one that the broker knows again.
    return new Producer({
      ...clientOptions(this.config, this.name),
      idempotent: true,
      retries: 2,
      retryDelay: 100,
    });
  }

  private discard(producer: Producer): void {
    if (this.producer === producer) this.producer = null;
    void producer.close().catch(() => undefined);
  }

  private lose(error: unknown): void {
    if (this.away) return;
    this.away = true;
    this.logger.error(`Kafka takes no ${this.name}${error === null ? '' : `: ${reasonOf(error)}`}`);
    void this.probeUntilUp();
  }

  private async probeUntilUp(): Promise<void> {
    while (!this.stopping) {
      await delay(PROBE_EVERY_MS, undefined, { ref: false });
      if (!(await this.probe())) continue;
      this.away = false;
      this.logger.log(`Kafka takes ${this.name} again`);
      return;
    }
  }

  private async probe(): Promise<boolean> {
    const producer = this.make();
    try {
      const asked = producer.metadata({ topics: [...this.topics], forceUpdate: true });
      const metadata = await Promise.race([asked, delay(ACKNOWLEDGED_WITHIN_MS, null, { ref: false })]);
      asked.catch(() => undefined);
      return (
        metadata !== null &&
        [...metadata.topics.values()].every((topic) => topic.partitions.every(({ leader }) => leader >= 0))
      );
    } catch {
      return false;
    } finally {
      void producer.close().catch(() => undefined);
    }
  }
}

/** The broker takes no message so large. */
export class MessageTooLarge extends Error {
  constructor(options: ErrorOptions) {
    super('the message is larger than Kafka takes (max.message.bytes)', options);
    this.name = 'MessageTooLarge';
  }
}
