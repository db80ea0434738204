import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../auth/index.js';
import { AuditStore, type AuditPosition } from '../core/ports/audit.js';
import { pageAnswer, type PageAnswer } from '../http/query/answer.js';
import { CursorCodec, isId, isTime } from '../http/query/cursor.js';
import { unknownParameters } from '../http/query/event-filter.js';
import { ApiFailures, ApiPage } from '../http/query/openapi.js';
import { microsOf } from '../http/query/query-checks.js';
import { QueryPipe, refuse } from '../http/query/query-parameters.js';
import { viewOfEntry } from './audit-view.js';
import { AuditQuery, AuditView, EXAMPLE } from './audit.dto.js';

const CURSORS = new CursorCodec<AuditPosition>({ at: isTime, id: isId });

/** Who changed what, from where: of the whole server, or of one project. */
@ApiTags('Audit')
@ApiFailures()
@Controller('api/v1/audit')
@RequireScope('admin')
export class AuditController {
  constructor(private readonly audit: AuditStore) {}

  @Get()
  @ApiOperation({
    operationId: 'listAuditEntries',
    summary: 'The audit log, newest first, page by page',
    description: 'Who changed which key, project or session, from where, and who was refused.',
  })
  @ApiPage({
    description: 'Newest first',
    message: 'Retrieved 1 entries',
    type: [AuditView],
    example: [EXAMPLE],
  })
  async list(@Query(QueryPipe) query: AuditQuery): Promise<PageAnswer<AuditView>> {
    const { limit = 100, cursor, others, from, to, ...rest } = query;
    // A filter that is misspelt must not pass for none: who looks for a culprit would be shown everybody.
    refuse(unknownParameters(others.map(([name]) => name)));
    const filter = { ...rest, from: microsOf(from), to: microsOf(to) };
    const identity = ['audit', filter];
    const { entries, next } = await this.audit.page(filter, limit, CURSORS.decode(identity, cursor));
    const message = `Retrieved ${entries.length} entries`;
    return pageAnswer(message, entries.map(viewOfEntry), CURSORS.encode(identity, next));
  }
}
