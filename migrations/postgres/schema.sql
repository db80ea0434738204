CREATE SCHEMA grafana;

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE TYPE public.new_entry AS (
	project_id integer,
	"timestamp" timestamp with time zone,
	reported_timestamp timestamp with time zone,
	created_at timestamp with time zone,
	ip text,
	method text,
	path text,
	status integer,
	latency_ms double precision,
	user_agent text
);

CREATE TYPE public.new_event AS (
	project_id integer,
	event_id text,
	event_type text,
	event_name text,
	"timestamp" timestamp with time zone,
	reported_timestamp timestamp with time zone,
	created_at timestamp with time zone,
	user_id text,
	session_id text,
	app_version text,
	sequence_number integer,
	priority text,
	duration_ms double precision,
	provider_name text,
	properties jsonb,
	device_info jsonb,
	key uuid
);

CREATE FUNCTION grafana.ceil_to(at timestamp with time zone, minutes integer) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN date_bin(make_interval(mins => minutes), ((at + make_interval(mins => minutes)) - '00:00:00.000001'::interval), '1970-01-01 00:00:00+00'::timestamp with time zone);

CREATE FUNCTION grafana.finest(from_at timestamp with time zone) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (from_at < (now() - '8 days'::interval)) THEN 15 ELSE 1 END;

CREATE FUNCTION grafana.floor_to(at timestamp with time zone, minutes integer) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN date_bin(make_interval(mins => minutes), at, '1970-01-01 00:00:00+00'::timestamp with time zone);

CREATE TABLE public.events (
    id bigint NOT NULL,
    key uuid NOT NULL,
    project_id integer NOT NULL,
    event_id text NOT NULL,
    event_type text NOT NULL,
    event_name text NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    reported_timestamp timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    processed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    user_id text,
    session_id text,
    app_version text,
    sequence_number integer,
    priority text NOT NULL,
    duration_ms double precision,
    provider_name text,
    properties jsonb NOT NULL,
    device_info jsonb NOT NULL
)
PARTITION BY RANGE (created_at);

