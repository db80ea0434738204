import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { FastifyInstance } from 'fastify';
import type { Counter, Histogram } from 'prom-client';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How long an answer takes is the client's choice: it says nothing about the server. */
    streams?: true;
  }
}

/** Counts and times every request by the pattern of its route: labels never carry what a client sent. */
@Injectable()
export class RequestMetrics {
  constructor(
    @InjectMetric('http_requests_total') private readonly requests: Counter,
    @InjectMetric('http_request_duration_seconds') private readonly duration: Histogram,
    @InjectMetric('invalid_requests_total') private readonly invalid: Counter,
    @InjectMetric('ingest_errors_total') private readonly ingestErrors: Counter,
    @InjectMetric('rate_limited_total') private readonly limited: Counter,
  ) {}

  register(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      // One reading: the getter makes an object each time.
      const { url: endpoint = 'unmatched', config } = request.routeOptions;
      // Node's parser knows the methods: no client can make up one.
      const { method } = request;
      const { statusCode } = reply;
      this.requests.inc({ method, endpoint, status: statusCode });
      if (config.streams !== true) this.duration.observe({ method, endpoint }, reply.elapsedTime / 1000);
      if (statusCode === 400) this.invalid.inc();
      if (statusCode === 429) this.limited.inc();
      if (statusCode >= 500 && config.body !== undefined) this.ingestErrors.inc();
      done();
    });
  }
}
