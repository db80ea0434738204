#!/usr/bin/env node
import { run } from './cli/program.js';

// Who read it is gone: a pipe that ended (`| head`), a terminal that was closed. A server stops in order all the same.
const GONE = ['EPIPE', 'EIO'];
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (!GONE.includes(error.code ?? '')) throw error;
  });
}

const exitCode = await run(process.argv.slice(2));
// After a failure something may still be listening or connected; a server that runs ends when it is told to.
if (exitCode !== 0) process.exit(exitCode);
