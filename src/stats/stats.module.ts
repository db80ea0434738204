import { Module } from '@nestjs/common';
import { StatsController } from './stats.controller.js';
import { StatsService } from './stats.service.js';

/** /api/v1: events out, as counts. */
@Module({ controllers: [StatsController], providers: [StatsService] })
export class StatsModule {}
