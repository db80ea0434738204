// `npm run check`: what a reviewer would ask for first, as many at once as there are cores; each says what it found once it is done.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';

/** Of package.json, `check:…`: the longest first. */
const STEPS = ['lint', 'format', 'types', 'web-types', 'unused', 'imports'];

let failed = false;
const left = [...STEPS];

async function lane() {
  for (let step = left.shift(); step; step = left.shift()) {
    const child = spawn('npm', ['run', '-s', `check:${step}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [[code], ...outputs] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    process.stdout.write(outputs.join(''));
    if (code === 0) continue;
    console.error(`check:${step} failed`);
    failed = true;
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, lane));
process.exitCode = failed ? 1 : 0;
