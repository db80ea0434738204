#!/bin/sh
# Sends events to Sightline with curl (7.71 or newer) and asks about them:
#   SIGHTLINE_URL=http://127.0.0.1:8080 SIGHTLINE_KEY=your-key sh send.sh
set -eu
url=${SIGHTLINE_URL:-http://127.0.0.1:8080}
key=${SIGHTLINE_KEY:?set SIGHTLINE_KEY to an API key}

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# Prints the answer; ends the script where it is no 2xx.
call() {
  status=$(curl --silent --show-error --max-time 30 -H "X-API-Key: $key" -o "$answer" -w '%{http_code}' "$@")
  cat "$answer"
  echo
  case $status in 2??) ;; *) exit 1 ;; esac
}

# Sends until the server has it. Safe to repeat: an event_id that is there already is not stored again.
# curl takes 408, 429, 500, 502, 503, 504 and a lost connection as a reason to try again, and obeys Retry-After.
send() {
  call --retry 20 --retry-all-errors -H 'Content-Type: application/json' -d "$2" "$url$1"
}

# The event_id is made once, when the event happens, and kept for every attempt.
id=$(date +%s)-$$
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)

send /api/v1/ingest '{
  "event_id": "'"$id"'-1", "event_type": "performance", "event_name": "page_load", "timestamp": "'"$now"'",
  "user_id": "user-1", "session_id": "session-1", "app_version": "1.4.2",
  "properties": {"duration_ms": 182.5, "tags": {"provider": "search"}}
}'

send /api/v1/batch-ingest '{"logs": [
  {"event_id": "'"$id"'-2", "event_type": "performance", "event_name": "search", "user_id": "user-1", "properties": {"duration_ms": 48}},
  {"event_id": "'"$id"'-3", "event_type": "performance", "event_name": "search", "user_id": "user-1", "properties": {"duration_ms": 75}}
]}'

call "$url/api/v1/logs/filter?user_id=user-1&event_name=search&page_size=5"
call "$url/api/v1/stats?type=latency&range=hour&group_by=event_name"
