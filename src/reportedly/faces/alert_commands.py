"""The commands of alerts: saved searches that say when a claim gains an origin or a dispute."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from .desk_commands import DESK, DeskOption, Json, print_json

SOME_UNDELIVERED = 10

alerts = typer.Typer(
    help="Save searches, and be told when a claim gains an origin or a dispute, or a figure changes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class ChangeName(StrEnum):
    """What a saved search fires on."""

    claim = "claim"
    origin = "origin"
    dispute = "dispute"
    correction = "correction"
    figure = "figure"


@alerts.command()
def add(
    name: Annotated[str, typer.Argument(help="What to call the search.")],
    about: Annotated[str, typer.Option(help="Words that a claim has.")] = "",
    by: Annotated[str, typer.Option(help="Words in the name of who makes it, or is against it.")] = "",
    story: Annotated[str, typer.Option(help="Only this story, by its id.")] = "",
    on: Annotated[
        list[ChangeName] | None, typer.Option("--on", help="What fires; several may be given. [default: all]")
    ] = None,
    webhook: Annotated[str | None, typer.Option(help="Post what fires to this http(s) address.")] = None,
    secret: Annotated[
        str | None,
        typer.Option(
            envvar="REPORTEDLY_WEBHOOK_SECRET",
            help="What the webhook is signed with, or where that is: env:NAME or file:PATH. "
            "[default: a new one]",
        ),
    ] = None,
    mail: Annotated[str | None, typer.Option(help="Write what fires to this e-mail address.")] = None,
    desk: DeskOption = DESK,
    as_json: Json = False,
) -> None:
    """Save a search. Its first run only looks; what changes from then on fires.

    [bold]Examples[/bold]

      reportedly alerts add "Saren port" --about "port Saren" --on dispute --on origin

      reportedly alerts add ministry --by "interior ministry" --webhook https://hooks.example/desk
    """
    from ..desk import open_desk
    from ..desk.alert_changes import CHANGES, Watch
    from ..desk.alerts import add as act

    changes = tuple(c for c in CHANGES if on is None or not on or c in {one.value for one in on})
    watch = Watch(about=about, by=by, story=story, changes=changes)
    with open_desk(desk, create=False) as opened, opened.writing(alone=False) as connection:
        found, signed = act(connection, name, watch=watch, webhook=webhook, secret=secret, mail=mail)
    if as_json:
        print_json({"search": found, "secret": signed})
        return
    _print(f"{found.id} is saved. It looks when you call: reportedly alerts run --desk {desk}")
    if signed:
        _print(f"Its webhook is signed with the secret {signed}, which is shown this once.")


@alerts.command("list")
def every(desk: DeskOption = DESK, as_json: Json = False) -> None:
    """List the saved searches."""
    from ..desk import open_desk
    from ..desk.alerts import every as asked

    with open_desk(desk, create=False) as opened, opened.reading() as connection:
        found = asked(connection)
    if as_json:
        print_json(found)
        return
    for one in found:
        watch = one.watch
        asks = [
            f"{k} {v!r}" for k, v in (("about", watch.about), ("by", watch.by), ("story", watch.story)) if v
        ]
        to = [part for part in (one.webhook, one.mail) if part]
        _print(f"{one.id}  {one.name}: {', '.join(asks) or 'everything'}; on {', '.join(watch.changes)}")
        _print(f"{'':12}  last run {(one.ran or 'never')[:19]}; sent to {', '.join(to) or 'its feed'}")
    if not found:
        _print("No search is saved. Save one with: reportedly alerts add")


@alerts.command()
def remove(
    search: Annotated[str, typer.Argument(help="The saved search's id.")], desk: DeskOption = DESK
) -> None:
    """Remove a saved search. What fired stays in the log."""
    from ..desk import open_desk
    from ..desk.alerts import remove as act

    with open_desk(desk, create=False) as opened, opened.writing(alone=False) as connection:
        found = act(connection, search)
    _print(f"{found.id} ({found.name}) is removed")


_RUN_HELP = """
See what changed since the last run, write it down, and send it; also what could not be sent before.

Call it after [bold]ingest[/bold] or [bold]watch[/bold], or every few minutes.

[bold]Example[/bold]

  reportedly ingest https://example.org/feed.xml && reportedly alerts run

[bold]Exit status[/bold]

  0 all is sent · 10 something could not be sent (it is tried again by later runs, 8 times at the most) ·
  11 the desk cannot be opened or written
"""


@alerts.command(help=_RUN_HELP)
def run(
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow webhooks of your own network and machine.")
    ] = False,
    desk: DeskOption = DESK,
    as_json: Json = False,
) -> None:
    from ..desk import open_desk
    from ..desk.alerts import run as act
    from ..desk.delivery import deliver, lines

    with open_desk(desk, create=False) as opened:
        fired = act(opened)
        done = deliver(opened, allow_private=allow_private)
    if as_json:
        print_json({"fired": fired, "delivered": done})
    else:
        for alert in fired:
            first, *rest = lines(alert)
            _print("\n".join([f"{alert.name}: {first}", *(f"  {line}" for line in rest)]))
        _print(
            f"{len(fired)} fired, {done.sent} sent, {done.waiting} to be tried again, {done.failed} given up"
        )
    for error in done.errors:
        _print(f"reportedly: {error}", err=True)
    if done.errors:
        raise typer.Exit(SOME_UNDELIVERED)


@alerts.command()
def log(
    search: Annotated[str | None, typer.Option(help="Only of this saved search, by its id.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the latest.")] = 50,
    desk: DeskOption = DESK,
    as_json: Json = False,
) -> None:
    """Show what fired, the latest first, and whether it was sent."""
    from ..desk import open_desk
    from ..desk.alerts import log as asked
    from ..desk.alerts import sendings
    from ..desk.delivery import heading

    with open_desk(desk, create=False) as opened, opened.reading() as connection:
        found = asked(connection, search, limit)
        ways = sendings(connection, found)
    if as_json:
        print_json([{"alert": a, "sent": [s for s in ways if s.alert == a.id]} for a in found])
        return
    for alert in found:
        sent = ", ".join(f"{s.channel} {s.state}" for s in ways if s.alert == alert.id)
        _print(f"{alert.at[:19]}Z  {alert.name}: {heading(alert)}{f'  [{sent}]' if sent else ''}")
        _print(f"{'':22}{alert.why}")
    if not found:
        _print("Nothing fired yet.")


def _print(text: str, err: bool = False) -> None:
    """Print text that may come from reports: nothing in it acts on the terminal."""
    typer.echo("".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text), err=err)
