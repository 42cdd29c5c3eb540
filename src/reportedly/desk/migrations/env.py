"""Alembic's way in; run by :mod:`reportedly.desk.migrate`, which hands over an open connection."""

from __future__ import annotations

from alembic import context

from reportedly.desk import access_tables, alert_tables, tables

MODULES = (tables, access_tables, alert_tables)  # each of them enters its tables into the one metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=tables.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
