// Writes grafana/dashboards/**/*.json from their one definition in TypeScript: `npm run grafana:dashboards`.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runnerImport } from 'vite';

const { module } = await runnerImport('./grafana/dashboards.ts', { configFile: false, logLevel: 'error' });
for (const [name, dashboard] of Object.entries(module.dashboards)) {
  const file = path.join('grafana/dashboards', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, module.fileOf(dashboard));
}
