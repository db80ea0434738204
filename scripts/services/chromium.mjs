import { existsSync } from 'node:fs';
import { programOf } from './debian.mjs';

/** What draws no window at all takes two fifths of the time of a whole browser, for the same pages. */
const SHELLS = ['chromium-headless-shell', 'chrome-headless-shell'];
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Chromium for a run of tests: nothing to start, each suite launches its own; undefined where there is none. */
export async function chromium() {
  const program = await chromiumProgram();
  return program && { program, stop: () => undefined };
}

/** The path of a Chromium: TEST_CHROMIUM, a headless shell (also Debian's), a browser on the PATH; undefined where there is none. */
export async function chromiumProgram() {
  const named = process.env.TEST_CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  return onPath(SHELLS) ?? (await programOf(`/usr/bin/${SHELLS[0]}`, SHELLS[0])) ?? onPath(BROWSERS);
}

function onPath(names) {
  const folders = (process.env.PATH ?? '').split(':');
  return folders
    .flatMap((folder) => names.map((name) => `${folder}/${name}`))
    .find((file) => existsSync(file));
}
