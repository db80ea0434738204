import type { Command } from 'commander';
import type { Config } from '../config/settings.js';
import type { ProjectReader, ProjectReaders } from '../storage/postgres/readers.js';
import { databaseUrl } from './database-url.js';
import { act, print, textTable } from './listing.js';
import { withDatabase } from './open-database.js';
import { operator } from './operator.js';

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
  act<{ project: string[] }>(create, ['Database'], async (config, { project, json }, given) => {
    const role = String(given);
    await withReaders(config, async (store) => {
      const password = await store.create(role, project, operator());
      if (config.accessStore === 'mysql') process.stderr.write(`sightline: ${IN_MARIADB}\n`);
      print(
        json
          ? JSON.stringify({ role, projects: project, password })
          : `${role}\n\npassword (shown only once): ${password}`,
      );
    });
  });
  const list = readers.command('list').description('list the roles and the projects that they can read');
  act(list, ['Database'], async (config, { json }) => {
    const found = await withReaders(config, (store) => store.list());
    print(json ? JSON.stringify(found) : readerTable(found));
  });
  const remove = readers.command('remove').argument('<role>').description('remove a role');
  act(remove, ['Database'], async (config, _, role) => {
    await withReaders(config, (store) => store.remove(String(role), operator()));
    print(`removed ${String(role)}`);
  });
}

async function withReaders<T>(config: Config, work: (store: ProjectReaders) => Promise<T>): Promise<T> {
  const { ProjectReaders } = await import('../storage/postgres/readers.js');
  const { superuserUrl } = await import('../storage/embedded/cluster.js');
  // The application's own role makes no others.
  const urlOf = (url: string) => (databaseUrl(config) === null ? superuserUrl(url).href : url);
  return withDatabase(config, (database) => work(new ProjectReaders(database)), urlOf);
}

function readerTable(readers: readonly ProjectReader[]): string {
  const lines = readers.map(({ role, projects, created_at }) => [role, projects.join(','), created_at]);
  return textTable([['role', 'projects', 'created_at'], ...lines]);
}
