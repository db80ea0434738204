// Made by `npm run api:types`: what the server answers, as its OpenAPI document says.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /**
     * @description An access entry. Other fields are ignored.
     * @example {
     *       "timestamp": "2026-11-20T10:00:00.123Z",
     *       "ip": "203.0.113.7",
     *       "method": "GET",
     *       "path": "/products/7",
     *       "status": 200,
     *       "latency_ms": 12.5,
     *       "user_agent": "Mozilla/5.0"
     *     }
     */
    AccessEntry:
      | {
          /** @description IPv4 or IPv6, in any spelling */
          ip?: string | '' | null;
          /** @description Milliseconds */
          latency_ms?: number | string | '' | null;
          /** @description In any case: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, CONNECT, TRACE, PROPFIND, PROPPATCH, MKCOL, COPY, MOVE, LOCK, UNLOCK, SEARCH, ACL, REPORT, MKCALENDAR, BIND, REBIND, UNBIND, LINK, UNLINK, ORDERPATCH, MKREDIRECTREF, UPDATEREDIRECTREF, CHECKIN, CHECKOUT, UNCHECKOUT, MKWORKSPACE, UPDATE, LABEL, MERGE, MKACTIVITY, VERSION-CONTROL, BASELINE-CONTROL, QUERY, PRI, PURGE, BAN, M-SEARCH, NOTIFY, SUBSCRIBE, UNSUBSCRIBE, SOURCE, RPC_IN_DATA, RPC_OUT_DATA, DEBUG, TRACK */
          method?: string | '' | null;
          /** @description Of `ip` and `path` (or `url`) at least one must be there */
          path?: string | '' | null;
          /** @description The latency in seconds, as nginx's $request_time; `latency_ms` goes before it */
          request_time?: number | string | '' | null;
          /** @description HTTP status */
          status?: number | string | '' | null;
          /** @description RFC 3339, also with an offset such as +0100; default: the time of receipt */
          timestamp?: string | '' | null;
          /** @description The same as `path`, which goes before it */
          url?: string | '' | null;
          /** @description Of the client */
          user_agent?: string | '' | null;
          /** @description The same as `user_agent`, which goes before it */
          userAgent?: string | '' | null;
        }
      | {
          ip: string;
        }
      | {
          path: string;
        }
      | {
          url: string;
        };
    AccessEntryCounts: {
      rejected: number;
      stored: number;
    };
    AccessErrors: {
      data: {
        [key: string]: number;
      };
      /** Format: date-time */
      from: string;
      /**
       * Format: date-time
       * @description The end of the current minute.
       */
      to: string;
      /** @enum {string} */
      type: 'errors';
      /** @description Parameters that were ignored; absent if there are none. */
      warnings?: string[];
    };
    AccessLatency: {
      data: components['schemas']['LatencyFigures'];
      /** Format: date-time */
      from: string;
      /**
       * Format: date-time
       * @description The end of the current minute.
       */
      to: string;
      /** @enum {string} */
      type: 'latency';
      /** @description Parameters that were ignored; absent if there are none. */
      warnings?: string[];
    };
    AccessLatencyPoint: {
      avg: number | null;
      count: number;
      max: number | null;
      p50: number | null;
      p95: number | null;
      p99: number | null;
      /**
       * Format: date-time
       * @description Where the bucket begins.
       */
      time: string;
    };
    AccessLatencySeries: {
      /** Format: date-time */
      from: string;
      /** @enum {string} */
      interval: '15m' | '1d' | '1h' | '1m' | '3h' | '5m' | '6h';
      series: components['schemas']['AccessLatencyPoint'][];
      timezone: string;
      /** Format: date-time */
      to: string;
      totals: components['schemas']['LatencyValues'];
      /** @enum {string} */
      type: 'latency';
      /** @description Parameters that were ignored. */
      warnings: string[];
    };
    AccessLogs: {
      data: components['schemas']['EntryPoints'];
      /** Format: date-time */
      from: string;
      /**
       * Format: date-time
       * @description The end of the current minute.
       */
      to: string;
      /** @enum {string} */
      type: 'logs';
      /** @description Parameters that were ignored; absent if there are none. */
      warnings?: string[];
    };
    AccessPage: {
      data: components['schemas']['StoredAccessEntry'][];
      meta: components['schemas']['AccessPageMeta'];
    };
    AccessPageMeta: {
      limit: number;
      /** @description null on the last page. */
      next_cursor: string | null;
      offset: number;
      /** @description null with count=none. */
      total: number | null;
      /**
       * @description Only there when total is an estimate.
       * @enum {boolean}
       */
      total_estimated?: true;
      /** @description Parameters that were ignored, and whether the page ends early; absent if there are none. */
      warnings?: string[];
    };
    AccessTraffic: {
      data: components['schemas']['TrafficCounts'];
      /** Format: date-time */
      from: string;
      /**
       * Format: date-time
       * @description The end of the current minute.
       */
      to: string;
      /** @enum {string} */
      type: 'traffic';
      /** @description Parameters that were ignored; absent if there are none. */
      warnings?: string[];
    };
    AccessUniqueIps: {
      data: components['schemas']['AddressPoints'];
      /** Format: date-time */
      from: string;
      /**
       * Format: date-time
       * @description The end of the current minute.
       */
      to: string;
      /** @enum {string} */
      type: 'unique_ips';
      /** @description Parameters that were ignored; absent if there are none. */
      warnings?: string[];
    };
    AddressPoint: {
      /**
       * Format: date-time
       * @description Where the bucket begins.
       */
      time: string;
      unique_ips: number;
    };
    AddressPoints: {
      /** @description For each quarter hour of an hour, hour of a day, UTC day of a week. */
      series: components['schemas']['AddressPoint'][];
      unique_ips: number;
    };
    AddressReport: {
      /** @enum {string} */
      counting: 'approximate' | 'exact';
      estimated_memory_usage_bytes: number;
      unique_ip_addresses: number;
      uptime_seconds: number;
      /** @description Parameters that were ignored; absent if there are none. */
      warnings?: string[];
    };
    AuditActor: {
      key_id: string | null;
      /** @enum {string} */
      kind: 'anonymous' | 'cli' | 'key' | 'server';
      /** @description Of the key, or the user of the operating system. */
      name: string | null;
      prefix: string | null;
    };
    AuditEntry: {
      /** @enum {string} */
      action:
        | 'dead_letter.drop'
        | 'dead_letter.replay'
        | 'key.create'
        | 'key.revoke'
        | 'key.rotate'
        | 'log_in'
        | 'log_out'
        | 'project.create'
        | 'project.remove'
        | 'reader.create'
        | 'reader.remove';
      actor: components['schemas']['AuditActor'];
      /** @description The client's address. */
      address: string | null;
      /** Format: date-time */
      at: string;
      /** @description `folded`: further attempts that the entry stands for. */
      details: {
        [key: string]: unknown;
      };
      id: number;
      /** @enum {string} */
      outcome: 'refused' | 'success';
      project: string | null;
      /** @description The id of a key, the name of a project. */
      target: string | null;
    };
    CacheUse: {
      hits: number;
      misses: number;
      /**
       * @description Of Redis; `off` without one, when each process has a cache of its own.
       * @enum {string}
       */
      state: 'down' | 'off' | 'up';
    };
    CountPoint: {
      count: number;
      /** @description With group_by. */
      group?: string;
      /**
       * Format: date-time
       * @description Where the bucket begins.
       */
      time: string;
    };
    Counts: {
      count: number;
    };
    CreateKeyRequest: {
      /**
       * Format: date-time
       * @description RFC 3339, in the future; without it the key does not expire.
       * @example 2036-01-31T00:00:00Z
       */
      expires_at?: string | null;
      /**
       * @description What the key is for.
       * @example ios app
       */
      name: string;
      /**
       * @description Made when there is none of this name; by default the project that the request acts on.
       * @example default
       */
      project?: string | null;
      /**
       * @description Instead of RATE_LIMIT_REQUESTS_PER_MINUTE, for each client address that uses the key.
       * @example 600
       */
      rate_limit_per_minute?: number | null;
      /**
       * @example [
       *       "ingest"
       *     ]
       */
      scopes: ('admin' | 'ingest' | 'query')[];
      /**
       * @description May the key rotate itself? Not for an app's key: whoever extracts it could lock the fleet out.
       * @default false
       */
      self_rotate?: boolean | null;
    };
    DeadLetter: {
      /** @description How often storing it was tried. */
      attempts: number;
      /** @description What is wrong with which field; the first 50. */
      details: components['schemas']['LetterError'][];
      /** Format: date-time */
      failed_at: string;
      /**
       * @description How the payload is read when it is replayed.
       * @enum {string}
       */
      format: 'line' | 'message' | 'own_record' | 'record';
      id: number;
      /**
       * @description What it was to become.
       * @enum {string}
       */
      kind: 'access' | 'events';
      message: string;
      /** @description Where in Kafka it came from; null where it came over HTTP. */
      origin: components['schemas']['LetterOriginView'] | null;
      /** @description Of a replayed one. */
      outcome: components['schemas']['LetterOutcome'] | null;
      /** @description Of what came, as UTF-8. */
      payload_bytes: number;
      /** @description null where what came does not tell, or there is no such project. */
      project: string | null;
      /** @enum {string} */
      reason: 'idempotency_conflict' | 'invalid_message' | 'refused_by_store' | 'validation_error';
      /**
       * Format: date-time
       * @description When it was replayed or dropped.
       */
      settled_at: string | null;
      /** @enum {string} */
      state: 'dropped' | 'replayed' | 'waiting';
    };
    Demo: {
      access_entries: number;
      events: number;
      project: string;
    };
    EntryPoint: {
      count: number;
      /**
       * Format: date-time
       * @description Where the bucket begins.
       */
      time: string;
    };
    EntryPoints: {
      /** @description A point for each minute of an hour, each hour of a day or week. */
      series: components['schemas']['EntryPoint'][];
    };
    ErrorPoint: {
      count: number;
      /** @description With group_by. */
      group?: string;
      /** @description Percent. */
      rate: number;
      /**
       * Format: date-time
       * @description Where the bucket begins.
       */
      time: string;
      /** @description All events. */
      total: number;
    };
    /**
     * @description An event. Other fields are ignored.
     * @example {
     *       "event_id": "0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f",
     *       "event_type": "behavioral",
     *       "event_name": "screen_view",
     *       "timestamp": "2026-11-20T10:00:00.123Z",
     *       "user_id": "u-1",
     *       "session_id": "s-1",
     *       "app_version": "1.4.2",
     *       "properties": {
     *         "screen": "home",
     *         "duration_ms": 182,
     *         "tags": {
     *           "provider": "acme"
     *         }
     *       },
     *       "device_info": {
     *         "os": "iOS",
     *         "model": "iPhone 17"
     *       }
     *     }
     */
    Event: {
      /** @description Version of the app */
      app_version?: string | null;
      /** @description Anything about the device */
      device_info?: {
        [key: string]: unknown;
      } | null;
      /** @description Chosen by the client, unique within its project: an event that is sent again is stored only once */
      event_id: string;
      event_name: string;
      /** @enum {unknown} */
      event_type: 'behavioral' | 'error' | 'observability' | 'performance' | 'telemetry';
      priority?: ('high' | 'normal') | null;
      /** @description Anything; `duration_ms` (number) and `tags.provider` (string) are counted */
      properties?: {
        [key: string]: unknown;
      } | null;
      sequence_number?: number | null;
      /** @description Session of the event */
      session_id?: string | null;
      /** @description RFC 3339; default: the time of receipt */
      timestamp?: string | null;
      /** @description Who */
      user_id?: string | null;
    };
    EventBatch: {
      /** @description At most MAX_BATCH_SIZE (1000). Invalid ones are listed in `rejected` */
      logs: components['schemas']['Event'][];
    };
    EventCounts: {
      duplicate: number;
      rejected: number;
      stored: number;
    };
    EventCountSeries: {
      /** Format: date-time */
      from: string;
      /** @enum {string} */
      interval: '15m' | '1d' | '1h' | '1m' | '3h' | '5m' | '6h';
      series: components['schemas']['CountPoint'][];
      timezone: string;
      /** Format: date-time */
      to: string;
      totals: components['schemas']['Counts'];
      /** @enum {string} */
      type: 'logs' | 'sessions' | 'users';
      /** @description Parameters that were ignored. */
      warnings: string[];
    };
    EventErrors: {
      count: number;
      /** @description Percent. */
      rate: number;
      /** @description All events. */
      total: number;
    };
    EventErrorSeries: {
      /** Format: date-time */
      from: string;
      /** @enum {string} */
      interval: '15m' | '1d' | '1h' | '1m' | '3h' | '5m' | '6h';
      series: components['schemas']['ErrorPoint'][];
      timezone: string;
      /** Format: date-time */
      to: string;
      totals: components['schemas']['EventErrors'];
      /** @enum {string} */
      type: 'errors';
      /** @description Parameters that were ignored. */
      warnings: string[];
    };
    EventLatencySeries: {
      /** Format: date-time */
      from: string;
      /** @enum {string} */
      interval: '15m' | '1d' | '1h' | '1m' | '3h' | '5m' | '6h';
      series: components['schemas']['LatencyPoint'][];
      timezone: string;
      /** Format: date-time */
      to: string;
      totals: components['schemas']['LatencyValues'];
      /** @enum {string} */
      type: 'latency';
      /** @description Parameters that were ignored. */
      warnings: string[];
    };
    EventMetrics: {
      active_sessions: number;
      active_users: number;
      /** @description Mean of numeric `properties.duration_ms` over the last day; 0 where there was none. */
      average_latency_ms: number;
      error_rate_percent: number;
      logs_last_day: number;
      logs_last_hour: number;
      top_event_types: components['schemas']['EventTypeCount'][];
      total_logs: number;
    };
    EventTypeCount: {
      count: number;
      /** @enum {string} */
      event_type: 'behavioral' | 'error' | 'observability' | 'performance' | 'telemetry';
    };
    Failure: {
      /** @description Each field or parameter that is invalid. */
      details: components['schemas']['FieldError'][];
      /**
       * @description A code, for programs.
       * @example validation_error
       */
      error: string;
      /** @description For people. */
      message: string;
      request_id: string;
      /** @description Whether the same request may succeed later. */
      retryable: boolean;
    };
    FieldError: {
      field: string;
      message: string;
    };
    FilteredEvents: {
      logs: components['schemas']['StoredEvent'][];
      /** @description null on the last page. */
      next_cursor: string | null;
      page: number;
      page_size: number;
      /** @description null with count=none. */
      total_count: number | null;
      /**
       * @description Only there when total_count is an estimate.
       * @enum {boolean}
       */
      total_count_estimated?: true;
      total_pages: number | null;
      /** @description Parameters that were ignored, and whether the page ends early. */
      warnings: string[];
    };
    Flushes: {
      count: number;
      p50_ms: number | null;
      p95_ms: number | null;
      p99_ms: number | null;
      rows: number;
      seconds_total: number;
    };
    Health: {
      services: components['schemas']['ServiceStates'];
      /** @enum {string} */
      status: 'degraded' | 'healthy' | 'unhealthy';
      /** Format: date-time */
      timestamp: string;
      /** @description Over all projects. */
      unique_ip_count: number;
      /** @description Seconds since the server started. */
      uptime: number;
      version: string;
      /** @description What its operators must know of how durable acknowledged records are; only there when there is something. */
      warnings?: string[];
    };
    HourSummary: {
      /** Format: date-time */
      generated_at: string;
      /**
       * Format: date-time
       * @description Where the hour begins.
       */
      hour: string;
      /** @description null where nothing was timed; percentiles within 1 %. */
      latency_ms: components['schemas']['SummedLatency'];
      methods: {
        [key: string]: number;
      };
      /** @description The 1,000 most frequent, and (other). */
      paths: {
        [key: string]: number;
      };
      statuses: {
        [key: string]: number;
      };
      total_requests: number;
      /** @description Exact below 10,000, else within 2 %. */
      unique_ips: number;
      /** @description The 1,000 most frequent, and (other). */
      user_agents: {
        [key: string]: number;
      };
    };
    IngestCounts: {
      access_entries: components['schemas']['AccessEntryCounts'];
      events: components['schemas']['EventCounts'];
    };
    IngestedBatch: {
      /** @description null while the events are queued (INGEST_MODE=kafka). */
      duplicates: number | null;
      logs_processed: number;
      rejected: components['schemas']['RejectedEvent'][];
      total_received: number;
    };
    IngestedEntries: {
      accepted: number;
      /** @example 2 logs ingested */
      message: string;
      received: number;
      /** @description The first 1,000. */
      rejected: components['schemas']['RejectedEntry'][];
      rejected_total: number;
      /** @enum {string} */
      status: 'success';
      /** @description Of the project. */
      unique_ips: number;
      /** @description What was stored otherwise than it may seem; only there when there is something. */
      warnings?: string[];
    };
    IngestedEntry: {
      /**
       * @description `Log queued`: durable in Kafka (INGEST_MODE=kafka), and on its way to the database.
       * @enum {string}
       */
      message: 'IP already logged' | 'Log queued' | 'New IP logged';
      /** @enum {string} */
      status: 'success';
      /** @description Of the project. */
      unique_ips: number;
    };
    IngestedEvent: {
      /** @description The project had its event_id already; null while it is queued. */
      duplicate: boolean | null;
      event_id: string;
      /** @description null while it is queued. */
      id: number | null;
      /**
       * @description `queued`: durable in Kafka (INGEST_MODE=kafka), and on its way to the database.
       * @enum {string}
       */
      state: 'queued' | 'stored';
    };
    IngestedLines: {
      accepted: number;
      /** @example Logs processed */
      message: string;
      received: number;
      /** @description The first 1,000. */
      rejected: components['schemas']['RejectedEntry'][];
      rejected_total: number;
      /** @description What was stored otherwise than it may seem; only there when there is something. */
      warnings?: string[];
    };
    Key: {
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      expires_at: string | null;
      /** Format: uuid */
      id: string;
      /** Format: date-time */
      last_used_at: string | null;
      name: string;
      /** @description The first characters of the key. */
      prefix: string;
      project: string;
      rate_limit_per_minute: number | null;
      /** Format: date-time */
      revoked_at: string | null;
      rotation_due: boolean;
      scopes: ('admin' | 'ingest' | 'query')[];
      self_rotate: boolean;
      /** @enum {string} */
      state: 'active' | 'expired' | 'revoked' | 'rotating';
      /**
       * Format: uuid
       * @description The key that replaced it.
       */
      successor_id: string | null;
      usage_count: number;
    };
    LatencyFigures: {
      avg_latency: number | null;
      max_latency: number | null;
      p50_latency: number | null;
      p95_latency: number | null;
      p99_latency: number | null;
    };
    LatencyPoint: {
      avg: number | null;
      count: number;
      /** @description With group_by. */
      group?: string;
      max: number | null;
      p50: number | null;
      p95: number | null;
      p99: number | null;
      /**
       * Format: date-time
       * @description Where the bucket begins.
       */
      time: string;
    };
    LatencyValues: {
      avg: number | null;
      count: number;
      max: number | null;
      p50: number | null;
      p95: number | null;
      p99: number | null;
    };
    LetterError: {
      field: string;
      message: string;
    };
    LetterOriginView: {
      /** @description Its place in the message, from 0. */
      index: number;
      offset: number;
      partition: number;
      topic: string;
      /**
       * Format: uuid
       * @description A topic that is made anew under its name has another one.
       */
      topic_id: string;
    };
    LetterOutcome: {
      /** @description Events that the project had already. */
      duplicates: number;
      /** @description Records of a message that could not be stored, and have letters of their own now. */
      listed: number;
      stored: number;
    };
    Liveness: {
      /** @enum {boolean} */
      alive: true;
      uptime: number;
      version: string;
    };
    LogIn: {
      /**
       * @description A key with the scope query or admin
       * @example sl_4fK2Zq0x…
       */
      key: string;
    };
    /**
     * @description An access entry sent alone. Other fields are ignored.
     * @example {
     *       "timestamp": "2026-11-20T10:00:00.123Z",
     *       "ip": "203.0.113.7",
     *       "method": "GET",
     *       "path": "/products/7",
     *       "status": 200,
     *       "latency_ms": 12.5,
     *       "user_agent": "Mozilla/5.0"
     *     }
     */
    LoneAccessEntry: {
      /** Format: ip */
      ip: string;
      /** @description Milliseconds */
      latency_ms?: number | string | '' | null;
      /** @description In any case: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, CONNECT, TRACE, PROPFIND, PROPPATCH, MKCOL, COPY, MOVE, LOCK, UNLOCK, SEARCH, ACL, REPORT, MKCALENDAR, BIND, REBIND, UNBIND, LINK, UNLINK, ORDERPATCH, MKREDIRECTREF, UPDATEREDIRECTREF, CHECKIN, CHECKOUT, UNCHECKOUT, MKWORKSPACE, UPDATE, LABEL, MERGE, MKACTIVITY, VERSION-CONTROL, BASELINE-CONTROL, QUERY, PRI, PURGE, BAN, M-SEARCH, NOTIFY, SUBSCRIBE, UNSUBSCRIBE, SOURCE, RPC_IN_DATA, RPC_OUT_DATA, DEBUG, TRACK */
      method?: string | '' | null;
      /** @description Of `ip` and `path` (or `url`) at least one must be there */
      path?: string | '' | null;
      /** @description The latency in seconds, as nginx's $request_time; `latency_ms` goes before it */
      request_time?: number | string | '' | null;
      /** @description HTTP status */
      status?: number | string | '' | null;
      timestamp: string;
      /** @description The same as `path`, which goes before it */
      url?: string | '' | null;
      /** @description Of the client */
      user_agent?: string | '' | null;
      /** @description The same as `user_agent`, which goes before it */
      userAgent?: string | '' | null;
    };
    NewKey: {
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      expires_at: string | null;
      /** Format: uuid */
      id: string;
      /** @description The key itself. */
      key: string;
      /** Format: date-time */
      last_used_at: string | null;
      name: string;
      /** @description The first characters of the key. */
      prefix: string;
      project: string;
      rate_limit_per_minute: number | null;
      /** Format: date-time */
      revoked_at: string | null;
      rotation_due: boolean;
      scopes: ('admin' | 'ingest' | 'query')[];
      self_rotate: boolean;
      /** @enum {string} */
      state: 'active' | 'expired' | 'revoked' | 'rotating';
      /**
       * Format: uuid
       * @description The key that replaced it.
       */
      successor_id: string | null;
      usage_count: number;
    };
    PartitionSizes: {
      /** @description With indexes. */
      bytes: number;
      day: string;
      name: string;
      rows_estimated: number;
    };
    Project: {
      name: string;
    };
    Queue: {
      depth: number;
      limit: number;
    };
    RangeSummary: {
      /** Format: date-time */
      from: string;
      /** Format: date-time */
      generated_at: string;
      /** @description null where nothing was timed; percentiles within 1 %. */
      latency_ms: components['schemas']['SummedLatency'];
      methods: {
        [key: string]: number;
      };
      /** @description The 1,000 most frequent, and (other). */
      paths: {
        [key: string]: number;
      };
      statuses: {
        [key: string]: number;
      };
      /** Format: date-time */
      to: string;
      total_requests: number;
      /** @description Exact below 10,000, else within 2 %. */
      unique_ips: number;
      /** @description The 1,000 most frequent, and (other). */
      user_agents: {
        [key: string]: number;
      };
    };
    Readiness: {
      message: string;
      ready: boolean;
    };
    RejectedEntry: {
      errors: components['schemas']['FieldError'][];
      /** @description Of the record in the body, from 0. */
      index: number;
    };
    RejectedEvent: {
      errors: components['schemas']['FieldError'][];
      /** @description null where the event had none that could be read. */
      event_id: string | null;
      /** @description Of the event in the batch, from 0. */
      index: number;
    };
    RemovedDemo: {
      project: string;
    };
    ReplayedLetters: {
      /** @description Letters that still cannot be stored, and wait on with the new reason. */
      failed: number;
      /** @description `after` of the next request; null where all that waited were tried. */
      next: number | null;
      /** @description Letters that are settled now. */
      replayed: number;
    };
    ReplayRequest: {
      /**
       * @description `next` of the request before: only letters with a greater id.
       * @default 0
       */
      after?: number | null;
      /** @enum {string|null} */
      kind?: 'access' | 'events' | null;
      /**
       * @description Most letters to replay in this request.
       * @default 1000
       */
      limit?: number | null;
      /** @description Only letters of this project */
      project?: string | null;
      /** @enum {string|null} */
      reason?: 'idempotency_conflict' | 'invalid_message' | null | 'refused_by_store' | 'validation_error';
    };
    RequestCounts: {
      count: number;
      /** @description Of status 400 and above. */
      errors: number;
      statuses: components['schemas']['StatusCounts'];
    };
    RequestPoint: {
      count: number;
      /** @description Of status 400 and above. */
      errors: number;
      statuses: components['schemas']['StatusCounts'];
      /**
       * Format: date-time
       * @description Where the bucket begins.
       */
      time: string;
    };
    Requests: {
      count: number;
      errors_5xx: number;
      p95_ms: number | null;
    };
    RequestSeries: {
      /** Format: date-time */
      from: string;
      /** @enum {string} */
      interval: '15m' | '1d' | '1h' | '1m' | '3h' | '5m' | '6h';
      series: components['schemas']['RequestPoint'][];
      timezone: string;
      /** Format: date-time */
      to: string;
      totals: components['schemas']['RequestCounts'];
      /** @enum {string} */
      type: 'requests';
      /** @description Parameters that were ignored. */
      warnings: string[];
    };
    ServiceStates: {
      /** @enum {string} */
      access_store: 'degraded' | 'disabled' | 'healthy' | 'unhealthy';
      /** @enum {string} */
      cache: 'degraded' | 'disabled' | 'healthy' | 'unhealthy';
      /** @enum {string} */
      counting: 'degraded' | 'disabled' | 'healthy' | 'unhealthy';
      /** @enum {string} */
      database: 'degraded' | 'disabled' | 'healthy' | 'unhealthy';
      /** @enum {string} */
      kafka: 'degraded' | 'disabled' | 'healthy' | 'unhealthy';
      /** @enum {string} */
      queue: 'degraded' | 'disabled' | 'healthy' | 'unhealthy';
    };
    Session: {
      /**
       * Format: date-time
       * @description null where neither session nor key ends by itself.
       */
      expires_at: string | null;
      /** @description null for somebody without a key (ANONYMOUS_SCOPES). */
      key: components['schemas']['SessionKey'] | null;
      project: string;
      /** @description The projects that `?project=` accepts. */
      projects: string[];
      scopes: ('admin' | 'ingest' | 'query')[];
    };
    SessionKey: {
      id: string;
      name: string;
      prefix: string;
    };
    Status: {
      database: components['schemas']['StatusOfDatabase'];
      /** @description null while the database is away. */
      metrics: components['schemas']['EventMetrics'] | null;
      service: components['schemas']['StatusOfServer'];
    };
    StatusCounts: {
      '1xx': number;
      '2xx': number;
      '3xx': number;
      '4xx': number;
      '5xx': number;
      none: number;
    };
    StatusOfDatabase: {
      /** @enum {string} */
      status: 'down' | 'up';
      total_logs: number | null;
    };
    StatusOfServer: {
      name: string;
      /** Format: date-time */
      started_at: string;
      /** @description Seconds since the server started. */
      uptime: number;
      version: string;
    };
    Storage: {
      database_bytes: number;
      tables: components['schemas']['TableSizes'][];
    };
    StoredAccessEntry: {
      id: number;
      IP: string | null;
      LatencyMs: number | null;
      /** @enum {string|null} */
      Method:
        | 'ACL'
        | 'BAN'
        | 'BASELINE-CONTROL'
        | 'BIND'
        | 'CHECKIN'
        | 'CHECKOUT'
        | 'CONNECT'
        | 'COPY'
        | 'DEBUG'
        | 'DELETE'
        | 'GET'
        | 'HEAD'
        | 'LABEL'
        | 'LINK'
        | 'LOCK'
        | 'M-SEARCH'
        | 'MERGE'
        | 'MKACTIVITY'
        | 'MKCALENDAR'
        | 'MKCOL'
        | 'MKREDIRECTREF'
        | 'MKWORKSPACE'
        | 'MOVE'
        | 'NOTIFY'
        | 'OPTIONS'
        | 'ORDERPATCH'
        | 'PATCH'
        | 'POST'
        | 'PRI'
        | 'PROPFIND'
        | 'PROPPATCH'
        | 'PURGE'
        | 'PUT'
        | 'QUERY'
        | 'REBIND'
        | 'REPORT'
        | 'RPC_IN_DATA'
        | 'RPC_OUT_DATA'
        | 'SEARCH'
        | 'SOURCE'
        | 'SUBSCRIBE'
        | 'TRACE'
        | 'TRACK'
        | 'UNBIND'
        | 'UNCHECKOUT'
        | 'UNLINK'
        | 'UNLOCK'
        | 'UNSUBSCRIBE'
        | 'UPDATE'
        | 'UPDATEREDIRECTREF'
        | 'VERSION-CONTROL'
        | null;
      Path: string | null;
      Status: number | null;
      /** Format: date-time */
      Timestamp: string;
      UserAgent: string | null;
    };
    StoredEvent: {
      app_version: string | null;
      /**
       * Format: date-time
       * @description Time of receipt.
       */
      created_at: string;
      device_info: {
        [key: string]: unknown;
      };
      event_id: string;
      event_name: string;
      /** @enum {string} */
      event_type: 'behavioral' | 'error' | 'observability' | 'performance' | 'telemetry';
      id: number;
      /** @enum {string} */
      priority: 'high' | 'normal';
      /**
       * Format: date-time
       * @description Time of storing.
       */
      processed_at: string;
      properties: {
        [key: string]: unknown;
      };
      /**
       * Format: date-time
       * @description The timestamp that the device sent, if it was too far ahead.
       */
      reported_timestamp: string | null;
      sequence_number: number | null;
      session_id: string | null;
      /** Format: date-time */
      timestamp: string;
      user_id: string | null;
    };
    SummedLatency: {
      avg: number | null;
      max: number | null;
      p50: number | null;
      p95: number | null;
      p99: number | null;
    };
    System: {
      cache: components['schemas']['CacheUse'];
      flush: components['schemas']['Flushes'];
      ingest: components['schemas']['IngestCounts'];
      queue: components['schemas']['Queue'];
      requests: components['schemas']['Requests'];
      services: components['schemas']['ServiceStates'];
      /** @description null while a database is away. */
      storage: components['schemas']['Storage'] | null;
      uptime_seconds: number;
      version: string;
      workers: number;
    };
    TableSizes: {
      /** @description With indexes. */
      bytes: number;
      name: string;
      partitions: components['schemas']['PartitionSizes'][];
      rows_estimated: number;
      store: string;
    };
    TopAccessValues: {
      /** @enum {string} */
      by: 'ip' | 'method' | 'path' | 'status' | 'user_agent';
      /** Format: date-time */
      from: string;
      /** @enum {string} */
      order: 'avg_ms' | 'count' | 'errors' | 'max_ms';
      /** @description Records of the values that are not listed. */
      other: number;
      /** Format: date-time */
      to: string;
      /** @description All records of the time range. */
      total: number;
      values: components['schemas']['TopValue'][];
      /** @description Parameters that were ignored. */
      warnings: string[];
    };
    TopEventValues: {
      /** @enum {string} */
      by: 'app_version' | 'event_name' | 'event_type' | 'priority' | 'provider_name';
      /** Format: date-time */
      from: string;
      /** @description Records of the values that are not listed. */
      other: number;
      /** Format: date-time */
      to: string;
      /** @description All records of the time range. */
      total: number;
      values: components['schemas']['TopValue'][];
      /** @description Parameters that were ignored. */
      warnings: string[];
    };
    TopValue: {
      /** @description Milliseconds; null where nothing was timed. */
      avg_ms: number | null;
      count: number;
      errors: number;
      max_ms: number | null;
      /** @description Empty for records without one. */
      value: string;
    };
    TrafficCounts: {
      total_request: number;
      unique_ips: number;
    };
    UniqueIpCount: {
      /** @description Distinct addresses: exact below 10,000, else within 2 %. */
      unique_ips: number;
    };
    UniqueIpPoint: {
      /**
       * Format: date-time
       * @description Where the bucket begins.
       */
      time: string;
      /** @description Distinct addresses: exact below 10,000, else within 2 %. */
      unique_ips: number;
    };
    UniqueIpSeries: {
      /** Format: date-time */
      from: string;
      /** @enum {string} */
      interval: '15m' | '1d' | '1h' | '1m' | '3h' | '5m' | '6h';
      series: components['schemas']['UniqueIpPoint'][];
      timezone: string;
      /** Format: date-time */
      to: string;
      totals: components['schemas']['UniqueIpCount'];
      /** @enum {string} */
      type: 'unique_ips';
      /** @description Parameters that were ignored. */
      warnings: string[];
    };
    WholeDeadLetter: {
      /** @description How often storing it was tried. */
      attempts: number;
      /** @description What is wrong with which field; the first 50. */
      details: components['schemas']['LetterError'][];
      /** Format: date-time */
      failed_at: string;
      /**
       * @description How the payload is read when it is replayed.
       * @enum {string}
       */
      format: 'line' | 'message' | 'own_record' | 'record';
      id: number;
      /** @description More came than was kept: it cannot be replayed. */
      is_cut: boolean;
      /**
       * @description What it was to become.
       * @enum {string}
       */
      kind: 'access' | 'events';
      message: string;
      /** @description Where in Kafka it came from; null where it came over HTTP. */
      origin: components['schemas']['LetterOriginView'] | null;
      /** @description Of a replayed one. */
      outcome: components['schemas']['LetterOutcome'] | null;
      /** @description What came: text, at most a megabyte of it. */
      payload: string;
      /** @description Of what came, as UTF-8. */
      payload_bytes: number;
      /** @description null where what came does not tell, or there is no such project. */
      project: string | null;
      /** @enum {string} */
      reason: 'idempotency_conflict' | 'invalid_message' | 'refused_by_store' | 'validation_error';
      /**
       * Format: date-time
       * @description When it was replayed or dropped.
       */
      settled_at: string | null;
      /** @enum {string} */
      state: 'dropped' | 'replayed' | 'waiting';
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type AccessEntry = components['schemas']['AccessEntry'];
export type AccessEntryCounts = components['schemas']['AccessEntryCounts'];
export type AccessErrors = components['schemas']['AccessErrors'];
export type AccessLatency = components['schemas']['AccessLatency'];
export type AccessLatencyPoint = components['schemas']['AccessLatencyPoint'];
export type AccessLatencySeries = components['schemas']['AccessLatencySeries'];
export type AccessLogs = components['schemas']['AccessLogs'];
export type AccessPage = components['schemas']['AccessPage'];
export type AccessPageMeta = components['schemas']['AccessPageMeta'];
export type AccessTraffic = components['schemas']['AccessTraffic'];
export type AccessUniqueIps = components['schemas']['AccessUniqueIps'];
export type AddressPoint = components['schemas']['AddressPoint'];
export type AddressPoints = components['schemas']['AddressPoints'];
export type AddressReport = components['schemas']['AddressReport'];
export type AuditActor = components['schemas']['AuditActor'];
export type AuditEntry = components['schemas']['AuditEntry'];
export type CacheUse = components['schemas']['CacheUse'];
export type CountPoint = components['schemas']['CountPoint'];
export type Counts = components['schemas']['Counts'];
export type CreateKeyRequest = components['schemas']['CreateKeyRequest'];
export type DeadLetter = components['schemas']['DeadLetter'];
export type Demo = components['schemas']['Demo'];
export type EntryPoint = components['schemas']['EntryPoint'];
export type EntryPoints = components['schemas']['EntryPoints'];
export type ErrorPoint = components['schemas']['ErrorPoint'];
export type Event = components['schemas']['Event'];
export type EventBatch = components['schemas']['EventBatch'];
export type EventCounts = components['schemas']['EventCounts'];
export type EventCountSeries = components['schemas']['EventCountSeries'];
export type EventErrors = components['schemas']['EventErrors'];
export type EventErrorSeries = components['schemas']['EventErrorSeries'];
export type EventLatencySeries = components['schemas']['EventLatencySeries'];
export type EventMetrics = components['schemas']['EventMetrics'];
export type EventTypeCount = components['schemas']['EventTypeCount'];
export type Failure = components['schemas']['Failure'];
export type FieldError = components['schemas']['FieldError'];
export type FilteredEvents = components['schemas']['FilteredEvents'];
export type Flushes = components['schemas']['Flushes'];
export type Health = components['schemas']['Health'];
export type HourSummary = components['schemas']['HourSummary'];
export type IngestCounts = components['schemas']['IngestCounts'];
export type IngestedBatch = components['schemas']['IngestedBatch'];
export type IngestedEntries = components['schemas']['IngestedEntries'];
export type IngestedEntry = components['schemas']['IngestedEntry'];
export type IngestedEvent = components['schemas']['IngestedEvent'];
export type IngestedLines = components['schemas']['IngestedLines'];
export type Key = components['schemas']['Key'];
export type LatencyFigures = components['schemas']['LatencyFigures'];
export type LatencyPoint = components['schemas']['LatencyPoint'];
export type LatencyValues = components['schemas']['LatencyValues'];
export type LetterError = components['schemas']['LetterError'];
export type LetterOriginView = components['schemas']['LetterOriginView'];
export type LetterOutcome = components['schemas']['LetterOutcome'];
export type Liveness = components['schemas']['Liveness'];
export type LogIn = components['schemas']['LogIn'];
export type LoneAccessEntry = components['schemas']['LoneAccessEntry'];
export type NewKey = components['schemas']['NewKey'];
export type PartitionSizes = components['schemas']['PartitionSizes'];
export type Project = components['schemas']['Project'];
export type Queue = components['schemas']['Queue'];
export type RangeSummary = components['schemas']['RangeSummary'];
export type Readiness = components['schemas']['Readiness'];
export type RejectedEntry = components['schemas']['RejectedEntry'];
export type RejectedEvent = components['schemas']['RejectedEvent'];
export type RemovedDemo = components['schemas']['RemovedDemo'];
export type ReplayedLetters = components['schemas']['ReplayedLetters'];
export type ReplayRequest = components['schemas']['ReplayRequest'];
export type RequestCounts = components['schemas']['RequestCounts'];
export type RequestPoint = components['schemas']['RequestPoint'];
export type Requests = components['schemas']['Requests'];
export type RequestSeries = components['schemas']['RequestSeries'];
export type ServiceStates = components['schemas']['ServiceStates'];
export type Session = components['schemas']['Session'];
export type SessionKey = components['schemas']['SessionKey'];
export type Status = components['schemas']['Status'];
export type StatusCounts = components['schemas']['StatusCounts'];
export type StatusOfDatabase = components['schemas']['StatusOfDatabase'];
export type StatusOfServer = components['schemas']['StatusOfServer'];
export type Storage = components['schemas']['Storage'];
export type StoredAccessEntry = components['schemas']['StoredAccessEntry'];
export type StoredEvent = components['schemas']['StoredEvent'];
export type SummedLatency = components['schemas']['SummedLatency'];
export type System = components['schemas']['System'];
export type TableSizes = components['schemas']['TableSizes'];
export type TopAccessValues = components['schemas']['TopAccessValues'];
export type TopEventValues = components['schemas']['TopEventValues'];
export type TopValue = components['schemas']['TopValue'];
export type TrafficCounts = components['schemas']['TrafficCounts'];
export type UniqueIpCount = components['schemas']['UniqueIpCount'];
export type UniqueIpPoint = components['schemas']['UniqueIpPoint'];
export type UniqueIpSeries = components['schemas']['UniqueIpSeries'];
export type WholeDeadLetter = components['schemas']['WholeDeadLetter'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
