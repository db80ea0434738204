import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';

const COMMAND_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 2_000;
const DISCONNECT_TIMEOUT_MS = 100;
const PROBE_EVERY_MS = 500;
const MAX_RECONNECT_DELAY_MS = 1_000;

/**
 * The one connection to Redis of a process. Nobody waits for a Redis that is away: commands fail at once while there
 * is no connection, after 250 ms when there is no answer, and then not another is sent before Redis answers a probe.
 */
export class RedisConnection {
  readonly client: Redis;
  private readonly logger = new Logger(RedisConnection.name);
  private answers = true;
  private closed = false;
  private wasUp = true;

  constructor(url: string) {
    this.client = new Redis(url, {
      lazyConnect: true,
      connectionName: 'sightline',
      connectTimeout: CONNECT_TIMEOUT_MS,
      // its timer outlives a closed connection, and would keep the process from ending
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      // a resent command could count twice
      autoResendUnfulfilledCommands: false,
      enableAutoPipelining: true,
      retryStrategy: (attempt) => Math.min(100 * 2 ** attempt, MAX_RECONNECT_DELAY_MS),
    });
    this.client.on('error', (error: Error) => this.log(false, error));
    this.client.on('ready', () => this.log(true));
  }

  /** Resolves after the first attempt, successful or not; further ones continue in the background. */
  async connect(): Promise<void> {
    await this.client.connect().catch(() => undefined);
  }

  get up(): boolean {
    return this.answers && this.client.status === 'ready';
  }

  /** What `work` resolves to; null when Redis is away or fails it. */
  async run<T>(work: (client: Redis) => Promise<T>): Promise<T | null> {
    if (!this.up) return null;
    try {
      return await work(this.client);
    } catch (error) {
      if (this.up && isTimeout(error)) void this.awaitAnswer(error);
      return null;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.up) await this.client.quit().catch(() => undefined);
    this.client.disconnect();
  }

  private async awaitAnswer(error: Error): Promise<void> {
    this.answers = false;
    this.log(false, error);
    while (!this.closed && !this.answers) {
      await delay(PROBE_EVERY_MS, undefined, { ref: false });
      this.answers = await this.client.ping().then(
        () => true,
        () => false,
      );
    }
    this.log(true);
  }

  private log(up: boolean, error?: Error): void {
    if (this.closed || up === this.wasUp) return;
    this.wasUp = up;
    if (up) this.logger.log('Redis is back');
    else this.logger.warn(`Redis is away, each process limits and caches by itself: ${error?.message}`);
  }
}

function isTimeout(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Command timed out';
}
