import { NotFoundException } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config/settings.js';
import { SightlineError } from '../../core/errors.js';
import type { Clock } from '../../core/ports/clock.js';
import { rateOf, TokenBuckets } from '../../core/token-bucket.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Public routes whose answers are not free: limited by client address. */
    keyless?: true;
  }
}

/**
 * What is refused by its first lines: what is not HTTP/1.1 as it should be, and who asks for more than anybody may.
 * Routes without a key, and addresses at which there is nothing, have one limit for each client address, that of a key.
 * Not the probes: theirs are two words, and one who floods them must not have the pod restarted.
 */
export function registerEarlyChecks(fastify: FastifyInstance, config: Config, clock: Clock): void {
  const addresses = new TokenBuckets(clock);
  const isLimited = config.rateLimitPerMinute > 0;
  const rate = rateOf(config.rateLimitBurst, config.rateLimitPerMinute, null);
  fastify.addHook('onRequest', (request, _reply, done) => {
    try {
      checkHeaders(request);
      const { is404 } = request;
      if (isLimited && (is404 || request.routeOptions.config.keyless))
        addresses.require(normalizeIp(request.ip), rate);
      // Not later: Fastify would read a body and parse it first.
      if (is404) throw new NotFoundException();
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

// Node would answer both by itself, without a body.
function checkHeaders({ raw, headers }: FastifyRequest): void {
  if (headers.host === undefined && raw.httpVersionMinor === 1) throw invalid('host', 'is required');
  if (headers.expect !== undefined && !/^100-continue$/i.test(headers.expect)) {
    throw invalid('expect', 'must be 100-continue');
  }
}

function invalid(header: string, message: string): SightlineError {
  return new SightlineError('validation_error', `The header ${header} ${message}`, {
    details: [{ field: header, message }],
  });
}
