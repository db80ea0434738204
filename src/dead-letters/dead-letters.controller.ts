import { Body, Controller, Get, HttpCode, Param, Post, Query, type PipeTransform } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentActor, RequireScope } from '../auth/index.js';
import { SightlineError } from '../core/errors.js';
import type { Actor } from '../core/ports/audit.js';
import type { DeadLetter } from '../core/ports/dead-letters.js';
import { answer, pageAnswer, type Answer, type PageAnswer } from '../http/query/answer.js';
import { Audited } from '../http/query/audited.js';
import { CursorCodec, isId } from '../http/query/cursor.js';
import { unknownParameters } from '../http/query/event-filter.js';
import { ApiAnswer, ApiBodyFailures, ApiFailures, ApiNotFound, ApiPage } from '../http/query/openapi.js';
import { QueryPipe, refuse } from '../http/query/query-parameters.js';
import { validatedBody } from '../http/query/validated-body.pipe.js';
import {
  DeadLettersQuery,
  DeadLetterView,
  EXAMPLE,
  ReplayedLettersView,
  ReplayRequest,
  WHOLE_EXAMPLE,
  WholeDeadLetterView,
} from './dead-letter.dto.js';
import { DeadLetterService } from './dead-letter.service.js';
import { viewOfLetter, viewOfWholeLetter } from './letter-view.js';

const ApiId = () => ApiParam({ name: 'id', schema: { type: 'integer', minimum: 1 } });

// Nothing at all must not pass for a wish to replay everything: `{}` does.
const GIVEN: PipeTransform<unknown> = {
  transform(body) {
    if (body !== undefined && body !== null) return body;
    const message = 'is required: {} replays every letter that waits';
    throw new SightlineError('validation_error', 'The request is not valid.', {
      details: [{ field: 'body', message }],
    });
  },
};

/** What an act on a letter came to, by the state that it is in then. */
const MESSAGES: Record<DeadLetter['state'], string> = {
  waiting: 'The record still cannot be stored',
  replayed: 'Dead letter replayed',
  dropped: 'Dead letter dropped',
};

const REPLAYED: WholeDeadLetterView = {
  ...WHOLE_EXAMPLE,
  state: 'replayed',
  settled_at: '2026-11-20T11:00:00.000Z',
  outcome: { stored: 1, duplicates: 0, listed: 0 },
};

const CURSORS = new CursorCodec<{ id: number }>({ id: isId });

/** Records that could not be stored, of all projects: looked at, replayed, dropped. */
@ApiTags('Dead letters')
@ApiFailures()
@Controller('api/v1/dead-letters')
@RequireScope('admin')
export class DeadLettersController {
  constructor(private readonly letters: DeadLetterService) {}

  @Get()
  @ApiOperation({
    operationId: 'listDeadLetters',
    summary: 'Records that could not be stored, newest first, page by page',
    description: 'What the database refused, and what came over Kafka and is no record that could be stored.',
  })
  @ApiPage({
    description: 'Newest first, without payloads',
    message: 'Retrieved 1 dead letters',
    type: [DeadLetterView],
    example: [EXAMPLE],
  })
  async list(@Query(QueryPipe) query: DeadLettersQuery): Promise<PageAnswer<DeadLetterView>> {
    const { limit, cursor, others, ...filter } = query;
    // A filter that is misspelt must not pass for none: all letters would be taken for those of it.
    refuse(unknownParameters(others.map(([name]) => name)));
    const identity = ['dead-letters', filter];
    const after = CURSORS.decode(identity, cursor);
    const { letters, next } = await this.letters.page(filter, limit, after?.id ?? null);
    const nextCursor = CURSORS.encode(identity, next === null ? null : { id: next });
    return pageAnswer(`Retrieved ${letters.length} dead letters`, letters.map(viewOfLetter), nextCursor);
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getDeadLetter',
    summary: 'A dead letter with its payload',
    description: 'What came is text, at most a megabyte of it, as JSON says text: show it as text.',
  })
  @ApiId()
  @ApiAnswer({
    description: 'With what came',
    message: 'Dead letter retrieved',
    type: WholeDeadLetterView,
    example: WHOLE_EXAMPLE,
  })
  @ApiNotFound('DeadLetterNotFound', 'No such dead letter')
  async get(@Param('id') id: string): Promise<Answer<WholeDeadLetterView>> {
    return answer('Dead letter retrieved', viewOfWholeLetter(await this.letters.byId(idOf(id))));
  }

  @Post('replay')
  @HttpCode(200)
  @Audited('dead_letter.replay')
  @ApiOperation({
    operationId: 'replayDeadLetters',
    summary: 'Replay the dead letters that wait, oldest first',
    description:
      'At most `limit` of a request; while `next` is not null, send it as `after` of another. A letter that still cannot be stored waits on.',
  })
  @ApiBodyFailures()
  @ApiAnswer({
    description: 'How many were stored, and how many still cannot be',
    message: 'Replayed 12 dead letters, 1 still cannot be stored',
    type: ReplayedLettersView,
    example: { replayed: 12, failed: 1, next: null },
  })
  async replayMany(
    @Body(GIVEN, validatedBody) { reason, kind, project, after, limit }: ReplayRequest,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<ReplayedLettersView>> {
    const filter = {
      reason: reason ?? undefined,
      kind: kind ?? undefined,
      project: project ?? undefined,
    };
    const { settled, failed, next } = await this.letters.replayMany(
      filter,
      after ?? 0,
      actor,
      limit ?? undefined,
    );
    const message = `Replayed ${settled} dead letters, ${failed} still cannot be stored`;
    return answer(message, { replayed: settled, failed, next });
  }

  @Post(':id/replay')
  @HttpCode(200)
  @Audited('dead_letter.replay')
  @ApiOperation({
    operationId: 'replayDeadLetter',
    summary: 'Replay a dead letter: store what it holds, by the rules of today',
    description:
      'Each record is stored once, however often this is asked. `state` of the answer tells: one that still cannot be stored is `waiting`, with the new reason.',
  })
  @ApiId()
  @ApiBodyFailures()
  @ApiAnswer({
    description: 'The letter as it is now',
    message: MESSAGES.replayed,
    type: WholeDeadLetterView,
    example: REPLAYED,
  })
  @ApiNotFound('DeadLetterNotFound', 'No such dead letter')
  async replay(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<Answer<WholeDeadLetterView>> {
    return told(await this.letters.replay(idOf(id), actor));
  }

  @Post(':id/drop')
  @HttpCode(200)
  @Audited('dead_letter.drop')
  @ApiOperation({
    operationId: 'dropDeadLetter',
    summary: 'Drop a dead letter: it is not to be stored',
    description: 'It stays listed as dropped for 30 days.',
  })
  @ApiId()
  @ApiBodyFailures()
  @ApiAnswer({
    description: 'The letter as it is now: one that was replayed before stays so',
    message: MESSAGES.dropped,
    type: WholeDeadLetterView,
    example: { ...WHOLE_EXAMPLE, state: 'dropped', settled_at: '2026-11-20T11:00:00.000Z' },
  })
  @ApiNotFound('DeadLetterNotFound', 'No such dead letter')
  async drop(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<Answer<WholeDeadLetterView>> {
    return told(await this.letters.drop(idOf(id), actor));
  }
}

function told(letter: DeadLetter): Answer<WholeDeadLetterView> {
  return answer(MESSAGES[letter.state], viewOfWholeLetter(letter));
}

/** @throws SightlineError `not_found` */
function idOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new SightlineError('not_found', 'There is no such dead letter.');
}
