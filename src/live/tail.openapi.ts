import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';

/** 200 with a stream of server-sent events. */
export function ApiTail() {
  return applyDecorators(
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      schema: { type: 'string', pattern: '^\\d{1,16}-\\d{1,16}$' },
      description: 'The id of the last message that was received: everything after it follows',
    }),
    ApiResponse({
      status: 200,
      description:
        'One message per event, `data` as in `logs/recent`; `id` is opaque. A comment every 15 s as a heartbeat. Before the server ends the stream: `event: end` with `data: {"reason":"shutting_down"}`, `too_slow` or `unauthorized`',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    }),
  );
}
