// Suites that bring their own server or need one certain version: run once, not for each database.
const EMBEDDED = '<rootDir>/test/contract/embedded-postgres.spec.ts';
const KILL9 = '<rootDir>/test/faults/kill9.spec.ts';
const COUNTING_KILL9 = '<rootDir>/test/faults/counting-kill9.spec.ts';
const BACKUP = '<rootDir>/test/faults/backup-embedded.spec.ts';
const GROUP = '<rootDir>/test/faults/process-group.spec.ts';
const RESTARTS = '<rootDir>/test/faults/database-restarts.spec.ts';
// What knows access entries runs on MariaDB as their store too; what knows MariaDB alone only there.
const ACCESS = [
  '<rootDir>/test/contract/{access-*,address-store,archive,unique-ips}.spec.ts',
  '<rootDir>/test/e2e/access-*.spec.ts',
];
const MARIADB = '<rootDir>/test/{contract,faults}/mariadb-*.spec.ts';
// Commands and side servers, and files on disk: which PostgreSQL is behind them makes no difference.
// So it does for what only passes on what ports give, which contract suites hold on each.
const TOOL_SUITES =
  'api-keys-setting audit compose dashboard demo export file-modes generate generate-access healthcheck import kubernetes large-lists metrics-port migrate-down no-database profiling readers session session-settings slow-readers system tail wrong-settings'.split(
    ' ',
  );
const TOOLS = [`<rootDir>/test/e2e/{${TOOL_SUITES.join()}}.spec.ts`, '<rootDir>/test/faults/archive.spec.ts'];
// What a server does is the same with Redis behind its cache and limits; stores, commands and faults know nothing of it.
const REDIS = [
  '<rootDir>/test/contract/{cache,rate-limit}.spec.ts',
  '<rootDir>/test/e2e/{access-*,http,ingest,operations,query,rate-limit,stats}.spec.ts',
];
// What runs with PostgreSQL 15's own programs.
const SCHEMA = [
  '<rootDir>/test/contract/schema-dump.spec.ts',
  '<rootDir>/test/faults/backup-restore.spec.ts',
];

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
  setupFiles: ['<rootDir>/test/support/jest-setup.mjs'],
};

const onServers = { ...base, globalSetup: '<rootDir>/test/support/global-setup.mjs' };

/** @type {import('jest').Config} */
export default {
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts'],
  coverageProvider: 'v8',
  // What waits for something that does not come says so after a minute (`until`). This ends only what hangs, however busy the
  // machine is: properties over thousands of rows take minutes on one that is.
  testTimeout: 300_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/{src,web}/**/*.spec.ts', '<rootDir>/test/{architecture,deploy}/**/*.spec.ts'],
    },
    {
      ...base,
      displayName: 'embedded',
      testMatch: [EMBEDDED, KILL9, COUNTING_KILL9, GROUP, RESTARTS, BACKUP],
    },
    { ...base, displayName: 'schema', testMatch: SCHEMA },
    {
      ...onServers,
      displayName: 'matrix',
      testMatch: ['<rootDir>/test/{contract,e2e,faults}/**/*.spec.ts'],
      testPathIgnorePatterns: [
        EMBEDDED,
        KILL9,
        COUNTING_KILL9,
        GROUP,
        RESTARTS,
        ...SCHEMA,
        BACKUP,
        '<rootDir>/test/.*/mariadb-',
        `<rootDir>/test/e2e/(${TOOL_SUITES.join('|')}).spec`,
        '<rootDir>/test/faults/archive.spec',
      ],
    },
    { ...onServers, displayName: 'tools', testMatch: TOOLS },
    { ...onServers, displayName: 'openapi', testMatch: ['<rootDir>/test/openapi/**/*.spec.ts'] },
    { ...onServers, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.spec.ts'] },
    { ...onServers, displayName: 'observability', testMatch: ['<rootDir>/test/observability/**/*.spec.ts'] },
    { ...onServers, displayName: 'redis', testMatch: REDIS },
    {
      ...onServers,
      displayName: 'mariadb',
      setupFiles: [...base.setupFiles, '<rootDir>/test/support/mariadb-setup.mjs'],
      testMatch: [...ACCESS, MARIADB],
    },
  ],
};
