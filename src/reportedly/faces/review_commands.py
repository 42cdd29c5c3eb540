"""The commands by which people decide: on stories, links, readings, reports and ratings; and to undo it."""

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
def redact(
    report: Annotated[str, typer.Argument(help="The report's id.")],
    span: Annotated[
        list[str] | None,
        typer.Option(metavar="START:END", help="A range of characters; may be given several times."),
    ] = None,
    quote: Annotated[str, typer.Option(help="Words, wherever they stand in the field.")] = "",
    field: Annotated[str, typer.Option(help="text, title, authors or url.")] = "text",
    whole: Annotated[bool, typer.Option("--whole", help="All of the field.")] = False,
    desk: DeskOption = DESK,
    why: Annotated[str, typer.Option("--why", help="The reason; it is kept, and needed.")] = "",
    who: Who = None,
) -> None:
    """Take words out of a report: blocks stand in their place wherever it is shown, searched or exported.

    The words stay in the store, and come back when this is undone. Words that are taken out of the text are
    taken out of the title, the authors, the address and the report's other revisions, too.

    [bold]Examples[/bold]

      reportedly review redact depot-1-agency --quote "Ana Reyes" --why "a private person"

      reportedly review redact depot-1-agency --span 120:164 --why "an address"

      reportedly review redact depot-1-agency --field url --whole --why "it spells her name"
    """
    from ..desk import open_desk
    from ..desk.book import Book
    from ..desk.redactions import FIELDS
    from ..desk.review import elsewhere
    from ..desk.review import redact as act

    spans = [_range(text) for text in span or ()]
    if whole == bool(spans or quote):
        raise typer.BadParameter("give --span or --quote, or --whole for all of the field")
    if field not in FIELDS:
        raise typer.BadParameter(f"--field is one of {', '.join(FIELDS)}")
    words = [quote] if quote else []
    others: list[str] = []
    with open_desk(desk, create=False) as opened, opened.reading() as connection:
        text = Book(connection).report(report).reading.report.text
        words += [text[a:b] for a, b in spans] if field == "text" else []
        others = elsewhere(connection, report, words)
    _decide(
        desk,
        who,
        lambda c, **said: act(c, report, spans=spans, quote=quote, field=field, **said),
        why,
        groups=False,
    )
    if others:
        typer.echo(f"The same words stand in other reports, too: {', '.join(others)}")


def _range(text: str) -> tuple[int, int]:
    start, mark, end = text.partition(":")
    if not mark or not (start.isdecimal() and end.isdecimal()):
        raise typer.BadParameter(f"a range is written START:END, not {text!r}")
    return int(start), int(end)


@review.command()
def rate(
    claim: Annotated[str, typer.Argument(help="The claim's id.")],
    rating: Annotated[str, typer.Argument(help='The verdict in words, such as "unproven".')],
    organisation: Annotated[str, typer.Option("--by", help="The organisation that rates.")],
    url: Annotated[str | None, typer.Option(help="Address of its published review.")] = None,
    value: Annotated[float | None, typer.Option(help="The verdict on its scale.")] = None,
    best: Annotated[float | None, typer.Option(help="The best of the scale.")] = None,
    worst: Annotated[float | None, typer.Option(help="The worst of the scale.")] = None,
    desk: DeskOption = DESK,
    why: Why = "",
    who: Who = None,
) -> None:
    """Write down how an organisation rated a claim; it goes out as schema.org ClaimReview.

    The program rates nothing, and counts and weighs nothing by it.

    [bold]Example[/bold]

      reportedly review rate c1a2b3 unproven --by "Norden Fact Desk" --url https://facts.example/ferry
    """
    from ..desk.review import rate as act

    _decide(
        desk,
        who,
        lambda c, **said: act(
            c, claim, rating=rating, organisation=organisation, url=url, value=value, best=best, worst=worst,
            **said,
        ),
        why,
        groups=False,
    )  # fmt: skip


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
