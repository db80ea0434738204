import { ProjectQuery } from '../http/query/project-query.js';
import { Text, Time, Integer, OneOf } from '../http/query/query-checks.js';
import { AUDIT_ACTIONS, MAX_ENTRIES, type AuditAction } from '../core/audit.js';

/** Which entries of the audit log. */
export class AuditQuery extends ProjectQuery {
  // The guard takes it for the project to act on; here it narrows what is otherwise of all.
  @Text(64, 'Only entries about this project; default: all projects')
  override project?: string;

  @OneOf(AUDIT_ACTIONS, {})
  action?: AuditAction;

  @Text(255, "A key's id, name or prefix, a user of the command line, or key, cli, server, anonymous")
  actor?: string;

  @Time('Inclusive')
  from?: string;

  @Time('Exclusive')
  to?: string;

  @Integer(1, MAX_ENTRIES, { default: 100, description: 'Number of entries to return' })
  limit?: number;

  @Text(8192, 'next_cursor of the previous page; the filters must be the same')
  cursor?: string;
}
