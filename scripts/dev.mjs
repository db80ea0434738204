// `npm run dev -- [flags of serve]`: compiles on change and restarts the server after each compile without errors.
// The dashboard comes from Vite's own server, which asks the one on PORT for everything but the pages.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const NEST = ['node_modules/@nestjs/cli/bin/nest.js', 'build', '--watch', '--preserveWatchOutput'];
const VITE = ['node_modules/vite/bin/vite.js', 'web', '--clearScreen', 'false'];
const SERVER = ['--enable-source-maps', 'dist/src/main.js', 'serve', ...process.argv.slice(2)];

const compiler = spawn(process.execPath, NEST, { stdio: ['ignore', 'pipe', 'inherit'] });
const pages = spawn(process.execPath, VITE, { stdio: 'inherit' });
let server;
let restarting = Promise.resolve();

async function stopServer() {
  if (!server || server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
}

async function restart() {
  await stopServer();
  server = spawn(process.execPath, SERVER, { stdio: 'inherit' });
}

createInterface({ input: compiler.stdout }).on('line', (line) => {
  console.log(line);
  if (line.includes('Found 0 errors')) restarting = restarting.then(restart);
});
for (const child of [compiler, pages]) child.once('exit', (code) => (process.exitCode ??= code ?? 1));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    process.exitCode = 0;
    compiler.kill();
    pages.kill();
    restarting = restarting.then(stopServer);
  });
}
