import { join } from 'node:path';
import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { packageRoot } from '../config/package.js';
import { openDatabase } from './open-database.js';
import { addSettings, readCommandConfig } from './setting-option.js';

/** `sightline migrate up|down|status|create NAME` */
export function registerMigrate(program: Command): void {
  const migrate = program.command('migrate').description('bring the schema of the database up or down');
  step(migrate, 'up', 'apply what is pending', async (source) => {
    const { migrateUp } = await import('../storage/postgres/migrate.js');
    const names = await migrateUp(source);
    return names.length === 0 ? ['nothing to apply'] : names.map((name) => `applied ${name}`);
  });
  step(migrate, 'down', 'take back the newest migration', async (source) => {
    const { migrateDown } = await import('../storage/postgres/migrate.js');
    const name = await migrateDown(source);
    return [name === null ? 'nothing to take back' : `took back ${name}`];
  });
  step(migrate, 'status', 'list what is applied and what is pending', async (source) => {
    const { migrationStatus } = await import('../storage/postgres/migrate.js');
    return (await migrationStatus(source)).map(
      ({ name, applied }) => `${applied ? 'applied' : 'pending'}  ${name}`,
    );
  });
  migrate
    .command('create')
    .argument('<name>', 'lower-case words joined by hyphens')
    .description('write a new migration into this checkout')
    .action(async (name: string) => {
      const { createMigration } = await import('../storage/postgres/migration-files.js');
      print([createMigration(join(packageRoot, 'migrations', 'postgres'), name, Date.now())]);
    });
}

type Step = (source: DataSource) => Promise<string[]>;

function step(migrate: Command, name: string, description: string, run: Step): void {
  const command = addSettings(migrate.command(name).description(description), ['Database']);
  command.action(async () => {
    const database = await openDatabase(readCommandConfig(command));
    try {
      print(await onSource(database.url, run));
    } finally {
      await database.close();
    }
  });
}

async function onSource(url: string, run: Step): Promise<string[]> {
  const { connectForMigration } = await import('../storage/postgres/migrate.js');
  const source = await connectForMigration(url);
  try {
    return await run(source);
  } finally {
    await source.destroy();
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
