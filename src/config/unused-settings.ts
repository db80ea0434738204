import type { Setting } from './setting.js';
import { settings, type Config } from './settings.js';

/** Settings that do nothing without another one. */
interface Dependents {
  names: readonly (keyof Config)[];
  isUsed: (config: Config) => boolean;
  /**
   * A value that switches the feature off explicitly: then the settings below it are not forgotten ones, and a template may
   * set them.
   */
  switchedBy?: keyof Config;
  needs: string;
}

const isExternal = ({ databaseUrl, dbHost }: Config) => databaseUrl !== '' || dbHost !== '';

const DEPENDENTS: readonly Dependents[] = [
  {
    names: [
      ...(['kafkaEventsTopic', 'kafkaAccessTopic', 'kafkaGroup', 'kafkaWorker', 'kafkaSources'] as const),
      ...([
        'kafkaPartitions',
        'kafkaReplicationFactor',
        'kafkaMinInsyncReplicas',
        'kafkaRetentionHours',
      ] as const),
      ...(['kafkaSaslMechanism', 'kafkaSaslUsername', 'kafkaSaslPassword', 'kafkaTls'] as const),
      ...(['kafkaTlsCaFile', 'kafkaTlsCertFile', 'kafkaTlsKeyFile'] as const),
    ],
    isUsed: ({ kafkaBrokers }) => kafkaBrokers.length > 0,
    needs: 'needs KAFKA_BROKERS',
  },
  {
    names: ['kafkaSaslUsername', 'kafkaSaslPassword'],
    isUsed: ({ kafkaSaslMechanism }) => kafkaSaslMechanism !== 'none',
    switchedBy: 'kafkaSaslMechanism',
    needs: 'needs KAFKA_SASL_MECHANISM',
  },
  {
    names: ['kafkaTlsCaFile', 'kafkaTlsCertFile', 'kafkaTlsKeyFile'],
    isUsed: ({ kafkaTls }) => kafkaTls,
    switchedBy: 'kafkaTls',
    needs: 'needs KAFKA_TLS=true',
  },
  {
    names: ['kafkaPartitions', 'kafkaReplicationFactor', 'kafkaMinInsyncReplicas', 'kafkaRetentionHours'],
    isUsed: ({ kafkaCreateTopics }) => kafkaCreateTopics,
    switchedBy: 'kafkaCreateTopics',
    needs: 'needs KAFKA_CREATE_TOPICS=true',
  },
  {
    names: ['dbPort', 'dbName', 'dbUser', 'dbPassword', 'dbSslMode', 'dbSslRootCert'],
    isUsed: isExternal,
    needs: 'needs DB_HOST: without it the embedded database is used',
  },
  {
    names: ['dbPort', 'dbName', 'dbUser', 'dbPassword', 'dbSslMode', 'dbSslRootCert'],
    isUsed: ({ databaseUrl }) => databaseUrl === '',
    needs: 'cannot be given together with DATABASE_URL: make it part of the URL',
  },
  {
    names: ['dbSslRootCert'],
    isUsed: ({ dbSslMode }) => dbSslMode !== 'disable',
    needs: 'needs a DB_SSL_MODE other than disable',
  },
  {
    names: ['mysqlUrl'],
    isUsed: ({ accessStore }) => accessStore !== 'postgres',
    switchedBy: 'accessStore',
    needs: 'needs ACCESS_STORE=mysql: without it access entries are kept in PostgreSQL',
  },
  {
    names: ['aggregationIntervalS'],
    isUsed: (config) => config.archiveDir !== '' || !isExternal(config),
    needs: 'needs ARCHIVE_DIR: without it nothing is archived from an external database',
  },
  {
    names: ['allowedOrigins'],
    isUsed: ({ corsEnabled }) => corsEnabled,
    switchedBy: 'corsEnabled',
    needs: 'needs ENABLE_CORS=true',
  },
  {
    names: ['keyRotationIntervalH'],
    isUsed: ({ keyRotation }) => keyRotation,
    switchedBy: 'keyRotation',
    needs: 'needs ENABLE_API_KEY_ROTATION=true',
  },
  {
    names: ['profileAddr'],
    isUsed: ({ profileEnabled }) => profileEnabled,
    switchedBy: 'profileEnabled',
    needs: 'needs PROFILE_ENABLED=true',
  },
  {
    names: ['profileDir', 'profileName'],
    isUsed: ({ profileCapture }) => profileCapture,
    switchedBy: 'profileCapture',
    needs: 'needs PROFILE_CAPTURE=true',
  },
];

/** Settings of earlier releases, and what took their place. */
export const GONE: Readonly<Record<string, string>> = {
  ROLLUP_COMPACT_SECONDS:
    'is gone: records are counted as they come in, COUNT_INTERVAL_SECONDS says how long a few may wait',
};

/** The first of `names` that was removed, and what replaced it. */
export function goneSetting(names: Iterable<string>): { name: string; problem: string } | null {
  for (const name of names) if (Object.hasOwn(GONE, name)) return { name, problem: GONE[name] };
  return null;
}

/** The first setting that has no effect, and the one it needs. A default value, or an empty one, asks for nothing. */
export function unusedSetting(
  config: Config,
  isGiven: (name: string) => boolean,
): { name: string; problem: string } | null {
  for (const { names, isUsed, switchedBy, needs } of DEPENDENTS) {
    if (isUsed(config) || (switchedBy !== undefined && isGiven(settings[switchedBy].env))) continue;
    const unused = names.find((key) => isOther(config[key], settings[key]));
    if (unused !== undefined) return { name: settings[unused].env, problem: needs };
  }
  return null;
}

function isOther(value: unknown, { default: fallback }: Setting<unknown>): boolean {
  const isNone = Array.isArray(value) && value.length === 0;
  return !isNone && JSON.stringify(value) !== JSON.stringify(fallback);
}
