"""The chain of custody: what is there already is entered as it is found now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reportedly.desk import custody, store

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES: dict[custody.Kind, tuple[str, str]] = {
    "revision": ("revisions", "id"),
    "reading": ("readings", "revision, model"),
    "item": ("items", "id"),
}
_AT_ONCE = 200


def upgrade() -> None:
    op.create_table(
        "manifests",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "custody",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("chain", sa.Text, nullable=False),
    )
    op.add_column("runs", sa.Column("manifest", sa.Text))
    op.add_column("readings", sa.Column("manifest", sa.Text))
    op.add_column("items", sa.Column("capture", sa.Text))
    op.add_column("decisions", sa.Column("digest", sa.Text))
    connection = op.get_bind()
    at = store.now()
    for kind, (table, order) in _TABLES.items():
        settled = "WHERE state <> 'quarantined'" if kind == "item" else ""
        rows = connection.execute(sa.text(f"SELECT * FROM {table} {settled} ORDER BY {order}")).mappings()
        while some := rows.fetchmany(_AT_ONCE):
            found = [dict(row) for row in some]
            entries = [(kind, custody.subject(kind, row), custody.row_digest(kind, row)) for row in found]
            custody.enter_all(connection, entries, at)
    _chain_decisions(connection)


def _chain_decisions(connection: sa.Connection) -> None:
    """Seal the decisions in the order in which they were made."""
    last, count = custody.BEGINNING, 0
    for row in connection.execute(sa.text("SELECT * FROM decisions ORDER BY id")).all():
        last, count = custody.decision_digest(last, row), count + 1
        connection.execute(
            sa.text("UPDATE decisions SET digest = :digest WHERE id = :id"), {"digest": last, "id": row.id}
        )
    if count:
        custody.put_end(connection, "decisions", custody.End(count, last))


def downgrade() -> None:
    connection = op.get_bind()
    for key in ("end of custody", "end of decisions"):
        connection.execute(sa.text("DELETE FROM state WHERE key = :key"), {"key": key})
    for table, column in (
        ("decisions", "digest"), ("items", "capture"), ("readings", "manifest"), ("runs", "manifest"),
    ):  # fmt: skip
        op.drop_column(table, column)
    op.drop_table("custody")
    op.drop_table("manifests")
