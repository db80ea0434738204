import { Controller, Delete, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../core/ports/api-key.js';
import type { Actor } from '../core/ports/audit.js';
import { answer, type Answer } from '../http/query/answer.js';
import { ApiAnswer, ApiBodyFailures, ApiFailures } from '../http/query/openapi.js';
import { CurrentActor, CurrentCaller, RequireScope } from './access.js';
import { unauthorized } from './authenticator.js';
import { KeyRegistry } from './key-registry.js';
import { RequireScopeOfKeyInBody } from './log-in.js';
import { clearCookie, setCookie, tokenOf } from './session-cookie.js';
import { EXAMPLE, SessionView, viewOfSession } from './session.dto.js';
import { SessionService } from './session.service.js';

const LOG_IN = {
  title: 'LogIn',
  type: 'object',
  required: ['key'],
  properties: {
    key: {
      type: 'string',
      pattern: '\\S',
      description: 'A key with the scope query or admin',
      example: 'sl_4fK2Zq0x…',
    },
  },
};

const COOKIE = {
  'Set-Cookie': {
    description: 'sightline_session; under TLS __Host-sightline_session',
    required: true,
    schema: { type: 'string' },
  },
};

/** Logging in to the dashboard: a key is exchanged for an HttpOnly cookie, and not kept in the page. */
@ApiTags('Session')
@ApiFailures()
@Controller('api/v1/session')
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    private readonly registry: KeyRegistry,
  ) {}

  @Post()
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  @RequireScopeOfKeyInBody('query')
  @ApiOperation({
    operationId: 'logIn',
    summary: 'Log in: exchange a key for a session cookie',
    description:
      'The cookie is HttpOnly and replaces the key from then on: a browser need not store the key.',
  })
  @ApiBody({ schema: LOG_IN })
  @ApiBodyFailures()
  @ApiAnswer({
    status: 201,
    description: 'Logged in',
    message: 'Logged in',
    type: SessionView,
    example: EXAMPLE,
    headers: COOKIE,
  })
  async logIn(
    @CurrentCaller() caller: Caller,
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<SessionView>> {
    if (caller.key === null) throw unauthorized();
    const session = await this.sessions.begin(caller.key, tokenOf(request), actor);
    setCookie(reply, session.token, session.lastsS);
    return answer('Logged in', this.view({ ...caller, session }));
  }

  @Get()
  @Header('cache-control', 'no-store')
  @RequireScope('query')
  @ApiOperation({
    operationId: 'getSession',
    summary: 'The caller: by cookie, by key, or anonymous where that is allowed',
    description:
      'The key, its scopes and the projects that it may query; `key` is null for an anonymous caller.',
  })
  @ApiAnswer({
    description: 'Who is asking',
    message: 'Session',
    type: SessionView,
    example: EXAMPLE,
  })
  show(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Answer<SessionView> {
    // The session has ended and the caller is anonymous: an unknown cookie would be looked up at every request, so it is
    // cleared.
    if (caller.key === null && tokenOf(request) !== null) clearCookie(reply);
    return answer('Session', this.view(caller));
  }

  @Delete()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @RequireScope('query')
  @ApiOperation({
    operationId: 'logOut',
    summary: 'Log out: the session ends in every process within 2 s',
    description: 'Ends the session of the cookie and clears it. Does nothing without a session.',
  })
  @ApiBodyFailures()
  @ApiAnswer({
    description: 'The session has ended',
    message: 'Logged out',
    type: null,
    example: null,
    headers: COOKIE,
  })
  async logOut(
    @CurrentCaller() { session }: Caller,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<null>> {
    if (session) await this.sessions.end(session, actor);
    clearCookie(reply);
    return answer('Logged out', null);
  }

  private view(caller: Caller): SessionView {
    return viewOfSession(caller, this.registry.projectNames());
  }
}
