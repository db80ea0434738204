import { Profile } from 'pprof-format';
import type { Clock } from '../../core/ports/clock.js';
import { primary, type IpcRequest, type Peer } from '../ipc.js';
import { PprofBuilder, type ProfileKind } from './pprof-builder.js';
import { type Profiles, RESOURCES } from './profiles.js';
import { CPU, HEAP } from './samples.js';

type Asked = { kind: 'cpu'; durationMs: number } | { kind: 'heap' | 'resources' };

/** The primary is asked, the workers do the work: a profile, in base64. */
const PROFILE: IpcRequest<Asked, string> = { name: 'profile', timeoutMs: 60_000 };

/** In the primary: the profiles of all workers as one, each sample labelled with its process. */
export class ClusterProfiles implements Profiles {
  constructor(
    private readonly clock: Clock,
    /** By process id. */
    private readonly workers: ReadonlyMap<number, Peer>,
  ) {}

  cpu(durationMs: number, stop: AbortSignal): Promise<Profile> {
    return this.collect({ kind: 'cpu', durationMs }, CPU, stop);
  }

  heap(): Promise<Profile> {
    return this.collect({ kind: 'heap' }, HEAP);
  }

  resources(): Promise<Profile> {
    return this.collect({ kind: 'resources' }, RESOURCES);
  }

  private async collect(asked: Asked, kind: ProfileKind, finish?: AbortSignal): Promise<Profile> {
    const builder = new PprofBuilder(kind);
    const startMs = this.clock.nowMs();
    const timeoutMs = PROFILE.timeoutMs + (asked.kind === 'cpu' ? asked.durationMs : 0);
    await Promise.all(
      [...this.workers].map(async ([pid, worker]) => {
        const encoded = await worker.ask(PROFILE, asked, { timeoutMs, finish });
        // It ended in the middle, or has only just begun.
        if (encoded === null) return;
        mergeInto(builder, Profile.decode(Buffer.from(encoded, 'base64')), pid);
      }),
    );
    return builder.build({ startMs, durationMs: asked.kind === 'cpu' ? this.clock.nowMs() - startMs : 0 });
  }
}

/** In a worker: profiles this process when the primary asks. */
export function giveProfiles(profiles: Profiles): void {
  primary().answer(PROFILE, async (asked, finish) => {
    const profile =
      asked.kind === 'cpu' ? await profiles.cpu(asked.durationMs, finish) : await profiles[asked.kind]();
    return Buffer.from(profile.encode()).toString('base64');
  });
}

/** Adds the samples of a profile of the same kind, as those of this process. */
export function mergeInto(builder: PprofBuilder, profile: Profile, process: number): void {
  const { strings } = profile.stringTable;
  const functions = new Map(profile.function.map((one) => [Number(one.id), one]));
  const locations = new Map(
    profile.location.map(({ id, line: [{ functionId, line }] }) => {
      const { name, filename, startLine } = functions.get(Number(functionId))!;
      const frame = { name: strings[Number(name)], file: strings[Number(filename)] };
      const lines = { startLine: Number(startLine), line: Number(line) };
      return [Number(id), builder.location({ ...frame, ...lines })];
    }),
  );
  for (const { locationId, value } of profile.sample) {
    builder.add(
      locationId.map((id) => locations.get(Number(id))!),
      value.map(Number),
      process,
    );
  }
}
