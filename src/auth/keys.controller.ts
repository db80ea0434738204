import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { answer, pageAnswer, type Answer, type PageAnswer } from '../http/query/answer.js';
import { Audited } from '../http/query/audited.js';
import { ApiBodyFailures, ApiFailures, ApiNotFound } from '../http/query/openapi.js';
import { QueryPipe } from '../http/query/query-parameters.js';
import type { Caller } from '../core/api-key.js';
import type { Actor } from '../core/audit.js';
import { Clock } from '../core/clock.js';
import { SightlineError } from '../core/errors.js';
import type { ListedKey } from '../core/key-store.js';
import { CurrentActor, CurrentCaller, RequireKey, RequireScope } from './access.js';
import { CreateKeyRequest, KeysQuery } from './key.dto.js';
import { KeyService, type MadeKey } from './key.service.js';
import { viewOf, type KeyView, type NewKeyView } from './key-view.js';
import { ApiKeyList, ApiNewKey, ApiRevokedKey } from './keys.openapi.js';
import { RotationPolicy } from './rotation-policy.js';
import { validatedBody } from './validated-body.pipe.js';

const ApiProject = () =>
  ApiQuery({
    name: 'project',
    required: false,
    description: 'Only this project',
    schema: { type: 'string', maxLength: 64 },
  });

/** The keys of the server. An id names one key of any project; `?project=` narrows to one. */
@ApiTags('Keys')
@ApiSecurity('key')
@ApiFailures()
@Controller('api/v1/keys')
@RequireScope('admin')
export class KeysController {
  constructor(
    private readonly keys: KeyService,
    private readonly rotation: RotationPolicy,
    private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(201)
  @Audited('key.create')
  @ApiOperation({ summary: 'Make a key' })
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
  @ApiOperation({ summary: 'List the keys of a project, page by page' })
  @ApiKeyList()
  async list(
    @Query(QueryPipe) { limit, cursor }: KeysQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<PageAnswer<KeyView>> {
    const { keys, nextCursor } = await this.keys.list(caller.project, limit, cursor);
    const views = keys.map((key) => this.show(key));
    return pageAnswer(`Retrieved ${keys.length} keys`, views, nextCursor);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Audited('key.revoke')
  @ApiOperation({ summary: 'Revoke a key' })
  @ApiProject()
  @ApiBodyFailures()
  @ApiRevokedKey()
  @ApiNotFound('No such key, or no such project')
  async revoke(
    @Param('id') id: string,
    @CurrentActor() actor: Actor,
    @Query('project') project?: string,
  ): Promise<Answer<KeyView>> {
    return answer('Key revoked', this.show(await this.keys.revoke(id, project || null, actor)));
  }

  @Post(':id/rotate')
  @HttpCode(201)
  @Audited('key.rotate')
  @ApiOperation({ summary: 'Rotate a key; the old one keeps working for API_KEY_ROTATION_GRACE_HOURS' })
  @ApiProject()
  @ApiBodyFailures()
  @ApiNewKey('Key rotated')
  @ApiNotFound('No such key, or no such project')
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
  @ApiOperation({ summary: 'Rotate the key of this request, if it was created with self_rotate' })
  @ApiBodyFailures()
  @ApiNewKey('Key rotated')
  async rotateSelf(
    @CurrentCaller() { key }: Caller,
    @CurrentActor() actor: Actor,
  ): Promise<Answer<NewKeyView>> {
    if (!key?.selfRotate) throw new SightlineError('forbidden', 'This key was not created with self_rotate.');
    return answer('Key rotated', this.showNew(await this.keys.rotate(key.id, null, actor)));
  }

  private show(key: ListedKey): KeyView {
    const nowMs = this.clock.nowMs();
    return viewOf(key, nowMs, this.rotation.isDue(key, nowMs));
  }

  private showNew({ text, key }: MadeKey): NewKeyView {
    return { ...this.show(key), key: text };
  }
}
