import type { Logger } from 'pino';
import type { Config } from '../../config/settings.js';
import { version } from '../../config/package.js';

/** Tells where the server is. To whoever has the key that was made for the first start, also what to paste next. */
export function announce(config: Config, address: string, key: string | null, logger: Logger): void {
  logger.info({ address, version }, 'listening');
  if (key === null) return;
  const curl = config.tlsCertFile ? 'curl -k' : 'curl';
  const event = '{"event_id":"first-event","event_type":"behavioral","event_name":"hello"}';
  const dashboard = config.dashboardEnabled ? '   (the dashboard: log in with the key)' : '';
  process.stdout.write(`
  Sightline ${version} is at ${address}${dashboard}
  API key: ${key}   (kept in ${config.dataDir}/api-key)

  Send a first event:

    ${curl} -X POST ${address}/api/v1/ingest -H 'X-API-Key: ${key}' -H 'Content-Type: application/json' -d '${event}'

  and look at it:

    ${curl} ${address}/api/v1/logs/recent -H 'X-API-Key: ${key}'

  The API is described at ${address}/docs

`);
}
