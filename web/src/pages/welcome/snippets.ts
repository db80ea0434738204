/** Code to paste. */
export interface Snippet {
  id: string;
  /** Of its tab. */
  label: string;
  /** What is sent, and what to mind. */
  note: string;
  text: string;
}

/** Where the examples send to, and as whom. */
export interface Target {
  /** `http://host:port` of the page itself. */
  origin: string;
  key: string;
}

export const KEY_PLACEHOLDER = 'YOUR_API_KEY';

/** Ways of sending a first event, or access entries, in the order that they are shown. */
export function snippets(target: Target): Snippet[] {
  return [
    curl(target),
    javascript(target),
    python(target),
    swift(target),
    kotlin(target),
    ...accessLogSnippets(target),
  ];
}

function curl({ origin, key }: Target): Snippet {
  return {
    id: 'curl',
    label: 'curl',
    note: 'Sends one event. Paste it into a terminal.',
    text: `curl ${origin}/api/v1/ingest \\
  -H 'X-API-Key: ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '{
    "event_id": "first-'"$(date +%s)"'",
    "event_type": "behavioral",
    "event_name": "hello_sightline",
    "user_id": "user-1",
    "properties": {"screen": "home"}
  }'`,
  };
}

function javascript({ origin, key }: Target): Snippet {
  return {
    id: 'javascript',
    label: 'JavaScript',
    note: 'Uses fetch, in Node.js or any other service. Web pages on other origins need ENABLE_CORS, and a key with the ingest scope only.',
    text: `const answer = await fetch('${origin}/api/v1/ingest', {
  method: 'POST',
  headers: { 'X-API-Key': '${key}', 'Content-Type': 'application/json' },
  body: JSON.stringify({
    event_id: crypto.randomUUID(), // generate once, reuse for every retry
    event_type: 'performance',
    event_name: 'page_load',
    user_id: 'user-1',
    app_version: '1.4.2',
    properties: { duration_ms: 182.5 },
  }),
});
if (answer.status !== 201) throw new Error(await answer.text()); // keep the event and retry`,
  };
}

function python({ origin, key }: Target): Snippet {
  return {
    id: 'python',
    label: 'Python',
    note: 'Uses requests. A batch holds up to 1,000 events.',
    text: `import uuid
import requests

answer = requests.post(
    "${origin}/api/v1/batch-ingest",
    headers={"X-API-Key": "${key}"},
    json={"logs": [{
        "event_id": str(uuid.uuid4()),  # generate once, reuse for every retry
        "event_type": "telemetry",
        "event_name": "job_done",
        "properties": {"duration_ms": 182.5, "tags": {"provider": "search"}},
    }]},
    timeout=30,
)
answer.raise_for_status()
print(answer.json()["data"])`,
  };
}

function swift({ origin, key }: Target): Snippet {
  return {
    id: 'swift',
    label: 'Swift',
    note: 'Uses URLSession. On anything but a 201, keep the event and send it again: it is stored only once.',
    text: `var request = URLRequest(url: URL(string: "${origin}/api/v1/ingest")!)
request.httpMethod = "POST"
request.setValue("${key}", forHTTPHeaderField: "X-API-Key")
request.setValue("application/json", forHTTPHeaderField: "Content-Type")
request.httpBody = try JSONSerialization.data(withJSONObject: [
    "event_id": UUID().uuidString,
    "event_type": "behavioral",
    "event_name": "tap",
    "app_version": "1.4.2",
    "properties": ["screen": "home"],
    "device_info": ["os": "iOS"],
])
let (_, answer) = try await URLSession.shared.data(for: request)
let isStored = (answer as? HTTPURLResponse)?.statusCode == 201`,
  };
}

function kotlin({ origin, key }: Target): Snippet {
  return {
    id: 'kotlin',
    label: 'Kotlin',
    note: 'Uses OkHttp and org.json, as on Android. On anything but a 201, keep the event and send it again: it is stored only once.',
    text: `val event = JSONObject()
    .put("event_id", UUID.randomUUID().toString())
    .put("event_type", "behavioral")
    .put("event_name", "tap")
    .put("app_version", "1.4.2")
    .put("properties", JSONObject().put("screen", "home"))
    .put("device_info", JSONObject().put("os", "Android"))
val request = Request.Builder()
    .url("${origin}/api/v1/ingest")
    .header("X-API-Key", "${key}")
    .post(event.toString().toRequestBody("application/json".toMediaType()))
    .build()
val isStored = OkHttpClient().newCall(request).execute().use { it.code == 201 }`,
  };
}

/** Web servers' access logs: nginx writes them as JSON, Fluent Bit ships them. */
function accessLogSnippets(target: Target): Snippet[] {
  return [nginx(), fluentBit(target), lines(target)];
}

function nginx(): Snippet {
  return {
    id: 'nginx',
    label: 'nginx',
    note: 'Logs requests as JSON, one per line, for Fluent Bit (next tab) to ship. Query strings are left out: they may contain secrets.',
    // nginx counts seconds, and has no arithmetic: 0.012 becomes 12, and 1.234 becomes 1234, by their digits.
    text: `# in http { … }
map $request_time $sightline_ms {
    default                                  0;
    "~^0\\.0*(?<sl_ms>[1-9]\\d*)$"             $sl_ms;
    "~^(?<sl_s>[1-9]\\d*)\\.(?<sl_rest>\\d+)$"  $sl_s$sl_rest;
}
map $request_uri $sightline_path {
    "~^(?<sl_path>[^?]*)"  $sl_path;
}
log_format sightline escape=json
    '{"timestamp":"$time_iso8601","ip":"$remote_addr","method":"$request_method",'
    '"path":"$sightline_path","status":$status,"latency_ms":$sightline_ms,'
    '"user_agent":"$http_user_agent"}';
access_log /var/log/nginx/sightline.log sightline;`,
  };
}

function fluentBit({ origin, key }: Target): Snippet {
  const { protocol, hostname, port } = new URL(origin);
  const tls = protocol === 'https:';
  // An array (format json) is taken the same by every version; json_lines has had two content types.
  return {
    id: 'fluent-bit',
    label: 'Fluent Bit',
    note: 'Ships the file that nginx writes (previous tab) and remembers its position in it.',
    text: `[SERVICE]
    parsers_file  /etc/fluent-bit/parsers.conf

[INPUT]
    name    tail
    path    /var/log/nginx/sightline.log
    parser  json
    db      /var/lib/fluent-bit/sightline.db

[OUTPUT]
    name           http
    match          *
    host           ${hostname.replace(/^\[|\]$/g, '')}
    port           ${port || (tls ? '443' : '80')}
    uri            /logs
    format         json
    json_date_key  false
    header         X-API-Key ${key}${tls ? '\n    tls            on' : ''}`,
  };
}

function lines({ origin, key }: Target): Snippet {
  return {
    id: 'access-curl',
    label: 'Access log with curl',
    note: 'Sends access entries, one per line. Each needs an ip, a path, or both.',
    text: `curl ${origin}/logs \\
  -H 'X-API-Key: ${key}' \\
  -H 'Content-Type: application/x-ndjson' \\
  -d '{"ip": "203.0.113.7", "method": "GET", "path": "/pricing", "status": 200, "latency_ms": 12.5}
{"ip": "2001:db8::1", "method": "GET", "path": "/nope", "status": 404, "latency_ms": 0.8}'`,
  };
}
