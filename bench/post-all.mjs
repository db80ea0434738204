// Sends bodies over some connections, and gives the seconds that it took. Each connection takes the next body when its last is
// answered; with `everyMs` a body is not sent before its time has come.
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export async function postAll(url, { key, type, bodies, connections, status, everyMs = 0 }) {
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
  const left = bodies[Symbol.iterator]();
  let taken = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let next = left.next(); !next.done; next = left.next()) {
        const earlyMs = started + taken++ * everyMs - performance.now();
        if (everyMs > 0 && earlyMs > 0) await delay(earlyMs);
        await send(next.value);
      }
    }),
  );
  agent.destroy();
  return (performance.now() - started) / 1000;
}
