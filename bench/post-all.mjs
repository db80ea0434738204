// Sends bodies that were made beforehand over some connections, and gives the seconds that it took.
import { Agent, request } from 'node:http';

export async function postAll(url, { key, type, bodies, connections, status }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = (body) =>
    new Promise((resolve, reject) => {
      const headers = { 'x-api-key': key, 'content-type': type, 'content-length': body.length };
      const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
        answer.resume();
        answer.once('end', () =>
          answer.statusCode === status ? resolve() : reject(new Error(`${answer.statusCode}`)),
        );
      });
      sent.once('error', reject);
      sent.end(body);
    });
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < bodies.length) await send(bodies[next++]);
    }),
  );
  agent.destroy();
  return (performance.now() - started) / 1000;
}
