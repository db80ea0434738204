import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiFailures } from '../../http/query/openapi.js';
import { CurrentCaller, RequireScope } from '../../auth/index.js';
import type { Caller } from '../../core/api-key.js';
import type { IngestOutcome } from './ingest-tally.js';
import { bytesOf, logsFormat, uploadFormat } from './body-format.js';
import { ApiIdempotencyKey, ApiLogs, ApiUpload, logsBody } from './ingest.openapi.js';
import { AccessIngestService } from './ingest.service.js';
import { SightlineError } from '../../core/errors.js';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** The way in for access entries. A 200 means that they are durable. */
@ApiTags('Access entries')
@ApiSecurity('key')
@ApiFailures()
@Controller()
@RequireScope('ingest')
export class AccessIngestController {
  constructor(private readonly entries: AccessIngestService) {}

  @Post('logs')
  @HttpCode(200)
  @RouteConfig({ body: 'bytes' })
  @ApiOperation({
    summary: 'Store access entries: one, or as many as the body may hold',
    requestBody: logsBody,
  })
  @ApiIdempotencyKey()
  @ApiLogs()
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
  @ApiOperation({ summary: 'Store access entries that come as lines of text' })
  @ApiIdempotencyKey()
  @ApiUpload()
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

function loneAnswer(newIp: boolean, uniqueIps: number): object {
  return {
    status: 'success',
    message: newIp ? 'New IP logged' : 'IP already logged',
    unique_ips: uniqueIps,
  };
}

function logsAnswer(accounted: IngestOutcome, uniqueIps: number): object {
  return {
    status: 'success',
    message: `${accounted.accepted} logs ingested`,
    ...accounted,
    unique_ips: uniqueIps,
  };
}

function uploadAnswer(accounted: IngestOutcome): object {
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
