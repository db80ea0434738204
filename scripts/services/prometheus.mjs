import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { programOf } from './debian.mjs';
import { freePort } from './free-port.mjs';

const START_MS = 120_000;
const POLL_MS = 50;

/** Prometheus and the promtool beside it: TEST_PROMETHEUS (a path), else Debian's; undefined where there is none. */
export async function prometheus() {
  const program = process.env.TEST_PROMETHEUS || (await programOf('/usr/bin/prometheus', 'prometheus'));
  const promtool = program && path.join(path.dirname(program), 'promtool');
  return program && existsSync(promtool) ? { program, promtool, stop: () => undefined } : undefined;
}

/** A server of its own with this configuration file. */
export class PrometheusServer {
  #child;

  /** Resolves once it answers. */
  static async start(program, configFile) {
    const server = new PrometheusServer();
    server.dir = mkdtempSync(path.join(tmpdir(), 'sightline-prometheus-'));
    const port = await freePort();
    server.url = `http://127.0.0.1:${port}`;
    const args = [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${server.dir}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    server.#child = spawn(program, args, { cwd: server.dir, stdio: 'ignore' });
    const giveUpAtMs = performance.now() + START_MS;
    while (!(await isReady(server.url))) {
      if (server.#child.exitCode !== null || performance.now() > giveUpAtMs) {
        throw new Error('prometheus did not start');
      }
      await delay(POLL_MS);
    }
    return server;
  }

  async stop() {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
}
