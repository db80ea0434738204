import { applyDecorators, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiExtraModels, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import { SightlineError } from '../../core/errors.js';
import type { Caller } from '../../core/ports/api-key.js';
import { ApiBodyFailures, ApiFailure, ApiFailures, oneOf } from '../../http/query/openapi.js';
import { bytesOf, logsFormat, uploadFormat } from './body-format.js';
import {
  IngestedEntries,
  IngestedEntry,
  IngestedLines,
  linesBody,
  logsBody,
  type IngestOutcome,
} from './ingest.dto.js';
import { AccessIngestService, type LoneOutcome } from './ingest.service.js';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** Header of the routes that may be repeated. */
const ApiIdempotencyKey = () =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
      description: 'A repeat within a day stores nothing and is answered as the first was',
    }),
    ApiFailure(409, 'The Idempotency-Key came with another body'),
    ApiBodyFailures(),
  );

/** The way in for access entries. A 200 means that they are durable. */
@ApiTags('Access logs')
@ApiFailures()
@Controller()
@RequireScope('ingest')
export class AccessIngestController {
  constructor(private readonly entries: AccessIngestService) {}

  @Post('logs')
  @HttpCode(200)
  @RouteConfig({ body: 'bytes' })
  @ApiOperation({
    operationId: 'ingestAccessEntries',
    summary: 'Store access entries: one, or as many as the body may hold',
    description:
      'JSON, NDJSON or CSV. A single JSON object is stored or refused; of several entries the valid ones are durable, and the others are listed in `rejected`.',
    requestBody: logsBody,
  })
  @ApiIdempotencyKey()
  @ApiExtraModels(IngestedEntry, IngestedEntries)
  @ApiOkResponse({
    description: 'The first form answers a single object, the second everything else',
    schema: oneOf(IngestedEntry, IngestedEntries),
  })
  log(@Req() request: FastifyRequest, @CurrentCaller() { projectId }: Caller): Promise<object> {
    const body = bytesOf(request);
    const idempotencyKey = idempotencyKeyOf(request);
    const format = logsFormat(request, body);
    return format === 'object'
      ? this.entries.appendOne({ projectId, endpoint: '/logs', body, format, idempotencyKey }, loneAnswer)
      : this.entries.appendMany({ projectId, endpoint: '/logs', body, format, idempotencyKey }, logsAnswer);
  }

  @Post('upload')
  @HttpCode(200)
  @RouteConfig({ body: 'json-bytes' })
  @ApiOperation({
    operationId: 'ingestAccessLines',
    summary: 'Store access entries that come as lines of text',
    description:
      'Lines `RFC3339 IP METHOD PATH STATUS LATENCYms` in a JSON array; blank ones are skipped. The valid ones are durable, the others are listed in `rejected`.',
  })
  @ApiIdempotencyKey()
  @ApiBody(linesBody)
  @ApiOkResponse({ description: 'The outcome of the lines', type: IngestedLines })
  upload(@Req() request: FastifyRequest, @CurrentCaller() { projectId }: Caller): Promise<object> {
    const body = bytesOf(request);
    const idempotencyKey = idempotencyKeyOf(request);
    const format = uploadFormat(body);
    return this.entries.appendMany(
      { projectId, endpoint: '/upload', body, format, idempotencyKey },
      uploadAnswer,
    );
  }
}

const LONE_MESSAGES = {
  'new ip': 'New IP logged',
  'known ip': 'IP already logged',
  queued: 'Log queued',
} as const;

function loneAnswer(outcome: LoneOutcome, uniqueIps: number): IngestedEntry {
  return { status: 'success', message: LONE_MESSAGES[outcome], unique_ips: uniqueIps };
}

function logsAnswer(accounted: IngestOutcome, uniqueIps: number): IngestedEntries {
  return {
    status: 'success',
    message: `${accounted.accepted} logs ingested`,
    ...accounted,
    unique_ips: uniqueIps,
  };
}

function uploadAnswer(accounted: IngestOutcome): IngestedLines {
  return { message: 'Logs processed', ...accounted };
}

/** The request's Idempotency-Key, if it has one. @throws SightlineError `validation_error` */
function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && VISIBLE_ASCII.test(key))) return key;
  const message = 'must be 1 to 255 visible ASCII characters';
  const details = [{ field: 'Idempotency-Key', message }];
  throw new SightlineError('validation_error', `Idempotency-Key ${message}`, { details });
}
