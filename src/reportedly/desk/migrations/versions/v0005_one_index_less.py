"""Without the index on ``latest``: nearly every revision is the latest, and SQLite took it for look-ups."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_revisions_latest_sort", table_name="revisions")
