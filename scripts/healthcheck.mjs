// HEALTHCHECK of the image: exit code 0 while the server of this container answers, wherever its environment, .env or
// configuration file say that it listens; with the argument `worker`, while the worker does.
import http from 'node:http';
import https from 'node:https';
import { readConfig } from '../dist/src/config/load.js';

/** Where one reaches what listens on every address. */
const EVERYWHERE = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const config = readConfig({});
const { host, tlsCertFile } = config;
const port = process.argv[2] === 'worker' ? config.workerPort : config.port;
const get = tlsCertFile === '' ? http.get : https.get;
const options = {
  host: EVERYWHERE[host] ?? host,
  port,
  path: '/liveness',
  timeout: 2_000,
  // The certificate is for the name that clients use, not for this address.
  rejectUnauthorized: false,
};
get(options, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1))
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1));
