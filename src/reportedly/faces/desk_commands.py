"""The commands that work on a desk: taking reports in, and asking what it holds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from . import terminal

SOME_QUARANTINED = 10

DeskOption = Annotated[
    str,
    typer.Option(
        "--desk",
        "-d",
        metavar="FILE|ADDRESS",
        envvar="REPORTEDLY_DESK",
        help="The desk's file, or its address (postgresql://…).",
        show_default=True,
    ),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="Show what was known at this time (ISO 8601, UTC if not said).")
]
CaptureOption = Annotated[
    Path | None,
    typer.Option("--capture", metavar="FOLDER", help="Keep every page that is fetched in a WARC file here."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DESK = "desk.db"


class Kept(StrEnum):
    """How much of a report's text a desk keeps."""

    full = "full"
    excerpt = "excerpt"
    hash = "hash"


class ClockName(StrEnum):
    """By which time ``--as-of`` goes."""

    published = "published"
    seen = "seen"


Clock = Annotated[
    ClockName, typer.Option("--clock", help="What --as-of goes by: publication, or when the desk saw it.")
]


class Status(StrEnum):
    """Which claims to list."""

    any = "any"
    disputed = "disputed"
    single = "single"
    confirmed = "confirmed"


_INGEST_HELP = """
Take reports into a desk: read them, find copies and stories, and weigh the claims.

SOURCES are folders, files (.txt, .html, .jsonl, .warc, also .gz; .urls is a list of addresses), patterns, and
http(s) addresses of pages, feeds or sitemaps. Give the same command again after a stop: what is filed
already is passed over.

[bold]Examples[/bold]

  reportedly ingest reports/ --desk desk.db
  reportedly ingest archive.jsonl.gz wire.warc.gz
  reportedly ingest https://example.org/feed.xml --retention excerpt
  reportedly ingest pages.urls --capture warcs/ --desk postgresql://desk@localhost/news

[bold]Exit status[/bold]

  0 all taken in · 3 a source is not there · 10 some are in quarantine (see: reportedly quarantine) ·
  11 the desk cannot be opened or written
"""


def register(app: typer.Typer) -> None:
    """Add the desk's commands to the program."""
    app.command(help=_INGEST_HELP)(ingest)
    for command in (watch, quarantine, stories, story, claims, trace, figures, search, diff, stats):
        app.command()(command)


def ingest(
    sources: Annotated[list[str], typer.Argument(help="What to take in.", show_default=False)],
    desk: DeskOption = DESK,
    retention: Annotated[Kept, typer.Option(help="How much of the text to keep.")] = Kept.full,
    outlet: Annotated[str | None, typer.Option(help="The outlet, for sources that do not say.")] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow addresses of your own network and machine.")
    ] = False,
    capture: CaptureOption = None,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    from ..desk import ingest as intake
    from ..desk import open_desk
    from ..desk.book import weigh_all
    from ..intake import Fetching, Overrides
    from ..intake.batch import Batch

    counts: dict[str, int] = {}
    with _capturing(capture) as keep, open_desk(desk) as opened, bars(quiet) as bar:
        outcomes = intake.ingest(
            opened,
            sources,
            retention=retention.value,
            how=Batch(
                overrides=Overrides(outlet=outlet) if outlet else None,
                fetching=Fetching(allow_private=allow_private, keep=keep),
            ),
        )
        for outcome in outcomes:
            counts[outcome.state] = counts.get(outcome.state, 0) + 1
            if outcome.error is not None:
                typer.echo(f"reportedly: {outcome.locator}: {outcome.error}", err=True)
            bar.step("reading", outcome.done, outcome.total, f"{sum(counts.values())} reports")
        for done, total in weigh_all(opened):
            bar.step("weighing", done, total, f"{done} of {total} stories")
    if as_json:
        print_json(counts)
    else:
        said = ", ".join(f"{n} {state}" for state, n in sorted(counts.items())) or "nothing to take in"
        typer.echo(f"{opened.name}: {said}")
    if counts.get("quarantined"):
        raise typer.Exit(SOME_QUARANTINED)


