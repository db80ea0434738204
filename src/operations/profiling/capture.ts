import { constants } from 'node:fs';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Profile } from 'pprof-format';
import type { Profiles } from './profiles.js';

/** Profiles of a whole run, written when it ends: `NAME.cpu.pb.gz` and `NAME.heap.pb.gz`. */
export class Capture {
  private readonly stop = new AbortController();
  private readonly cpu: Promise<Profile>;

  private constructor(
    private readonly profiles: Profiles,
    private readonly path: string,
  ) {
    this.cpu = profiles.cpu(Infinity, this.stop.signal);
    // It is awaited at the end of the run only.
    this.cpu.catch(() => undefined);
  }

  /** @throws Error that names PROFILE_DIR where it cannot be written to */
  static async start(profiles: Profiles, dir: string, name: string): Promise<Capture> {
    const path = join(dir, name);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await access(dirname(path), constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new Error(`PROFILE_DIR cannot be written to (${(error as NodeJS.ErrnoException).code})`, {
        cause: error,
      });
    }
    return new Capture(profiles, path);
  }

  /** Gives the names of the files. */
  async finish(): Promise<string[]> {
    this.stop.abort();
    return [await this.write('heap', await this.profiles.heap()), await this.write('cpu', await this.cpu)];
  }

  private async write(kind: string, profile: Profile): Promise<string> {
    const file = `${this.path}.${kind}.pb.gz`;
    // One that an earlier run has left keeps its mode when it is written to.
    await rm(file, { force: true });
    await writeFile(file, gzipSync(profile.encode()), { mode: 0o600 });
    return file;
  }
}
