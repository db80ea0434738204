"""What Schemathesis must know of Sightline beside its OpenAPI document."""

import json
import os
import re

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

NDJSON = ("application/x-ndjson",)


@schemathesis.serializer(*NDJSON)
def ndjson_body(_context, value):
    records = value if isinstance(value, list) else [value]
    return "\n".join(json.dumps(record) for record in records).encode()


@schemathesis.deserializer(*NDJSON)
def ndjson_records(_context, response):
    return [json.loads(line) for line in response.content.splitlines()]


@schemathesis.hook
def before_call(_context, case, _kwargs) -> None:
    # The key that asks is listed among the keys, and told by the session: revoked, it would get nothing but 401 from then on.
    if (case.path_parameters or {}).get("id") == os.environ["SIGHTLINE_KEY_ID"]:
        case.path_parameters["id"] = "00000000-0000-4000-8000-000000000000"
    if case.meta is not None and case.meta.generation.mode.is_positive and case.query:
        make_consistent(case.query, case.path)


def make_consistent(query: dict, path: str) -> None:
    """Parameters that go together, as OpenAPI has no words for that: all that are given at once would be refused each time."""
    query.pop("cursor", None)
    if "page_size" in query:
        query.pop("limit", None)
    for first, last in (("from", "to"), ("start_time", "end_time")):
        if query.get(first) and query.get(last):
            query[first], query[last] = sorted((query[first], query[last]))
    if query.get("from"):
        for name in ("range", "hour", "interval"):
            query.pop(name, None)
    else:
        query.pop("to", None)
    if path == "/analytics":
        query.update({name: re.sub(r":\d\d:\d\d(\.\d+)?", ":00:00", text) for name, text in query.items()})


# Formats of the document that JSON Schema does not know.
ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
METHODS = st.sampled_from(["GET", "post", "Delete", "OPTIONS"])
LINES = st.builds(
    "2026-11-20T10:00:{:02}Z {} {} /{} {} {}ms".format,
    st.integers(0, 59),
    ADDRESSES,
    st.sampled_from(["GET", "post", "Delete"]),
    st.text("abc/%20", max_size=9),
    st.integers(100, 599),
    st.integers(0, 10_000),
)
schemathesis.openapi.format("ip", ADDRESSES)
schemathesis.openapi.format("http-method", METHODS)
schemathesis.openapi.format("date-time-basic-offset", st.just("2026-11-20T10:00:00+0100"))
schemathesis.openapi.format("time-zone", st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns"]))
schemathesis.openapi.format("access-line", LINES)

# Rules that no schema of one parameter can say: where every detail of a refusal is one of these, it is not the document's fault.
RULES = [
    ("from", "is missing"),
    ("from|to|start_time|end_time", "must be (before|after) .*"),
    ("range|hour", "cannot be combined with from and to"),
    ("from", "must not be more than 31 days before to"),
    ("hour|from|to", r"must be a whole hour \(UTC\)"),
    ("interval", "(.* gives more than|.* reaches) .*"),
    ("limit", "is another name of page_size: give one of them"),
    ("page|offset", "does not go with a cursor.*|must not (skip more than|be above) .*"),
    ("cursor", r"is not a next_cursor of this \w+|The cursor is not one of this server\."),
    ("expires_at", "must be in the future"),
    ("id", "is already revoked, expired or rotated"),
]


@schemathesis.hook
def filter_failure(_context, failure: Failure, case, response) -> bool:
    # Read by its path, it is also the dead letter that is called `replay`: GET says that there is none.
    if case.path == "/api/v1/dead-letters/replay" and response.status_code in (404, 405):
        return False
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 400:
        return True
    # To OpenAPI any text is CSV.
    if case.media_type == "text/csv":
        return False
    details = response.json()["details"]
    return not details or not all(follows_a_rule(**detail) for detail in details)


def follows_a_rule(field: str, message: str) -> bool:
    return any(re.fullmatch(name, field) and re.fullmatch(text, message) for name, text in RULES)
