import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** The rules of the dashboard's source: main and shell see all, pages see the kit and each other, the kit sees itself. */
const MOST_LINES = 400;
const IMPORT = /\bfrom\s*'([^']+)'|\bimport\(\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'/g;

const files = globSync('web/src/**/*.{ts,tsx}').map((name) => {
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

  it('imports nothing of the server', () => {
    const outside = (one: string) => /^(src|test|node:|@nestjs\/)/.test(one);
    expect(
      files.filter(({ name }) => !name.includes('.spec.')).flatMap(({ imports }) => imports.filter(outside)),
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
