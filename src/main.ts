#!/usr/bin/env node
const NODE_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) {
  // Node's own error would only name a missing module.
  process.stderr.write(
    `sightline: Node ${NODE_MAJOR} or newer is required, this is ${process.version}: npm start and bin/sightline use the one that npm installed\n`,
  );
  process.exit(1);
}

// The reader of the output is gone: a closed pipe (`| head`) or terminal. A server still stops cleanly.
const GONE = ['EPIPE', 'EIO'];
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (!GONE.includes(error.code ?? '')) throw error;
  });
}

// Who imports node:http reads all its names, and these load a client for browsers' protocols: 6 MB and 20 ms of each start.
const http = process.getBuiltinModule('node:http') as Partial<typeof import('node:http')>;
for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent'] as const) delete http[name];

const { run } = await import('./cli/program.js');
const exitCode = await run(process.argv.slice(2));
// After a failure something may still be listening or connected; a running server ends when it is told to.
if (exitCode !== 0) process.exit(exitCode);
