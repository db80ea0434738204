// A server of some build on an embedded database of its own, and what it costs until what it was sent is counted.
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { attachEmbeddedPostgres } from '../dist/src/storage/embedded/embedded-postgres.js';
import { KEY, makeDataDir, startScript, startServer, watchRss } from './harness.mjs';

/** What is stored and not yet in the rollups, in builds that keep a row a record and in those that keep one a flush. */
const UNCOUNTED = ['event_deltas', 'access_deltas', 'event_blocks', 'access_blocks'];
const POLL_MS = 250;
/** Each look reads rollups. */
const MERGING_POLL_MS = 5_000;
const PATIENCE_MS = 2 * 3_600_000;
/** Of /proc: USER_HZ is 100 wherever Linux runs Node. */
const TICK_US = 10_000;

export class CountedServer {
  static #running = new Set();

  /** Starts a build, on an empty database where `dataDir` is not given; `env` as `startServer` takes it. */
  static async start(dist, { data = makeDataDir(), env } = {}) {
    // /api/v1/status answers from the cache whatever is asked for.
    const server = await startServer(data.dataDir, { dist, env: { STATS_CACHE_SECONDS: '0', ...env } });
    const db = new pg.Client((await attachEmbeddedPostgres(data.dataDir)).url);
    await db.connect();
    const { rows } = await db.query(
      `select table_name as name, bool_or(column_name = 'stored_at') as is_dated
       from information_schema.columns where table_name = any($1) group by 1`,
      [UNCOUNTED],
    );
    const started = Object.assign(new CountedServer(), { dist, data, server, db, uncounted: rows });
    CountedServer.#running.add(started);
    return started;
  }

  static async removeAll() {
    for (const server of CountedServer.#running) await server.remove();
  }

  get url() {
    return this.server.url;
  }

  watchMemory() {
    return watchRss(this.server.pid);
  }

  /** Sends records from a process of its own: see bench/load.mjs. */
  send(load) {
    return startScript('load.mjs', JSON.stringify({ url: this.url, key: KEY, ...load }));
  }

  /** Sends records and waits until they are counted: microseconds of CPU and bytes of disk a record, records a second. */
  async cost(load) {
    const [cpuBefore, bytesBefore] = [this.cpuUs(), await this.diskBytes()];
    const { records, records_per_s: perS } = await this.send(load).ended;
    await this.untilCounted();
    const cpu = this.cpuUs();
    const node = (cpu.node - cpuBefore.node) / records;
    const postgres = (cpu.postgres - cpuBefore.postgres) / records;
    const bytes = ((await this.diskBytes()) - bytesBefore) / records;
    return { us: node + postgres, node, postgres, bytes, perS };
  }

  /** User and system time so far, of Node with all its threads and of all processes that PostgreSQL has or had. */
  cpuUs() {
    const postmaster = stat(this.db.processID).parent;
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const alive = pids.map(stat).filter(({ parent }) => parent === postmaster);
    const { own, ended } = stat(postmaster);
    return {
      node: stat(this.server.pid).own,
      postgres: alive.reduce((sum, one) => sum + one.own, own + ended),
    };
  }

  async diskBytes() {
    return Number(await this.ask('select pg_database_size(current_database())'));
  }

  untilCounted() {
    const waits = this.uncounted.map(({ name }) => `exists (select from ${name})`).join(' or ');
    return this.#untilNot(waits, 'counting', POLL_MS);
  }

  /** Until each bucket is in one part, in builds that see to it at rest. */
  async untilMerged() {
    const rests = await this.ask(`select count(*) > 0 from information_schema.columns
      where table_name = 'event_uniques' and column_name = 'part'`);
    const parts = ['event_rollups', 'event_uniques', 'access_rollups', 'access_uniques'].map(
      (table) => `exists (select from ${table} where part > 0)`,
    );
    if (rests) await this.#untilNot(parts.join(' or '), 'merging', MERGING_POLL_MS);
  }

  async #untilNot(busy, what, pollMs) {
    const giveUpAtMs = performance.now() + PATIENCE_MS;
    while (await this.ask(`select ${busy}`)) {
      if (performance.now() > giveUpAtMs)
        throw new Error(`${this.dist} does not come to an end with ${what}`);
      await delay(pollMs);
    }
  }

  /**
   * Seconds since the oldest uncounted event was received. Where the table does not say when that was: events are taken to be
   * counted in the order of their ids, and `seen` (of one load, empty at first) remembers which id was given by when.
   */
  async lagS(seen) {
    const { name, is_dated: isDated } = this.uncounted.find((table) => table.name.startsWith('event_'));
    if (isDated)
      return Number(
        await this.ask(
          `select coalesce(extract(epoch from clock_timestamp() - min(stored_at)), 0) from ${name}`,
        ),
      );
    const waiting = Number(await this.ask(`select count(*) from ${name}`));
    const lastId = Number(await this.ask('select last_value from event_ids'));
    seen.push({ lastId, atMs: performance.now() });
    if (waiting === 0) return 0;
    return (performance.now() - seen.find((then) => then.lastId > lastId - waiting).atMs) / 1000;
  }

  async ask(sql) {
    const { rows } = await this.db.query({ text: sql, rowMode: 'array' });
    return rows[0][0];
  }

  stop() {
    return (this.stopped ??= this.#end());
  }

  async #end() {
    await this.db.end();
    await this.server.stop();
    CountedServer.#running.delete(this);
  }

  async remove() {
    await this.stop();
    this.data.remove();
  }
}

/** Microseconds of user and system time that a process has had so far. */
export function processCpuUs(pid) {
  return stat(pid).own;
}

/** Of /proc/PID/stat: the parent, and microseconds of the process itself and of its children that ended. */
function stat(pid) {
  let text = '';
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return { parent: undefined, own: 0, ended: 0 };
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const us = (at) => (fields[at] + fields[at + 1]) * TICK_US;
  return { parent: fields[1], own: us(11), ended: us(13) };
}
