// What single ingest is held against: Fastify alone, routes that parse the same bodies and answer the same.
import Fastify from 'fastify';

const fastify = Fastify();
fastify.post('/api/v1/ingest', (request, reply) => {
  reply.code(201);
  return {
    success: true,
    message: 'Log ingested successfully',
    data: { event_id: request.body.event_id, id: 1, duplicate: false, state: 'stored' },
  };
});
fastify.post('/logs', (request) => ({
  status: 'success',
  message: request.body.ip ? 'IP already logged' : '',
  unique_ips: 1,
}));
await fastify.listen({ port: Number(process.argv[2]), host: '127.0.0.1' });
