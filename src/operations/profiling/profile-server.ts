import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Profile } from 'pprof-format';
import { SightlineError } from '../../core/errors.js';
import { refuse } from '../../http/query/query-parameters.js';
import { createSideServer } from '../../http/server/side-server.js';
import type { Profiles } from './profiles.js';

const DEFAULT_S = 30;
const MOST_S = 300;

const INDEX = `/debug/pprof/

profile?seconds=N   CPU time, of the next N seconds (1 to ${MOST_S}, default ${DEFAULT_S})
heap                memory that is held now, by what allocated it since the start
goroutine           what is open now, by kind: sockets, timers, requests to the system (Node.js has no goroutines)

  go tool pprof -http=: http://ADDRESS/debug/pprof/profile?seconds=10
  or save one as profile.pb.gz and open it in speedscope
`;

/** The answer for profiles that only a Go server has: allocs, block, mutex, threadcreate, trace, cmdline, symbol. */
const NO_PROFILE =
  'Node.js has no such profile: there are profile (CPU time), heap, and goroutine (what is open).';

const compress = promisify<Uint8Array, Buffer>(gzip);

/** What PROFILE_ADDR serves. */
export function createProfileServer(profiles: Profiles): FastifyInstance {
  const server = createSideServer();
  const live = new LiveProfile(profiles);
  server.get('/debug/pprof/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(INDEX));
  server.get<{ Querystring: { seconds?: unknown } }>('/debug/pprof/profile', async (request, reply) => {
    const durationMs = readSeconds(request.query.seconds) * 1000;
    return sendProfile(reply, 'cpu', await live.cpu(durationMs, reply));
  });
  server.get('/debug/pprof/heap', async (_request, reply) =>
    sendProfile(reply, 'heap', await profiles.heap()),
  );
  server.get('/debug/pprof/goroutine', async (_request, reply) =>
    sendProfile(reply, 'goroutine', await profiles.resources()),
  );
  server.get('/debug/pprof/:profile', () => {
    throw new SightlineError('not_found', NO_PROFILE);
  });
  server.addHook('preClose', (done) => {
    live.end();
    done();
  });
  return server;
}

function readSeconds(given: unknown = String(DEFAULT_S)): number {
  const seconds = /^\d{1,3}$/.test(String(given)) ? Number(given) : NaN;
  if (seconds >= 1 && seconds <= MOST_S) return seconds;
  refuse([{ field: 'seconds', message: `must be a whole number from 1 to ${MOST_S}` }]);
}

async function sendProfile(reply: FastifyReply, name: string, profile: Profile): Promise<FastifyReply> {
  const body = await compress(profile.encode());
  return reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename="sightline-${name}.pb.gz"`)
    .send(body);
}

/** One CPU profile at a time: a second would measure the first. */
class LiveProfile {
  private running: { stop: AbortController; untilMs: number } | null = null;
  private ended = false;

  constructor(private readonly profiles: Profiles) {}

  async cpu(durationMs: number, reply: FastifyReply): Promise<Profile> {
    if (this.running) throw busy(this.running.untilMs);
    const stop = new AbortController();
    const onGone = () => stop.abort();
    reply.raw.once('close', onGone);
    this.running = { stop, untilMs: performance.now() + durationMs };
    try {
      const profile = await this.profiles.cpu(durationMs, stop.signal);
      if (this.ended)
        throw new SightlineError('shutting_down', 'The server is stopping.', { retryAfterS: 1 });
      return profile;
    } finally {
      this.running = null;
      reply.raw.off('close', onGone);
    }
  }

  end(): void {
    this.ended = true;
    this.running?.stop.abort();
  }
}

function busy(untilMs: number): SightlineError {
  const retryAfterS = Math.max(1, Math.ceil((untilMs - performance.now()) / 1000));
  const message =
    'A CPU profile is being taken already, and a second would measure the first: try again later.';
  return new SightlineError('overloaded', message, { retryAfterS });
}
