import { Module } from '@nestjs/common';

/** Access entries: POST /logs and POST /upload in; GET /logs, /stats and /analytics out. */
@Module({
  controllers: [],
  providers: [],
})
export class AccessModule {}
