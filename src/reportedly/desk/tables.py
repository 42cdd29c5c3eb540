"""The tables of a desk, for SQLAlchemy Core; the same on every store.

Times are ISO 8601 text in UTC, so that they sort as they are. ``body`` columns
hold records as JSON, packed with zlib where they are long. Rows of
``revisions``, ``readings`` and ``decisions`` are only added, never changed (but for the mark of the
latest revision); what is derived from them (stories, overlaps, weighed) can be made again.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started", Text, nullable=False),
    Column("finished", Text),
    Column("sources", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("manifest", Text),  # what it read with, see manifests
)

items = Table(  # everything that was ever taken in, by where it stood and its bytes
    "items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("locator", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("run", Integer, ForeignKey("runs.id"), nullable=False),
    Column("at", Text, nullable=False),
    Column("state", Text, nullable=False),  # filed, known (nothing new in it), quarantined
    Column("reason", Text),
    Column("code", Integer),
    Column("revision", Integer, ForeignKey("revisions.id")),
    Column("capture", Text),  # what the site or the archive said with it, as JSON
    UniqueConstraint("locator", "sha256"),
    Index(None, "state"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("latest", Integer, nullable=False),  # 1 for the report's last revision, else 0
    Column("url", Text),
    Column("outlet", Text),
    Column("title", Text),
    Column("published", Text),
    Column("updated", Text),
    Column("seen", Text, nullable=False),
    Column("sort", Text, nullable=False),  # from when it stands: published, updated, or else seen
    Column("language", Text),
    Column("sha256", Text, nullable=False),
    Column("raw_sha256", Text),
    Column("retention", Text, nullable=False),  # full, excerpt, hash
    Column("text", Text, nullable=False),
    Column("about", Text, nullable=False),  # the rest of the report as JSON
    UniqueConstraint("report", "number"),
    Index(None, "url"),
    Index(None, "sort"),
)

readings = Table(
    "readings",
    metadata,
    Column("revision", Integer, ForeignKey("revisions.id"), primary_key=True),
    Column("model", Text, primary_key=True),
    Column("made", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("manifest", Text),  # what it was made with, see manifests
)

profiles = Table(  # what stories are found by, of each report's last revision
    "profiles",
    metadata,
    Column("report", Text, primary_key=True),
    Column("revision", Integer, ForeignKey("revisions.id"), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

bands = Table(  # fingerprints of each report's text, by which copies are found
    "bands",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("band", BigInteger, nullable=False),
    Column("report", Text, nullable=False),
    Index(None, "band"),
    Index(None, "report"),
)

overlaps = Table(  # pairs of reports that share text
    "overlaps",
    metadata,
    Column("copy", Text, primary_key=True),
    Column("of", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Index(None, "of"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("last", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("entities", Text, nullable=False),
    Index(None, "last"),
)

members = Table(
    "members",
    metadata,
    Column("report", Text, primary_key=True),
    Column("story", Text, ForeignKey("stories.id"), nullable=False),
    Column("score", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index(None, "story"),
)

weighed = Table(  # the claims, citations and figures of a story; gone when the story changes
    "weighed",
    metadata,
    Column("story", Text, ForeignKey("stories.id"), primary_key=True),
    Column("made", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("claims", Integer, nullable=False),
    Column("disputed", Integer, nullable=False),
    Column("single", Integer, nullable=False),  # claims in several reports with one origin
    Column("body", LargeBinary, nullable=False),
)

claims = Table(  # what lists say of each claim of the stories that are weighed
    "claims",
    metadata,
    Column("id", Text, primary_key=True),
    Column("story", Text, ForeignKey("stories.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("reports", Integer, nullable=False),  # how many carry it
    Column("outlets", Integer, nullable=False),
    Column("low", Integer, nullable=False),  # to how many origins it goes back, at least
    Column("high", Integer, nullable=False),  # and at most
    Column("disputed", Integer, nullable=False),  # how many objections there are
    Column("first", Text),
    Column("last", Text),
    Index(None, "story"),
)

appearances = Table(  # who says a claim or is against it, in which report, in words as they are compared
    "appearances",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("claim", Text, ForeignKey("claims.id", ondelete="CASCADE"), nullable=False),
    Column("report", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("kind", Text, nullable=False),  # of its source
    Column("source", Text, nullable=False),  # " interior ministry "
    Column("words", Text, nullable=False),  # " raids planned on islands "
    Column("objects", Integer, nullable=False, server_default="0"),  # 1 where it is against the claim
    Index(None, "claim"),
    Index(None, "report"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("decided", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("undoes", Integer, ForeignKey("decisions.id")),
    Column("digest", Text),  # of this decision and all before it
    UniqueConstraint("undoes"),
)

manifests = Table(  # the program, weights and tables that readings were made with
    "manifests",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

custody = Table(  # every revision, reading and settled item, each entry sealed by the next
    "custody",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),  # revision, reading, item
    Column("subject", Text, nullable=False),
    Column("digest", Text, nullable=False),  # of the row
    Column("chain", Text, nullable=False),  # of this entry and all before it
)

state = Table(  # where the desk's own work stands
    "state",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

feeds = Table(  # where a watched feed stands
    "feeds",
    metadata,
    Column("url", Text, primary_key=True),
    Column("state", Text, nullable=False),
)
