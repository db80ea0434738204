import { existsSync } from 'node:fs';
import { programOf } from './debian.mjs';

/** Go, whose pprof reads the server's profiles: where Go itself installs, on the PATH, else Debian's; undefined where there is none. */
export async function go() {
  const folders = ['/usr/local/go/bin', ...(process.env.PATH ?? '').split(':')];
  const found = folders.map((folder) => `${folder}/go`).find((file) => existsSync(file));
  return found ?? programOf('/usr/bin/go', 'golang-go');
}
