#!/usr/bin/env node
import { run } from './cli/program.js';

const exitCode = await run(process.argv.slice(2));
// After a failure something may still be listening or connected; a server that runs ends when it is told to.
if (exitCode !== 0) process.exit(exitCode);
