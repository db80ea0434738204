import { ApiProperty } from '@nestjs/swagger';

export class RemovedDemo {
  project: string;
}

/** How much was stored. */
export class Demo extends RemovedDemo {
  @ApiProperty({ type: 'integer' }) events: number;
  @ApiProperty({ type: 'integer' }) access_entries: number;
}
