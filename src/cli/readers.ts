import type { Command } from 'commander';
import type { Config } from '../config/settings.js';
import type { ProjectReader, ProjectReaders } from '../storage/postgres/readers.js';
import { databaseUrl } from './database-url.js';
import { print, textTable } from './listing.js';
import { withDatabase } from './open-database.js';
import { operator } from './operator.js';
import { addSettings, readCommandConfig } from './setting-option.js';

const IN_MARIADB =
  'access entries are in MariaDB (ACCESS_STORE), which has no readers per project: this role can read events only';

/** `sightline readers create|list|remove`: roles of the database that read some projects, for Grafana and psql. */
export function registerReaders(program: Command): void {
  const readers = program
    .command('readers')
    .description('manage database roles that can read certain projects only');
  const create = readers.command('create').argument('<role>');
  create.description('create a role and print its password (it is shown only once)');
  create.requiredOption('--project <names...>', 'one or more existing projects that the role can read');
  act(create, async (store, { config, json }, role) => {
    const { project } = create.opts<{ project: string[] }>();
    const password = await store.create(role, project, operator());
    if (config.accessStore === 'mysql') process.stderr.write(`sightline: ${IN_MARIADB}\n`);
    print(
      json
        ? JSON.stringify({ role, projects: project, password })
        : `${role}\n\npassword (shown only once): ${password}`,
    );
  });
  const list = readers.command('list').description('list the roles and the projects that they can read');
  act(list, async (store, { json }) => {
    const found = await store.list();
    print(json ? JSON.stringify(found) : readerTable(found));
  });
  const remove = readers.command('remove').argument('<role>').description('remove a role');
  act(remove, async (store, _, role) => {
    await store.remove(role, operator());
    print(`removed ${role}`);
  });
}

interface Asked {
  config: Config;
  json: boolean;
}

function act(
  command: Command,
  work: (store: ProjectReaders, asked: Asked, role: string) => Promise<void>,
): void {
  command.option('--json', 'print JSON');
  addSettings(command, ['Database']).action(async (role: unknown) => {
    const asked = {
      config: readCommandConfig(command),
      json: command.opts<{ json?: boolean }>().json ?? false,
    };
    await withReaders(asked.config, (store) => work(store, asked, String(role)));
  });
}

async function withReaders(config: Config, work: (store: ProjectReaders) => Promise<void>): Promise<void> {
  const { ProjectReaders } = await import('../storage/postgres/readers.js');
  const { superuserUrl } = await import('../storage/embedded/cluster.js');
  // The application's own role makes no others.
  const urlOf = (url: string) => (databaseUrl(config) === null ? superuserUrl(url).href : url);
  await withDatabase(config, (database) => work(new ProjectReaders(database)), urlOf);
}

function readerTable(readers: readonly ProjectReader[]): string {
  const lines = readers.map(({ role, projects, created_at }) => [role, projects.join(','), created_at]);
  return textTable([['role', 'projects', 'created_at'], ...lines]);
}
