import { Session } from 'node:inspector/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Profile } from 'pprof-format';
import type { Clock } from '../../core/ports/clock.js';
import { PprofBuilder } from './pprof-builder.js';
import { type Profiles, RESOURCES } from './profiles.js';
import {
  addCpuProfile,
  CPU,
  CPU_INTERVAL_MICROS,
  addHeapProfile,
  HEAP,
  HEAP_INTERVAL_BYTES,
  type HeapProfile,
} from './samples.js';

/** CPU samples are aggregated this often: V8 keeps every sample of a longer run in memory. */
const SLICE_MS = 60_000;

/** Profiles of this process, by V8's own profilers. */
export class ProcessProfiles implements Profiles {
  private readonly heapSession = new Session();

  private constructor(
    private readonly clock: Clock,
    private readonly sinceMs: number,
  ) {}

  /** Starts heap sampling: earlier allocations appear in no profile. */
  static async start(clock: Clock): Promise<ProcessProfiles> {
    const profiles = new ProcessProfiles(clock, clock.nowMs());
    const { heapSession } = profiles;
    heapSession.connect();
    await heapSession.post('HeapProfiler.enable');
    await heapSession.post('HeapProfiler.startSampling', { samplingInterval: HEAP_INTERVAL_BYTES });
    return profiles;
  }

  /** As soon as `stop` is aborted, what there is until then. */
  async cpu(durationMs: number, stop: AbortSignal): Promise<Profile> {
    const builder = new PprofBuilder(CPU);
    const startMs = this.clock.nowMs();
    const session = new Session();
    session.connect();
    try {
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: CPU_INTERVAL_MICROS });
      for (let leftMs = durationMs; leftMs > 0 && !stop.aborted; leftMs -= SLICE_MS) {
        await session.post('Profiler.start');
        await delay(Math.min(leftMs, SLICE_MS), undefined, { signal: stop }).catch(() => undefined);
        const { profile } = await session.post('Profiler.stop');
        addCpuProfile(builder, profile);
      }
    } finally {
      session.disconnect();
    }
    return builder.build({ startMs, durationMs: this.clock.nowMs() - startMs });
  }

  async heap(): Promise<Profile> {
    const builder = new PprofBuilder(HEAP);
    const { profile } = await this.heapSession.post('HeapProfiler.getSamplingProfile');
    // Node returns more than its types declare.
    addHeapProfile(builder, profile as unknown as HeapProfile);
    return builder.build({ startMs: this.sinceMs, durationMs: this.clock.nowMs() - this.sinceMs });
  }

  resources(): Promise<Profile> {
    const builder = new PprofBuilder(RESOURCES);
    // `TCPSocketWrap`, `Timeout`, … once for each that is open
    for (const name of process.getActiveResourcesInfo()) {
      builder.add([builder.location({ name, file: '', startLine: 0, line: 0 })], [1]);
    }
    return Promise.resolve(builder.build({ startMs: this.clock.nowMs(), durationMs: 0 }));
  }
}
