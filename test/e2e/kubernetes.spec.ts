import type { IDeployment } from 'kubernetes-models/apps/v1';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yamlFile } from '../deploy/kit/files.js';
import { sightline } from '../support/command.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { freePort, startServer } from '../support/server.js';

const settings = yamlFile<{ data: object }>('k8s/configmap.yaml').data;
const secrets = yamlFile<{ stringData: object }>('k8s/secret.example.yaml').stringData;

/** The environment of the files with what is elsewhere here: databases, and ports that are free. */
async function hereOf(
  env: Readonly<Record<string, unknown>>,
  database: TestDatabase,
): Promise<Record<string, string>> {
  const text = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
  for (const name of Object.keys(text)) if (/^(DB_|REDIS_|MYSQL_)/.test(name)) delete text[name];
  const METRICS_PORT = String(await freePort());
  return { ...text, METRICS_PORT, SHUTDOWN_DELAY_SECONDS: '0', DATABASE_URL: database.url };
}

describe('the files for Kubernetes', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase();
  });

  afterAll(() => database.drop());

  const statusOf = async (url: string) => (await fetch(url)).status;

  it('work: the Job migrates, the pod answers its probes and serves its metrics', async () => {
    const env = await hereOf({ ...settings, ...secrets }, database);
    const [{ args }] = yamlFile<IDeployment>('k8s/migrate-job.yaml').spec!.template.spec!.containers;
    const { code, stdout } = await sightline(args!, env).done;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^applied /)]);
    const server = await startServer({ env });
    const [{ startupProbe, readinessProbe, livenessProbe }] =
      yamlFile<IDeployment>('k8s/deployment.yaml').spec!.template.spec!.containers;
    const paths = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe!.httpGet!.path!);
    expect(await Promise.all(paths.map((path) => statusOf(server.url + path)))).toEqual([200, 200, 200]);
    expect(await statusOf(`http://127.0.0.1:${env.METRICS_PORT}/metrics`)).toBe(200);
    expect(await server.stop()).toBe(0);
  });
});
