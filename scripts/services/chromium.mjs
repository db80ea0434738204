import { existsSync } from 'node:fs';
import { programOf } from './debian.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Chromium for a run of tests: nothing to start, each suite launches its own; undefined where there is none. */
export function chromium() {
  const program = chromiumProgram();
  return program && { program, stop: () => undefined };
}

/** The path of a Chromium: TEST_CHROMIUM, one on the PATH, else Debian's; undefined where there is none. */
export function chromiumProgram() {
  const named = process.env.TEST_CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  const folders = (process.env.PATH ?? '').split(':');
  const candidates = folders.flatMap((folder) => NAMES.map((name) => `${folder}/${name}`));
  return candidates.find((file) => existsSync(file)) ?? programOf('/usr/bin/chromium', 'chromium');
}
