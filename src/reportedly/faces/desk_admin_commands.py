"""The commands that look after a desk as a whole: copy, back up, restore, verify."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from .desk_commands import DESK, DeskOption, Json, bars, print_json

FAULTS = 14
_SHOWN = 100  # faults that are listed in a terminal

admin = typer.Typer(
    help="Copy, back up and restore a desk, and say what it is.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.add_typer(admin, name="desk")
    app.command()(verify)


@admin.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A desk: its file or address.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="A desk that is not there yet, or is empty.")],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Copy a desk, from a file to a database or back, and compare the two.

    All is copied or nothing: if it is stopped, give the same command again. FROM may be in use; what is
    written to it meanwhile is not in the copy.

    [bold]Examples[/bold]

      reportedly desk copy desk.db postgresql://desk@localhost/news

      reportedly desk copy postgresql://desk@localhost/news desk.db
    """
    from ..desk import moving, open_desk

    with open_desk(source, create=False) as old, open_desk(target) as new, _told(quiet) as told:
        moved = moving.copy(old, new, told)
        _say_moved(moved, f"{old.name} → {new.name}", as_json)


@admin.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup: a file that is not there yet.")],
    desk: DeskOption = DESK,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a backup of a desk, while it is in use, and check it. It is itself a desk, in one file.

    [bold]Examples[/bold]

      reportedly desk backup desk-monday.db --desk desk.db
    """
    from ..desk import backup as backups
    from ..desk import open_desk

    with open_desk(desk, create=False) as opened, _told(quiet) as told:
        moved = backups.backup(opened, file, told)
        _say_moved(moved, f"{opened.name} → {file}", as_json)


@admin.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    desk: DeskOption = DESK,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a desk from a backup, and verify it. The desk must not be there yet, or be empty.

    [bold]Examples[/bold]

      reportedly desk restore desk-monday.db --desk desk.db
    """
    from ..desk import backup as backups
    from ..desk import open_desk

    with open_desk(desk) as opened, _told(quiet) as told:
        moved, faults = backups.restore(file, opened, told)
        _say_moved(moved, f"{file} → {opened.name}", as_json)
    _say_faults(faults)


@admin.command()
def info(desk: DeskOption = DESK, as_json: Json = False) -> None:
    """Say what keeps a desk, what it holds, and how its chains of custody end.

    [bold]Examples[/bold]

      reportedly desk info --desk postgresql://desk@localhost/news
    """
    from ..desk import migrate, open_desk, verifying
    from ..desk.asking import tally
    from ..desk.store import kept_by

    with open_desk(desk, create=False) as opened, opened.reading() as connection:
        found: dict[str, Any] = {
            "desk": opened.name,
            "store": kept_by(connection)[0],
            "form": migrate.form(connection),
            **tally(connection),
            "ends": verifying.ends(connection),
        }
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        if isinstance(value, dict):
            for chain, end in value.items():
                typer.echo(f"{'end of ' + chain:24} {end}")
        else:
            shown = f"{value:,}" if isinstance(value, int) else value
            typer.echo(f"{name.replace('_', ' '):24} {shown}")


def verify(
    desk: DeskOption = DESK,
    reread: Annotated[
        int, typer.Option("--reread", min=0, metavar="N", help="Also read N reports again, and compare.")
    ] = 0,
    through: Annotated[
        str | None,
        typer.Option("--through", metavar="END", help="An end noted earlier, which a chain must go through."),
    ] = None,
    captures: Annotated[
        Path | None,
        typer.Option("--captures", metavar="FOLDER", help="Compare with the WARC files kept by --capture."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check that every byte and row of a desk is there as it was taken in and decided.

    It says which text, reading, item or decision was changed or is missing. Note how the chains end, and
    later show with --through that nothing before that was exchanged.

    [bold]Examples[/bold]

      reportedly verify --desk desk.db

      reportedly verify --reread 20 --desk desk.db

    [bold]Exit status[/bold]

      0 all is as it was · 11 the desk cannot be read · 14 something is not
    """
    from ..desk import captured, open_desk, rereading, verifying

    with (
        open_desk(desk, create=False) as opened,
        opened.reading() as connection,
        _told(quiet) as told,
    ):
        faults = list(verifying.verify(connection, through=through))
        if captures is not None:
            faults += captured.captured(connection, captures)
        ends = verifying.ends(connection)
        again = []
        for one in rereading.reread(connection, reread) if reread else ():
            again.append(one)
            told("reading again", len(again), reread)
    different = [one for one in again if one.verdict == "differs"]
    if as_json:
        print_json({"faults": faults, "reread": again, "ends": ends})
    else:
        for one in again:
            if one.verdict != "same":
                why = f"read by another program ({', '.join(one.changed[:5])})" if one.changed else "differs"
                typer.echo(f"read again: {one.report} revision {one.number}: {why}; {', '.join(one.parts)}")
        if again:
            typer.echo(f"read again: {sum(o.verdict == 'same' for o in again)} of {len(again)} the same")
        if not faults:
            typer.echo("All is as it was taken in and decided.")
        for chain, end in ends.items():
            typer.echo(f"end of {chain}: {end}")
    _say_faults(faults, quiet=as_json)
    if different:
        raise typer.Exit(FAULTS)


def _say_moved(moved: Any, what: str, as_json: bool) -> None:
    if as_json:
        rows = {name: {"rows": one.rows, "digest": one.digest} for name, one in moved.tables.items()}
        print_json({"tables": rows, "ledger": moved.ledger})
    else:
        typer.echo(f"{what}: {moved.rows:,} rows in {len(moved.tables)} tables; rows and ledger are equal")


def _say_faults(faults: list[Any], *, quiet: bool = False) -> None:
    """List what is wrong, and end the program if anything is."""
    if not faults:
        return
    if not quiet:
        for fault in faults[:_SHOWN]:
            typer.echo(f"{fault.what}: {fault.which}: {fault.why}", err=True)
        if len(faults) > _SHOWN:
            typer.echo(f"and {len(faults) - _SHOWN:,} more (--json lists all)", err=True)
    raise typer.Exit(FAULTS)


@contextlib.contextmanager
def _told(quiet: bool) -> Iterator[Any]:
    """Give what is told how far it is: it draws bars on standard error."""
    with bars(quiet) as bar:
        yield lambda name, done, total: bar.step(name, done, total, f"{done:,} of {total:,}")


__all__ = ["admin", "register", "verify"]
