import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { pageAnswer, type PageAnswer } from '../api/answer.js';
import { unknownParameters } from '../api/event-filter.js';
import { ApiFailures } from '../api/openapi.js';
import { microsOf } from '../api/query-checks.js';
import { QueryPipe, refuse } from '../api/query-parameters.js';
import { RequireScope } from '../auth/index.js';
import { AuditStore } from '../core/audit.js';
import { AuditQuery } from './audit-query.dto.js';
import { viewOfEntry, type AuditView } from './audit-view.js';
import { ApiAuditLog } from './audit.openapi.js';

/** Who changed what, from where: of the whole server, or of one project. */
@ApiTags('Audit')
@ApiSecurity('key')
@ApiFailures()
@Controller('api/v1/audit')
@RequireScope('admin')
export class AuditController {
  constructor(private readonly audit: AuditStore) {}

  @Get()
  @ApiOperation({ summary: 'The audit log, newest first, page by page' })
  @ApiAuditLog()
  async list(@Query(QueryPipe) query: AuditQuery): Promise<PageAnswer<AuditView>> {
    const { limit = 100, cursor = null, others, from, to, ...rest } = query;
    // A filter that is misspelt must not pass for none: who looks for a culprit would be shown everybody.
    refuse(unknownParameters(others.map(([name]) => name)));
    const filter = { ...rest, from: microsOf(from), to: microsOf(to) };
    const { entries, nextCursor } = await this.audit.page(filter, limit, cursor);
    return pageAnswer(`Retrieved ${entries.length} entries`, entries.map(viewOfEntry), nextCursor);
  }
}
