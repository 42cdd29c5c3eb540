"""The commands by which people decide: merge and split stories, confirm and reject, correct, hide, undo."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Annotated, Any

import typer

from .desk_commands import DESK, DeskOption, Json, print_json

review = typer.Typer(
    help="Decide what the program only suggests. Every decision is kept, and can be undone.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Why = Annotated[str, typer.Option("--why", help="The reason; it is kept with the decision.")]
Who = Annotated[str | None, typer.Option("--who", help="Who decides; your user name, if not said.")]


def _decide(desk: str, who: str | None, act: Callable[..., Any], why: str, *, groups: bool = True) -> None:
    """Write a decision down. ``groups``: it may change which report belongs to which story."""
    from ..desk import open_desk
    from ..desk.book import weigh_all
    from ..desk.filing import regroup
    from ..desk.review import touched

    with open_desk(desk, create=False) as opened:
        with opened.writing(alone=groups) as connection:
            decision = act(connection, who=who or getpass.getuser(), why=why)
            if touched(connection, decision):
                regroup(connection)
        for _ in weigh_all(opened):
            pass
    typer.echo(
        f"decision {decision.id}: {decision.kind}. Take it back with: reportedly review undo {decision.id}"
    )


def _place(text: str) -> tuple[str, str]:
    report, mark, attribution = text.rpartition("#")
    if not mark or not report or not attribution:
        raise typer.BadParameter(f"an appearance is written REPORT#ATTRIBUTION, not {text!r}")
    return report, attribution


@review.command()
def merge(
    stories: Annotated[list[str], typer.Argument(metavar="STORY STORY...", help="Their ids.")],
    desk: DeskOption = DESK,
    why: Why = "",
    who: Who = None,
) -> None:
    """Make one story of several."""
    from ..desk.review import merge as act

    _decide(desk, who, lambda c, **said: act(c, stories, **said), why)


@review.command()
def split(
    story: Annotated[str, typer.Argument(help="The story's id.")],
    reports: Annotated[list[str], typer.Argument(metavar="REPORT...", help="The reports that leave it.")],
    desk: DeskOption = DESK,
    why: Why = "",
    who: Who = None,
) -> None:
    """Make a story of its own of some of a story's reports."""
    from ..desk.review import split as act

    _decide(desk, who, lambda c, **said: act(c, story, reports, **said), why)


@review.command()
def confirm(
    a: Annotated[str, typer.Argument(metavar="REPORT#ATTRIBUTION")],
    b: Annotated[str, typer.Argument(metavar="REPORT#ATTRIBUTION")],
    desk: DeskOption = DESK,
    why: Why = "",
    who: Who = None,
) -> None:
    """Decide that two appearances make the same claim.

    [bold]Example[/bold]

      reportedly review confirm depot-1-agency#a92 depot-5-correction#a65 --why "both give the toll"
    """
    from ..desk.review import link

    first, second = _place(a), _place(b)
    _decide(desk, who, lambda c, **said: link(c, first, second, same=True, **said), why, groups=False)


@review.command()
def reject(
    a: Annotated[str, typer.Argument(metavar="REPORT#ATTRIBUTION")],
    b: Annotated[str, typer.Argument(metavar="REPORT#ATTRIBUTION")],
    desk: DeskOption = DESK,
    why: Why = "",
    who: Who = None,
) -> None:
    """Decide that two appearances do not make the same claim."""
    from ..desk.review import link

    first, second = _place(a), _place(b)
    _decide(desk, who, lambda c, **said: link(c, first, second, same=False, **said), why, groups=False)


@review.command()
def correct(
    place: Annotated[str, typer.Argument(metavar="REPORT#ATTRIBUTION")],
    field: Annotated[str, typer.Argument(help="stance, factuality or kind.")],
    value: Annotated[str, typer.Argument(help="What it is.")],
    desk: DeskOption = DESK,
    why: Why = "",
    who: Who = None,
) -> None:
    """Set a field of an attribution that was read wrong."""
    from ..desk.review import correct as act

    where = _place(place)
    _decide(desk, who, lambda c, **said: act(c, where, field, value, **said), why, groups=False)


@review.command()
def hide(
    report: Annotated[str, typer.Argument(help="The report's id.")],
    desk: DeskOption = DESK,
    why: Why = "",
    who: Who = None,
) -> None:
    """Leave a report out of everything; it stays in the store."""
    from ..desk.review import hide as act

    _decide(desk, who, lambda c, **said: act(c, report, **said), why)


@review.command()
def undo(
    number: Annotated[int, typer.Argument(help="The decision's number.")],
    desk: DeskOption = DESK,
    why: Why = "",
    who: Who = None,
) -> None:
    """Take a decision back."""
    from ..desk.decisions import undo as act

    _decide(desk, who, lambda c, **said: act(c, number, **said), why)


@review.command()
def log(desk: DeskOption = DESK, as_json: Json = False) -> None:
    """List all decisions: who decided what, when and why."""
    from ..desk import open_desk
    from ..desk.decisions import log as entries
    from ..desk.decisions import standing

    with open_desk(desk, create=False) as opened, opened.reading() as connection:
        found = entries(connection)
    if as_json:
        print_json(found)
        return
    stands = {d.id for d in standing(found)}
    for entry in found:
        mark = "" if entry.id in stands or entry.kind == "undo" else "  (undone)"
        what = f"of {entry.undoes}" if entry.undoes else " ".join(f"{k}={v}" for k, v in entry.body.items())
        typer.echo(f"{entry.id:>5}  {entry.decided[:19]}Z  {entry.who}: {entry.kind} {what}{mark}")
        if entry.why:
            typer.echo(f"       {entry.why}")
    if not found:
        typer.echo("No decisions yet.")
