import type { BaseOptions } from '@platformatic/kafka';
import { readText } from '../../config/pem-files.js';
import type { Config } from '../../config/settings.js';
import { SightlineError } from '../../core/errors.js';

const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 10_000;
const METADATA_MAX_AGE_MS = 30_000;

/** What every client of this process has in common. */
export function clientOptions(config: Config, clientId: string): BaseOptions {
  const {
    kafkaBrokers,
    kafkaSaslMechanism,
    kafkaSaslUsername: username,
    kafkaSaslPassword: password,
  } = config;
  return {
    clientId: `sightline-${clientId}`,
    bootstrapBrokers: [...kafkaBrokers],
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    // whoever calls tries again, and knows when to stop
    retries: 0,
    ...(kafkaSaslMechanism !== 'none' && {
      sasl: { mechanism: kafkaSaslMechanism.toUpperCase() as 'PLAIN', username, password },
    }),
    ...(config.kafkaTls && { tls: tlsOptions(config), tlsServerName: true }),
  };
}

function tlsOptions({ kafkaTlsCaFile, kafkaTlsCertFile, kafkaTlsKeyFile }: Config): BaseOptions['tls'] {
  return {
    ...(kafkaTlsCaFile !== '' && { ca: readText('KAFKA_TLS_CA_FILE', kafkaTlsCaFile) }),
    ...(kafkaTlsCertFile !== '' && {
      cert: readText('KAFKA_TLS_CERT_FILE', kafkaTlsCertFile),
      key: readText('KAFKA_TLS_KEY_FILE', kafkaTlsKeyFile),
    }),
  };
}

/** Kafka takes nothing now. What was being written may be there or not. */
export function brokerUnavailable(cause?: unknown): SightlineError {
  return new SightlineError('storage_unavailable', 'Kafka cannot be reached. Try again.', {
    retryAfterS: 1,
    cause,
  });
}

/** Does an error of the client have this answer of the broker in it, such as `MESSAGE_TOO_LARGE`? */
export function hasApiError(error: unknown, apiId: string): boolean {
  const { findBy } = error as { findBy?: (property: string, value: unknown) => unknown };
  return findBy !== undefined && findBy.call(error, 'apiId', apiId) != null;
}

/** The innermost messages of an error, which its own seldom tells. */
export function reasonOf(error: unknown): string {
  const { errors, cause, message } = error as AggregateError & { cause?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return reasonOf(errors.at(-1));
  return cause instanceof Error ? `${message} ${reasonOf(cause)}` : message;
}
