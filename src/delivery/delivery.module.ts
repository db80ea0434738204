import { Global, Module } from '@nestjs/common';
import { Delivery } from '../core/delivery.js';
import { DirectDelivery } from './direct/direct-delivery.js';

@Global()
@Module({
  providers: [{ provide: Delivery, useClass: DirectDelivery }],
  exports: [Delivery],
})
export class DeliveryModule {}
