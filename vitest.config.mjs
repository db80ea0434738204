import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/sequencer.mjs';

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
const files = (names) => names.map((name) => `test/${name}.spec.ts`);
// What is not for every database.
const ELSEWHERE = files([...EMBEDDED, ...SCHEMA, '{contract,faults}/mariadb-*']);

// What knows access entries runs on MariaDB as their store too; what knows MariaDB alone only there.
const ACCESS = files(['contract/{access-*,address-store,archive,unique-ips}', 'e2e/access-*']);
const MARIADB = files(['{contract,faults}/mariadb-*']);
// What a server limits, keeps and tells is the same with Redis; all else knows nothing of it.
const REDIS = files(['contract/cache', 'contract/rate-limit']);
// What stands on ports that suites of their own hold every database to.
const OVER_PORTS = files(
  ['access-import', 'archive', 'key-registry', 'unique-ips'].map((name) => `contract/${name}`),
);
const WITH_REDIS = files(
  ['access-counts', 'access-query', 'operations', 'query', 'rate-limit', 'stats'].map(
    (name) => `e2e/${name}`,
  ),
);

/** Of the draws of a property, what a run takes (test/support/property-runs.ts). */
const propertyShare = (share) => ({ TEST_PROPERTY_SHARE: process.env.TEST_PROPERTY_SHARE ?? share });
const run = (name, include, options = {}) => ({ extends: true, test: { name, include, ...options } });
const onServers = (name, include, options = {}) =>
  run(name, include, { globalSetup: 'test/support/global-setup.mjs', ...options });
const ofFolder = (name) => onServers(name, files([`${name}/**/*`]));

export default defineConfig({
  test: {
    pool: 'forks',
    // A worker loads what is tested once, and not for each file again.
    isolate: false,
    exclude: ['**/node_modules/**'],
    setupFiles: 'test/support/setup.ts',
    // What waits for something that does not come says so after a minute (`until`). This ends only what hangs, however busy the
    // machine is: properties over thousands of rows take minutes on one that is.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    sequence: { sequencer: LongestFirst },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['**/*.spec.ts'],
      // scripts/coverage.mjs reads it.
      reporter: ['json'],
    },
    // In this order: what takes long, and waits for much of it, comes first; pure code fills what is left at the end.
    projects: [
      ...['kafka', 'openapi'].map(ofFolder),
      run('embedded', files(EMBEDDED)),
      ...['browser', 'observability'].map(ofFolder),
      run('schema', files(SCHEMA)),
      onServers('pg18', files(['{contract,e2e,faults}/**/*']), {
        exclude: ELSEWHERE,
        env: propertyShare('0.5'),
      }),
      onServers('pg18+redis', [...REDIS, ...WITH_REDIS], {
        env: { TEST_WITH_REDIS_URL: process.env.TEST_REDIS_URL ?? '' },
      }),
      onServers('mariadb', [...ACCESS, ...MARIADB], {
        env: { TEST_ACCESS_STORE: 'mysql', ...propertyShare('0.5') },
      }),
      // Whatever is asked of the database goes through ports: the server over them is the same on each.
      onServers('pg15', files(['contract/**/*']), {
        exclude: [...ELSEWHERE, ...REDIS, ...OVER_PORTS],
        env: { TEST_POSTGRES_URL: process.env.TEST_POSTGRES15_URL ?? '', ...propertyShare('0.2') },
      }),
      run('unit', ['{src,web}/**/*.spec.ts', 'test/{architecture,deploy}/**/*.spec.ts']),
    ],
  },
});
