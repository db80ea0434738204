import { Profile } from 'pprof-format';
import type { Clock } from '../../core/clock.js';
import { primary, type IpcRequest, type Peer } from '../ipc.js';
import { PprofBuilder } from './pprof-builder.js';
import { type Profiles, RESOURCES } from './profiles.js';
import { CPU, HEAP } from './samples.js';

type Kind = { kind: 'cpu'; durationMs: number } | { kind: 'heap' | 'resources' };

/** The primary is asked, the workers do the work: a profile, in base64. */
const PROFILE: IpcRequest<Kind, string> = { name: 'profile', timeoutMs: 60_000 };

/** In the primary: the profiles of all workers as one, each sample labelled with its process. */
export class ClusterProfiles implements Profiles {
  constructor(
    private readonly clock: Clock,
    /** By process id. */
    private readonly workers: ReadonlyMap<number, Peer>,
  ) {}

  async cpu(durationMs: number, stop: AbortSignal): Promise<Profile> {
    const startMs = this.clock.nowMs();
    const builder = new PprofBuilder(CPU);
    await this.collect({ kind: 'cpu', durationMs }, builder, stop);
    return builder.build({ startMs, durationMs: this.clock.nowMs() - startMs });
  }

  async heap(): Promise<Profile> {
    const builder = new PprofBuilder(HEAP);
    await this.collect({ kind: 'heap' }, builder);
    return builder.build({ startMs: this.clock.nowMs(), durationMs: 0 });
  }

  async resources(): Promise<Profile> {
    const builder = new PprofBuilder(RESOURCES);
    await this.collect({ kind: 'resources' }, builder);
    return builder.build({ startMs: this.clock.nowMs(), durationMs: 0 });
  }

  private async collect(kind: Kind, builder: PprofBuilder, finish?: AbortSignal): Promise<void> {
    const timeoutMs = PROFILE.timeoutMs + (kind.kind === 'cpu' ? kind.durationMs : 0);
    await Promise.all(
      [...this.workers].map(async ([pid, worker]) => {
        const encoded = await worker.ask(PROFILE, kind, { timeoutMs, finish });
        // It ended in the middle, or has only just begun.
        if (encoded === null) return;
        mergeInto(builder, Profile.decode(Buffer.from(encoded, 'base64')), pid);
      }),
    );
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
