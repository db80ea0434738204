// Texts compare byte by byte, as in 1763700000000-access-logs.ts.
const TABLE = 'engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin';
const ASCII = 'character set ascii collate ascii_nopad_bin';

/** What counting writes to; `access_packed` is to be `access_rollups`. */
export const TABLES = `
-- records: JSON, see CountedRow of src/core/counting/kind.ts. Not of type json: the check of it costs as much as the insert.
create table if not exists access_blocks (
  id bigint not null auto_increment primary key,
  stored_at datetime(6) not null default current_timestamp(6),
  size integer not null,
  records longtext not null
) ${TABLE};

-- Cells as JSON, see src/core/counting/cells.ts. part: a bucket has several rows whose cells add up, for each time that it was added
-- to since they were put together last, and of what is too much for one packet to a client.
create table if not exists access_packed (
  project_id integer not null,
  tier smallint not null,
  bucket datetime not null,
  day date not null,
  part smallint not null,
  \`all\` longtext,
  status longtext,
  method longtext,
  path longtext,
  user_agent longtext,
  ip longtext,
  all_latency longtext,
  path_latency longtext,
  primary key (project_id, tier, bucket, day, part),
  key access_rollups_day (day)
) ${TABLE};
`;

/** What was in their place. */
export const OLD_TABLES = `
create table if not exists access_deltas (
  id bigint not null auto_increment primary key,
  timestamp datetime(6) not null,
  latency_ms double,
  project_id integer not null,
  day date not null,
  status smallint,
  ip varchar(45) ${ASCII},
  method varchar(20) ${ASCII},
  path varchar(2048),
  user_agent varchar(1024)
) ${TABLE};

create table if not exists access_rollups (
  project_id integer not null,
  dimension varchar(10) ${ASCII} not null,
  tier smallint not null,
  bucket datetime not null,
  value varbinary(2000) not null,
  day date not null,
  n bigint not null,
  errors bigint not null default 0,
  duration_n bigint not null default 0,
  duration_sum double not null default 0,
  duration_max double,
  primary key (project_id, dimension, tier, bucket, value, day),
  key access_rollups_day (day)
) ${TABLE};

create table if not exists access_latency (
  project_id integer not null,
  tier smallint not null,
  bucket datetime not null,
  day date not null,
  n bigint not null,
  sum_ms double not null,
  max_ms double not null,
  histogram mediumblob not null,
  primary key (project_id, tier, bucket, day),
  key access_latency_day (day)
) ${TABLE};
`;
