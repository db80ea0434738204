import cluster, { type Worker } from 'node:cluster';
import { Profile } from 'pprof-format';
import type { Clock } from '../../core/clock.js';
import { PprofBuilder } from './pprof-builder.js';
import { type Profiles, RESOURCES } from './profiles.js';
import { CPU, HEAP } from './samples.js';

/** Messages between the primary, which is asked, and the workers, which do the work. */
type Message =
  | { sightline: 'gives-profiles' }
  | { sightline: 'profile'; id: number; kind: 'cpu'; durationMs: number }
  | { sightline: 'profile'; id: number; kind: 'heap' | 'resources' }
  | { sightline: 'end-profile'; id: number }
  | { sightline: 'profiled'; id: number; profile: string };

type Kind = { kind: 'cpu'; durationMs: number } | { kind: 'heap' | 'resources' };

let lastId = 0;

/** In the primary: the profiles of all workers as one, each sample labelled with its process. */
export class ClusterProfiles implements Profiles {
  /** A worker that still loads its modules would never answer. */
  private readonly workers = new Set<Worker>();

  constructor(private readonly clock: Clock) {
    cluster.on('message', (worker, message: Message) => {
      if (message.sightline === 'gives-profiles') this.workers.add(worker);
    });
    cluster.on('exit', (worker) => void this.workers.delete(worker));
  }

  async cpu(durationMs: number, stop: AbortSignal): Promise<Profile> {
    const startMs = this.clock.nowMs();
    const builder = new PprofBuilder(CPU);
    await this.collect({ kind: 'cpu', durationMs }, builder, stop);
    return builder.build({ startMs, durationMs: this.clock.nowMs() - startMs });
  }

  async heap(): Promise<Profile> {
    const builder = new PprofBuilder(HEAP);
    await this.collect({ kind: 'heap' }, builder, null);
    return builder.build({ startMs: this.clock.nowMs(), durationMs: 0 });
  }

  async resources(): Promise<Profile> {
    const builder = new PprofBuilder(RESOURCES);
    await this.collect({ kind: 'resources' }, builder, null);
    return builder.build({ startMs: this.clock.nowMs(), durationMs: 0 });
  }

  private async collect(kind: Kind, builder: PprofBuilder, stop: AbortSignal | null): Promise<void> {
    await Promise.all(
      [...this.workers].map(async (worker) => {
        const encoded = await ask(worker, kind, stop);
        if (encoded === null) return;
        mergeInto(builder, Profile.decode(Buffer.from(encoded, 'base64')), worker.process.pid ?? 0);
      }),
    );
  }
}

/** null for a worker that ends in the middle. */
function ask(worker: Worker, kind: Kind, stop: AbortSignal | null): Promise<string | null> {
  const id = ++lastId;
  if (!worker.isConnected()) return Promise.resolve(null);
  return new Promise((resolve) => {
    const end = (profile: string | null): void => {
      worker.off('message', hear).off('disconnect', gone);
      stop?.removeEventListener('abort', cut);
      resolve(profile);
    };
    const hear = (message: Message): void => {
      if (message.sightline === 'profiled' && message.id === id) end(message.profile);
    };
    const gone = (): void => end(null);
    const cut = (): void => void worker.send({ sightline: 'end-profile', id } satisfies Message);
    worker.on('message', hear).once('disconnect', gone);
    stop?.addEventListener('abort', cut);
    worker.send({ sightline: 'profile', id, ...kind } satisfies Message);
  });
}

/** In a worker: profiles this process when the primary asks. */
export function giveProfiles(profiles: Profiles): void {
  const running = new Map<number, AbortController>();
  const give = async (message: Extract<Message, { sightline: 'profile' }>): Promise<void> => {
    const stop = new AbortController();
    running.set(message.id, stop);
    const profile =
      message.kind === 'cpu'
        ? await profiles.cpu(message.durationMs, stop.signal)
        : await profiles[message.kind]();
    running.delete(message.id);
    const encoded = Buffer.from(profile.encode()).toString('base64');
    process.send?.({ sightline: 'profiled', id: message.id, profile: encoded } satisfies Message);
  };
  process.on('message', (message: Message) => {
    if (message.sightline === 'profile') void give(message);
    if (message.sightline === 'end-profile') running.get(message.id)?.abort();
  });
  process.send!({ sightline: 'gives-profiles' } satisfies Message);
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
