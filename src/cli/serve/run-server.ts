import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { isIPv6, type AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Config } from '../../config/settings.js';
import { MaintenanceScheduler } from '../../maintenance/scheduler.js';
import { Database } from '../../storage/postgres/database.js';
import { createApp } from './create-app.js';
import { shutDown } from './shutdown.js';

/** One server process over a migrated database, from its first request to a clean stop once `stop` resolves. */
export async function runServer(
  config: Config,
  url: string,
  logger: Logger,
  onListening: (address: string) => void,
  stop: Promise<unknown>,
): Promise<void> {
  const database = await Database.connect(config, url);
  const app = await createApp(config, database, logger);
  onListening(await listen(app, config));
  app.get(MaintenanceScheduler).start();
  await stop;
  await shutDown(app, database, config);
}

async function listen(app: NestFastifyApplication, { host, port, tlsCertFile }: Config): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Error(`port ${port} is in use: end what listens there, or choose another PORT`);
    if (code === 'EACCES')
      throw new Error(`port ${port} is not allowed to this user: choose a PORT above 1023`);
    throw error;
  }
  const { port: bound } = app.getHttpServer().address() as AddressInfo;
  const shown = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : isIPv6(host) ? `[${host}]` : host;
  return `${tlsCertFile ? 'https' : 'http'}://${shown}:${bound}`;
}
