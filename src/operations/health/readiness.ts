import { Injectable } from '@nestjs/common';

/** Whether this process wants new requests: false from the moment that a stop begins. */
@Injectable()
export class Readiness {
  private stopping = false;

  stop(): void {
    this.stopping = true;
  }

  get isStopping(): boolean {
    return this.stopping;
  }
}
