"""The tables of alerts: saved searches, what each has seen, what fired, and what was sent of it.

They share the one ``metadata`` of :mod:`reportedly.desk.tables`. Rows of ``fired`` are only
added. ``secret`` is what a webhook is signed with, or where that is. Times are ISO 8601 text in UTC.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from .tables import metadata

searches = Table(
    "searches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("about", Text, nullable=False),  # words, or nothing
    Column("by", Text, nullable=False),  # words, or nothing
    Column("story", Text, nullable=False),  # a story's id, or nothing
    Column("changes", Text, nullable=False),  # what fires, as JSON
    Column("webhook", Text),
    Column("secret", Text),
    Column("mail", Text),
    Column("created", Text, nullable=False),
    Column("ran", Text),  # when it last compared; null: it has seen nothing yet
    Column("removed", Text),
)

snapshots = Table(  # what a search has seen of a story
    "snapshots",
    metadata,
    Column("search", Text, ForeignKey("searches.id"), primary_key=True),
    Column("story", Text, primary_key=True),  # it may be gone by now
    Column("key", Text, nullable=False),  # of the weighing that was seen
    Column("body", LargeBinary, nullable=False),
)

fired = Table(
    "fired",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("search", Text, ForeignKey("searches.id"), nullable=False),
    Column("at", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("story", Text, nullable=False),
    Column("claim", Text),
    Column("body", Text, nullable=False),  # the whole alert as JSON
    UniqueConstraint("id"),
    Index(None, "search", "number"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("fired", Text, ForeignKey("fired.id"), primary_key=True),
    Column("channel", Text, primary_key=True),  # webhook, mail
    Column("state", Text, nullable=False),  # pending, sent, failed
    Column("tries", Integer, nullable=False),
    Column("due", Text, nullable=False),  # when it is tried next
    Column("error", Text),  # why the last try failed
    Index(None, "state", "due"),
)
