import { Events1763600000000 } from './1763600000000-events.js';
import { AccessLogs1763700000000 } from './1763700000000-access-logs.js';
import { ValuesByTime1763750000000 } from './1763750000000-values-by-time.js';
import { Sessions1763800000000 } from './1763800000000-sessions.js';
import { RemovedProjects1763850000000 } from './1763850000000-removed-projects.js';
import { Reader1763900000000 } from './1763900000000-reader.js';
import { Accounts1764000000000 } from './1764000000000-accounts.js';
import { ProjectReaders1764100000000 } from './1764100000000-project-readers.js';
import { EventIndexes1764200000000 } from './1764200000000-event-indexes.js';
import { AccessIndexes1764250000000 } from './1764250000000-access-indexes.js';
import { Counting1764300000000 } from './1764300000000-counting.js';
import { KafkaPositions1764400000000 } from './1764400000000-kafka-positions.js';
import { DeadLetters1764410000000 } from './1764410000000-dead-letters.js';
import { SketchParts1764420000000 } from './1764420000000-sketch-parts.js';
import { RowTypes1764430000000 } from './1764430000000-row-types.js';

/** Every migration, oldest first. `sightline migrate create NAME` adds to this list. */
export const postgresMigrations = [
  Events1763600000000,
  AccessLogs1763700000000,
  ValuesByTime1763750000000,
  Sessions1763800000000,
  RemovedProjects1763850000000,
  Reader1763900000000,
  Accounts1764000000000,
  ProjectReaders1764100000000,
  EventIndexes1764200000000,
  AccessIndexes1764250000000,
  Counting1764300000000,
  KafkaPositions1764400000000,
  DeadLetters1764410000000,
  SketchParts1764420000000,
  RowTypes1764430000000,
];
