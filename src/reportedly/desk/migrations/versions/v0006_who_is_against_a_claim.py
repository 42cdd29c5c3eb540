"""Who is against a claim is found in lists too. Stories that are weighed again have it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("objects", sa.Integer, nullable=False, server_default="0")
    op.add_column("appearances", column)
