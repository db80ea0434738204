import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { circlesOf } from './circles.js';

/** The rules of docs/decisions/0009-layers.md, and the limits that go with them. */
const MOST_LINES = 400;
/** A file with fewer lines has more than one importer, or it belongs into that one. Nest's modules may be short. */
const FEWEST_LINES = 25;

interface SourceFile {
  /** From the root of the repository: `src/core/records/event.ts`. */
  name: string;
  text: string;
  /** The folder under src, of `http` the folder in it; '' for main.ts and app.module.ts. */
  room: string;
  imports: string[];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^;'"]*?\bfrom\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'/g;

const files: SourceFile[] = globSync('{src,migrations}/**/*.ts')
  .filter((name) => !name.endsWith('.spec.ts'))
  .map((name) => {
    const text = readFileSync(name, 'utf8');
    const imports = [...text.matchAll(IMPORT)].map((match) => target(name, match[1] ?? match[2] ?? match[3]));
    return { name, text, room: roomOf(name), imports };
  });

/** A relative import as a path from the root; a package as it is written. */
function target(importer: string, specifier: string): string {
  return specifier.startsWith('.') ? path.join(path.dirname(importer), specifier) : specifier;
}

function roomOf(name: string): string {
  const parts = name.split('/');
  if (parts[0] !== 'src' || parts.length < 3) return '';
  return parts[1] === 'http' ? `http/${parts[2]}` : parts[1];
}

const ADAPTERS = ['storage', 'cache'];
const FEATURES = ['events', 'access', 'stats', 'live', 'archive', 'demo', 'audit', 'dead-letters'];
const SERVER_KNOWLEDGE = [
  'http/query',
  'http/server',
  'auth',
  'rate-limit',
  'operations',
  'maintenance',
  'cli',
  'dashboard',
  ...FEATURES,
];
const DRIVER = /^(pg|typeorm|ioredis|mysql2|@platformatic\/kafka|node:sqlite)(\/|$)/;
const HTTP = /^(fastify|@fastify\/.*|@nestjs\/(platform-fastify|swagger|throttler)|node:https?)$/;

const composes = ({ name }: SourceFile) => /\.module\.ts$|^src\/main\.ts$|^src\/cli\//.test(name);

/** `importer -> imported` of every import that a rule forbids. */
function violations(
  applies: (file: SourceFile) => boolean,
  forbidden: (imported: string, file: SourceFile) => boolean,
) {
  return files
    .filter(applies)
    .flatMap((file) => file.imports.filter((i) => forbidden(i, file)).map((i) => `${file.name} -> ${i}`));
}

const inRooms = (imported: string, rooms: readonly string[]) => rooms.includes(roomOf(imported));

describe('who may import whom', () => {
  it('reads the imports', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(
      files.flatMap(({ imports }) => imports).filter((i) => i.startsWith('src/')).length,
    ).toBeGreaterThan(50);
  });

  it('core imports nothing of src, no Nest and no I/O', () => {
    const outside = (imported: string) =>
      /^@nestjs\//.test(imported) ||
      DRIVER.test(imported) ||
      HTTP.test(imported) ||
      /^node:(fs|net|child_process|dgram)/.test(imported) ||
      (imported.startsWith('src/') && roomOf(imported) !== 'core');
    expect(violations(({ room }) => room === 'core', outside)).toEqual([]);
  });

  it('in core records know no counting, and neither knows a port', () => {
    const inside = (folder: string) => (name: string) => name.startsWith(`src/core/${folder}/`);
    const [records, counting, ports] = ['records', 'counting', 'ports'].map(inside);
    expect(
      violations(
        ({ name }) => records(name),
        (i) => counting(i) || ports(i),
      ),
    ).toEqual([]);
    expect(violations(({ name }) => counting(name), ports)).toEqual([]);
  });

  it('config imports only core', () => {
    const outside = (imported: string) =>
      imported.startsWith('src/') && !inRooms(imported, ['core', 'config']);
    expect(violations(({ room }) => room === 'config', outside)).toEqual([]);
  });

  it('http/query imports only core and config', () => {
    const outside = (imported: string) =>
      imported.startsWith('src/') && !inRooms(imported, ['http/query', 'core', 'config']);
    expect(violations(({ room }) => room === 'http/query', outside)).toEqual([]);
  });

  it('samples import only core', () => {
    const outside = (imported: string) =>
      imported.startsWith('src/') && !inRooms(imported, ['samples', 'core']);
    expect(violations(({ room }) => room === 'samples', outside)).toEqual([]);
  });

  it('adapters know no feature and no HTTP', () => {
    const adapter = (file: SourceFile) =>
      (ADAPTERS.includes(file.room) || file.name.startsWith('src/delivery/kafka/')) && !composes(file);
    expect(violations(adapter, (i) => HTTP.test(i) || inRooms(i, SERVER_KNOWLEDGE))).toEqual([]);
  });

  it('features know no driver, no adapter and no other feature', () => {
    const feature = (file: SourceFile) => FEATURES.includes(file.room) && !composes(file);
    const forbidden = (imported: string, { room }: SourceFile) =>
      DRIVER.test(imported) ||
      inRooms(imported, ADAPTERS) ||
      (inRooms(imported, FEATURES) && roomOf(imported) !== room);
    expect(violations(feature, forbidden)).toEqual([]);
  });

  it('only modules and cli choose implementations of storage', () => {
    const others = (file: SourceFile) =>
      !composes(file) && file.room !== 'storage' && file.name.startsWith('src/');
    expect(violations(others, (imported) => inRooms(imported, ['storage']))).toEqual([]);
  });
});

