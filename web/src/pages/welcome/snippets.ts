import { accessLogSnippets } from './access-log-snippets.js';

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
