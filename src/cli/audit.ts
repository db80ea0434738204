import type { Command } from 'commander';
import { viewOfEntry } from '../audit/audit-view.js';
import type { AuditView } from '../audit/audit.dto.js';
import type { Config } from '../config/settings.js';
import { MAX_ENTRIES } from '../core/audit.js';
import { isMissingTable, NO_TABLES } from './keys/key-desk.js';
import { openDatabase } from './open-database.js';
import { addSettings, readCommandConfig } from './setting-option.js';
import { textTable } from './text-table.js';

/** `sightline audit`: the newest entries of the audit log. */
export function registerAudit(program: Command): void {
  const audit = program
    .command('audit')
    .description('list who changed keys and projects, logged in or was refused, newest first')
    .option('--limit <n>', `entries to list, up to ${MAX_ENTRIES}`, '50')
    .option('--json', 'print JSON');
  addSettings(audit, ['Database']);
  audit.action(() => {
    const { limit, json = false } = audit.opts<{ limit: string; json?: boolean }>();
    return run(readCommandConfig(audit), limitOf(limit), json);
  });
}

async function run(config: Config, limit: number, json: boolean): Promise<void> {
  const { Database } = await import('../storage/postgres/database.js');
  const { PostgresAuditStore } = await import('../storage/postgres/audit/postgres-audit-store.js');
  const opened = await openDatabase(config);
  try {
    const database = await Database.connect(config, opened.url);
    const page = new PostgresAuditStore(database).page({}, limit, null);
    const { entries } = await page.finally(() => database.close());
    const views = entries.map(viewOfEntry);
    process.stdout.write(`${json ? JSON.stringify(views) : auditTable(views)}\n`);
  } catch (error) {
    throw isMissingTable(error) ? new Error(NO_TABLES) : error;
  } finally {
    await opened.close();
  }
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > MAX_ENTRIES)
    throw new Error(`--limit must be a whole number from 1 to ${MAX_ENTRIES}`);
  return limit;
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
