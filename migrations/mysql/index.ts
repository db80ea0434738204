import { AccessLogs1763700000000 } from './1763700000000-access-logs.js';
import { MeasuredValues1763750000000 } from './1763750000000-measured-values.js';
import { Reader1763900000000 } from './1763900000000-reader.js';
import { LongerMethods1764100000000 } from './1764100000000-longer-methods.js';
import { Counting1764300000000 } from './1764300000000-counting.js';
import { KafkaPositions1764400000000 } from './1764400000000-kafka-positions.js';
import { SketchParts1764420000000 } from './1764420000000-sketch-parts.js';

/** Every migration, oldest first. `sightline migrate create NAME` adds to this list. */
export const mysqlMigrations = [
  AccessLogs1763700000000,
  MeasuredValues1763750000000,
  Reader1763900000000,
  LongerMethods1764100000000,
  Counting1764300000000,
  KafkaPositions1764400000000,
  SketchParts1764420000000,
];