const importsOf = new Map(
  files.map(({ name, imports }) => [name, imports.map((i) => i.replace(/\.js$/, '.ts'))]),
);

it('no file imports itself, not by way of others either', () => {
  expect(circlesOf(importsOf)).toEqual([]);
});

/** Every file and package that a file loads before any of its code runs. */
function loadedWith(first: string): string[] {
  const loads = /(?:^|\n)(?:import|export) (?!type\b)[^;'"]*? from '([^']+)'|(?:^|\n)import '([^']+)'/g;
  const reached = new Set<string>();
  const load = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    const file = files.find((one) => one.name === name.replace(/\.js$/, '.ts'));
    for (const [, from, alone] of file?.text.matchAll(loads) ?? []) load(target(name, from ?? alone));
  };
  load(first);
  return [...reached];
}

it('a command loads no framework and no driver before it is known which one it is', () => {
  const loaded = loadedWith('src/cli/program.ts');
  expect(loaded.length).toBeGreaterThan(50);
  expect(
    loaded.filter((name) => DRIVER.test(name) || HTTP.test(name) || name.startsWith('@nestjs/')),
  ).toEqual([]);
});

// Together 30 MB of each process: docs/decisions/0031-what-a-process-loads.md.
it('a server loads nothing that only some settings or a migration need', () => {
  const loaded = [...loadedWith('src/cli/program.ts'), ...loadedWith('src/cli/serve.ts')];
  expect(loaded).toContain('pg');
  expect(
    loaded.filter((name) =>
      /^(typeorm|ioredis|mysql2|yaml|pprof-format|@platformatic\/kafka|p-retry)(\/|$)/.test(name),
    ),
  ).toEqual([]);
});

it(`no file under ${FEWEST_LINES} lines has but one importer`, () => {
  const hasOneImporter = ({ name }: SourceFile) =>
    files.filter((file) => importsOf.get(file.name)!.includes(name)).length === 1;
  const short = files
    .filter((file) => file.name.startsWith('src/') && !composes(file))
    .filter(({ text }) => text.split('\n').length <= FEWEST_LINES);
  expect(short.filter(hasOneImporter).map(({ name }) => name)).toEqual([]);
});

it('prepared statements are named by room and purpose', () => {
  const named = files
    .filter(({ name }) => name.startsWith('src/storage/postgres/'))
    .flatMap(({ text }) => [...text.matchAll(/\bname: (['`])([^'`]+)\1,\s+(?:\/\/[^\n]*\s+)?text\b/g)])
    .map(([, , name]) => name);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !/^[a-z]+\.[a-z0-9.-]+$/.test(name.replace(/\$\{[^}]*\}/g, 'x')))).toEqual(
    [],
  );
});

it('only config reads process.env', () => {
  const readers = files.filter(
    ({ name, text }) => roomOf(name) !== 'config' && /\bprocess\.env\b/.test(text),
  );
  expect(readers.map(({ name }) => name)).toEqual([]);
});

it('a file that a comment or the documentation names is where it says', () => {
  // not CHANGELOG.md, which tells of what is gone
  const texts = globSync([
    '{src,migrations,test,bench,scripts,web/src,docs}/**/*.{ts,tsx,mjs,cjs,md}',
    '{README,CONTRIBUTING,SECURITY}.md',
  ]);
  const named =
    /(?<![\w./-])(?:src|core|http|events|access|storage|delivery|test|scripts|bench|docs)\/[\w/.-]+\.(?:tsx?|mjs|cjs|md)\b/g;
  const missing = texts.flatMap((text) =>
    [...readFileSync(text, 'utf8').matchAll(named)]
      .filter(([name]) => !texts.some((file) => file === name || file.endsWith(`/${name}`)))
      .map(([name]) => `${text}: ${name}`),
  );
  expect(missing).toEqual([]);
});

it(`no file is over ${MOST_LINES} lines`, () => {
  const names = globSync('{src,migrations,test,bench,scripts}/**/*.{ts,mjs,cjs}');
  const long = names.filter((name) => readFileSync(name, 'utf8').split('\n').length > MOST_LINES);
  expect(long).toEqual([]);
});
