import { Body, Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { answer, type Answer } from '../http/query/answer.js';
import { ApiFailures } from '../http/query/openapi.js';
import { CurrentCaller, RequireScope, TakesBeacons } from '../auth/index.js';
import type { Caller } from '../core/api-key.js';
import { IngestService, type IngestedBatch, type IngestedEvent } from './ingest.service.js';
import { ApiBeacon, ApiIngestedBatch, ApiIngestedEvent } from './ingest.openapi.js';

/** The way in for events. A 201 means that they are durable. */
@ApiTags('Events')
@ApiSecurity('key')
@ApiFailures()
@Controller('api/v1')
@RequireScope('ingest')
export class IngestController {
  constructor(private readonly events: IngestService) {}

  @Post('ingest')
  @HttpCode(201)
  @RouteConfig({ body: 'record' })
  @ApiOperation({ summary: 'Store one event' })
  @ApiIngestedEvent()
  async ingest(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<Answer<IngestedEvent>> {
    const data = await this.events.append(caller.projectId, body, request.mayHoldUnstorableText);
    return answer('Log ingested successfully', data);
  }

  @Post('beacon')
  @HttpCode(201)
  @TakesBeacons()
  @ApiOperation({ summary: 'Store what a page sends as it is closed (navigator.sendBeacon)' })
  @ApiBeacon()
  async beacon(
    @Body() body: { logs?: unknown } | unknown[] | null,
    @Req() request: FastifyRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<Answer<IngestedBatch>> {
    const logs = Array.isArray(body) ? body : (body?.logs ?? [body]);
    const options = { strict: false, checkText: request.mayHoldUnstorableText };
    const data = await this.events.appendBatch(caller.projectId, logs, options);
    return answer(`Batch of ${data.logs_processed} logs ingested successfully`, data);
  }

  @Post('batch-ingest')
  @HttpCode(201)
  @RouteConfig({ body: 'records' })
  @ApiOperation({ summary: 'Store many events; good ones are stored whatever the bad ones are' })
  @ApiIngestedBatch()
  async ingestBatch(
    @Body() body: { logs?: unknown } | null,
    @Req() request: FastifyRequest,
    @CurrentCaller() caller: Caller,
    @Headers('Prefer') prefer?: string,
  ): Promise<Answer<IngestedBatch>> {
    const strict = /(^|[\s,;])handling\s*=\s*"?strict"?/i.test(prefer ?? '');
    const checkText = request.mayHoldUnstorableText;
    const data = await this.events.appendBatch(caller.projectId, body?.logs, { strict, checkText });
    return answer(`Batch of ${data.logs_processed} logs ingested successfully`, data);
  }
}