def watch(
    feeds: Annotated[list[str], typer.Argument(help="Addresses of RSS or Atom feeds.", show_default=False)],
    desk: DeskOption = DESK,
    once: Annotated[bool, typer.Option("--once", help="Ask each feed that is due once, then end.")] = False,
    every: Annotated[float, typer.Option(min=1, help="Minutes between two requests for a feed.")] = 15,
    retention: Annotated[Kept, typer.Option(help="How much of the text to keep.")] = Kept.full,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow addresses of your own network and machine.")
    ] = False,
    capture: CaptureOption = None,
) -> None:
    """Watch feeds, and take in what is new, until you stop it (Ctrl-C).

    Feeds are asked politely: only if they have changed, and less often if they fail. Where each stands is
    kept in the desk.

    [bold]Examples[/bold]

      reportedly watch https://example.org/feed.xml --desk desk.db

      reportedly watch https://example.org/feed.xml --once
    """
    from ..desk import open_desk
    from ..desk import watching as rounds
    from ..desk.book import weigh_all
    from ..intake import Fetching
    from ..intake.watch import Poll, Watching

    counts: dict[str, int] = {}

    def told(poll: Poll) -> None:
        what = str(poll.error) if poll.error else "unchanged" if poll.unchanged else f"{poll.new} new"
        typer.echo(f"{poll.feed}: {what}", err=True)

    with _capturing(capture) as keep, open_desk(desk) as opened:
        try:
            outcomes = rounds.watch(
                opened,
                feeds,
                once=once,
                how=Watching(every=60 * every),
                fetching=Fetching(allow_private=allow_private, keep=keep),
                retention=retention.value,
                told=told,
            )
            for outcome in outcomes:
                counts[outcome.state] = counts.get(outcome.state, 0) + 1
                if outcome.error is not None:
                    typer.echo(f"reportedly: {outcome.locator}: {outcome.error}", err=True)
                else:
                    typer.echo(f"{outcome.state} {outcome.report} in {outcome.story}")
        except KeyboardInterrupt:
            typer.echo("stopped; give the same command to go on", err=True)
        for _ in weigh_all(opened):
            pass
    if counts.get("quarantined"):
        raise typer.Exit(SOME_QUARANTINED)


def quarantine(desk: DeskOption = DESK, as_json: Json = False) -> None:
    """List what could not be taken in, and why. The next ingest tries it again."""
    from ..desk import ingest as intake

    with _reading(desk) as connection:
        found = intake.quarantine(connection)
    if as_json:
        print_json(found)
        return
    for row in found:
        typer.echo(f"{row.at[:19]}Z  {row.locator}: {row.reason}")
    if not found:
        typer.echo("Nothing is in quarantine.")


def stories(
    desk: DeskOption = DESK,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 30,
    as_of: AsOf = None,
    clock: Clock = ClockName.published,
    as_json: Json = False,
) -> None:
    """List the stories, the latest first.

    [bold]Examples[/bold]

      reportedly stories --desk desk.db

      reportedly stories --as-of 2026-03-12T09:00
    """
    from ..desk.book import Book
    from . import desk_tables

    with _reading(desk) as connection:
        found = Book(connection, as_of=_moment(as_of), clock=clock.value).lines(limit=limit)
    if as_json:
        print_json([msgspec.to_builtins(line.story) | {"outlets": line.outlets} for line in found])
    else:
        desk_tables.stories(_console(), found)


def story(
    name: Annotated[str, typer.Argument(metavar="STORY", help="The story's id, or how it begins.")],
    desk: DeskOption = DESK,
    as_of: AsOf = None,
    clock: Clock = ClockName.published,
    as_json: Json = False,
) -> None:
    """Show a story: its reports, claims with their origins, figures over time."""
    from ..desk.book import Book
    from . import desk_tables

    with _reading(desk) as connection:
        book = Book(connection, as_of=_moment(as_of), clock=clock.value)
        one = book.story(name)
        found = book.weighed(one)
        ledger = book.ledger([one])
    if as_json:
        print_json(ledger)
        return
    rows = [(r.id, r.published or "", r.outlet or "", r.title or "") for r in ledger.reports]
    desk_tables.story(_console(), one, found, rows)


