import type { Command } from 'commander';
import { viewOfEntry } from '../audit/audit-view.js';
import type { AuditView } from '../audit/audit.dto.js';
import type { Config } from '../config/settings.js';
import { MAX_ENTRIES } from '../core/ports/audit.js';
import { act, limitOf, print, textTable } from './listing.js';
import { withDatabase } from './open-database.js';

/** `sightline audit`: the newest entries of the audit log. */
export function registerAudit(program: Command): void {
  const audit = program
    .command('audit')
    .description('list who changed keys and projects, logged in or was refused, newest first')
    .option('--limit <n>', `entries to list, up to ${MAX_ENTRIES}`, '50');
  act<{ limit: string }>(audit, ['Database'], (config, { limit, json = false }) =>
    run(config, limitOf(limit, MAX_ENTRIES), json),
  );
}

async function run(config: Config, limit: number, json: boolean): Promise<void> {
  const { PostgresAuditStore } = await import('../storage/postgres/audit/postgres-audit-store.js');
  const page = await withDatabase(config, (database) =>
    new PostgresAuditStore(database).page({}, limit, null),
  );
  const views = page.entries.map(viewOfEntry);
  print(json ? JSON.stringify(views) : auditTable(views));
}

function auditTable(entries: readonly AuditView[]): string {
  const head = ['at', 'action', 'outcome', 'actor', 'address', 'project', 'target', 'details'];
  const lines = entries.map(({ at, action, outcome, actor, address, project, target, details }) => [
    at.replace(/\.\d+Z$/, 'Z'),
    action,
    outcome,
    [actor.kind, actor.name, actor.prefix].filter((part) => part !== null).join(' '),
    address,
    project,
    target,
    JSON.stringify(details),
  ]);
  return textTable([head, ...lines]);
}
