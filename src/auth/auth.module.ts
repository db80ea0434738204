import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost, Reflector } from '@nestjs/core';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { FastifyInstance } from 'fastify';
import type { Gauge } from 'prom-client';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { Clock } from '../core/ports/clock.js';
import { KeyStore } from '../core/ports/key-store.js';
import { AuthGuard, CachingReflector } from './auth.guard.js';
import { Authenticator } from './authenticator.js';
import { declareCaller } from './caller-property.js';
import { KeyRegistry } from './key-registry.js';
import { KeyService } from './key.service.js';
import { KeysController } from './keys.controller.js';
import { ProjectsController } from './projects.controller.js';
import { RotationPolicy } from './rotation-policy.js';
import { SessionController } from './session.controller.js';
import { SessionService } from './session.service.js';
import { UsageCounter } from './usage-counter.js';

/** Keys, scopes and projects: the guard of every route, and the routes for keys. Needs a `KeyStore`. */
@Module({
  controllers: [KeysController, SessionController, ProjectsController],
  providers: [
    { provide: Reflector, useClass: CachingReflector },
    KeyRegistry,
    UsageCounter,
    Authenticator,
    SessionService,
    { provide: RotationPolicy, inject: [CONFIG], useFactory: (config: Config) => new RotationPolicy(config) },
    {
      provide: KeyService,
      inject: [KeyStore, Clock, CONFIG, KeyRegistry],
      useFactory: (store: KeyStore, clock: Clock, config: Config, registry: KeyRegistry) =>
        new KeyService(store, clock, config, () => registry.reload()),
    },
    { provide: APP_GUARD, useClass: AuthGuard },
    makeGaugeProvider({
      name: 'api_keys_rotation_due',
      help: 'Keys older than API_KEY_ROTATION_INTERVAL_HOURS.',
      // every worker counts the same keys
      aggregator: 'max',
    }),
  ],
  exports: [KeyRegistry, UsageCounter, Authenticator],
})
export class AuthModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @InjectMetric('api_keys_rotation_due') private readonly due: Gauge,
    private readonly registry: KeyRegistry,
    private readonly rotation: RotationPolicy,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    declareCaller(fastify);
    // what prom-client calls at each scrape
    Object.assign(this.due, { collect: () => this.due.set(this.countDue()) });
  }

  private countDue(): number {
    const nowMs = this.clock.nowMs();
    return this.rotation.enabled ? this.registry.countKeys((key) => this.rotation.isDue(key, nowMs)) : 0;
  }
}
