"""The tables of who may use a desk, what they did, and the jobs they gave.

They share the one ``metadata`` of :mod:`reportedly.desk.tables`. No secret stands
here: of a password its Argon2 hash, of a token or a session the SHA-256 of its
256 random bits. Times are ISO 8601 text in UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from .tables import metadata

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),  # reader, reviewer, admin
    Column("password", Text),  # its Argon2id hash; null: this user has tokens alone
    Column("created", Text, nullable=False),
    Column("revoked", Text),  # since when the user may do nothing
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),  # what names the token in lists and in the log
    Column("user", Text, ForeignKey("users.name"), nullable=False),
    Column("digest", Text, nullable=False),
    Column("role", Text, nullable=False),  # at most the user's own
    Column("label", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("expires", Text),
    Column("revoked", Text),
    UniqueConstraint("digest"),
    Index(None, "user"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user", Text, ForeignKey("users.name"), nullable=False),
    Column("created", Text, nullable=False),
    Column("used", Text, nullable=False),  # by which a session that lies idle ends
    Column("ended", Text),
    Index(None, "user"),
)

attempts = Table(  # sign-ins that failed, by which the next ones are slowed down
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),  # a digest of what was typed: it may have been a password
    Column("address", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index(None, "name", "at"),
    Index(None, "address", "at"),
)

visits = Table(  # who saw and did what; never a text, a question or a secret
    "visits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("through", Text, nullable=False),  # session, token:ID, loopback, nobody
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),  # the template, such as /api/v1/reports/{report}
    Column("ids", Text, nullable=False),  # what stood in the template's places, as JSON
    Column("status", Integer, nullable=False),
    Index(None, "who", "id"),
)

jobs = Table(  # reports that were posted to be taken in
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("who", Text, nullable=False),
    Column("state", Text, nullable=False),  # waiting, running, done, failed, cancelled, interrupted
    Column("created", Text, nullable=False),
    Column("started", Text),
    Column("finished", Text),
    Column("kind", Text, nullable=False),  # jsonl, text, html, urls
    Column("retention", Text, nullable=False),
    Column("total", Integer, nullable=False),  # reports, as far as they can be counted beforehand
    Column("counts", Text, nullable=False),  # JSON: how many were filed, revised, known, quarantined
    Column("reason", Text),
    Column("key", Text),  # the client's Idempotency-Key
    Column("request", Text, nullable=False),  # the digest of what was posted
    Column("upload", LargeBinary),  # what was posted, packed; gone when the job is done
    UniqueConstraint("who", "key"),
    Index(None, "state"),
)

leases = Table(  # which worker does a job that runs; see :mod:`reportedly.desk.leases`
    "leases",
    metadata,
    Column("job", Text, ForeignKey("jobs.id"), primary_key=True),
    Column("owner", Text, nullable=False),  # the worker's name
    Column("beat", Integer, nullable=False),  # goes up while the worker lives
    Column("takes", Integer, nullable=False),  # by how many workers it was begun
    Column("stop", Integer, nullable=False),  # 1: somebody cancelled it
    Column("progress", Text, nullable=False),  # how far it is, as JSON
)
