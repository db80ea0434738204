/*
 * What 1763900000000-reader.ts has for readers from outside, over packed rollups and blocks: the same columns. A branch of a view
 * for each dimension, of which a query for one dimension reads no other.
 */

const tiers = (minutes: readonly number[]) =>
  `(${minutes.map((tier) => `select ${tier} as tier`).join(' union all ')}) as t`;
const ALL_TIERS = tiers([1, 15, 60, 1440]);
const HOURS = tiers([60, 1440]);
const SKETCHES = tiers([1, 15, 60, 360, 1440]);

// Byte by byte, as the tables have it: 'a' and 'A' are two paths.
const TEXT = 'character set utf8mb4 collate utf8mb4_nopad_bin';

/** Records that are not counted yet, with the value that stands at a place of each. */
const records = (place: number, type = `varchar(2048) ${TEXT}`) => `
  access_blocks b, json_table(b.records, '$[*]' columns (
    project_id int path '$[0]', micros bigint path '$[2]', error int path '$[3]', ms double path '$[4]', value ${type} path '$[${place}]'
  )) d`;

// The beginning of the bucket of tier t.tier that a record belongs to; before 1970 too. Whole numbers: a quotient is rounded.
const WIDTH = 't.tier * 60000000';
const BUCKET = `cast(timestamp'1970-01-01 00:00:00' + interval (d.micros - ((d.micros mod (${WIDTH})) + ${WIDTH}) mod (${WIDTH})) div 1000000 second
                 as datetime)`;

function counts(dimension: string, value: string, widths: string): string {
  return `
  select r.project_id, _ascii'${dimension}' collate ascii_nopad_bin as dimension, r.tier, r.bucket as time, c.value, c.n, c.errors, coalesce(c.duration_n, 0) as duration_n,
         coalesce(c.duration_sum, 0) as duration_sum, c.duration_max
  from access_rollups r, json_table(r.\`${dimension}\`, '$[*]' columns (
    value varchar(2048) ${TEXT} path '$[0]', n bigint path '$[1]', errors bigint path '$[2]', duration_n bigint path '$[3]',
    duration_sum double path '$[4]', duration_max double path '$[5]'
  )) c
  union all
  select d.project_id, _ascii'${dimension}' collate ascii_nopad_bin, t.tier, ${BUCKET}, ${value}, 1, d.error, if(d.ms is null, 0, 1), coalesce(d.ms, 0), d.ms
  from ${records(PLACES.indexOf(dimension) + 4)} cross join ${widths}`;
}

const PLACES = ['all', 'status', 'method', 'path', 'user_agent', 'ip'];

const COUNTS = `
create or replace view grafana_access_counts as ${[
  counts('all', `_utf8mb4'' collate utf8mb4_nopad_bin`, ALL_TIERS),
  counts('status', 'd.value', ALL_TIERS),
  counts('method', 'd.value', ALL_TIERS),
  counts('path', 'd.value', HOURS),
  counts('user_agent', 'd.value', HOURS),
  counts('ip', 'd.value', HOURS),
].join('\n  union all')};
`;

// Bins and how often each was hit are two arrays: their rows are put together by their places.
const LATENCY = `
create or replace view grafana_access_latency as
  select project_id, tier, bucket as time, max(bin) as bin, max(n) as n
  from access_rollups r, json_table(r.all_latency, '$[*]' columns (
    nested path '$[1][*]' columns (bin_place for ordinality, bin int path '$'),
    nested path '$[2][*]' columns (n_place for ordinality, n bigint path '$')
  )) h
  group by project_id, tier, bucket, day, part, coalesce(bin_place, n_place)
  union all
  select d.project_id, t.tier, ${BUCKET},
         if(d.ms < 0.001, -32768, least(ceil(ln(least(d.ms, 1e300)) / ln(1.02)), 32767)), 1
  from ${records(4)} cross join ${ALL_TIERS}
  where d.ms is not null;
`;

const IP_PLACE = 10;

const HASHES = `
create or replace view grafana_access_hashes as
  select u.project_id, u.tier, u.bucket as time, ${hashed('substr(u.sketch, 17 + 8 * s.seq, 8)')}
  from access_uniques u join seq_0_to_9999 s on s.seq < (length(u.sketch) - 16) div 8
  where substr(u.sketch, 1, 2) = '2H'
  union all
  select d.project_id, t.tier, ${BUCKET}, ${hashed('unhex(left(md5(d.value), 16))')}
  from ${records(IP_PLACE)} cross join ${SKETCHES}
  where d.value is not null;
`;

// Sketches: src/core/counting/unique-sketch.ts. A hash belongs to a register by its first 15 bits; its rank is where the first 1 of the others stands.
function hashed(hash: string): string {
  return `${hash} as hash, cast(conv(hex(substr(${hash}, 1, 2)), 16, 10) as unsigned) >> 1 as register,
         50 - length(bin(cast(conv(hex(${hash}), 16, 10) as unsigned) & 562949953421311)) as rank`;
}

/** Those that read what counting changes. */
export const VIEWS = COUNTS + LATENCY + HASHES;
