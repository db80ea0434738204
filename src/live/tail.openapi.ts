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
        'A message an event, `data` as in `logs/recent`; `id` is opaque. Comments as heartbeat every 15 s. Before the server ends it: `event: end` with `data: {"reason":"shutting_down"}`, `too_slow` or `unauthorized`',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    }),
  );
}
