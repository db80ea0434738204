import { AccessLogs1763700000000 } from './1763700000000-access-logs.js';

/** Every migration, oldest first. `sightline migrate create NAME` adds to this list. */
export const mysqlMigrations = [AccessLogs1763700000000];
