CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE FUNCTION public.sightline_hash64(value text) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((('x'::text || substr(md5(value), 1, 16)))::bit(64))::bigint;

CREATE FUNCTION public.sightline_latency_bin(ms double precision) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (CASE WHEN (ms < (0.001)::double precision) THEN ('-32768'::integer)::double precision WHEN (ms IS NOT NULL) THEN LEAST(ceil((ln(LEAST(ms, ('1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric)::double precision)) / (ln(1.02))::double precision)), (32767)::double precision) ELSE NULL::double precision END)::smallint;

CREATE FUNCTION public.sightline_path_words(path text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(path, '/-_.%?=&\'::text, 'qzxjwkvyj'::text);

CREATE TABLE public.access_answers (
    project_id integer NOT NULL,
    key bytea NOT NULL,
    body_digest bytea NOT NULL,
    answer json,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.access_deltas (
    "timestamp" timestamp with time zone NOT NULL,
    latency_ms double precision,
    project_id integer NOT NULL,
    day date NOT NULL,
    status smallint,
    ip text COLLATE pg_catalog."C",
    method text COLLATE pg_catalog."C",
    path text,
    user_agent text
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='20000', autovacuum_vacuum_insert_threshold='-1');

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

CREATE TABLE public.access_latency (
    project_id integer NOT NULL,
    dimension text NOT NULL,
    tier smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    value text NOT NULL,
    day date NOT NULL,
    bins smallint[] NOT NULL,
    counts bigint[] NOT NULL
);

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

CREATE TABLE public.access_rollups (
    project_id integer NOT NULL,
    dimension text NOT NULL,
    tier smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    value text NOT NULL,
    day date NOT NULL,
    n bigint NOT NULL,
    errors bigint NOT NULL,
    duration_n bigint NOT NULL,
    duration_sum double precision NOT NULL,
    duration_max double precision
)
WITH (fillfactor='80');

CREATE TABLE public.access_totals (
    project_id integer NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    day date NOT NULL,
    n bigint NOT NULL
)
WITH (fillfactor='80');

CREATE TABLE public.access_uniques (
    project_id integer NOT NULL,
    kind text NOT NULL,
    tier smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    day date NOT NULL,
    sketch bytea NOT NULL
);
ALTER TABLE ONLY public.access_uniques ALTER COLUMN sketch SET STORAGE EXTERNAL;

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

CREATE TABLE public.event_deltas (
    project_id integer NOT NULL,
    day date NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    event_type text NOT NULL,
    event_name text NOT NULL,
    priority text NOT NULL,
    app_version text,
    provider_name text,
    duration_ms double precision,
    user_id text,
    session_id text
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='20000', autovacuum_vacuum_insert_threshold='-1');

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

CREATE TABLE public.event_latency (
    project_id integer NOT NULL,
    dimension text NOT NULL,
    tier smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    value text NOT NULL,
    day date NOT NULL,
    bins smallint[] NOT NULL,
    counts bigint[] NOT NULL
);

CREATE TABLE public.event_rollups (
    project_id integer NOT NULL,
    dimension text NOT NULL,
    tier smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    value text NOT NULL,
    day date NOT NULL,
    n bigint NOT NULL,
    errors bigint NOT NULL,
    duration_n bigint NOT NULL,
    duration_sum double precision NOT NULL,
    duration_max double precision
)
WITH (fillfactor='80');

CREATE TABLE public.event_totals (
    project_id integer NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    day date NOT NULL,
    n bigint NOT NULL
)
WITH (fillfactor='80');

CREATE TABLE public.event_uniques (
    project_id integer NOT NULL,
    kind text NOT NULL,
    tier smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    day date NOT NULL,
    sketch bytea NOT NULL
);
ALTER TABLE ONLY public.event_uniques ALTER COLUMN sketch SET STORAGE EXTERNAL;

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

CREATE TABLE public.projects (
    id integer NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT projects_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'::text))
);

ALTER TABLE public.projects ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.projects_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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

ALTER TABLE ONLY public.access_hours
    ADD CONSTRAINT access_hours_pkey PRIMARY KEY (project_id, hour);

ALTER TABLE ONLY public.access_latency
    ADD CONSTRAINT access_latency_pkey PRIMARY KEY (project_id, dimension, tier, bucket, value, day);

ALTER TABLE ONLY public.access_rollups
    ADD CONSTRAINT access_rollups_pkey PRIMARY KEY (project_id, dimension, tier, bucket, value, day);

ALTER TABLE ONLY public.access_totals
    ADD CONSTRAINT access_totals_pkey PRIMARY KEY (project_id, dimension, value, day);

ALTER TABLE ONLY public.access_uniques
    ADD CONSTRAINT access_uniques_pkey PRIMARY KEY (project_id, kind, tier, bucket, day);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.event_keys
    ADD CONSTRAINT event_keys_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.event_latency
    ADD CONSTRAINT event_latency_pkey PRIMARY KEY (project_id, dimension, tier, bucket, value, day);

ALTER TABLE ONLY public.event_rollups
    ADD CONSTRAINT event_rollups_pkey PRIMARY KEY (project_id, dimension, tier, bucket, value, day);

ALTER TABLE ONLY public.event_totals
    ADD CONSTRAINT event_totals_pkey PRIMARY KEY (project_id, dimension, value, day);

ALTER TABLE ONLY public.event_uniques
    ADD CONSTRAINT event_uniques_pkey PRIMARY KEY (project_id, kind, tier, bucket, day);

ALTER TABLE ONLY public.ip_addresses
    ADD CONSTRAINT ip_addresses_pkey PRIMARY KEY (project_id, ip);

ALTER TABLE ONLY public.ip_counts
    ADD CONSTRAINT ip_counts_pkey PRIMARY KEY (project_id, slot);

ALTER TABLE ONLY public.ip_registers
    ADD CONSTRAINT ip_registers_pkey PRIMARY KEY (project_id, register);

ALTER TABLE ONLY public.maintenance_jobs
    ADD CONSTRAINT maintenance_jobs_pkey PRIMARY KEY (job);

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_name_key UNIQUE (name);

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (digest);

CREATE INDEX access_answers_expires_at ON public.access_answers USING btree (expires_at);

CREATE INDEX access_latency_day ON public.access_latency USING brin (day);

CREATE INDEX access_logs_ip ON ONLY public.access_logs USING btree (project_id, ip, "timestamp" DESC, id DESC) WHERE (ip IS NOT NULL);

CREATE INDEX access_logs_method ON ONLY public.access_logs USING btree (project_id, method, "timestamp" DESC, id DESC) WHERE (method IS NOT NULL);

CREATE INDEX access_logs_path ON ONLY public.access_logs USING gin (public.sightline_path_words(path) public.gin_trgm_ops) WITH (gin_pending_list_limit='1024');

CREATE INDEX access_logs_status ON ONLY public.access_logs USING btree (project_id, status, "timestamp" DESC, id DESC) WHERE (status IS NOT NULL);

CREATE INDEX access_logs_timestamp ON ONLY public.access_logs USING btree (project_id, "timestamp" DESC, id DESC);

CREATE INDEX access_rollups_day ON public.access_rollups USING brin (day);

CREATE INDEX access_totals_day ON public.access_totals USING btree (day, project_id, dimension);

CREATE INDEX access_uniques_day ON public.access_uniques USING brin (day);

CREATE INDEX event_keys_created_at ON public.event_keys USING brin (created_at);

CREATE INDEX event_latency_day ON public.event_latency USING brin (day);

CREATE INDEX event_rollups_day ON public.event_rollups USING brin (day);

CREATE INDEX event_totals_day ON public.event_totals USING btree (day, project_id, dimension);

CREATE INDEX event_uniques_day ON public.event_uniques USING brin (day);

CREATE INDEX events_created_at ON ONLY public.events USING btree (project_id, created_at DESC, id DESC);

CREATE INDEX events_event_name ON ONLY public.events USING btree (project_id, event_name, created_at DESC, id DESC);

CREATE INDEX events_id ON ONLY public.events USING btree (project_id, id DESC);

CREATE INDEX events_properties ON ONLY public.events USING gin (properties jsonb_path_ops);

CREATE INDEX events_session_id ON ONLY public.events USING btree (project_id, session_id, created_at DESC, id DESC) WHERE (session_id IS NOT NULL);

CREATE INDEX events_timestamp ON ONLY public.events USING btree (project_id, "timestamp" DESC, id DESC);

CREATE INDEX events_user_id ON ONLY public.events USING btree (project_id, user_id, created_at DESC, id DESC) WHERE (user_id IS NOT NULL);

CREATE INDEX sessions_expires_at ON public.sessions USING btree (expires_at);

CREATE INDEX sessions_key_id ON public.sessions USING btree (key_id, expires_at DESC);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_successor_id_fkey FOREIGN KEY (successor_id) REFERENCES public.api_keys(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id) ON DELETE CASCADE;
