"""Saved searches, what each has seen, what fired, and what was sent of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "searches",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sa.Column("webhook", sa.Text),
        sa.Column("secret", sa.Text),
        sa.Column("mail", sa.Text),
        sa.Column("created", sa.Text, nullable=False),
        sa.Column("ran", sa.Text),
        sa.Column("removed", sa.Text),
    )
    op.create_table(
        "snapshots",
        sa.Column("search", sa.Text, sa.ForeignKey("searches.id"), primary_key=True),
        sa.Column("story", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "fired",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("search", sa.Text, sa.ForeignKey("searches.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("claim", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_fired_search_number", "fired", ["search", "number"])
    op.create_table(
        "deliveries",
        sa.Column("fired", sa.Text, sa.ForeignKey("fired.id"), primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("ix_deliveries_state_due", "deliveries", ["state", "due"])
