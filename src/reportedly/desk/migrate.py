"""Brings a desk's tables to the form that this version of the program knows."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from ..errors import DeskError
from . import postgres_store


def is_current(connection: Connection) -> bool:
    """Tell whether a desk's tables have the form that this program knows.

    Raises:
        DeskError: the desk was made by a newer version of the program.
    """
    current = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(_config())
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise DeskError("this desk was made by a newer version of reportedly; update the program")
    return bool(current == scripts.get_current_head())


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "postgresql":
        postgres_store.sort_as_bytes(connection)


def form(connection: Connection) -> str | None:
    """Return the number of the last migration that a desk has seen."""
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(__package__).joinpath("migrations")))
    config.set_main_option("path_separator", "os")
    return config
