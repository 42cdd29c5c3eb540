"""The first tables, and full-text search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("started", sa.Text, nullable=False),
        sa.Column("finished", sa.Text),
        sa.Column("sources", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("latest", sa.Integer, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("outlet", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("published", sa.Text),
        sa.Column("updated", sa.Text),
        sa.Column("seen", sa.Text, nullable=False),
        sa.Column("sort", sa.Text, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("raw_sha256", sa.Text),
        sa.Column("retention", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.UniqueConstraint("report", "number"),
    )
    op.create_index("ix_revisions_url", "revisions", ["url"])
    op.create_index("ix_revisions_sort", "revisions", ["sort"])
    op.create_index("ix_revisions_latest_sort", "revisions", ["latest", "sort"])
    op.create_table(
        "items",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("locator", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("code", sa.Integer),
        sa.Column("revision", sa.Integer, sa.ForeignKey("revisions.id")),
        sa.UniqueConstraint("locator", "sha256"),
    )
    op.create_index("ix_items_state", "items", ["state"])
    op.create_table(
        "readings",
        sa.Column("revision", sa.Integer, sa.ForeignKey("revisions.id"), primary_key=True),
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("made", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "profiles",
        sa.Column("report", sa.Text, primary_key=True),
        sa.Column("revision", sa.Integer, sa.ForeignKey("revisions.id"), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "bands",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("band", sa.BigInteger, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
    )
    op.create_index("ix_bands_band", "bands", ["band"])
    op.create_index("ix_bands_report", "bands", ["report"])
    op.create_table(
        "overlaps",
        sa.Column("copy", sa.Text, primary_key=True),
        sa.Column("of", sa.Text, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_overlaps_of", "overlaps", ["of"])
    op.create_table(
        "stories",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("first", sa.Text, nullable=False),
        sa.Column("last", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("entities", sa.Text, nullable=False),
    )
    op.create_index("ix_stories_last", "stories", ["last"])
    op.create_table(
        "members",
        sa.Column("report", sa.Text, primary_key=True),
        sa.Column("story", sa.Text, sa.ForeignKey("stories.id"), nullable=False),
        sa.Column("score", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_index("ix_members_story", "members", ["story"])
    op.create_table(
        "weighed",
        sa.Column("story", sa.Text, sa.ForeignKey("stories.id"), primary_key=True),
        sa.Column("made", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("claims", sa.Integer, nullable=False),
        sa.Column("disputed", sa.Integer, nullable=False),
        sa.Column("single", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("story", sa.Text, sa.ForeignKey("stories.id"), nullable=False),
    )
    op.create_index("ix_claims_story", "claims", ["story"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("decided", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("undoes", sa.Integer, sa.ForeignKey("decisions.id")),
        sa.UniqueConstraint("undoes"),
    )
    op.create_table(
        "state",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "feeds",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(  # a long text stands in several parts, as a tsvector has a limit
            "CREATE TABLE words (revision integer NOT NULL REFERENCES revisions (id), part integer NOT NULL, "
            "vector tsvector NOT NULL, PRIMARY KEY (revision, part))"
        )
        op.execute("CREATE INDEX ix_words_vector ON words USING gin (vector)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE words USING fts5(title, text, sources, entities, content='', "
        "tokenize='unicode61 remove_diacritics 2')"
    )


def downgrade() -> None:
    for name in (
        "words", "feeds", "state", "decisions", "claims", "weighed", "members", "stories", "overlaps",
        "bands", "profiles", "readings", "items", "revisions", "runs",
    ):  # fmt: skip
        op.drop_table(name)
