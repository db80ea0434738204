import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { pageAnswer, type PageAnswer } from '../http/query/answer.js';
import { unknownParameters } from '../http/query/event-filter.js';
import { ApiFailures, ApiPage } from '../http/query/openapi.js';
import { microsOf } from '../http/query/query-checks.js';
import { QueryPipe, refuse } from '../http/query/query-parameters.js';
import { RequireScope } from '../auth/index.js';
import { AuditStore, AUDIT_ACTIONS } from '../core/audit.js';
import { AuditQuery } from './audit-query.dto.js';
import { viewOfEntry, type AuditView } from './audit-view.js';
import { integer, listOf, mapOf, enumOf, orNull, record, text, time } from '../http/query/schemas.js';

const EXAMPLE = {
  id: 812,
  at: '2026-11-20T10:00:00.123456Z',
  action: 'key.revoke',
  outcome: 'success',
  actor: {
    kind: 'key',
    key_id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11',
    name: 'operator',
    prefix: 'sl_4fK2Zq',
  },
  address: '203.0.113.9',
  project: 'shop',
  target: 'f1a15aea-89f1-4e24-89a2-9ee560062216',
  details: { name: 'ios app', prefix: 'sl_XKEKEg' },
};

const actor = record({
  kind: enumOf(['key', 'cli', 'server', 'anonymous']),
  key_id: orNull(text),
  name: { ...orNull(text), description: 'Of the key, or the user of the operating system' },
  prefix: orNull(text),
});

const entry = record(
  {
    id: integer,
    at: time,
    action: enumOf(AUDIT_ACTIONS),
    outcome: enumOf(['success', 'refused']),
    actor,
    address: { ...orNull(text), description: "The client's address" },
    project: orNull(text),
    target: { ...orNull(text), description: 'The id of a key, the name of a project' },
    details: mapOf(true, '`folded`: further attempts that the entry stands for'),
  },
  { title: 'AuditEntry' },
);

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

/** 200 with a page of the audit log. */
function ApiAuditLog() {
  return ApiPage({
    description: 'Newest first',
    message: 'Retrieved 1 entries',
    data: listOf(entry),
    example: [EXAMPLE],
  });
}
