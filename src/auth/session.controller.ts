import { Controller, Delete, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answer, type Answer } from '../http/query/answer.js';
import { ApiFailures } from '../http/query/openapi.js';
import { type Caller, hasScope, type Scope } from '../core/api-key.js';
import type { Actor } from '../core/audit.js';
import { CurrentActor, CurrentCaller, RequireScope } from './access.js';
import { unauthorized } from './authenticator.js';
import { KeyRegistry } from './key-registry.js';
import { RequireScopeOfKeyInBody } from './log-in.js';
import { clearCookie, setCookie, tokenOf } from './session-cookie.js';
import { ApiLogIn, ApiLogOut, ApiSession } from './session.openapi.js';
import { SessionService } from './session.service.js';

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
  @ApiOperation({ summary: 'Log in: exchange a key for a session cookie' })
  @ApiLogIn()
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
  @ApiSecurity('key')
  @ApiOperation({ summary: 'Who is asking: by cookie, by key, or anonymously where that is allowed' })
  @ApiSession()
  show(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Answer<SessionView> {
    // Over, and admitted as anybody: a cookie that is unknown would be looked up at each of its requests.
    if (caller.key === null && tokenOf(request) !== null) clearCookie(reply);
    return answer('Session', this.view(caller));
  }

  @Delete()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @RequireScope('query')
  @ApiSecurity('key')
  @ApiOperation({ summary: 'Log out: the session ends in every process within 2 s' })
  @ApiLogOut()
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

/** Who is asking, as the dashboard needs to know it. */
interface SessionView {
  /** null for somebody without a key (ANONYMOUS_SCOPES). */
  key: { id: string; name: string; prefix: string } | null;
  project: string;
  scopes: readonly Scope[];
  /** The projects that may be chosen by `?project=`. */
  projects: string[];
  /** RFC 3339; null where neither session nor key ends by itself. */
  expires_at: string | null;
}

function viewOfSession({ key, session, project, scopes }: Caller, projects: readonly string[]): SessionView {
  const expiresAt = session?.expiresAt ?? key?.expiresAt ?? null;
  return {
    key: key && { id: key.id, name: key.name, prefix: key.prefix },
    project,
    scopes,
    projects: hasScope(scopes, 'admin') ? [...projects] : [project],
    expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  };
}
