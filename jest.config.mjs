// A project here is a run of `npm test -- --only RUN`; what each needs is in `scripts/test.mjs`.

// Suites that start their own database.
const EMBEDDED = [
  'contract/embedded-postgres',
  ...['backup-embedded', 'counting-kill9', 'database-restarts', 'kill9', 'process-group'].map(
    (name) => `faults/${name}`,
  ),
];
// What runs with PostgreSQL 15's own programs.
const SCHEMA = ['contract/schema-dump', 'faults/backup-restore'];
const files = (names) => names.map((name) => `<rootDir>/test/${name}.spec.ts`);
const regexesOf = (names) => names.map((name) => `<rootDir>/test/${name}\\.spec\\.ts$`);
// What is not for every database.
const ELSEWHERE = regexesOf([...EMBEDDED, ...SCHEMA, '(contract|faults)/mariadb-[^/]*']);

// What knows access entries runs on MariaDB as their store too; what knows MariaDB alone only there.
const ACCESS = [
  '<rootDir>/test/contract/{access-*,address-store,archive,unique-ips}.spec.ts',
  '<rootDir>/test/e2e/access-*.spec.ts',
];
const MARIADB = '<rootDir>/test/{contract,faults}/mariadb-*.spec.ts';
// What a server limits, keeps and tells is the same with Redis; all else knows nothing of it.
const REDIS = ['contract/cache', 'contract/rate-limit'];
// What stands on ports that suites of their own hold every database to.
const OVER_PORTS = ['access-import', 'archive', 'key-registry', 'unique-ips'].map(
  (name) => `contract/${name}`,
);
const WITH_REDIS = ['access-counts', 'access-query', 'operations', 'query', 'rate-limit', 'stats'].map(
  (name) => `e2e/${name}`,
);

const base = {
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

// What stands beside pure code needs no Nest, which takes a quarter of a second in each file.
const withNest = { ...base, setupFiles: ['<rootDir>/test/support/jest-setup.mjs'] };
const onServers = { ...withNest, globalSetup: '<rootDir>/test/support/global-setup.mjs' };
const withEnv = (env) => ({ testEnvironmentOptions: { processEnv: env } });
/** Of the draws of a property, what a run takes (test/support/property-runs.ts). */
const propertyShare = (share) => ({ TEST_PROPERTY_SHARE: process.env.TEST_PROPERTY_SHARE ?? share });

/** @type {import('jest').Config} */
export default {
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts'],
  coverageProvider: 'v8',
  // What waits for something that does not come says so after a minute (`until`). This ends only what hangs, however busy the
  // machine is: properties over thousands of rows take minutes on one that is.
  testTimeout: 600_000,
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  // Modules of ECMAScript are never given back: a worker grows with each file.
  workerIdleMemoryLimit: '1GB',
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/{src,web}/**/*.spec.ts', '<rootDir>/test/{architecture,deploy}/**/*.spec.ts'],
    },
    { ...withNest, displayName: 'embedded', testMatch: files(EMBEDDED) },
    { ...withNest, displayName: 'schema', testMatch: files(SCHEMA) },
    {
      ...onServers,
      displayName: 'pg18',
      testMatch: ['<rootDir>/test/{contract,e2e,faults}/**/*.spec.ts'],
      testPathIgnorePatterns: ELSEWHERE,
      ...withEnv(propertyShare('0.5')),
    },
    {
      ...onServers,
      displayName: 'pg18+redis',
      testMatch: files([...REDIS, ...WITH_REDIS]),
      ...withEnv({ TEST_WITH_REDIS_URL: process.env.TEST_REDIS_URL ?? '' }),
    },
    {
      // Whatever is asked of the database goes through ports: the server over them is the same on each.
      ...onServers,
      displayName: 'pg15',
      testMatch: ['<rootDir>/test/contract/**/*.spec.ts'],
      testPathIgnorePatterns: [...ELSEWHERE, ...regexesOf([...REDIS, ...OVER_PORTS])],
      ...withEnv({ TEST_POSTGRES_URL: process.env.TEST_POSTGRES15_URL ?? '', ...propertyShare('0.2') }),
    },
    {
      ...onServers,
      displayName: 'mariadb',
      testMatch: [...ACCESS, MARIADB],
      ...withEnv({ TEST_ACCESS_STORE: 'mysql', ...propertyShare('0.5') }),
    },
    { ...onServers, displayName: 'kafka', testMatch: ['<rootDir>/test/kafka/**/*.spec.ts'] },
    { ...onServers, displayName: 'openapi', testMatch: ['<rootDir>/test/openapi/**/*.spec.ts'] },
    { ...onServers, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.spec.ts'] },
    { ...onServers, displayName: 'observability', testMatch: ['<rootDir>/test/observability/**/*.spec.ts'] },
  ],
};
