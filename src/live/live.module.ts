import { Module } from '@nestjs/common';
import { makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { AuthModule } from '../auth/auth.module.js';
import { TailController } from './tail.controller.js';
import { Tails } from './tails.js';

/** /api/v1/logs/tail. Ended by whoever stops the application. */
@Module({
  imports: [AuthModule],
  controllers: [TailController],
  providers: [Tails, makeGaugeProvider({ name: 'live_tails', help: 'Tails that are open' })],
  exports: [Tails],
})
export class LiveModule {}
