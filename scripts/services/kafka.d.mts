import type { KafkaPrograms } from './kafka-programs.mjs';

/** One node that is broker and controller, with data of its own: it may be killed and started again. */
export class KafkaBroker {
  static make(programs: KafkaPrograms): Promise<KafkaBroker>;
  /** `host:port`, as in KAFKA_BROKERS; the same after each start. */
  readonly brokers: string;
  /** Resolves once it answers a client. */
  start(): Promise<void>;
  /** As kill -9 does it: ports and data stay. */
  kill(): Promise<void>;
  /** `kill()`, then `start()`. */
  restart(): Promise<void>;
  /** For good. */
  stop(): void;
}

/**
 * Runs one of Kafka's own tools. Resolves to what it wrote on stdout. @throws where it ends with another code than 0
 * @param input for its stdin
 */
export function kafkaTool(
  programs: KafkaPrograms,
  name: 'kafka-topics' | 'kafka-consumer-groups' | 'kafka-console-producer' | 'kafka-console-consumer',
  args: readonly string[],
  input?: string,
): Promise<string>;
