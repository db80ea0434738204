// `dist/node_modules`: what the built program imports of its libraries, as a few files in place of some 1,800. A start takes half
// the CPU (docs/decisions/0031-what-a-process-loads.md). Our own files stay as they are, and find these before those of npm.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';

const DIST = path.resolve('dist');
const OUT = path.join(DIST, 'node_modules');
/** They, or others for them, look for files beside themselves or for packages by name. */
const LEFT = ['typeorm', '@platformatic/kafka', 'class-transformer'];
/** What @nestjs/swagger asks of it by name, our files do not. */
const ASKED_BY_NAME = { 'class-validator': ['IsOptional', 'ValidateIf', 'getMetadataStorage'] };
/** Of an entry, which has no file; it ends as ECMAScript's does, so that what a CommonJS library is taken for is what Node takes it for. */
const ENTRY = '.entry.mjs';

const packageOf = (specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)[0];
/** `pg` → `pg/index.js`, `csv-stringify/sync` → `csv-stringify/sync.js` */
const fileOf = (specifier) => (packageOf(specifier) === specifier ? `${specifier}/index` : specifier) + '.js';

/** What of each library our files name. A library that a file imports at run time only (`import()`) is left as it is. */
function importedNames() {
  const names = new Map();
  for (const file of globSync('{src,migrations}/**/*.js', { cwd: DIST })) {
    for (const { type, source, specifiers = [] } of parseAst(readFileSync(path.join(DIST, file), 'utf8'))
      .body) {
      if (!source || /^(\.|node:)/.test(source.value) || LEFT.includes(packageOf(source.value))) continue;
      if (type !== 'ImportDeclaration')
        throw new Error(`${file}: what is exported from a library is not bundled`);
      if (!names.has(source.value)) names.set(source.value, new Set(ASKED_BY_NAME[source.value]));
      for (const { type: kind, imported } of specifiers) {
        names
          .get(source.value)
          .add({ ImportDefaultSpecifier: 'default', ImportNamespaceSpecifier: '*' }[kind] ?? imported.name);
      }
    }
  }
  return names;
}

function sourceOf(specifier, names) {
  const named = [...names].filter((name) => name !== '*');
  const all = names.has('*') ? `export * from '${specifier}';` : '';
  return `${all} export { ${named.join(', ')} } from '${specifier}';`;
}

const names = importedNames();
rmSync(OUT, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries([...names.keys()].map((specifier) => [fileOf(specifier), specifier + ENTRY])),
  platform: 'node',
  external: LEFT.map((name) => new RegExp(`^${name}(/|$)`)),
  logLevel: 'silent',
  plugins: [
    {
      name: 'entries',
      resolveId: (id) => (id.endsWith(ENTRY) ? path.resolve(id) : null),
      load: (id) => {
        if (!id.endsWith(ENTRY)) return null;
        const specifier = path.relative('.', id).slice(0, -ENTRY.length);
        return sourceOf(specifier, names.get(specifier));
      },
    },
  ],
});
await bundle.write({ dir: OUT, entryFileNames: '[name]', chunkFileNames: 'shared/[name]-[hash].mjs' });
for (const [name, specifiers] of Map.groupBy(names.keys(), packageOf)) {
  const exports = specifiers.map((specifier) => [
    `.${specifier.slice(name.length)}`,
    `./${path.relative(name, fileOf(specifier))}`,
  ]);
  mkdirSync(path.join(OUT, name), { recursive: true });
  writeFileSync(
    path.join(OUT, name, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: Object.fromEntries(exports) }),
  );
}
