// Writes sbom/sightline.cdx.json: what a server is made of, at the versions of package-lock.json, as CycloneDX.
// `npm sbom --omit dev` alone will not do: of npm 11.19 it also leaves out what a production dependency and a
// development dependency share, 38 of 186 packages here (pg-protocol, rxjs, semver among them). So npm writes all, and
// what the lock file marks as needed for development only is taken out, unless the dashboard's pages have it in them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const TARGET = 'sbom/sightline.cdx.json';

const packageOf = JSON.parse(readFileSync('package.json', 'utf8'));
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));

/** As npm refers to a package: NAME@VERSION. */
const refOf = ([location, { name, version }]) =>
  `${name ?? location.split('node_modules/').at(-1)}@${version}`;

const shipped = new Set(
  Object.entries(packages)
    .filter(([location, { dev }]) => location !== '' && !dev)
    .map(refOf),
);
const root = refOf(['', packageOf]);

const { status, stdout, error } = spawnSync(
  'npm',
  ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 },
);
if (status !== 0) throw new Error('npm sbom failed', { cause: error });
const bom = JSON.parse(stdout);
// npm 10 names a package once for each place that it is installed in.
const dependenciesOf = new Map();
for (const { ref, dependsOn = [] } of bom.dependencies) {
  dependenciesOf.set(ref, new Set([...(dependenciesOf.get(ref) ?? []), ...dependsOn]));
}
for (const name of importedByPages()) ship(refOf([name, packages[`node_modules/${name}`]]));
const isShipped = (ref) => ref === root || shipped.has(ref);

// npm takes the name of the folder.
bom.metadata.component.name = packageOf.name;
bom.components = [
  ...new Map(bom.components.map((component) => [component['bom-ref'], component])).values(),
].filter((component) => isShipped(component['bom-ref']));
bom.dependencies = [...dependenciesOf]
  .filter(([ref]) => isShipped(ref))
  .map(([ref, dependsOn]) => ({ ref, dependsOn: [...dependsOn].filter(isShipped) }));

const named = new Set(bom.components.map((component) => component['bom-ref']));
const missing = [...shipped].filter((ref) => !named.has(ref));
if (missing.length > 0) throw new Error(`npm sbom does not name ${missing.join(', ')}`);
mkdirSync(path.dirname(TARGET), { recursive: true });
writeFileSync(TARGET, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${TARGET}: ${bom.components.length} packages`);

/** The packages that Vite puts into the pages: development dependencies that nevertheless reach a browser. */
function importedByPages() {
  const sources = readdirSync('web/src', { recursive: true, withFileTypes: true })
    .filter((entry) => /\.(tsx?|css)$/.test(entry.name) && !entry.name.endsWith('.spec.ts'))
    .map((entry) => readFileSync(path.join(entry.parentPath ?? entry.path, entry.name), 'utf8'));
  const names = sources.flatMap((text) => [
    ...text.matchAll(/(?:from |import |url\()'((?:@[\w.-]+\/)?[\w.-]+)/g),
  ]);
  return new Set(names.map(([, name]) => name).filter((name) => name in packageOf.devDependencies));
}

/** A package with all that it needs. */
function ship(ref) {
  if (shipped.has(ref)) return;
  shipped.add(ref);
  dependenciesOf.get(ref)?.forEach(ship);
}
