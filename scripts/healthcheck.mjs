// HEALTHCHECK of the image: exit code 0 while the server of this container answers.
import http from 'node:http';
import https from 'node:https';

const { PORT, TLS_CERT_FILE } = process.env;
const get = TLS_CERT_FILE ? https.get : http.get;
// The certificate is for the name that clients use, not for this address.
const options = {
  host: '127.0.0.1',
  port: PORT || 8080,
  path: '/liveness',
  timeout: 2_000,
  rejectUnauthorized: false,
};
get(options, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1))
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1));
