import cluster from 'node:cluster';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { parseListenAddress } from '../../config/network-setting.js';
import type { Config } from '../../config/settings.js';
import { SystemClock } from '../../core/ports/clock.js';
import type { Peer } from '../../operations/ipc.js';
import type { Capture } from '../../operations/profiling/capture.js';
import type { Profiles } from '../../operations/profiling/profiles.js';
import { explained, shownHost } from './listening.js';

export interface Profiling {
  /** Ends what is being profiled, and writes what was captured. */
  stop(): Promise<void>;
}

const nothing: Profiling = { stop: () => Promise.resolve() };

/** In a server process: what PROFILE_ENABLED and PROFILE_CAPTURE ask for. A worker is asked through the primary. */
export async function startProfiling(config: Config, logger: Logger): Promise<Profiling> {
  if (!config.profileEnabled && !config.profileCapture) return nothing;
  const { ProcessProfiles } = await import('../../operations/profiling/process-profiles.js');
  const profiles = await ProcessProfiles.start(new SystemClock());
  const capture = await captureOf(profiles, config);
  const server = config.profileEnabled ? await serve(profiles, config, logger) : nothing;
  const stop = async () => {
    await server.stop();
    if (capture) await finish(capture, logger);
  };
  return { stop };
}

/** In the primary of several workers. */
export async function startClusterProfiling(
  config: Config,
  workers: ReadonlyMap<number, Peer>,
  logger: Logger,
): Promise<Profiling> {
  if (!config.profileEnabled) return nothing;
  const { ClusterProfiles } = await import('../../operations/profiling/cluster-profiles.js');
  return openProfilePort(new ClusterProfiles(new SystemClock(), workers), config, logger);
}

async function serve(profiles: Profiles, config: Config, logger: Logger): Promise<Profiling> {
  if (!cluster.isWorker) return openProfilePort(profiles, config, logger);
  const { giveProfiles } = await import('../../operations/profiling/cluster-profiles.js');
  giveProfiles(profiles);
  return nothing;
}

async function openProfilePort(profiles: Profiles, config: Config, logger: Logger): Promise<Profiling> {
  const { createProfileServer } = await import('../../operations/profiling/profile-server.js');
  const { host: given, port } = parseListenAddress(config.profileAddr);
  const host = given || config.host;
  const server = createProfileServer(profiles);
  await server.listen({ host, port }).catch((error: unknown) => {
    throw explained(error, 'PROFILE_ADDR', port);
  });
  const { port: bound } = server.server.address() as AddressInfo;
  logger.info({ address: `http://${shownHost(host)}:${bound}/debug/pprof/` }, 'profiler listening');
  return { stop: () => server.close() };
}

async function captureOf(profiles: Profiles, config: Config): Promise<Capture | null> {
  if (!config.profileCapture) return null;
  const { Capture } = await import('../../operations/profiling/capture.js');
  const name = cluster.isWorker ? `${config.profileName}.${process.pid}` : config.profileName;
  return Capture.start(profiles, config.profileDir, name);
}

async function finish(capture: Capture, logger: Logger): Promise<void> {
  try {
    logger.info({ files: await capture.finish() }, 'profiles written');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    logger.error(`profiles could not be written to PROFILE_DIR: ${reason}`);
  }
}
