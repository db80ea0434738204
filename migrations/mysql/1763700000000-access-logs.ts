import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables of migrations/postgres/1763700000000-access-logs.ts as MariaDB has them: only what differs is said here. */
export class AccessLogs1763700000000 implements MigrationInterface {
  name = 'AccessLogs1763700000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

// Texts compare byte by byte: 'a', 'A' and 'a ' are three values. MariaDB's own default would take them for one.
const TABLE = 'engine = InnoDB default character set utf8mb4 collate utf8mb4_nopad_bin';
const ASCII = 'character set ascii collate ascii_nopad_bin';

// `if not exists`: MariaDB commits with each of these statements, and what was cut off in their middle is begun again.
// Times are in UTC, whatever the server's time zone.
const UP = `
-- Partition pYYYYMMDD holds a UTC day of receipt; the first one takes nothing and is there because a table needs one.
create table if not exists access_logs (
  id bigint not null auto_increment,
  timestamp datetime(6) not null,
  reported_timestamp datetime(6),
  created_at datetime(6) not null,
  latency_ms double,
  project_id integer not null,
  status smallint,
  ip varchar(45) ${ASCII},
  method varchar(10) ${ASCII},
  path varchar(2048),
  user_agent varchar(1024),
  primary key (id, created_at),
  key access_logs_timestamp (project_id, timestamp, id),
  key access_logs_ip (project_id, ip, timestamp, id),
  key access_logs_status (project_id, status, timestamp, id),
  key access_logs_method (project_id, method, timestamp, id),
  key access_logs_status_method (project_id, status, method, timestamp, id)
) ${TABLE} partition by range columns (created_at) (partition before_all values less than ('1000-01-01'));

-- The id is that of the delta alone: what compaction takes, and what it removes.
create table if not exists access_deltas (
  id bigint not null auto_increment primary key,
  timestamp datetime(6) not null,
  latency_ms double,
  project_id integer not null,
  day date not null,
  status smallint,
  ip varchar(45) ${ASCII},
  method varchar(10) ${ASCII},
  path varchar(2048),
  user_agent varchar(1024)
) ${TABLE};

-- Values are UTF-8: as varbinary 2,000 bytes of them fit into a key, as varchar it would be 768 characters.
create table if not exists access_totals (
  project_id integer not null,
  dimension varchar(10) ${ASCII} not null,
  value varbinary(2000) not null,
  day date not null,
  n bigint not null,
  primary key (project_id, dimension, value, day),
  key access_totals_day (day, project_id, dimension)
) ${TABLE};

create table if not exists access_rollups (
  project_id integer not null,
  dimension varchar(10) ${ASCII} not null,
  tier smallint not null,
  bucket datetime not null,
  value varbinary(2000) not null,
  day date not null,
  n bigint not null,
  primary key (project_id, dimension, tier, bucket, value, day),
  key access_rollups_day (day)
) ${TABLE};

-- What is timed, apart from what is counted. histogram: a byte, then two bytes of a bin and eight of a double each.
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

-- estimate: of the sketch alone, which has up to 80 kB.
create table if not exists access_uniques (
  project_id integer not null,
  tier smallint not null,
  bucket datetime not null,
  day date not null,
  estimate bigint not null,
  sketch mediumblob not null,
  primary key (project_id, tier, bucket, day),
  key access_uniques_day (day)
) ${TABLE};

-- revision 0: entries of this hour were removed with the day on which they were received. The archive lets it be.
create table if not exists access_hours (
  project_id integer not null,
  hour datetime not null,
  revision bigint not null,
  primary key (project_id, hour)
) ${TABLE};

-- again: was it noted more than once? It tells an insert which of its addresses were new.
create table if not exists ip_addresses (
  project_id integer not null,
  ip varchar(45) ${ASCII} not null,
  first_seen date not null,
  last_seen date not null,
  again boolean not null,
  primary key (project_id, ip)
) ${TABLE};

create table if not exists ip_counts (
  project_id integer not null,
  slot varchar(80) ${ASCII} not null,
  n bigint not null,
  primary key (project_id, slot)
) ${TABLE};

-- raised: did the last one to note it change the rank?
create table if not exists ip_registers (
  project_id integer not null,
  register smallint unsigned not null,
  rank tinyint unsigned not null,
  raised boolean not null,
  primary key (project_id, register)
) ${TABLE};

create table if not exists access_answers (
  project_id integer not null,
  answer_key binary(32) not null,
  body_digest binary(32) not null,
  -- null only inside the transaction that stores the entries
  answer longtext,
  expires_at datetime(6) not null,
  primary key (project_id, answer_key),
  key access_answers_expires_at (expires_at)
) ${TABLE};
`;

const DOWN = `
drop table if exists access_answers, ip_registers, ip_counts, ip_addresses, access_hours, access_uniques, access_latency,
  access_rollups, access_totals, access_deltas, access_logs;
`;
