"""What lists say of claims, so that a list need not open every story. Derived: stories are weighed again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("DELETE FROM weighed"))
    op.drop_table("claims")
    op.create_table(
        "claims",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("story", sa.Text, sa.ForeignKey("stories.id"), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reports", sa.Integer, nullable=False),
        sa.Column("outlets", sa.Integer, nullable=False),
        sa.Column("low", sa.Integer, nullable=False),
        sa.Column("high", sa.Integer, nullable=False),
        sa.Column("disputed", sa.Integer, nullable=False),
        sa.Column("first", sa.Text),
        sa.Column("last", sa.Text),
    )
    op.create_index("ix_claims_story", "claims", ["story"])
    op.create_table(
        "appearances",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("claim", sa.Text, sa.ForeignKey("claims.id", ondelete="CASCADE"), nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("attribution", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_index("ix_appearances_claim", "appearances", ["claim"])
    op.create_index("ix_appearances_report", "appearances", ["report"])
