import { Body, Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiHeader, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CurrentCaller, RequireScope, TakesBeacons } from '../auth/index.js';
import type { Caller } from '../core/ports/api-key.js';
import { answer, type Answer } from '../http/query/answer.js';
import { ApiAnswer, ApiBodyFailures, ApiFailures } from '../http/query/openapi.js';
import { IngestedBatch, IngestedEvent } from './event.dto.js';
import { EventBatchSchema, EventSchema } from './event.schema.js';
import { IngestService } from './ingest.service.js';

/** 201 of a batch. */
const ApiIngestedBatch = () =>
  ApiAnswer({
    status: 201,
    description: 'The outcome of the events',
    message: 'Batch of 2 logs ingested successfully',
    type: IngestedBatch,
  });

/** The way in for events. A 201 means that they are durable. */
@ApiTags('Events')
@ApiFailures()
@Controller('api/v1')
@RequireScope('ingest')
export class IngestController {
  constructor(private readonly events: IngestService) {}

  @Post('ingest')
  @HttpCode(201)
  @RouteConfig({ body: 'record' })
  @ApiOperation({
    operationId: 'ingestEvent',
    summary: 'Store one event',
    description:
      'A 201 means that the event is durable. An `event_id` that the project already has is not stored again, and is answered with `duplicate: true`.',
  })
  @ApiBody({ schema: EventSchema as object })
  @ApiBodyFailures()
  @ApiAnswer({
    status: 201,
    description: 'The event is durable',
    message: 'Log ingested successfully',
    type: IngestedEvent,
  })
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
  @ApiOperation({
    operationId: 'sendBeacon',
    summary: 'Store events that a page sends as it is closed (navigator.sendBeacon)',
    description:
      '`navigator.sendBeacon` cannot set headers: the key may come as `?key=`, and the body, an event or a batch, as text/plain.',
  })
  @ApiQuery({
    name: 'key',
    required: false,
    schema: { type: 'string' },
    description: 'A key with the scope ingest only; the Origin must be one of BEACON_ORIGINS',
  })
  @ApiBody({ schema: { anyOf: [EventSchema, EventBatchSchema] as object[] } })
  @ApiBodyFailures()
  @ApiIngestedBatch()
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
  @ApiOperation({
    operationId: 'ingestEvents',
    summary: 'Store many events',
    description:
      'Each event is validated by itself: the valid ones are durable, the others are listed in `rejected`. With `Prefer: handling=strict` a single invalid event rejects the whole batch.',
  })
  @ApiHeader({
    name: 'Prefer',
    description: '`handling=strict`: a single invalid event rejects the whole batch',
    required: false,
    schema: { type: 'string' },
  })
  @ApiBody({ schema: EventBatchSchema as object })
  @ApiBodyFailures()
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
