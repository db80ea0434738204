import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The user that Grafana reads as. */
export const READER = 'sightline_reader';

/** What a reader from outside may see; docs/grafana.md tells of each. */
export const READER_VIEWS = [
  'grafana_access_entries',
  'grafana_access_counts',
  'grafana_access_latency',
  'grafana_access_hashes',
  'grafana_access_ranks',
] as const;

/** Views of rows, and of rollups and deltas in one. The user is made by GRAFANA_DB_PASSWORD: MariaDB knows none without a password. */
export class Reader1763900000000 implements MigrationInterface {
  name = 'Reader1763900000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(ENTRIES + COUNTS + LATENCY + HASHES + RANKS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop view if exists ${READER_VIEWS.join(', ')}`);
  }
}

const tiers = (minutes: readonly number[]) =>
  `(${minutes.map((tier) => `select ${tier} as tier`).join(' union all ')}) as t`;
const ALL_TIERS = tiers([1, 15, 60, 1440]);
const HOURS = tiers([60, 1440]);
const SKETCHES = tiers([1, 15, 60, 360, 1440]);

// The beginning of the bucket of tier t.tier that a delta belongs to.
const BUCKET = `cast(d.timestamp - interval to_seconds(d.timestamp) mod (t.tier * 60) second
                 - interval microsecond(d.timestamp) microsecond as datetime)`;

const ENTRIES = `
create or replace view grafana_access_entries as
  select project_id, id, timestamp as time, created_at as received_at, ip, method, path, status, latency_ms, user_agent
  from access_logs;
`;

// Byte by byte, as the tables have it: 'a' and 'A' are two paths.
const exact = (value: string) => `convert(${value} using utf8mb4) collate utf8mb4_nopad_bin`;

/** Deltas by one dimension: a branch each, of which a query for one dimension reads no other. */
function deltas(dimension: string, value: string, widths: string): string {
  return `
  union all
  select d.project_id, '${dimension}', t.tier, ${BUCKET}, ${exact(value)}, 1, if(d.status >= 400, 1, 0),
         if(d.latency_ms is null, 0, 1), coalesce(d.latency_ms, 0), d.latency_ms
  from access_deltas d cross join ${widths}`;
}

function countable(column: string): string {
  return `if(octet_length(${column}) > 2000, '(other)', coalesce(${column}, ''))`;
}

const COUNTS = `
create or replace view grafana_access_counts as
  select project_id, dimension, tier, bucket as time, ${exact('value')} as value, n, errors, duration_n, duration_sum,
         duration_max
  from access_rollups
  ${deltas('all', `''`, ALL_TIERS)}
  ${deltas('status', `coalesce(cast(d.status as char), '')`, ALL_TIERS)}
  ${deltas('method', `coalesce(d.method, '')`, ALL_TIERS)}
  ${deltas('path', countable('d.path'), HOURS)}
  ${deltas('user_agent', countable('d.user_agent'), HOURS)}
  ${deltas('ip', `coalesce(d.ip, '')`, HOURS)};
`;

// A histogram is a byte, then two bytes of a bin and eight of a double each.
const PAIR = '10 * s.seq';
const BIN = `cast(conv(hex(substr(l.histogram, 2 + ${PAIR}, 2)), 16, 10) as signed)`;
const DOUBLE = `cast(conv(hex(substr(l.histogram, 4 + ${PAIR}, 8)), 16, 10) as unsigned)`;
const COUNT = `cast((1 + (${DOUBLE} & 4503599627370495) / pow(2, 52)) * pow(2, cast(${DOUBLE} >> 52 & 2047 as signed) - 1023) as unsigned)`;

// From a microsecond to the longest latency that is taken there are 2,094 bins, and one for what is less.
const LATENCY = `
create or replace view grafana_access_latency as
  select l.project_id, l.tier, l.bucket as time, ${BIN} - if(${BIN} >= 32768, 65536, 0) as bin, ${COUNT} as n
  from access_latency l join seq_0_to_2199 s on s.seq < (length(l.histogram) - 1) div 10
  union all
  select d.project_id, t.tier, ${BUCKET},
         if(d.latency_ms < 0.001, -32768, least(ceil(ln(least(d.latency_ms, 1e300)) / ln(1.02)), 32767)), 1
  from access_deltas d cross join ${ALL_TIERS}
  where d.latency_ms is not null;
`;

// Sketches: src/core/counting/unique-sketch.ts. A hash belongs to a register by its first 15 bits; its rank is where the first 1 of the others stands.
const hashed = (
  hash: string,
) => `${hash} as hash, cast(conv(hex(substr(${hash}, 1, 2)), 16, 10) as unsigned) >> 1 as register,
         50 - length(bin(cast(conv(hex(${hash}), 16, 10) as unsigned) & 562949953421311)) as rank`;

const HASHES = `
create or replace view grafana_access_hashes as
  select u.project_id, u.tier, u.bucket as time, ${hashed('substr(u.sketch, 17 + 8 * s.seq, 8)')}
  from access_uniques u join seq_0_to_9999 s on s.seq < (length(u.sketch) - 16) div 8
  where substr(u.sketch, 1, 2) = '2H'
  union all
  select d.project_id, t.tier, ${BUCKET}, ${hashed('unhex(left(md5(d.ip), 16))')}
  from access_deltas d cross join ${SKETCHES}
  where d.ip is not null;
`;

const RANKS = `
create or replace view grafana_access_ranks as
  select u.project_id, u.tier, u.bucket as time, s.seq as register, ascii(substr(u.sketch, 17 + s.seq, 1)) - 48 as rank
  from access_uniques u cross join seq_0_to_32767 s
  where substr(u.sketch, 1, 2) = '2R';
`;
