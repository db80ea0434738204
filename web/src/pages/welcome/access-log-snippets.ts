import type { Snippet, Target } from './snippets.js';

/** Web servers' access logs: nginx writes them as JSON, Fluent Bit ships them. */
export function accessLogSnippets(target: Target): Snippet[] {
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