CREATE TABLE public.project_readers (
    role text NOT NULL,
    project_id integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.projects (
    id integer NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sample boolean DEFAULT false NOT NULL,
    CONSTRAINT projects_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'::text))
);

CREATE FUNCTION grafana.readable_projects() RETURNS integer[]
    LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (pg_has_role(SESSION_USER, ( SELECT pg_class.relowner
                FROM pg_class
               WHERE (pg_class.oid = ('public.events'::regclass)::oid)), 'usage'::text) OR has_table_privilege(SESSION_USER, ('public.events'::regclass)::oid, 'select'::text) OR (EXISTS ( SELECT
                FROM pg_roles
               WHERE ((pg_roles.rolname = 'sightline_reader'::name) AND pg_has_role(SESSION_USER, pg_roles.oid, 'member'::text))))) THEN ARRAY( SELECT projects.id
                FROM public.projects)
             ELSE ARRAY( SELECT r.project_id
                FROM (public.project_readers r
                  JOIN pg_roles ON ((pg_roles.rolname = r.role)))
               WHERE pg_has_role(SESSION_USER, pg_roles.oid, 'member'::text))
         END AS "array";
END;

CREATE FUNCTION grafana.project_id(project text) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT p.id
    FROM public.projects p
   WHERE ((p.name = project_id.project) AND (p.id = ANY (grafana.readable_projects())));
END;

CREATE FUNCTION grafana.runs(from_at timestamp with time zone, to_at timestamp with time zone, tiers integer[], step integer) RETURNS TABLE(tier integer, run_from timestamp with time zone, run_to timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH RECURSIVE usable AS MATERIALIZED (
          SELECT
                 CASE
                     WHEN (runs.step IS NULL) THEN runs.tiers
                     ELSE ( SELECT ARRAY[max(u.t)] AS "array"
                        FROM unnest(runs.tiers) u(t)
                       WHERE ((runs.step % u.t) = 0))
                 END AS tiers
         ), level AS (
          SELECT 1 AS i,
             u.tiers[1] AS tier,
             grafana.floor_to(runs.from_at, COALESCE(runs.step, u.tiers[1])) AS lo,
             grafana.ceil_to(runs.to_at, COALESCE(runs.step, u.tiers[1])) AS hi
            FROM usable u
         UNION ALL
          SELECT (level.i + 1),
             u.tiers[(level.i + 1)] AS tiers,
             grafana.ceil_to(level.lo, u.tiers[(level.i + 1)]) AS ceil_to,
             grafana.floor_to(level.hi, u.tiers[(level.i + 1)]) AS floor_to
            FROM (level
              CROSS JOIN usable u)
           WHERE ((level.i < cardinality(u.tiers)) AND (grafana.ceil_to(level.lo, u.tiers[(level.i + 1)]) < grafana.floor_to(level.hi, u.tiers[(level.i + 1)])))
         ), nested AS (
          SELECT level.tier,
             level.lo,
             level.hi,
             lead(level.lo) OVER (ORDER BY level.i) AS inner_lo,
             lead(level.hi) OVER (ORDER BY level.i) AS inner_hi
            FROM level
         )
  SELECT n.tier,
     n.lo,
     COALESCE(n.inner_lo, n.hi) AS "coalesce"
    FROM nested n
   WHERE (n.lo < COALESCE(n.inner_lo, n.hi))
 UNION ALL
  SELECT n.tier,
     n.inner_hi,
     n.hi
    FROM nested n
   WHERE (n.inner_hi < n.hi);
END;

CREATE FUNCTION grafana.step(interval_ms bigint, finest integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (interval_ms IS NOT NULL) THEN COALESCE((SELECT min(u.minutes) AS min FROM unnest(ARRAY[1, 5, 15, 60, 360, 1440]) u(minutes) WHERE ((u.minutes >= step.finest) AND ((u.minutes * (60000)::bigint) >= step.interval_ms))), 1440) ELSE NULL::integer END;

CREATE TABLE public.access_blocks (
    id bigint NOT NULL,
    stored_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    size integer NOT NULL,
    records json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_insert_threshold='-1', toast.autovacuum_vacuum_scale_factor='0', toast.autovacuum_vacuum_threshold='20000', toast.autovacuum_vacuum_insert_threshold='-1');
ALTER TABLE ONLY public.access_blocks ALTER COLUMN records SET STORAGE EXTERNAL;

CREATE VIEW public.access_pending AS
 SELECT ('1970-01-01 00:00:00+00'::timestamp with time zone + ((((u.r ->> 2))::bigint)::double precision * '00:00:00.000001'::interval)) AS "timestamp",
    ((u.r ->> 4))::double precision AS latency_ms,
    ((u.r ->> 0))::integer AS project_id,
    ('1970-01-01'::date + ((u.r ->> 1))::integer) AS day,
    (NULLIF((u.r ->> 5), ''::text))::smallint AS status,
    (u.r ->> 10) AS ip,
    (u.r ->> 6) AS method,
    (u.r ->> 7) AS path,
    (u.r ->> 8) AS user_agent
   FROM (public.access_blocks b
     CROSS JOIN LATERAL jsonb_array_elements((b.records)::jsonb) u(r));

CREATE TABLE public.access_rollups (
    project_id integer NOT NULL,
    tier smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    day date NOT NULL,
    part smallint DEFAULT 0 NOT NULL,
    "all" json,
    status json,
    method json,
    path json,
    user_agent json,
    ip json,
    all_latency json,
    path_latency json
);
ALTER TABLE ONLY public.access_rollups ALTER COLUMN "all" SET COMPRESSION lz4;
ALTER TABLE ONLY public.access_rollups ALTER COLUMN status SET COMPRESSION lz4;
ALTER TABLE ONLY public.access_rollups ALTER COLUMN method SET COMPRESSION lz4;
ALTER TABLE ONLY public.access_rollups ALTER COLUMN path SET COMPRESSION lz4;
ALTER TABLE ONLY public.access_rollups ALTER COLUMN user_agent SET COMPRESSION lz4;
ALTER TABLE ONLY public.access_rollups ALTER COLUMN ip SET COMPRESSION lz4;
ALTER TABLE ONLY public.access_rollups ALTER COLUMN all_latency SET COMPRESSION lz4;
ALTER TABLE ONLY public.access_rollups ALTER COLUMN path_latency SET COMPRESSION lz4;

CREATE FUNCTION grafana.access_counts(project text, counted text, from_at timestamp with time zone, to_at timestamp with time zone, interval_ms bigint DEFAULT NULL::bigint) RETURNS TABLE("time" timestamp with time zone, value text, n bigint, errors bigint, timed bigint, avg_ms double precision, max_ms double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET jit TO 'off'
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT grafana.project_id(access_counts.project) AS project_id,
             grafana.step(access_counts.interval_ms,
                 CASE
                     WHEN (access_counts.counted = ANY (ARRAY['path'::text, 'user_agent'::text, 'ip'::text])) THEN 60
                     ELSE grafana.finest(access_counts.from_at)
                 END) AS step,
                 CASE
                     WHEN (access_counts.counted = ANY (ARRAY['path'::text, 'user_agent'::text, 'ip'::text])) THEN 60
                     ELSE grafana.finest(access_counts.from_at)
                 END AS finest
         ), run AS MATERIALIZED (
          SELECT (r.tier)::smallint AS tier,
             r.run_from,
             r.run_to,
             a.project_id
            FROM (asked a
              CROSS JOIN LATERAL grafana.runs(access_counts.from_at, access_counts.to_at, ARRAY( SELECT u.t
                    FROM unnest('{1,15,60,1440}'::integer[]) u(t)
                   WHERE (u.t >= a.finest)), a.step) r(tier, run_from, run_to))
         ), span AS MATERIALIZED (
          SELECT a.project_id,
             a.step,
             ( SELECT min(run.run_from) AS min
                    FROM run) AS from_at,
             ( SELECT max(run.run_to) AS max
                    FROM run) AS to_at
            FROM asked a
         ), point AS MATERIALIZED (
          SELECT g.g AS at
            FROM (span s
              CROSS JOIN LATERAL generate_series(s.from_at, (s.to_at - '00:00:00.000001'::interval), COALESCE(make_interval(mins => s.step), (s.to_at - s.from_at))) g(g))
         ), part AS (
          SELECT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(r.bucket, s.step)
                 END AS at,
             r.value,
             r.n,
             r.errors,
             r.duration_n,
             r.duration_sum,
             r.duration_max
            FROM ((((span s
              CROSS JOIN run)
              CROSS JOIN LATERAL ( SELECT b.bucket,
                     (
                         CASE access_counts.counted
                             WHEN 'all'::text THEN b."all"
                             WHEN 'status'::text THEN b.status
                             WHEN 'method'::text THEN b.method
                             WHEN 'path'::text THEN b.path
                             WHEN 'user_agent'::text THEN b.user_agent
                             WHEN 'ip'::text THEN b.ip
                             ELSE NULL::json
                         END)::jsonb AS cells
                    FROM public.access_rollups b
                   WHERE ((b.project_id = run.project_id) AND (b.tier = run.tier) AND (b.bucket >= run.run_from) AND (b.bucket < run.run_to))
                  OFFSET 0) p)
              CROSS JOIN LATERAL jsonb_array_elements(p.cells) c(cell))
              CROSS JOIN LATERAL ( SELECT p.bucket,
                     (c.cell ->> 0) AS value,
                     ((c.cell ->> 1))::bigint AS n,
                     ((c.cell ->> 2))::bigint AS errors,
                     COALESCE(((c.cell ->> 3))::bigint, (0)::bigint) AS duration_n,
                     COALESCE(((c.cell ->> 4))::double precision, (0)::double precision) AS duration_sum,
                     ((c.cell ->> 5))::double precision AS duration_max) r)
         UNION ALL
          SELECT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(d."timestamp", s.step)
                 END AS floor_to,
                 CASE access_counts.counted
                     WHEN 'all'::text THEN ''::text
                     WHEN 'status'::text THEN COALESCE((d.status)::text, ''::text)
                     WHEN 'method'::text THEN COALESCE(d.method, ''::text)
                     WHEN 'path'::text THEN
                     CASE
                         WHEN (octet_length(d.path) > 2000) THEN '(other)'::text
                         ELSE COALESCE(d.path, ''::text)
                     END
                     WHEN 'user_agent'::text THEN
                     CASE
                         WHEN (octet_length(d.user_agent) > 2000) THEN '(other)'::text
                         ELSE COALESCE(d.user_agent, ''::text)
                     END
                     WHEN 'ip'::text THEN COALESCE(d.ip, ''::text)
                     ELSE NULL::text
                 END AS "case",
             1,
                 CASE
                     WHEN (d.status >= 400) THEN 1
                     ELSE 0
                 END AS "case",
                 CASE
                     WHEN (d.latency_ms IS NULL) THEN 0
                     ELSE 1
                 END AS "case",
             COALESCE(d.latency_ms, (0)::double precision) AS "coalesce",
             d.latency_ms
            FROM (span s
              JOIN public.access_pending d ON (((d.project_id = s.project_id) AND (d."timestamp" >= s.from_at) AND (d."timestamp" < s.to_at))))
         ), summed AS MATERIALIZED (
          SELECT part.at,
             part.value,
             (sum(part.n))::bigint AS n,
             (sum(part.errors))::bigint AS errors,
             (sum(part.duration_n))::bigint AS timed,
             sum(part.duration_sum) AS duration_sum,
             max(part.duration_max) AS max_ms
            FROM part
           GROUP BY part.at, part.value
         ), zero AS (
          SELECT p.at,
             f.value
            FROM (point p
              CROSS JOIN ( SELECT DISTINCT summed.value
                    FROM summed
                   WHERE (( SELECT span.step
                            FROM span) IS NOT NULL)
                 UNION
                  SELECT ''::text
                   WHERE (access_counts.counted = 'all'::text)) f)
           WHERE (NOT (EXISTS ( SELECT
                    FROM summed c
                   WHERE ((c.at = p.at) AND (c.value = f.value)))))
         )
  SELECT summed.at,
     summed.value,
     summed.n,
     summed.errors,
     summed.timed,
     (summed.duration_sum / (NULLIF(summed.timed, 0))::double precision),
     summed.max_ms
    FROM summed
 UNION ALL
  SELECT zero.at,
     zero.value,
     0,
     0,
     0,
     NULL::double precision,
     NULL::double precision
    FROM zero;
END;

CREATE FUNCTION grafana.bin_ms(bin smallint) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (bin = '-32768'::integer) THEN (0)::double precision ELSE (((2)::double precision * power((1.02)::double precision, (bin)::double precision)) / (2.02)::double precision) END;

CREATE FUNCTION public.sightline_latency_bin(ms double precision) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (CASE WHEN (ms < (0.001)::double precision) THEN ('-32768'::integer)::double precision WHEN (ms IS NOT NULL) THEN LEAST(ceil((ln(LEAST(ms, ('1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)) / (ln(1.02))::double precision)), (32767)::double precision) ELSE NULL::double precision END)::smallint;

CREATE FUNCTION grafana.access_latency(project text, counted text, from_at timestamp with time zone, to_at timestamp with time zone, interval_ms bigint DEFAULT NULL::bigint) RETURNS TABLE("time" timestamp with time zone, value text, n bigint, avg_ms double precision, p50_ms double precision, p95_ms double precision, p99_ms double precision, max_ms double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET jit TO 'off'
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT grafana.project_id(access_latency.project) AS project_id,
             grafana.step(access_latency.interval_ms,
                 CASE
                     WHEN (access_latency.counted = ANY (ARRAY['path'::text, 'user_agent'::text, 'ip'::text])) THEN 60
                     ELSE grafana.finest(access_latency.from_at)
                 END) AS step,
                 CASE
                     WHEN (access_latency.counted = ANY (ARRAY['path'::text, 'user_agent'::text, 'ip'::text])) THEN 60
                     ELSE grafana.finest(access_latency.from_at)
                 END AS finest
         ), run AS MATERIALIZED (
          SELECT (r.tier)::smallint AS tier,
             r.run_from,
             r.run_to,
             a.project_id
            FROM (asked a
              CROSS JOIN LATERAL grafana.runs(access_latency.from_at, access_latency.to_at, ARRAY( SELECT u.t
                    FROM unnest('{1,15,60,1440}'::integer[]) u(t)
                   WHERE (u.t >= a.finest)), a.step) r(tier, run_from, run_to))
         ), span AS MATERIALIZED (
          SELECT a.project_id,
             a.step,
             ( SELECT min(run.run_from) AS min
                    FROM run) AS from_at,
             ( SELECT max(run.run_to) AS max
                    FROM run) AS to_at
            FROM asked a
         ), point AS MATERIALIZED (
          SELECT g.g AS at
            FROM (span s
              CROSS JOIN LATERAL generate_series(s.from_at, (s.to_at - '00:00:00.000001'::interval), COALESCE(make_interval(mins => s.step), (s.to_at - s.from_at))) g(g))
         ), part AS (
          SELECT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(r.bucket, s.step)
                 END AS at,
             r.value,
             u.bin,
             u.n
            FROM (((((span s
              CROSS JOIN run)
              CROSS JOIN LATERAL ( SELECT b.bucket,
                     (
                         CASE access_latency.counted
                             WHEN 'all'::text THEN b.all_latency
                             WHEN 'path'::text THEN b.path_latency
                             ELSE NULL::json
                         END)::jsonb AS cells
                    FROM public.access_rollups b
                   WHERE ((b.project_id = run.project_id) AND (b.tier = run.tier) AND (b.bucket >= run.run_from) AND (b.bucket < run.run_to))
                  OFFSET 0) p_1)
              CROSS JOIN LATERAL jsonb_array_elements(p_1.cells) c_1(cell))
              CROSS JOIN LATERAL ( SELECT p_1.bucket,
                     (c_1.cell ->> 0) AS value) r)
              CROSS JOIN LATERAL UNNEST((translate((c_1.cell ->> 1), '[]'::text, '{}'::text))::smallint[], (translate((c_1.cell ->> 2), '[]'::text, '{}'::text))::bigint[]) u(bin, n))
         UNION ALL
          SELECT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(d."timestamp", s.step)
                 END AS floor_to,
                 CASE access_latency.counted
                     WHEN 'all'::text THEN ''::text
                     WHEN 'status'::text THEN COALESCE((d.status)::text, ''::text)
                     WHEN 'method'::text THEN COALESCE(d.method, ''::text)
                     WHEN 'path'::text THEN
                     CASE
                         WHEN (octet_length(d.path) > 2000) THEN '(other)'::text
                         ELSE COALESCE(d.path, ''::text)
                     END
                     WHEN 'user_agent'::text THEN
                     CASE
                         WHEN (octet_length(d.user_agent) > 2000) THEN '(other)'::text
                         ELSE COALESCE(d.user_agent, ''::text)
                     END
                     WHEN 'ip'::text THEN COALESCE(d.ip, ''::text)
                     ELSE NULL::text
                 END AS "case",
             public.sightline_latency_bin(d.latency_ms) AS sightline_latency_bin,
             1
            FROM (span s
              JOIN public.access_pending d ON (((d.project_id = s.project_id) AND (d."timestamp" >= s.from_at) AND (d."timestamp" < s.to_at))))
           WHERE (d.latency_ms IS NOT NULL)
         ), binned AS MATERIALIZED (
          SELECT part.at,
             part.value,
             part.bin,
             sum((part.n)::double precision) AS n
            FROM part
           GROUP BY part.at, part.value, part.bin
         ), ranked AS (
          SELECT binned.at,
             binned.value,
             binned.bin,
             sum(binned.n) OVER (PARTITION BY binned.at, binned.value ORDER BY binned.bin) AS seen,
             sum(binned.n) OVER (PARTITION BY binned.at, binned.value) AS total
            FROM binned
         ), percentile AS (
          SELECT ranked.at,
             ranked.value,
             min(ranked.bin) FILTER (WHERE (ranked.seen >= GREATEST((1)::double precision, ceil(((0.5)::double precision * ranked.total))))) AS bin0,
             min(ranked.bin) FILTER (WHERE (ranked.seen >= GREATEST((1)::double precision, ceil(((0.95)::double precision * ranked.total))))) AS bin1,
             min(ranked.bin) FILTER (WHERE (ranked.seen >= GREATEST((1)::double precision, ceil(((0.99)::double precision * ranked.total))))) AS bin2
            FROM ranked
           GROUP BY ranked.at, ranked.value
         )
  SELECT c."time",
     c.value,
     c.timed,
     c.avg_ms,
     LEAST(grafana.bin_ms(p.bin0), c.max_ms) AS "least",
     LEAST(grafana.bin_ms(p.bin1), c.max_ms) AS "least",
     LEAST(grafana.bin_ms(p.bin2), c.max_ms) AS "least",
     c.max_ms
    FROM (grafana.access_counts(access_latency.project, access_latency.counted, access_latency.from_at, access_latency.to_at, access_latency.interval_ms) c("time", value, n, errors, timed, avg_ms, max_ms)
      JOIN percentile p ON (((p.at = c."time") AND (p.value = c.value))));
END;

CREATE FUNCTION grafana.rank_of(hash bytea) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(NULLIF(POSITION(('1'::"bit") IN (((('x'::text || encode(hash, 'hex'::text)))::bit(64) << 15))), 0), 50);

CREATE FUNCTION grafana.register_of(hash bytea) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((get_byte(hash, 0) << 7) | (get_byte(hash, 1) >> 1));

CREATE FUNCTION grafana.sigma(share double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (share = (0)::double precision) THEN (0)::double precision ELSE (share + (SELECT sum((exp(GREATEST((ln(sigma.share) * power((2)::double precision, (k.k)::double precision)), ('-700'::integer)::double precision)) * power((2)::double precision, ((k.k - 1))::double precision))) AS sum FROM generate_series(1, 30) k(k))) END;

CREATE FUNCTION grafana.distinct_of(sketches bytea[], hashes bytea[]) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 WITH part AS MATERIALIZED (
          SELECT u.sketch,
             (get_byte(u.sketch, 0) = 1) AS old,
             (get_byte(u.sketch, 1) = ANY (ARRAY[1, ascii('R'::text)])) AS ranked,
                 CASE
                     WHEN (get_byte(u.sketch, 0) = 1) THEN 2
                     ELSE 16
                 END AS head
            FROM unnest(distinct_of.sketches) u(sketch)
         ), seen AS MATERIALIZED (
          SELECT SUBSTRING(part.sketch FROM ((part.head + (8 * i.i)) + 1) FOR 8) AS hash
            FROM (part
              CROSS JOIN LATERAL generate_series(0, (((length(part.sketch) - part.head) / 8) - 1)) i(i))
           WHERE (NOT part.ranked)
         UNION
          SELECT u.hash
            FROM unnest(distinct_of.hashes) u(hash)
         ), ranks AS (
          SELECT i.i AS register,
             (get_byte(part.sketch, (part.head + i.i)) -
                 CASE
                     WHEN part.old THEN 0
                     ELSE ascii('0'::text)
                 END) AS rank
            FROM (part
              CROSS JOIN generate_series(0, 32767) i(i))
           WHERE part.ranked
         UNION ALL
          SELECT grafana.register_of(seen.hash) AS register_of,
             grafana.rank_of(seen.hash) AS rank_of
            FROM seen
         ), registers AS (
          SELECT max(ranks.rank) AS rank
            FROM ranks
           GROUP BY ranks.register
          HAVING (max(ranks.rank) > 0)
         )
  SELECT
         CASE
             WHEN ((cardinality(sketches) = 1) AND (hashes IS NULL) AND (get_byte((sketches)[1], 0) = ascii('2'::text))) THEN (convert_from(SUBSTRING((sketches)[1] FROM 3 FOR 14), 'UTF8'::name))::bigint
             WHEN (NOT (EXISTS ( SELECT
                FROM part
               WHERE part.ranked))) THEN ( SELECT count(*) AS count
                FROM seen)
             ELSE (( SELECT round((((32768.0)::double precision ^ (2)::double precision) / (((2)::double precision * ln((2)::double precision)) * (sum(power((2)::double precision, ((- registers.rank))::double precision)) + ((32768)::double precision * grafana.sigma((((32768 - count(*)))::double precision / (32768.0)::double precision))))))) AS round
                FROM registers))::bigint
         END AS round;
END;

CREATE FUNCTION public.sightline_hash64(value text) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((('x'::text || substr(md5(value), 1, 16)))::bit(64))::bigint;

CREATE TABLE public.access_uniques (
    project_id integer NOT NULL,
    kind text NOT NULL,
    tier smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    day date NOT NULL,
    sketch bytea NOT NULL,
    part integer DEFAULT 0 NOT NULL
);
ALTER TABLE ONLY public.access_uniques ALTER COLUMN sketch SET STORAGE EXTERNAL;

CREATE FUNCTION grafana.access_uniques(project text, counted text, from_at timestamp with time zone, to_at timestamp with time zone, interval_ms bigint DEFAULT NULL::bigint) RETURNS TABLE("time" timestamp with time zone, n bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET jit TO 'off'
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT grafana.project_id(access_uniques.project) AS project_id,
             grafana.step(access_uniques.interval_ms, GREATEST(
                 CASE
                     WHEN (access_uniques.from_at < (now() - '02:00:00'::interval)) THEN 15
                     ELSE 1
                 END, grafana.finest(access_uniques.from_at))) AS step,
             GREATEST(
                 CASE
                     WHEN (access_uniques.from_at < (now() - '02:00:00'::interval)) THEN 15
                     ELSE 1
                 END, grafana.finest(access_uniques.from_at)) AS finest
         ), run AS MATERIALIZED (
          SELECT (r.tier)::smallint AS tier,
             r.run_from,
             r.run_to,
             a.project_id
            FROM (asked a
              CROSS JOIN LATERAL grafana.runs(access_uniques.from_at, access_uniques.to_at, ARRAY( SELECT u.t
                    FROM unnest(array_prepend(1, '{15,60,360,1440}'::integer[])) u(t)
                   WHERE (u.t >= a.finest)), a.step) r(tier, run_from, run_to))
         ), span AS MATERIALIZED (
          SELECT a.project_id,
             a.step,
             ( SELECT min(run.run_from) AS min
                    FROM run) AS from_at,
             ( SELECT max(run.run_to) AS max
                    FROM run) AS to_at
            FROM asked a
         ), point AS MATERIALIZED (
          SELECT g.g AS at
            FROM (span s
              CROSS JOIN LATERAL generate_series(s.from_at, (s.to_at - '00:00:00.000001'::interval), COALESCE(make_interval(mins => s.step), (s.to_at - s.from_at))) g(g))
         ), part AS (
          SELECT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(r.bucket, s.step)
                 END AS at,
             r.sketch,
             NULL::bytea AS hash
            FROM ((span s
              CROSS JOIN run)
              CROSS JOIN LATERAL ( SELECT b.project_id,
                     b.kind,
                     b.tier,
                     b.bucket,
                     b.day,
                     b.sketch
                    FROM public.access_uniques b
                   WHERE ((b.project_id = run.project_id) AND (b.kind = access_uniques.counted) AND (b.tier = run.tier) AND (b.bucket >= run.run_from) AND (b.bucket < run.run_to))
                  OFFSET 0) r)
           WHERE (NOT false)
         UNION ALL
          SELECT DISTINCT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(d."timestamp", s.step)
                 END AS floor_to,
             NULL::bytea AS bytea,
             int8send(public.sightline_hash64(
                 CASE access_uniques.counted
                     WHEN 'ip'::text THEN d.ip
                     ELSE NULL::text
                 END)) AS int8send
            FROM (span s
              JOIN public.access_pending d ON (((d.project_id = s.project_id) AND (d."timestamp" >= s.from_at) AND (d."timestamp" < s.to_at))))
           WHERE ((
                 CASE access_uniques.counted
                     WHEN 'ip'::text THEN d.ip
                     ELSE NULL::text
                 END IS NOT NULL) AND (NOT false))
         ), merged AS MATERIALIZED (
          SELECT part.at,
             grafana.distinct_of(array_agg(part.sketch) FILTER (WHERE (part.sketch IS NOT NULL)), array_agg(part.hash) FILTER (WHERE (part.hash IS NOT NULL))) AS n
            FROM part
           GROUP BY part.at
         )
  SELECT p.at,
     COALESCE(m.n, (0)::bigint) AS "coalesce"
    FROM (point p
      LEFT JOIN merged m ON ((m.at = p.at)))
   WHERE (NOT false)
   ORDER BY p.at;
END;

CREATE TABLE public.event_blocks (
    id bigint NOT NULL,
    stored_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    size integer NOT NULL,
    records json NOT NULL,
    fresh integer[]
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_insert_threshold='-1', toast.autovacuum_vacuum_scale_factor='0', toast.autovacuum_vacuum_threshold='20000', toast.autovacuum_vacuum_insert_threshold='-1');
ALTER TABLE ONLY public.event_blocks ALTER COLUMN records SET STORAGE EXTERNAL;

CREATE VIEW public.event_pending AS
 SELECT ((u.r ->> 0))::integer AS project_id,
    ('1970-01-01'::date + ((u.r ->> 1))::integer) AS day,
    ('1970-01-01 00:00:00+00'::timestamp with time zone + ((((u.r ->> 2))::bigint)::double precision * '00:00:00.000001'::interval)) AS "timestamp",
    (u.r ->> 5) AS event_type,
    (u.r ->> 6) AS event_name,
    (u.r ->> 7) AS priority,
    (u.r ->> 8) AS app_version,
    (u.r ->> 9) AS provider_name,
    ((u.r ->> 4))::double precision AS duration_ms,
    (u.r ->> 10) AS user_id,
    (u.r ->> 11) AS session_id
   FROM (public.event_blocks b
     CROSS JOIN LATERAL jsonb_array_elements((b.records)::jsonb) WITH ORDINALITY u(r, place))
  WHERE ((b.fresh IS NULL) OR (u.place = ANY (b.fresh)));

CREATE TABLE public.event_rollups (
    project_id integer NOT NULL,
    tier smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    day date NOT NULL,
    part smallint DEFAULT 0 NOT NULL,
    "all" json,
    event_type json,
    event_name json,
    priority json,
    app_version json,
    provider_name json,
    all_latency json,
    event_type_latency json,
    event_name_latency json,
    priority_latency json,
    app_version_latency json
);
ALTER TABLE ONLY public.event_rollups ALTER COLUMN "all" SET COMPRESSION lz4;
ALTER TABLE ONLY public.event_rollups ALTER COLUMN event_type SET COMPRESSION lz4;
ALTER TABLE ONLY public.event_rollups ALTER COLUMN event_name SET COMPRESSION lz4;
ALTER TABLE ONLY public.event_rollups ALTER COLUMN priority SET COMPRESSION lz4;
ALTER TABLE ONLY public.event_rollups ALTER COLUMN app_version SET COMPRESSION lz4;
ALTER TABLE ONLY public.event_rollups ALTER COLUMN provider_name SET COMPRESSION lz4;
ALTER TABLE ONLY public.event_rollups ALTER COLUMN all_latency SET COMPRESSION lz4;
ALTER TABLE ONLY public.event_rollups ALTER COLUMN event_type_latency SET COMPRESSION lz4;
ALTER TABLE ONLY public.event_rollups ALTER COLUMN event_name_latency SET COMPRESSION lz4;
ALTER TABLE ONLY public.event_rollups ALTER COLUMN priority_latency SET COMPRESSION lz4;
ALTER TABLE ONLY public.event_rollups ALTER COLUMN app_version_latency SET COMPRESSION lz4;

CREATE FUNCTION grafana.event_counts(project text, counted text, from_at timestamp with time zone, to_at timestamp with time zone, interval_ms bigint DEFAULT NULL::bigint) RETURNS TABLE("time" timestamp with time zone, value text, n bigint, errors bigint, timed bigint, avg_ms double precision, max_ms double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET jit TO 'off'
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT grafana.project_id(event_counts.project) AS project_id,
             grafana.step(event_counts.interval_ms,
                 CASE
                     WHEN false THEN 60
                     ELSE grafana.finest(event_counts.from_at)
                 END) AS step,
                 CASE
                     WHEN false THEN 60
                     ELSE grafana.finest(event_counts.from_at)
                 END AS finest
         ), run AS MATERIALIZED (
          SELECT (r.tier)::smallint AS tier,
             r.run_from,
             r.run_to,
             a.project_id
            FROM (asked a
              CROSS JOIN LATERAL grafana.runs(event_counts.from_at, event_counts.to_at, ARRAY( SELECT u.t
                    FROM unnest('{1,15,60,1440}'::integer[]) u(t)
                   WHERE (u.t >= a.finest)), a.step) r(tier, run_from, run_to))
         ), span AS MATERIALIZED (
          SELECT a.project_id,
             a.step,
             ( SELECT min(run.run_from) AS min
                    FROM run) AS from_at,
             ( SELECT max(run.run_to) AS max
                    FROM run) AS to_at
            FROM asked a
         ), point AS MATERIALIZED (
          SELECT g.g AS at
            FROM (span s
              CROSS JOIN LATERAL generate_series(s.from_at, (s.to_at - '00:00:00.000001'::interval), COALESCE(make_interval(mins => s.step), (s.to_at - s.from_at))) g(g))
         ), part AS (
          SELECT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(r.bucket, s.step)
                 END AS at,
             r.value,
             r.n,
             r.errors,
             r.duration_n,
             r.duration_sum,
             r.duration_max
            FROM ((((span s
              CROSS JOIN run)
              CROSS JOIN LATERAL ( SELECT b.bucket,
                     (
                         CASE event_counts.counted
                             WHEN 'all'::text THEN b."all"
                             WHEN 'event_type'::text THEN b.event_type
                             WHEN 'event_name'::text THEN b.event_name
                             WHEN 'priority'::text THEN b.priority
                             WHEN 'app_version'::text THEN b.app_version
                             WHEN 'provider_name'::text THEN b.provider_name
                             ELSE NULL::json
                         END)::jsonb AS cells
                    FROM public.event_rollups b
                   WHERE ((b.project_id = run.project_id) AND (b.tier = run.tier) AND (b.bucket >= run.run_from) AND (b.bucket < run.run_to))
                  OFFSET 0) p)
              CROSS JOIN LATERAL jsonb_array_elements(p.cells) c(cell))
              CROSS JOIN LATERAL ( SELECT p.bucket,
                     (c.cell ->> 0) AS value,
                     ((c.cell ->> 1))::bigint AS n,
                     ((c.cell ->> 2))::bigint AS errors,
                     COALESCE(((c.cell ->> 3))::bigint, (0)::bigint) AS duration_n,
                     COALESCE(((c.cell ->> 4))::double precision, (0)::double precision) AS duration_sum,
                     ((c.cell ->> 5))::double precision AS duration_max) r)
         UNION ALL
          SELECT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(d."timestamp", s.step)
                 END AS floor_to,
                 CASE event_counts.counted
                     WHEN 'all'::text THEN ''::text
                     WHEN 'event_type'::text THEN d.event_type
                     WHEN 'event_name'::text THEN d.event_name
                     WHEN 'priority'::text THEN d.priority
                     WHEN 'app_version'::text THEN COALESCE(d.app_version, ''::text)
                     WHEN 'provider_name'::text THEN COALESCE(d.provider_name, ''::text)
                     ELSE NULL::text
                 END AS "case",
             1,
                 CASE
                     WHEN (d.event_type = 'error'::text) THEN 1
                     ELSE 0
                 END AS "case",
                 CASE
                     WHEN (d.duration_ms IS NULL) THEN 0
                     ELSE 1
                 END AS "case",
             COALESCE(d.duration_ms, (0)::double precision) AS "coalesce",
             d.duration_ms
            FROM (span s
              JOIN public.event_pending d ON (((d.project_id = s.project_id) AND (d."timestamp" >= s.from_at) AND (d."timestamp" < s.to_at))))
         ), summed AS MATERIALIZED (
          SELECT part.at,
             part.value,
             (sum(part.n))::bigint AS n,
             (sum(part.errors))::bigint AS errors,
             (sum(part.duration_n))::bigint AS timed,
             sum(part.duration_sum) AS duration_sum,
             max(part.duration_max) AS max_ms
            FROM part
           GROUP BY part.at, part.value
         ), zero AS (
          SELECT p.at,
             f.value
            FROM (point p
              CROSS JOIN ( SELECT DISTINCT summed.value
                    FROM summed
                   WHERE (( SELECT span.step
                            FROM span) IS NOT NULL)
                 UNION
                  SELECT ''::text
                   WHERE (event_counts.counted = 'all'::text)) f)
           WHERE (NOT (EXISTS ( SELECT
                    FROM summed c
                   WHERE ((c.at = p.at) AND (c.value = f.value)))))
         )
  SELECT summed.at,
     summed.value,
     summed.n,
     summed.errors,
     summed.timed,
     (summed.duration_sum / (NULLIF(summed.timed, 0))::double precision),
     summed.max_ms
    FROM summed
 UNION ALL
  SELECT zero.at,
     zero.value,
     0,
     0,
     0,
     NULL::double precision,
     NULL::double precision
    FROM zero;
END;

CREATE FUNCTION grafana.event_latency(project text, counted text, from_at timestamp with time zone, to_at timestamp with time zone, interval_ms bigint DEFAULT NULL::bigint) RETURNS TABLE("time" timestamp with time zone, value text, n bigint, avg_ms double precision, p50_ms double precision, p95_ms double precision, p99_ms double precision, max_ms double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET jit TO 'off'
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT grafana.project_id(event_latency.project) AS project_id,
             grafana.step(event_latency.interval_ms,
                 CASE
                     WHEN false THEN 60
                     ELSE grafana.finest(event_latency.from_at)
                 END) AS step,
                 CASE
                     WHEN false THEN 60
                     ELSE grafana.finest(event_latency.from_at)
                 END AS finest
         ), run AS MATERIALIZED (
          SELECT (r.tier)::smallint AS tier,
             r.run_from,
             r.run_to,
             a.project_id
            FROM (asked a
              CROSS JOIN LATERAL grafana.runs(event_latency.from_at, event_latency.to_at, ARRAY( SELECT u.t
                    FROM unnest('{1,15,60,1440}'::integer[]) u(t)
                   WHERE (u.t >= a.finest)), a.step) r(tier, run_from, run_to))
         ), span AS MATERIALIZED (
          SELECT a.project_id,
             a.step,
             ( SELECT min(run.run_from) AS min
                    FROM run) AS from_at,
             ( SELECT max(run.run_to) AS max
                    FROM run) AS to_at
            FROM asked a
         ), point AS MATERIALIZED (
          SELECT g.g AS at
            FROM (span s
              CROSS JOIN LATERAL generate_series(s.from_at, (s.to_at - '00:00:00.000001'::interval), COALESCE(make_interval(mins => s.step), (s.to_at - s.from_at))) g(g))
         ), part AS (
          SELECT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(r.bucket, s.step)
                 END AS at,
             r.value,
             u.bin,
             u.n
            FROM (((((span s
              CROSS JOIN run)
              CROSS JOIN LATERAL ( SELECT b.bucket,
                     (
                         CASE event_latency.counted
                             WHEN 'all'::text THEN b.all_latency
                             WHEN 'event_type'::text THEN b.event_type_latency
                             WHEN 'event_name'::text THEN b.event_name_latency
                             WHEN 'priority'::text THEN b.priority_latency
                             WHEN 'app_version'::text THEN b.app_version_latency
                             ELSE NULL::json
                         END)::jsonb AS cells
                    FROM public.event_rollups b
                   WHERE ((b.project_id = run.project_id) AND (b.tier = run.tier) AND (b.bucket >= run.run_from) AND (b.bucket < run.run_to))
                  OFFSET 0) p_1)
              CROSS JOIN LATERAL jsonb_array_elements(p_1.cells) c_1(cell))
              CROSS JOIN LATERAL ( SELECT p_1.bucket,
                     (c_1.cell ->> 0) AS value) r)
              CROSS JOIN LATERAL UNNEST((translate((c_1.cell ->> 1), '[]'::text, '{}'::text))::smallint[], (translate((c_1.cell ->> 2), '[]'::text, '{}'::text))::bigint[]) u(bin, n))
         UNION ALL
          SELECT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(d."timestamp", s.step)
                 END AS floor_to,
                 CASE event_latency.counted
                     WHEN 'all'::text THEN ''::text
                     WHEN 'event_type'::text THEN d.event_type
                     WHEN 'event_name'::text THEN d.event_name
                     WHEN 'priority'::text THEN d.priority
                     WHEN 'app_version'::text THEN COALESCE(d.app_version, ''::text)
                     WHEN 'provider_name'::text THEN COALESCE(d.provider_name, ''::text)
                     ELSE NULL::text
                 END AS "case",
             public.sightline_latency_bin(d.duration_ms) AS sightline_latency_bin,
             1
            FROM (span s
              JOIN public.event_pending d ON (((d.project_id = s.project_id) AND (d."timestamp" >= s.from_at) AND (d."timestamp" < s.to_at))))
           WHERE (d.duration_ms IS NOT NULL)
         ), binned AS MATERIALIZED (
          SELECT part.at,
             part.value,
             part.bin,
             sum((part.n)::double precision) AS n
            FROM part
           GROUP BY part.at, part.value, part.bin
         ), ranked AS (
          SELECT binned.at,
             binned.value,
             binned.bin,
             sum(binned.n) OVER (PARTITION BY binned.at, binned.value ORDER BY binned.bin) AS seen,
             sum(binned.n) OVER (PARTITION BY binned.at, binned.value) AS total
            FROM binned
         ), percentile AS (
          SELECT ranked.at,
             ranked.value,
             min(ranked.bin) FILTER (WHERE (ranked.seen >= GREATEST((1)::double precision, ceil(((0.5)::double precision * ranked.total))))) AS bin0,
             min(ranked.bin) FILTER (WHERE (ranked.seen >= GREATEST((1)::double precision, ceil(((0.95)::double precision * ranked.total))))) AS bin1,
             min(ranked.bin) FILTER (WHERE (ranked.seen >= GREATEST((1)::double precision, ceil(((0.99)::double precision * ranked.total))))) AS bin2
            FROM ranked
           GROUP BY ranked.at, ranked.value
         )
  SELECT c."time",
     c.value,
     c.timed,
     c.avg_ms,
     LEAST(grafana.bin_ms(p.bin0), c.max_ms) AS "least",
     LEAST(grafana.bin_ms(p.bin1), c.max_ms) AS "least",
     LEAST(grafana.bin_ms(p.bin2), c.max_ms) AS "least",
     c.max_ms
    FROM (grafana.event_counts(event_latency.project, event_latency.counted, event_latency.from_at, event_latency.to_at, event_latency.interval_ms) c("time", value, n, errors, timed, avg_ms, max_ms)
      JOIN percentile p ON (((p.at = c."time") AND (p.value = c.value))));
END;

CREATE TABLE public.event_uniques (
    project_id integer NOT NULL,
    kind text NOT NULL,
    tier smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    day date NOT NULL,
    sketch bytea NOT NULL,
    part integer DEFAULT 0 NOT NULL
);
ALTER TABLE ONLY public.event_uniques ALTER COLUMN sketch SET STORAGE EXTERNAL;

CREATE FUNCTION grafana.event_uniques(project text, counted text, from_at timestamp with time zone, to_at timestamp with time zone, interval_ms bigint DEFAULT NULL::bigint) RETURNS TABLE("time" timestamp with time zone, n bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET jit TO 'off'
    BEGIN ATOMIC
 WITH asked AS MATERIALIZED (
          SELECT grafana.project_id(event_uniques.project) AS project_id,
             grafana.step(event_uniques.interval_ms, GREATEST(
                 CASE
                     WHEN (event_uniques.from_at < (now() - '02:00:00'::interval)) THEN 15
                     ELSE 1
                 END, grafana.finest(event_uniques.from_at))) AS step,
             GREATEST(
                 CASE
                     WHEN (event_uniques.from_at < (now() - '02:00:00'::interval)) THEN 15
                     ELSE 1
                 END, grafana.finest(event_uniques.from_at)) AS finest
         ), run AS MATERIALIZED (
          SELECT (r.tier)::smallint AS tier,
             r.run_from,
             r.run_to,
             a.project_id
            FROM (asked a
              CROSS JOIN LATERAL grafana.runs(event_uniques.from_at, event_uniques.to_at, ARRAY( SELECT u.t
                    FROM unnest(array_prepend(1, '{15,60,1440}'::integer[])) u(t)
                   WHERE (u.t >= a.finest)), a.step) r(tier, run_from, run_to))
         ), span AS MATERIALIZED (
          SELECT a.project_id,
             a.step,
             ( SELECT min(run.run_from) AS min
                    FROM run) AS from_at,
             ( SELECT max(run.run_to) AS max
                    FROM run) AS to_at
            FROM asked a
         ), point AS MATERIALIZED (
          SELECT g.g AS at
            FROM (span s
              CROSS JOIN LATERAL generate_series(s.from_at, (s.to_at - '00:00:00.000001'::interval), COALESCE(make_interval(mins => s.step), (s.to_at - s.from_at))) g(g))
         ), part AS (
          SELECT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(r.bucket, s.step)
                 END AS at,
             r.sketch,
             NULL::bytea AS hash
            FROM ((span s
              CROSS JOIN run)
              CROSS JOIN LATERAL ( SELECT b.project_id,
                     b.kind,
                     b.tier,
                     b.bucket,
                     b.day,
                     b.sketch
                    FROM public.event_uniques b
                   WHERE ((b.project_id = run.project_id) AND (b.kind = event_uniques.counted) AND (b.tier = run.tier) AND (b.bucket >= run.run_from) AND (b.bucket < run.run_to))
                  OFFSET 0) r)
           WHERE (NOT ((event_uniques.interval_ms IS NULL) AND ((event_uniques.to_at - event_uniques.from_at) <= '01:00:00'::interval) AND (event_uniques.from_at < (now() - '02:00:00'::interval))))
         UNION ALL
          SELECT DISTINCT
                 CASE
                     WHEN (s.step IS NULL) THEN s.from_at
                     ELSE grafana.floor_to(d."timestamp", s.step)
                 END AS floor_to,
             NULL::bytea AS bytea,
             int8send(public.sightline_hash64(
                 CASE event_uniques.counted
                     WHEN 'user'::text THEN d.user_id
                     WHEN 'session'::text THEN d.session_id
                     ELSE NULL::text
                 END)) AS int8send
            FROM (span s
              JOIN public.event_pending d ON (((d.project_id = s.project_id) AND (d."timestamp" >= s.from_at) AND (d."timestamp" < s.to_at))))
           WHERE ((
                 CASE event_uniques.counted
                     WHEN 'user'::text THEN d.user_id
                     WHEN 'session'::text THEN d.session_id
                     ELSE NULL::text
                 END IS NOT NULL) AND (NOT ((event_uniques.interval_ms IS NULL) AND ((event_uniques.to_at - event_uniques.from_at) <= '01:00:00'::interval) AND (event_uniques.from_at < (now() - '02:00:00'::interval)))))
         ), merged AS MATERIALIZED (
          SELECT part.at,
             grafana.distinct_of(array_agg(part.sketch) FILTER (WHERE (part.sketch IS NOT NULL)), array_agg(part.hash) FILTER (WHERE (part.hash IS NOT NULL))) AS n
            FROM part
           GROUP BY part.at
         )
  SELECT p.at,
     COALESCE(m.n, (0)::bigint) AS "coalesce"
    FROM (point p
      LEFT JOIN merged m ON ((m.at = p.at)))
   WHERE (NOT ((event_uniques.interval_ms IS NULL) AND ((event_uniques.to_at - event_uniques.from_at) <= '01:00:00'::interval) AND (event_uniques.from_at < (now() - '02:00:00'::interval))))
 UNION ALL
  SELECT event_uniques.from_at,
     count(DISTINCT
         CASE event_uniques.counted
             WHEN 'user'::text THEN d.user_id
             WHEN 'session'::text THEN d.session_id
             ELSE NULL::text
         END) AS count
    FROM (span s
      LEFT JOIN public.events d ON (((d.project_id = s.project_id) AND (d."timestamp" >= event_uniques.from_at) AND (d."timestamp" < event_uniques.to_at) AND (d.created_at >= (event_uniques.from_at - '24:00:00'::interval)))))
   WHERE ((event_uniques.interval_ms IS NULL) AND ((event_uniques.to_at - event_uniques.from_at) <= '01:00:00'::interval) AND (event_uniques.from_at < (now() - '02:00:00'::interval)))
   GROUP BY event_uniques.from_at
  HAVING ((event_uniques.interval_ms IS NULL) AND ((event_uniques.to_at - event_uniques.from_at) <= '01:00:00'::interval) AND (event_uniques.from_at < (now() - '02:00:00'::interval)))
  ORDER BY 1;
END;

CREATE FUNCTION public.sightline_access_terms(project integer, ip text, status smallint, method text) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY[((hashtextextended(ip, (((project)::bigint * 8) + 1)) >> 32))::integer, ((hashtextextended((status)::text, (((project)::bigint * 8) + 2)) >> 32))::integer, ((hashtextextended(method, (((project)::bigint * 8) + 3)) >> 32))::integer];

CREATE FUNCTION public.sightline_event_terms(project integer, event_type text, event_name text, user_id text, session_id text, app_version text, priority text) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY[((hashtextextended(event_type, (((project)::bigint * 8) + 1)) >> 32))::integer, ((hashtextextended(event_name, (((project)::bigint * 8) + 2)) >> 32))::integer, ((hashtextextended(user_id, (((project)::bigint * 8) + 3)) >> 32))::integer, ((hashtextextended(session_id, (((project)::bigint * 8) + 4)) >> 32))::integer, ((hashtextextended(app_version, (((project)::bigint * 8) + 5)) >> 32))::integer, ((hashtextextended(priority, (((project)::bigint * 8) + 6)) >> 32))::integer];

CREATE FUNCTION public.sightline_path_words(path text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(path, '/-_.%?=&\'::text, 'qzxjwkvyj'::text);

CREATE FUNCTION public.sightline_term(project integer, kind integer, value text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((hashtextextended(value, (((project)::bigint * 8) + kind)) >> 32))::integer;

CREATE TABLE public.access_logs (
    id bigint NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    reported_timestamp timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    latency_ms double precision,
    project_id integer NOT NULL,
    status smallint,
    ip text COLLATE pg_catalog."C",
    method text COLLATE pg_catalog."C",
    path text,
    user_agent text
)
PARTITION BY RANGE (created_at);

CREATE VIEW grafana.access_entries WITH (security_invoker='true') AS
 SELECT access_logs.project_id,
    access_logs.id,
    access_logs."timestamp" AS "time",
    access_logs.created_at AS received_at,
    access_logs.ip,
    access_logs.method,
    access_logs.path,
    access_logs.status,
    access_logs.latency_ms,
    access_logs.user_agent,
    access_logs.reported_timestamp
   FROM public.access_logs;

CREATE VIEW grafana.projects WITH (security_barrier='true') AS
 SELECT projects.id,
    projects.name,
    projects.created_at
   FROM public.projects
  WHERE (projects.id = ANY (( SELECT grafana.readable_projects() AS readable_projects)::integer[]));

CREATE VIEW grafana.access_logs WITH (security_invoker='true') AS
 SELECT r.id,
    r."timestamp",
    r.ip,
    r.method,
    r.path,
    r.status,
    r.latency_ms,
    r.user_agent,
    r.created_at,
    r.reported_timestamp,
    r.project_id,
    ( SELECT p.name
           FROM grafana.projects p
          WHERE (p.id = r.project_id)) AS project
   FROM public.access_logs r;

CREATE TABLE public.access_totals (
    project_id integer NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    day date NOT NULL,
    n bigint NOT NULL
)
WITH (fillfactor='80');

CREATE VIEW grafana.access_totals WITH (security_barrier='true') AS
 SELECT parts.project_id,
    (sum(parts.n))::bigint AS n
   FROM ( SELECT access_totals.project_id,
            access_totals.n
           FROM public.access_totals
          WHERE (access_totals.dimension = 'all'::text)
        UNION ALL
         SELECT access_pending.project_id,
            1
           FROM public.access_pending) parts
  WHERE (parts.project_id = ANY (( SELECT grafana.readable_projects() AS readable_projects)::integer[]))
  GROUP BY parts.project_id;

CREATE VIEW grafana.analytics_logs WITH (security_invoker='true') AS
 SELECT r.id,
    r.event_id,
    r.event_type,
    r.event_name,
    r."timestamp",
    r.properties,
    r.user_id,
    r.session_id,
    r.app_version,
    r.device_info,
    r.sequence_number,
    r.priority,
    r.created_at,
    r.processed_at,
    r.reported_timestamp,
    r.provider_name,
    r.duration_ms,
    r.project_id,
    ( SELECT p.name
           FROM grafana.projects p
          WHERE (p.id = r.project_id)) AS project
   FROM public.events r;

CREATE TABLE public.event_totals (
    project_id integer NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    day date NOT NULL,
    n bigint NOT NULL
)
WITH (fillfactor='80');

CREATE VIEW grafana.event_totals WITH (security_barrier='true') AS
 SELECT parts.project_id,
    parts.dimension,
    parts.value,
    (sum(parts.n))::bigint AS n
   FROM ( SELECT event_totals.project_id,
            event_totals.dimension,
            event_totals.value,
            event_totals.n
           FROM public.event_totals
        UNION ALL
         SELECT d.project_id,
            v.dimension,
            v.value,
            1
           FROM (public.event_pending d
             CROSS JOIN LATERAL ( VALUES ('all'::text,''::text), ('event_type'::text,d.event_type), ('event_name'::text,d.event_name), ('priority'::text,d.priority), ('app_version'::text,COALESCE(d.app_version, ''::text)), ('provider_name'::text,COALESCE(d.provider_name, ''::text))) v(dimension, value))) parts
  WHERE (parts.project_id = ANY (( SELECT grafana.readable_projects() AS readable_projects)::integer[]))
  GROUP BY parts.project_id, parts.dimension, parts.value;

CREATE VIEW grafana.events WITH (security_invoker='true') AS
 SELECT events.project_id,
    events.id,
    events."timestamp" AS "time",
    events.created_at AS received_at,
    events.event_id,
    events.event_type,
    events.event_name,
    events.user_id,
    events.session_id,
    events.app_version,
    events.priority,
    events.provider_name,
    events.duration_ms,
    events.properties,
    events.device_info,
    events.reported_timestamp,
    events.sequence_number,
    events.processed_at
   FROM public.events;

CREATE TABLE public.access_answers (
    project_id integer NOT NULL,
    key bytea NOT NULL,
    body_digest bytea NOT NULL,
    answer json,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE public.access_blocks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.access_blocks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.access_hours (
    project_id integer NOT NULL,
    hour timestamp with time zone NOT NULL,
    revision bigint NOT NULL
)
WITH (fillfactor='80');

CREATE SEQUENCE public.access_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.api_key_version (
    version bigint NOT NULL
);

CREATE TABLE public.api_keys (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    project_id integer NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    digest bytea NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    rate_limit_per_minute double precision,
    self_rotate boolean DEFAULT false NOT NULL,
    successor_id uuid,
    usage_count bigint DEFAULT 0 NOT NULL,
    last_used_at timestamp with time zone
);

CREATE TABLE public.audit_log (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL,
    actor text NOT NULL,
    actor_key_id uuid,
    actor_name text,
    actor_prefix text,
    address text,
    project text,
    target text,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT audit_log_actor_check CHECK ((actor = ANY (ARRAY['key'::text, 'cli'::text, 'server'::text, 'anonymous'::text]))),
    CONSTRAINT audit_log_outcome_check CHECK ((outcome = ANY (ARRAY['success'::text, 'refused'::text])))
);

ALTER TABLE public.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.dead_letters (
    id bigint NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    kind text NOT NULL,
    project_id integer,
    reason text NOT NULL,
    message text NOT NULL,
    details jsonb NOT NULL,
    format text NOT NULL,
    payload bytea NOT NULL,
    payload_bytes integer NOT NULL,
    topic text,
    topic_id uuid,
    partition integer,
    "offset" bigint,
    index integer,
    identity bytea,
    attempts integer NOT NULL,
    failed_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    outcome jsonb,
    CONSTRAINT dead_letters_check CHECK ((num_nonnulls(topic, topic_id, partition, "offset", index) =
CASE
    WHEN (identity IS NULL) THEN 5
    ELSE 0
END)),
    CONSTRAINT dead_letters_check1 CHECK (((settled_at IS NULL) = (state = 'waiting'::text))),
    CONSTRAINT dead_letters_kind_check CHECK ((kind = ANY (ARRAY['events'::text, 'access'::text]))),
    CONSTRAINT dead_letters_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'replayed'::text, 'dropped'::text])))
);

ALTER TABLE public.dead_letters ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dead_letters_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.event_blocks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.event_blocks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE public.event_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.event_keys (
    key uuid NOT NULL,
    id bigint DEFAULT nextval('public.event_ids'::regclass) NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.event_seen (
    id bigint NOT NULL,
    project_id integer NOT NULL,
    kind text NOT NULL,
    dimension text NOT NULL,
    from_at timestamp with time zone NOT NULL,
    to_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen text,
    CONSTRAINT event_seen_check CHECK (((to_at - from_at) <= '2 days'::interval))
);
ALTER TABLE ONLY public.event_seen ALTER COLUMN seen SET STORAGE EXTERNAL;

ALTER TABLE public.event_seen ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.event_seen_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ip_addresses (
    project_id integer NOT NULL,
    ip text NOT NULL COLLATE pg_catalog."C",
    first_seen date NOT NULL,
    last_seen date NOT NULL
)
WITH (fillfactor='90');

CREATE TABLE public.ip_counts (
    project_id integer NOT NULL,
    slot text NOT NULL,
    n bigint NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.ip_registers (
    project_id integer NOT NULL,
    register integer NOT NULL,
    rank smallint NOT NULL
)
WITH (fillfactor='80');

CREATE TABLE public.kafka_positions (
    topic_id uuid NOT NULL,
    partition integer NOT NULL,
    topic text NOT NULL,
    next_offset bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.key_changes (
    version bigint NOT NULL,
    stamp uuid DEFAULT gen_random_uuid() NOT NULL,
    keys uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    sessions bytea[] DEFAULT '{}'::bytea[] NOT NULL,
    projects integer[] DEFAULT '{}'::integer[] NOT NULL
);

CREATE TABLE public.maintenance_jobs (
    job text NOT NULL,
    ran_at timestamp with time zone NOT NULL
);

CREATE TABLE public.migrations (
    id integer NOT NULL,
    "timestamp" bigint NOT NULL,
    name character varying NOT NULL
);

CREATE SEQUENCE public.migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.migrations_id_seq OWNED BY public.migrations.id;

ALTER TABLE public.projects ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.projects_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.removed_projects (
    id integer NOT NULL,
    removed_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.sessions (
    digest bytea NOT NULL,
    key_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.migrations ALTER COLUMN id SET DEFAULT nextval('public.migrations_id_seq'::regclass);

ALTER TABLE ONLY public.migrations
    ADD CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id);

ALTER TABLE ONLY public.access_answers
    ADD CONSTRAINT access_answers_pkey PRIMARY KEY (project_id, key);

ALTER TABLE ONLY public.access_blocks
    ADD CONSTRAINT access_blocks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.access_hours
    ADD CONSTRAINT access_hours_pkey PRIMARY KEY (project_id, hour);

ALTER TABLE ONLY public.access_rollups
    ADD CONSTRAINT access_rollups_pkey PRIMARY KEY (project_id, tier, bucket, day, part);

ALTER TABLE ONLY public.access_totals
    ADD CONSTRAINT access_totals_pkey PRIMARY KEY (project_id, dimension, value, day);

ALTER TABLE ONLY public.access_uniques
    ADD CONSTRAINT access_uniques_pkey PRIMARY KEY (project_id, kind, tier, bucket, day, part);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.event_blocks
    ADD CONSTRAINT event_blocks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.event_keys
    ADD CONSTRAINT event_keys_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.event_rollups
    ADD CONSTRAINT event_rollups_pkey PRIMARY KEY (project_id, tier, bucket, day, part);

ALTER TABLE ONLY public.event_seen
    ADD CONSTRAINT event_seen_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.event_seen
    ADD CONSTRAINT event_seen_project_id_from_at_to_at_kind_dimension_key UNIQUE (project_id, from_at, to_at, kind, dimension);

ALTER TABLE ONLY public.event_totals
    ADD CONSTRAINT event_totals_pkey PRIMARY KEY (project_id, dimension, value, day);

ALTER TABLE ONLY public.event_uniques
    ADD CONSTRAINT event_uniques_pkey PRIMARY KEY (project_id, kind, tier, bucket, day, part);

ALTER TABLE ONLY public.ip_addresses
    ADD CONSTRAINT ip_addresses_pkey PRIMARY KEY (project_id, ip);

ALTER TABLE ONLY public.ip_counts
    ADD CONSTRAINT ip_counts_pkey PRIMARY KEY (project_id, slot);

ALTER TABLE ONLY public.ip_registers
    ADD CONSTRAINT ip_registers_pkey PRIMARY KEY (project_id, register);

ALTER TABLE ONLY public.kafka_positions
    ADD CONSTRAINT kafka_positions_pkey PRIMARY KEY (topic_id, partition);

ALTER TABLE ONLY public.key_changes
    ADD CONSTRAINT key_changes_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.maintenance_jobs
    ADD CONSTRAINT maintenance_jobs_pkey PRIMARY KEY (job);

ALTER TABLE ONLY public.project_readers
    ADD CONSTRAINT project_readers_pkey PRIMARY KEY (role, project_id);

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_name_key UNIQUE (name);

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.removed_projects
    ADD CONSTRAINT removed_projects_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (digest);

CREATE INDEX access_answers_expires_at ON public.access_answers USING btree (expires_at);

CREATE INDEX access_logs_method ON ONLY public.access_logs USING btree (project_id, method, "timestamp") WHERE (method <> 'GET'::text);

CREATE INDEX access_logs_status ON ONLY public.access_logs USING btree (project_id, status, "timestamp") WHERE (status <> 200);

CREATE INDEX access_logs_timestamp ON ONLY public.access_logs USING btree (project_id, "timestamp");

CREATE INDEX access_logs_values ON ONLY public.access_logs USING gin (public.sightline_path_words(path) public.gin_trgm_ops, public.sightline_access_terms(project_id, ip, status, method));

CREATE INDEX access_rollups_day ON public.access_rollups USING brin (day);

CREATE INDEX access_totals_day ON public.access_totals USING btree (day, project_id, dimension);

CREATE INDEX access_uniques_day ON public.access_uniques USING brin (day);

CREATE INDEX api_keys_created_at ON public.api_keys USING btree (created_at, id);

CREATE INDEX api_keys_project_id ON public.api_keys USING btree (project_id, created_at, id);

CREATE INDEX audit_log_at ON public.audit_log USING btree (at, id);

CREATE UNIQUE INDEX dead_letters_identity ON public.dead_letters USING btree (identity) WHERE (state = 'waiting'::text);

CREATE UNIQUE INDEX dead_letters_origin ON public.dead_letters USING btree (topic_id, partition, "offset", index);

CREATE INDEX dead_letters_settled_at ON public.dead_letters USING btree (settled_at) WHERE (settled_at IS NOT NULL);

CREATE INDEX dead_letters_state ON public.dead_letters USING btree (state, id);

CREATE INDEX event_keys_created_at ON public.event_keys USING brin (created_at);

CREATE INDEX event_rollups_day ON public.event_rollups USING brin (day);

CREATE INDEX event_totals_day ON public.event_totals USING btree (day, project_id, dimension);

CREATE INDEX event_uniques_day ON public.event_uniques USING brin (day);

CREATE INDEX events_created_at ON ONLY public.events USING btree (project_id, created_at);

CREATE INDEX events_id ON ONLY public.events USING btree (project_id, id);

CREATE INDEX events_timestamp ON ONLY public.events USING btree (project_id, "timestamp");

CREATE INDEX events_values ON ONLY public.events USING gin (properties jsonb_path_ops, public.sightline_event_terms(project_id, event_type, event_name, user_id, session_id, app_version, priority));

CREATE INDEX sessions_expires_at ON public.sessions USING btree (expires_at);

CREATE INDEX sessions_key_id ON public.sessions USING btree (key_id, expires_at DESC);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_successor_id_fkey FOREIGN KEY (successor_id) REFERENCES public.api_keys(id);

ALTER TABLE ONLY public.project_readers
    ADD CONSTRAINT project_readers_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id) ON DELETE CASCADE;

ALTER TABLE public.access_logs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.events ENABLE ROW LEVEL SECURITY;

CREATE POLICY readable_projects ON public.access_logs FOR SELECT USING ((project_id = ANY (( SELECT grafana.readable_projects() AS readable_projects)::integer[])));

CREATE POLICY readable_projects ON public.events FOR SELECT USING ((project_id = ANY (( SELECT grafana.readable_projects() AS readable_projects)::integer[])));
