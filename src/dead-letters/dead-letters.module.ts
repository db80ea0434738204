import { setTimeout as delay } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { AccessModule } from '../access/access.module.js';
import { UniqueIpsModule } from '../access/unique-ips/unique-ips.module.js';
import { DeadLetterStore } from '../core/ports/dead-letters.js';
import { EventsModule } from '../events/events.module.js';
import { DeadLetterService } from './dead-letter.service.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { LetterReplay } from './letter-replay.js';

const WAITING = 'dead_letters_waiting';
const KEEP_MS = 10_000;
/** A scrape waits no longer: the next one has the answer. */
const PATIENCE_MS = 500;

/** Records that could not be stored: /api/v1/dead-letters. */
@Module({
  imports: [EventsModule, AccessModule, UniqueIpsModule],
  controllers: [DeadLettersController],
  providers: [
    makeGaugeProvider({
      name: WAITING,
      help: 'Dead letters that nobody has replayed or dropped yet',
      // every worker counts the same letters
      aggregator: 'max',
    }),
    LetterReplay,
    DeadLetterService,
  ],
})
export class DeadLettersModule {
  constructor(@InjectMetric(WAITING) gauge: Gauge, letters: DeadLetterStore) {
    let askedAtMs = -Infinity;
    // When scraped, and not each time; a database that is away leaves the number as it was.
    const collect = async (): Promise<void> => {
      if (performance.now() - askedAtMs < KEEP_MS) return;
      askedAtMs = performance.now();
      const asked = letters.waiting().then(
        (waiting) => gauge.set(waiting),
        () => undefined,
      );
      await Promise.race([asked, delay(PATIENCE_MS, undefined, { ref: false })]);
    };
    Object.assign(gauge, { collect });
  }
}
