import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MigrationError } from './migration-error.js';

const FILE = /^(\d{13})-([a-z0-9-]+)\.ts$/;
const LINE_WIDTH = 110;

/**
 * Writes a new migration into a checkout and adds it to the list there. Gives the path of the new file.
 * @param directory `migrations/postgres` or `migrations/mysql` of the checkout.
 * @param nowMs becomes part of the name; migrations run in its order.
 * @throws MigrationError for a name that is none, or outside a checkout.
 */
export function createMigration(directory: string, name: string, nowMs: number): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new MigrationError(
      'the name of a migration is lower-case words joined by hyphens, such as add-countries',
    );
  }
  const index = join(directory, 'index.ts');
  if (!existsSync(index)) throw new MigrationError('migrations are created in a checkout of the sources');
  const path = join(directory, `${nowMs}-${name}.ts`);
  writeFileSync(path, template(className(String(nowMs), name)), { flag: 'wx' });
  writeFileSync(index, indexOf(listName(index), readdirSync(directory)));
  return path;
}

function className(ms: string, name: string): string {
  const words = name.split('-').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return `${words.join('')}${ms}`;
}

function template(name: string): string {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${name} implements MigrationInterface {
  name = '${name}';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const UP = \`
\`;

const DOWN = \`
\`;
`;
}

/** What the list is exported as. */
function listName(index: string): string {
  const name = /^export const (\w+) = \[/m.exec(readFileSync(index, 'utf8'))?.[1];
  if (name === undefined) throw new MigrationError(`${index} has no list of migrations`);
  return name;
}

function indexOf(listed: string, files: readonly string[]): string {
  const found = files.flatMap((file) => {
    const match = FILE.exec(file);
    return match ? [{ module: file.replace(/ts$/, 'js'), name: className(match[1], match[2]) }] : [];
  });
  found.sort((a, b) => (a.module < b.module ? -1 : 1));
  const imports = found.map(({ name, module }) => `import { ${name} } from './${module}';\n`);
  const names = found.map(({ name }) => name);
  const list = `export const ${listed} = [${names.join(', ')}];`;
  const shown =
    list.length <= LINE_WIDTH
      ? list
      : `export const ${listed} = [\n${names.map((name) => `  ${name},\n`).join('')}];`;
  return `${imports.join('')}
/** Every migration, oldest first. \`sightline migrate create NAME\` adds to this list. */
${shown}
`;
}
