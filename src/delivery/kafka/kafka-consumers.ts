import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { KafkaSource } from '../../config/kafka-settings.js';
import { connectionShares } from '../../config/query-share.js';
import type { Config } from '../../config/settings.js';
import type { LetterKind } from '../../core/ports/dead-letters.js';
import { AccessLogIngest, EventLogIngest } from '../../core/ports/log-ingest.js';
import { LogConsumers, LogHealth } from '../../core/ports/log.js';
import { ProjectStore } from '../../core/ports/project-store.js';
import { DeadLetterSink } from '../dead-letter-sink.js';
import { reasonOf } from './client.js';
import { DeadLetterTopics } from './dead-letter-topics.js';
import { GroupMember, type PartitionOf } from './group-member.js';
import type { KafkaClients } from './kafka-clients.js';
import { ConsumerMetrics, LogConsumer, type LogSource } from './log-consumer.js';
import { PartitionFetch } from './partition-fetch.js';
import { othersOf } from './topics.js';

const COMMIT_EVERY_MS = 1_000;
const RETRY_MS = 1_000;

type AnyConsumer = Pick<LogConsumer<never, never>, 'start' | 'stop' | 'takeMoved'>;

/**
 * All that this process consumes, as one member of the group: for each kind of record as many consumers as there are connections
 * for ingest, each with a part of the partitions. One kind goes on where the store of the other is away.
 */
@Injectable()
export class KafkaConsumers extends LogConsumers {
  private readonly logger = new Logger('Kafka');
  private readonly stopping = new AbortController();
  private readonly fetches: PartitionFetch[] = [];
  private readonly consumers: AnyConsumer[] = [];
  private member: GroupMember | null = null;
  private starting: Promise<void> = Promise.resolve();
  private telling: Promise<void> = Promise.resolve();
  private readonly deadLetters: DeadLetterTopics;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LogHealth) private readonly clients: KafkaClients,
    private readonly events: EventLogIngest,
    private readonly access: AccessLogIngest,
    private readonly projects: ProjectStore,
    private readonly metrics: ConsumerMetrics,
    sink: DeadLetterSink,
  ) {
    super();
    this.deadLetters = new DeadLetterTopics(clients.deadLetters, sink);
  }

  start(): void {
    this.starting = this.begin();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.starting;
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await this.telling;
    await this.tell();
    await this.member?.stop();
    await Promise.all(this.fetches.map((fetch) => fetch.stop()));
  }

  private async begin(): Promise<void> {
    const stopped = new Promise<null>((resolve) => {
      this.stopping.signal.addEventListener('abort', () => resolve(null), { once: true });
    });
    const ready = await Promise.race([Promise.all([this.clients.topics.ready, this.projectIds()]), stopped]);
    if (ready === null || this.stopping.signal.aborted) return;
    const [, projects] = ready;
    const { config } = this;
    const { kafkaEventsTopic, kafkaAccessTopic } = config;
    const own = (topic: string): LogSource => ({ topic, format: 'own', projectId: null });
    const others = (kind: LetterKind) => othersOf(config, kind).map((source) => sourceOf(source, projects));
    const events = [own(kafkaEventsTopic), ...others('events')];
    const access = [own(kafkaAccessTopic), ...others('access')];
    const topics = [...events, ...access].map(({ topic }) => topic);
    const member = new GroupMember(config, topics, () => this.metrics.rebalances.inc());
    this.member = member;
    this.consume(events, this.events, member);
    this.consume(access, this.access, member);
    member.start();
    for (const consumer of this.consumers) consumer.start();
    this.telling = this.tellRegularly();
  }

  private consume(
    sources: readonly LogSource[],
    ingest: EventLogIngest | AccessLogIngest,
    member: GroupMember,
  ): void {
    const { config, deadLetters, metrics } = this;
    const byTopic = new Map(sources.map((source) => [source.topic, source]));
    const { ingest: lanes } = connectionShares(config);
    for (let lane = 0; lane < lanes; lane++) {
      const fetch = new PartitionFetch(config);
      this.fetches.push(fetch);
      const assigned = (): PartitionOf[] =>
        member.assigned.filter(({ topic, partition }) => byTopic.has(topic) && partition % lanes === lane);
      const ports = {
        ingest: ingest as never,
        fetch,
        assigned,
        deadLetters,
        metrics,
        maxRecords: config.flushMaxRows,
      };
      this.consumers.push(new LogConsumer<never, never>(byTopic, ports));
    }
  }

  /** The ids of the projects that sources name, once all are there. */
  private async projectIds(): Promise<ReadonlyMap<string, number>> {
    const wanted = new Set(this.config.kafkaSources.map(({ project }) => project));
    for (let told = ''; !this.stopping.signal.aborted;) {
      let problem: string;
      try {
        const projects = await this.projects.list();
        const missing = [...wanted].find((project) => !projects.has(project));
        if (missing === undefined) return projects;
        problem = `KAFKA_SOURCES: there is no project ${missing}; make a key for it (sightline keys create)`;
      } catch (error) {
        problem = `projects cannot be read: ${reasonOf(error)}`;
      }
      if (problem !== told) this.logger.error(problem);
      told = problem;
      await delay(RETRY_MS, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
    return new Map();
  }

  private async tellRegularly(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await delay(COMMIT_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      await this.tell();
    }
  }

  // Only for Kafka's tools: where it fails, the next one tells more.
  private async tell(): Promise<void> {
    const moved = this.consumers.flatMap((consumer) => consumer.takeMoved());
    try {
      await this.member?.commit(moved);
    } catch (error) {
      this.logger.debug(`Kafka was not told how far partitions are stored: ${reasonOf(error)}`);
    }
  }
}

function sourceOf({ topic, format, project }: KafkaSource, projects: ReadonlyMap<string, number>): LogSource {
  return { topic, format: format === 'lines' ? 'lines' : 'records', projectId: projects.get(project)! };
}
