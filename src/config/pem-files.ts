import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigError } from './config-error.js';
import { readNamedFile } from './layer.js';
import type { Config } from './settings.js';

/** The source that errors name where the setting is right and its file is not. */
const SOURCE = 'file';

/**
 * The certificate and key that the server speaks TLS with. What OpenSSL says of them names neither setting nor file
 * (`no start line`), and says it when the database is already up. @throws ConfigError
 */
export function readTlsFiles(config: Pick<Config, 'tlsCertFile' | 'tlsKeyFile'>): {
  cert: string;
  key: string;
} {
  const cert = readText('TLS_CERT_FILE', config.tlsCertFile);
  const key = readText('TLS_KEY_FILE', config.tlsKeyFile);
  const certificate = parseCertificate('TLS_CERT_FILE', cert);
  if (!certificate.checkPrivateKey(parseKey(key)))
    throw new ConfigError(
      'TLS_KEY_FILE',
      SOURCE,
      'does not hold the key of the certificate in TLS_CERT_FILE',
    );
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigError('TLS_CERT_FILE', SOURCE, `cannot be used for TLS: ${code}`);
  }
  return { cert, key };
}

/**
 * Refuses a CA file that cannot be read or holds no certificate: a driver would trust nobody, or everybody.
 * @throws ConfigError
 */
export function checkAuthorities(setting: string, file: string, source = SOURCE): void {
  parseCertificate(setting, readText(setting, file, source), source);
}

/** The content of a file that a setting names, or a parameter of it. @throws ConfigError */
export function readText(setting: string, file: string, source = SOURCE): string {
  return readNamedFile(setting, source, file, (path) => readFileSync(path, 'utf8'));
}

function parseCertificate(setting: string, pem: string, source = SOURCE): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new ConfigError(setting, source, 'does not hold a PEM certificate');
  }
}

function parseKey(pem: string): KeyObject {
  if (/^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(pem))
    throw new ConfigError(
      'TLS_KEY_FILE',
      SOURCE,
      'is encrypted: only a key without a passphrase can be used',
    );
  try {
    return createPrivateKey(pem);
  } catch {
    throw new ConfigError('TLS_KEY_FILE', SOURCE, 'does not hold a PEM private key');
  }
}
