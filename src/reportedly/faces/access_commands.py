"""The commands that say who may use a desk over the network, and show who did."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from .desk_commands import DESK, DeskOption, Json, print_json

access = typer.Typer(
    help="Say who may use a desk over the network, and see who did.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class RoleName(StrEnum):
    """What a user may do."""

    reader = "reader"
    reviewer = "reviewer"
    admin = "admin"


Role = Annotated[RoleName, typer.Option(help="reader sees; reviewer also decides and takes in; admin all.")]


@access.command("add-user")
def add_user(
    name: Annotated[str, typer.Argument(help="The user's name.")],
    role: Role = RoleName.reader,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Without a password: this user has tokens alone.")
    ] = False,
    desk: DeskOption = DESK,
) -> None:
    """Add a user, or give one a new role and password. Tokens and sessions of before end.

    The password is asked for, or read from standard input where that is no terminal.

    [bold]Examples[/bold]

      reportedly access add-user mira --role reviewer --desk desk.db

      reportedly access add-user robot --no-password
    """
    from ..desk import open_desk
    from ..desk.access import add_user as act

    password = None if no_password else _password()
    with open_desk(desk, create=False) as opened, opened.writing() as connection:
        act(connection, name, role.value, password)
    typer.echo(f"{name.strip().lower()} may use '{desk}' as {role.value}")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    found: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return found


@access.command()
def token(
    user: Annotated[str, typer.Argument(help="Whose it is.")],
    role: Annotated[
        RoleName | None, typer.Option(help="What it may do; the user's role, if not said.")
    ] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int, typer.Option(min=0, max=3650, help="After how many it expires; 0: never.")] = 90,
    desk: DeskOption = DESK,
) -> None:
    """Make a token for programs and print it. It is shown this once.

    [bold]Example[/bold]

      reportedly access token robot --label "nightly export" --days 30
    """
    from ..desk import open_desk
    from ..desk.access import add_token

    with open_desk(desk, create=False) as opened, opened.writing() as connection:
        made = add_token(connection, user, role=role.value if role else None, label=label, days=days or None)
    typer.echo(made)


@access.command("list")
def everybody(desk: DeskOption = DESK, as_json: Json = False) -> None:
    """List users and their tokens."""
    from ..desk import open_desk
    from ..desk.access import everybody as asked

    with open_desk(desk, create=False) as opened, opened.reading() as connection:
        found = asked(connection)
    if as_json:
        print_json(found)
        return
    for one in found:
        name = f"{one.user:24}" if one.id is None else f"  token {one.id:16}"
        until = f"revoked {one.revoked[:16]}" if one.revoked else f"until {(one.expires or '')[:16]}"
        note = until if one.revoked or one.expires else ""
        typer.echo(
            "  ".join(part for part in (name, f"{one.role:8}", one.label or "", note) if part).rstrip()
        )
    if not found:
        typer.echo("Nobody. Add a user with: reportedly access add-user")


@access.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="USER|TOKEN", help="A user's name or a token's id.")],
    desk: DeskOption = DESK,
) -> None:
    """Revoke a user, with all tokens and sessions, or one token."""
    from ..desk import open_desk
    from ..desk.access import revoke as act

    with open_desk(desk, create=False) as opened, opened.writing() as connection:
        what = act(connection, name)
    typer.echo(f"{what} {name} is revoked")


@access.command()
def log(
    user: Annotated[str | None, typer.Option(help="Only of this user.")] = None,
    since: Annotated[str | None, typer.Option(help="Only from then on (ISO 8601, UTC if not said).")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the latest.")] = 100,
    desk: DeskOption = DESK,
    as_json: Json = False,
) -> None:
    """Show who saw and did what over the network."""
    from ..desk import open_desk
    from ..desk.access import log as asked
    from ..desk.store import stamp
    from ..weighing.filed import moment

    at = moment(since)
    if since is not None and at is None:
        raise typer.BadParameter(f"a time is wanted in ISO 8601, such as 2026-03-12T09:00, not {since!r}")
    with open_desk(desk, create=False) as opened, opened.reading() as connection:
        found = asked(connection, who=user, since=stamp(at) if at else None, limit=limit)
    if as_json:
        print_json(found)
        return
    for visit in found:
        ids = " ".join(ascii(value)[1:-1] for value in visit.ids.values())
        typer.echo(
            f"{visit.at[:19]}Z  {visit.who:16} {visit.status}  {visit.method:6} {visit.path}  {ids}".rstrip()
        )
    if not found:
        typer.echo("Nothing is logged.")
