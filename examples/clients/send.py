"""Sends events to Sightline with requests and asks about them.

    pip install requests
    SIGHTLINE_URL=http://127.0.0.1:8080 SIGHTLINE_KEY=your-key python send.py
"""

import os
import random
import sys
import time
import uuid
from datetime import datetime, timezone

import requests

URL = os.environ.get("SIGHTLINE_URL", "http://127.0.0.1:8080")
RETRY = (408, 429, 500, 502, 503, 504)

session = requests.Session()
session.headers["X-API-Key"] = os.environ.get("SIGHTLINE_KEY", "")


def send(path, body):
    """Sends until the server has it. Safe to repeat: an event_id that is there already is not stored again."""
    pause = 0.2
    while True:
        asked = 0.0
        try:
            answer = session.post(URL + path, json=body, timeout=30)
            if answer.status_code not in RETRY:
                return result(answer)
            reason = answer.status_code
            retry_after = answer.headers.get("Retry-After", "")
            asked = float(retry_after) if retry_after.isdigit() else 0.0
        except (requests.ConnectionError, requests.Timeout) as error:
            reason = type(error).__name__
        wait = max(asked, pause * random.uniform(0.5, 1))
        print(f"{reason}: again in {wait:.1f} s", file=sys.stderr)
        time.sleep(wait)
        pause = min(pause * 2, 30)


def ask(path, **question):
    return result(session.get(URL + path, params=question, timeout=30))


def result(answer):
    body = answer.json()
    if answer.ok:
        return body["data"]
    raise SystemExit(f"{answer.status_code} {body['error']}: {body['message']} {body['details']}")


def event(name, duration, **more):
    """The event_id is made once, when the event happens, and kept for every attempt."""
    return {
        "event_id": str(uuid.uuid4()),
        "event_type": "performance",
        "event_name": name,
        "timestamp": datetime.now(timezone.utc).isoformat(),
        "user_id": "user-1",
        "session_id": "session-1",
        "app_version": "1.4.2",
        "properties": {"duration_ms": duration, "tags": {"provider": "search"}},
        "device_info": {"os": "Android", "model": "Pixel 9"},
        **more,
    }


if __name__ == "__main__":
    one = send("/api/v1/ingest", event("page_load", 182.5))
    print("one event:", one)

    logs = [event("search", 48), event("search", 75), event("search", 60, priority="urgent")]
    batch = send("/api/v1/batch-ingest", {"logs": logs})
    print("a batch:", batch["logs_processed"], "processed,", batch["duplicates"], "there before")
    for rejected in batch["rejected"]:  # wrong in itself: sending it again does not help
        print("  rejected:", rejected["index"], rejected["errors"])

    found = ask("/api/v1/logs/filter", user_id="user-1", event_name="search", page_size=5)
    print("found:", found["total_count"], "newest:", found["logs"][0]["event_id"], found["logs"][0]["timestamp"])

    stats = ask("/api/v1/stats", type="latency", range="hour", group_by="event_name")
    print("latency of the last hour:", stats["totals"])
