import { Controller, Get, Headers, Query, Req, Res, StreamableFile, applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiTags, ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator } from '../auth/authenticator.js';
import { CurrentCaller, RequireScope } from '../auth/index.js';
import type { Caller } from '../core/ports/api-key.js';
import { cutConnection, watchReader } from '../http/query/cut-connection.js';
import { ApiPropertyFilter } from '../http/query/event-filter.js';
import { ApiFailures } from '../http/query/openapi.js';
import { QueryPipe } from '../http/query/query-parameters.js';
import { TailQuery, tailRequest } from './tail.dto.js';
import { GRACE_MS } from './tail.js';
import { Tails } from './tails.js';

const HEADERS = {
  'cache-control': 'no-store, no-transform',
  // nginx: what is said is passed on at once
  'x-accel-buffering': 'no',
};

/** What is being stored, as it is stored. */
@ApiTags('Events')
@ApiFailures()
@Controller('api/v1')
@RequireScope('query')
export class TailController {
  constructor(
    private readonly tails: Tails,
    private readonly authenticator: Authenticator,
  ) {}

  @Get('logs/tail')
  @RouteConfig({ streams: true })
  @ApiOperation({
    operationId: 'tailEvents',
    summary: 'Events as they are stored, as server-sent events',
    description:
      'A message for each event that matches, once it is durable. A client that reconnects with `Last-Event-ID` is sent what it missed.',
  })
  @ApiPropertyFilter()
  @ApiTail()
  async tail(
    @Query(QueryPipe) query: TailQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentCaller() { projectId }: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const asked = tailRequest(query, lastEventId);
    const isAdmitted = () => this.authenticator.isStillAdmitted(request);
    const tail = await this.tails.start(projectId, asked, isAdmitted);
    tail.stream.once('error', () => cutConnection(reply));
    watchReader(reply, { stallMs: this.tails.stallMs, graceMs: GRACE_MS.too_slow }, () =>
      tail.end('too_slow'),
    );
    void reply.headers(HEADERS);
    return new StreamableFile(tail.stream, { type: 'text/event-stream' });
  }
}

/** 200 with a stream of server-sent events. */
function ApiTail() {
  return applyDecorators(
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      schema: { type: 'string', pattern: '^\\d{1,16}-\\d{1,16}$' },
      description: 'The id of the last message received; the stream continues after it',
    }),
    ApiResponse({
      status: 200,
      description:
        'One message per event, `data` as in `logs/recent`; `id` is opaque. A comment every 15 s as a heartbeat. Before the server ends the stream: `event: end` with `data: {"reason":"shutting_down"}`, `too_slow` or `unauthorized`',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    }),
  );
}
