import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { SightlineError } from '../core/errors.js';
import type { Caller } from '../core/ports/api-key.js';
import type { Actor } from '../core/ports/audit.js';
import type { KeyPosition } from '../core/ports/key-store.js';
import { answer, pageAnswer, type Answer, type PageAnswer } from '../http/query/answer.js';
import { Audited } from '../http/query/audited.js';
import { CursorCodec, isTime } from '../http/query/cursor.js';
import { ApiAnswer, ApiBodyFailures, ApiFailures, ApiNotFound, ApiPage } from '../http/query/openapi.js';
import { QueryPipe } from '../http/query/query-parameters.js';
import { validatedBody } from '../http/query/validated-body.pipe.js';
import { CurrentActor, CurrentCaller, RequireKey, RequireScope } from './access.js';
import { CreateKeyRequest, KEY_EXAMPLE, KeysQuery, KeyView, NewKeyView } from './key.dto.js';
import { isUuid, KeyService, type MadeKey } from './key.service.js';

const ApiProject = () =>
  ApiQuery({
    name: 'project',
    required: false,
    description: 'Only this project',
    schema: { type: 'string', maxLength: 64 },
  });

/** 201 with a key's text, shown this once. */
const ApiNewKey = (message: string) =>
  ApiAnswer({
    status: 201,
    description: 'The key, shown only once',
    message,
    type: NewKeyView,
    example: { ...KEY_EXAMPLE, key: 'sl_4fK2Zq0x…' },
  });

const CURSORS = new CursorCodec<KeyPosition>({ createdAt: isTime, id: isUuid });

/** The keys of the server. An id names one key of any project; `?project=` narrows to one. */
@ApiTags('Keys')
@ApiFailures()
@Controller('api/v1/keys')
@RequireScope('admin')
export class KeysController {
  constructor(private readonly keys: KeyService) {}

  @Post()
  @HttpCode(201)
  @Audited('key.create')
  @ApiOperation({
    operationId: 'createKey',
    summary: 'Create a key for a project',
    description:
      'Only this answer shows the key: the server stores a digest of it. A project that does not exist is created.',
  })
  @ApiBodyFailures()
  @ApiNewKey('Key created')
  async create(
    @Body(validatedBody) body: CreateKeyRequest,
    @CurrentCaller() caller: Caller,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<NewKeyView>> {
    return answer('Key created', this.showNew(await this.keys.create(body, caller.project, actor)));
  }

  @Get()
  @ApiOperation({
    operationId: 'listKeys',
    summary: 'List the keys of a project, page by page',
    description: 'Prefix, use and state of each key, never the key itself.',
  })
  @ApiPage({
    description: 'Oldest first',
    message: 'Retrieved 1 keys',
    type: [KeyView],
    example: [KEY_EXAMPLE],
  })
  async list(
    @Query(QueryPipe) { limit, cursor }: KeysQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<PageAnswer<KeyView>> {
    const identity = ['keys', caller.project];
    const { keys, next } = await this.keys.list(caller.project, limit, CURSORS.decode(identity, cursor));
    const views = keys.map((key) => this.keys.view(key));
    return pageAnswer(`Retrieved ${keys.length} keys`, views, CURSORS.encode(identity, next));
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Audited('key.revoke')
  @ApiOperation({
    operationId: 'revokeKey',
    summary: 'Revoke a key permanently',
    description: 'Every process refuses the key within 2 s.',
  })
  @ApiProject()
  @ApiBodyFailures()
  @ApiAnswer({
    description: 'The key as it is now',
    message: 'Key revoked',
    type: KeyView,
    example: { ...KEY_EXAMPLE, state: 'revoked', revoked_at: '2026-11-20T11:00:00.000Z' },
  })
  @ApiNotFound('KeyNotFound', 'No such key, or no such project')
  async revoke(
    @Param('id') id: string,
    @CurrentActor() actor: Actor,
    @Query('project') project?: string,
  ): Promise<Answer<KeyView>> {
    return answer('Key revoked', this.keys.view(await this.keys.revoke(id, project || null, actor)));
  }

  @Post(':id/rotate')
  @HttpCode(201)
  @Audited('key.rotate')
  @ApiOperation({
    operationId: 'rotateKey',
    summary: 'Rotate a key: create its successor',
    description:
      'The successor has the same name, scopes and limits, and is shown only here. The old key keeps working for API_KEY_ROTATION_GRACE_HOURS.',
  })
  @ApiProject()
  @ApiBodyFailures()
  @ApiNewKey('Key rotated')
  @ApiNotFound('KeyNotFound', 'No such key, or no such project')
  async rotate(
    @Param('id') id: string,
    @CurrentActor() actor: Actor,
    @Query('project') project?: string,
  ): Promise<Answer<NewKeyView>> {
    return answer('Key rotated', this.showNew(await this.keys.rotate(id, project || null, actor)));
  }

  @Post('rotate')
  @HttpCode(201)
  @RequireKey()
  @Audited('key.rotate')
  @ApiOperation({
    operationId: 'rotateOwnKey',
    summary: 'Rotate the key of this request',
    description: 'The same for the calling key, if it was created with `self_rotate`; any scope will do.',
  })
  @ApiBodyFailures()
  @ApiNewKey('Key rotated')
  async rotateSelf(
    @CurrentCaller() { key }: Caller,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<NewKeyView>> {
    if (!key?.selfRotate) throw new SightlineError('forbidden', 'This key was not created with self_rotate.');
    return answer('Key rotated', this.showNew(await this.keys.rotate(key.id, null, actor)));
  }

  private showNew({ text, key }: MadeKey): NewKeyView {
    return { ...this.keys.view(key), key: text };
  }
}
