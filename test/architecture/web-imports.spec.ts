import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { circlesOf } from './circles.js';

/** The rules of the dashboard's source: main and shell see all, pages see the kit and each other, the kit sees itself. */
const MOST_LINES = 400;
const IMPORT = /\bfrom\s*'([^']+)'|\bimport\(\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'/g;

/** Classes within class="…" and class={…}: whatever stands between quotes there. */
const CLASSES = /\bclass=(?:"([^"]*)"|\{([^}]*(?:\{[^}]*\}[^}]*)*)\})/g;

// What is made by a command is nobody's to keep short.
const sources = globSync('web/src/**/*.{ts,tsx}').filter((name) => !name.endsWith('.d.ts'));
const files = sources.map((name) => {
  const text = readFileSync(name, 'utf8');
  const imports = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3]);
  return { name, text, imports: imports.map((one) => target(name, one)) };
});

function target(importer: string, specifier: string): string {
  return specifier.startsWith('.') ? path.join(path.dirname(importer), specifier) : specifier;
}

function violations(room: string, forbidden: (imported: string) => boolean): string[] {
  return files
    .filter(({ name }) => name.startsWith(`web/src/${room}/`))
    .flatMap(({ name, imports }) => imports.filter(forbidden).map((one) => `${name} -> ${one}`));
}

const sheets = new Map(
  globSync('web/src/**/*.css').map((name) => [
    name,
    new Set(readFileSync(name, 'utf8').match(/(?<=\.)[a-z][\w-]*/g)),
  ]),
);

/** A file and what it imports, and what that imports. */
function closureOf(name: string): Set<string> {
  const found = new Set([name]);
  for (const one of found) {
    const imports = files.find((file) => file.name === one)?.imports ?? [];
    for (const specifier of imports) found.add(sourceOf(specifier));
  }
  return found;
}

const sourceOf = (specifier: string) =>
  files.find(({ name }) => name.replace(/\.tsx?$/, '') === specifier.replace(/\.js$/, ''))?.name ?? specifier;

/** Files that something in another folder shows: pages, and what pages lend each other. */
function shownElsewhere(): string[] {
  const shown = files.flatMap(({ name, imports }) =>
    imports.map(sourceOf).filter((one) => path.dirname(one) !== path.dirname(name)),
  );
  return [...new Set(shown)].filter((name) => /^web\/src\/(pages|shell)\/.*\.tsx$/.test(name));
}

/** Classes that a component and its parts use, and that only a sheet which does not come with them has. */
function unstyled(entry: string): string[] {
  const closure = closureOf(entry);
  const comes = (sheet: string) => sheet.startsWith('web/src/kit/') || closure.has(sheet);
  const used = files
    .filter(({ name }) => closure.has(name))
    .flatMap(({ text }) =>
      [...text.matchAll(CLASSES)].flatMap((match) => (match[1] ?? match[2]).match(/[\w-]+/g) ?? []),
    );
  return [...new Set(used)].filter((one) => {
    const having = [...sheets].filter(([, classes]) => classes.has(one)).map(([sheet]) => sheet);
    return having.length > 0 && !having.some(comes);
  });
}

describe('the dashboard', () => {
  it('reads the imports', () => {
    expect(
      files.flatMap(({ imports }) => imports).filter((one) => one.startsWith('web/src/kit/')).length,
    ).toBeGreaterThan(50);
  });

  it('has a kit that knows no page', () => {
    expect(violations('kit', (one) => /^web\/src\/(pages|shell|main)/.test(one))).toEqual([]);
  });

  it('has pages that know nothing of what is around them', () => {
    expect(violations('pages', (one) => /^web\/src\/(shell|main)/.test(one))).toEqual([]);
  });

  it('has no file that imports itself, by way of others either', () => {
    const importsOf = new Map(files.map(({ name, imports }) => [name, imports.map(sourceOf)]));
    expect(circlesOf(importsOf)).toEqual([]);
  });

  it('imports nothing of the server', () => {
    const outside = (one: string) => /^(src|test|node:|@nestjs\/)/.test(one);
    expect(
      files.filter(({ name }) => !name.includes('.spec.')).flatMap(({ imports }) => imports.filter(outside)),
    ).toEqual([]);
  });

  it('has components that bring their styles, on whichever page they are shown', () => {
    const shown = shownElsewhere();
    expect(shown).toContain('web/src/pages/system/new-key-dialog.tsx');
    expect(shown.flatMap((name) => unstyled(name).map((one) => `${name}: ${one}`))).toEqual([]);
  });

  it('shows names that are not its own by one component', () => {
    const own = /^web\/src\/(kit\/ui\/name|kit\/chart\/|pages\/events\/json-view)/;
    expect(
      files.filter(({ name, text }) => !own.test(name) && text.includes('<bdi')).map(({ name }) => name),
    ).toEqual([]);
  });

  it('never makes markup of text', () => {
    const markup = /dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML|document\.write/;
    expect(files.filter(({ text }) => markup.test(text)).map(({ name }) => name)).toEqual([]);
  });

  it(`has no file over ${MOST_LINES} lines`, () => {
    expect(files.filter(({ text }) => text.split('\n').length > MOST_LINES).map(({ name }) => name)).toEqual(
      [],
    );
  });
});