def claims(
    desk: DeskOption = DESK,
    about: Annotated[str | None, typer.Option(help="Words that the claim must hold.")] = None,
    by: Annotated[str | None, typer.Option(help="A name or words of its source.")] = None,
    status: Annotated[
        Status, typer.Option(help="Disputed, with a single origin, or confirmed.")
    ] = Status.any,
    since: Annotated[str | None, typer.Option(help="Only those first seen since then (ISO 8601).")] = None,
    story: Annotated[str | None, typer.Option(help="Only those of this story.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
    as_of: AsOf = None,
    clock: Clock = ClockName.published,
    as_json: Json = False,
) -> None:
    """List claims, those in most reports first.

    [bold]Examples[/bold]

      reportedly claims --about "grain export" --status disputed

      reportedly claims --by "interior ministry" --since 2026-03-10
    """
    from ..desk.asking import select_claims
    from ..desk.book import Book
    from . import desk_tables

    with _reading(desk) as connection:
        book = Book(connection, as_of=_moment(as_of), clock=clock.value)
        found = select_claims(
            book, about=about, by=by, status=status.value, since=_moment(since), story=story, limit=limit
        )
    if as_json:
        print_json(found)
    else:
        desk_tables.claims(_console(), found)


class Picture(StrEnum):
    """How a trace is drawn."""

    tree = "tree"
    svg = "svg"
    dot = "dot"


def trace(
    name: Annotated[str, typer.Argument(metavar="CLAIM", help="The claim's id, or how it begins.")],
    desk: DeskOption = DESK,
    format: Annotated[Picture, typer.Option("--format", "-f", help="How to draw it.")] = Picture.tree,
    as_of: AsOf = None,
    clock: Clock = ClockName.published,
    as_json: Json = False,
) -> None:
    """Trace a claim to its origins: who has it from whom, and why the rest are no origins.

    [bold]Examples[/bold]

      reportedly trace c-1a2b3c4d

      reportedly trace c-1a2b3c4d --format svg > chains.svg
    """
    from ..desk.book import Book
    from . import desk_tables, drawing

    with _reading(desk) as connection:
        book = Book(connection, as_of=_moment(as_of), clock=clock.value)
        _, _, claim = book.claim(name)
        titles = {
            f.id: f"{f.report.outlet or ''}: {f.report.title or ''}"
            for f in book.filed([a.report for a in claim.appearances])
        }
    if as_json:
        print_json(claim)
    elif format is Picture.tree:
        desk_tables.trace(_console(), claim, titles)
    else:
        typer.echo((drawing.svg if format is Picture.svg else drawing.dot)(claim, titles), nl=False)


def figures(
    name: Annotated[str, typer.Argument(metavar="STORY", help="The story's id, or how it begins.")],
    desk: DeskOption = DESK,
    as_of: AsOf = None,
    clock: Clock = ClockName.published,
    as_json: Json = False,
) -> None:
    """Show how the figures of a story moved, and what stands now."""
    from ..desk.book import Book
    from . import desk_tables

    with _reading(desk) as connection:
        book = Book(connection, as_of=_moment(as_of), clock=clock.value)
        found = book.weighed(book.story(name)).series
    if as_json:
        print_json(found)
        return
    console = _console()
    for one in found:
        desk_tables.series(console, one)
        console.print()
    if not found:
        typer.echo("No figures that could be followed.")


def search(
    query: Annotated[
        str, typer.Argument(help='Words; "in quotes" they must stand together; fire* begins so.')
    ] = "",
    desk: DeskOption = DESK,
    source: Annotated[str | None, typer.Option(help="Who speaks in the report.")] = None,
    entity: Annotated[str | None, typer.Option(help="Whom or what it names.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    as_of: AsOf = None,
    clock: Clock = ClockName.published,
    as_json: Json = False,
) -> None:
    """Find reports by their words, by who speaks in them, or by whom they name."""
    from ..desk import search as searching
    from . import desk_tables

    if not (query or source or entity):
        raise typer.BadParameter("give words to look for, --source or --entity")
    with _reading(desk) as connection:
        found = searching.search(
            connection,
            query,
            source=source,
            entity=entity,
            limit=limit,
            as_of=_moment(as_of),
            clock=clock.value,
        )
    if as_json:
        print_json(found)
    else:
        desk_tables.hits(_console(), found)


def diff(
    report: Annotated[str, typer.Argument(help="The report's id.")],
    desk: DeskOption = DESK,
    as_json: Json = False,
) -> None:
    """Show the revisions of a report and what each changed."""
    from ..desk import changes
    from . import desk_tables

    with _reading(desk) as connection:
        found = changes.history(connection, report)
    if as_json:
        print_json(found)
    else:
        desk_tables.history(_console(), found)


def stats(desk: DeskOption = DESK, as_json: Json = False) -> None:
    """Count what the desk holds."""
    from ..desk.asking import tally

    with _reading(desk) as connection:
        found = tally(connection)
    if as_json:
        print_json(found)
        return
    for name, count in found.items():
        typer.echo(f"{name.replace('_', ' '):24} {count:>12,}")


# what they share --------------------------------------------------------------------------------


@contextmanager
def _capturing(folder: Path | None) -> Iterator[Any]:
    """Give what keeps every page that is fetched, or ``None`` where nothing is to be kept."""
    if folder is None:
        yield None
        return
    from ..intake.captures import CaptureFolder

    with CaptureFolder(folder) as captures:
        yield captures.keep


@contextmanager
def _reading(desk: str) -> Iterator[Any]:
    from ..desk import open_desk

    with open_desk(desk, create=False) as opened, opened.reading() as connection:
        yield connection


def _moment(value: str | None) -> str | None:
    """Return a time as the desk compares it: a day means its last moment."""
    if value is None:
        return None
    from ..desk.store import stamp
    from ..weighing.filed import moment

    found = moment(value)
    if found is None:
        raise typer.BadParameter(f"a time is wanted in ISO 8601, such as 2026-03-12T09:00, not {value!r}")
    text = stamp(found)
    return text.replace("T00:00:00.000000Z", "T23:59:59.999999Z") if len(value) == 10 else text


def _console() -> Any:
    return terminal.console(width=None if sys.stdout.isatty() else 140)


def print_json(value: object) -> None:
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    typer.echo(text.decode())


class _Bar:
    """A progress bar on standard error, or nothing where there is no terminal."""

    def __init__(self, progress: Any | None) -> None:
        self._progress = progress
        self._tasks: dict[str, Any] = {}

    def step(self, name: str, done: float, total: float | None, said: str) -> None:
        if self._progress is None:
            return
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total, said=said)
        self._progress.update(self._tasks[name], completed=done, total=total, said=said)


@contextmanager
def bars(quiet: bool) -> Iterator[_Bar]:
    if quiet or not sys.stderr.isatty():
        yield _Bar(None)
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with terminal.progress(*columns) as progress:
        yield _Bar(progress)
