// Servers with millions of events that are counted: of 30 days, received when they happened, or all received today.
import { CountedServer } from './counted-server.mjs';

const DAYS = 30;
const DAY_MS = 86_400_000;
/** Users and names have no common divisor: each user has events of every name. */
const MADE = { names: 200, users: 49_999, sessions: 250_007 };
const LOAD = { size: 1000 };

export async function fillOnOneDay(dist, events) {
  const server = await CountedServer.start(dist);
  const emptyBytes = await server.diskBytes();
  await server.send({ ...LOAD, records: events, made: { ...MADE, days: DAYS } }).ended;
  return settled(server, events, emptyBytes);
}

/** Each day is received by a server whose clock stands at its end. */
export async function fillOverDays(dist, events) {
  const perDay = Math.round(events / DAYS);
  let data;
  let emptyBytes;
  for (let ago = DAYS - 1; ago >= 0; ago--) {
    const shiftMs = ago * DAY_MS;
    const env = { NODE_OPTIONS: '--import=./bench/past-clock.mjs', BENCH_CLOCK_BACK_MS: String(shiftMs) };
    const server = await CountedServer.start(dist, { data, env });
    data = server.data;
    emptyBytes ??= await server.diskBytes();
    const made = { ...MADE, days: 1, shiftMs, first: (DAYS - 1 - ago) * perDay };
    await server.send({ ...LOAD, records: perDay, made }).ended;
    // Upkeep is due by the clock of the database, which is of today.
    await server.db.query('delete from maintenance_jobs');
    await server.stop();
    console.error(`${dist}: ${DAYS - ago} of ${DAYS} days`);
  }
  return settled(await CountedServer.start(dist, { data }), events, emptyBytes);
}

async function settled(server, events, emptyBytes) {
  await server.untilCounted();
  await server.untilMerged();
  server.bytesAnEvent = ((await server.diskBytes()) - emptyBytes) / events;
  await server.db.query('vacuum (analyze)');
  return server;
}
