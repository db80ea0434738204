import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { AuthModule } from '../auth/auth.module.js';
import { KeyRegistry } from '../auth/key-registry.js';
import { Clock } from '../core/ports/clock.js';
import { AuditController } from './audit.controller.js';
import { recordRefusals, RefusalLog } from './refusal-log.js';

/** The audit log: what it says, and what of refusals is put into it. Changes are recorded by the stores that make them. */
@Module({ imports: [AuthModule], controllers: [AuditController], providers: [RefusalLog] })
export class AuditModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    private readonly log: RefusalLog,
    private readonly registry: KeyRegistry,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    recordRefusals(fastify, this.log, this.registry, this.clock);
  }
}
