import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { DataSource } from 'typeorm';
import { packageRoot } from '../config/package.js';
import type { Config } from '../config/settings.js';
import type { Migrator } from '../storage/migrations/migrate.js';
import { openDatabase } from './open-database.js';
import { addSettings, readCommandConfig } from './setting-option.js';

const STORES = ['postgres', 'mysql'] as const;
type Store = (typeof STORES)[number];

/** `sightline migrate up|down|status|create NAME` */
export function registerMigrate(program: Command): void {
  const migrate = program
    .command('migrate')
    .description('apply, revert, list and create database migrations');
  step(migrate, 'up', 'apply pending migrations', async ({ migrateUp, grantReader }, source, config) => {
    const names = await migrateUp(source);
    const done = names.length === 0 ? ['nothing to apply'] : names.map((name) => `applied ${name}`);
    const { grafanaDbPassword } = config;
    const problem = grafanaDbPassword === '' ? null : await grantReader(source, grafanaDbPassword);
    return problem === null ? done : [...done, problem];
  });
  const down = step(
    migrate,
    'down',
    'revert the newest migration and delete the data stored in what it added',
    takeBack,
  );
  down.option(
    '--yes',
    'skip the confirmation; required without a terminal, where the command otherwise only says what would be deleted',
  );
  step(migrate, 'status', 'list applied and pending migrations', async ({ migrationStatus }, source) =>
    (await migrationStatus(source)).map(({ name, applied }) => `${applied ? 'applied' : 'pending'}  ${name}`),
  );
  migrate
    .command('create')
    .argument('<name>', 'lower-case words joined by hyphens')
    .addOption(storeOption('store that the migration is for').default('postgres'))
    .description('create a new migration file in this checkout')
    .action(async (name: string, { store }: { store: Store }) => {
      const { createMigration } = await import('../storage/migrations/migration-files.js');
      print([createMigration(join(packageRoot, 'migrations', store), name, Date.now())]);
    });
}

interface StepOptions {
  store?: Store;
  yes?: boolean;
}

type Step = (
  migrator: Migrator,
  source: DataSource,
  config: Config,
  options: StepOptions,
) => Promise<string[]>;

async function takeBack(
  { planDown, migrateDown }: Migrator,
  source: DataSource,
  _: Config,
  { yes = false }: StepOptions,
): Promise<string[]> {
  const descent = await planDown(source);
  if (descent === null) return ['nothing to revert'];
  const { confirmDescent } = await import('./migrate/descent.js');
  await confirmDescent(descent, yes);
  // A server may have been started while the question stood.
  await confirmDescent((await planDown(source)) ?? descent, true);
  return [`reverted ${await migrateDown(source)}`];
}

function step(migrate: Command, name: string, description: string, run: Step): Command {
  const command = addSettings(migrate.command(name).description(description), ['Database', 'Access logs']);
  const store = storeOption('only this store; by default, every store that the settings name');
  return command.addOption(store).action(async (options: StepOptions) => {
    const config = readCommandConfig(command);
    for (const each of storesOf(name, options.store, config)) {
      const lines = await onStore(each, config, name === 'up', (migrator, source) =>
        run(migrator, source, config, options),
      );
      print(config.accessStore === 'mysql' ? lines.map((line) => `${each}: ${line}`) : lines);
    }
  });
}

/** `mariadb` is the same as `mysql`, as in ACCESS_STORE. */
function storeOption(description: string): Option {
  return new Option('--store <store>', `${description} (${STORES.join(' or ')})`).argParser((name) => {
    const store = name === 'mariadb' ? 'mysql' : STORES.find((each) => each === name);
    if (store === undefined) throw new InvalidArgumentError(`It must be ${STORES.join(' or ')}.`);
    return store;
  });
}

function storesOf(name: string, store: Store | undefined, config: Config): readonly Store[] {
  if (store === 'mysql' && config.mysqlUrl === '') throw new Error('--store mysql needs MYSQL_URL');
  if (store) return [store];
  if (config.accessStore === 'postgres') return ['postgres'];
  if (name === 'down') throw new Error('choose a store with --store: postgres or mysql');
  return STORES;
}

async function onStore(
  store: Store,
  config: Config,
  make: boolean,
  run: (migrator: Migrator, source: DataSource) => Promise<string[]>,
): Promise<string[]> {
  const isMysql = store === 'mysql';
  const database = isMysql ? null : await openDatabase(config, { make });
  try {
    const migrator: Migrator = await (isMysql
      ? import('../storage/mysql/migrate.js')
      : import('../storage/postgres/migrate.js'));
    const source = await migrator.connectForMigration(database?.url ?? config.mysqlUrl);
    return await run(migrator, source).finally(() => source.destroy());
  } finally {
    await database?.close();
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
