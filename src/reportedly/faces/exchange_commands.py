"""The commands that write what a desk holds in the formats of others, and bring things in from them."""

from __future__ import annotations

import getpass
import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any, cast

import typer

from .. import exchange
from ..errors import DeskError, ExchangeError
from . import terminal
from .desk_commands import DESK, SOME_QUARANTINED, AsOf, Clock, ClockName, DeskOption, Json, print_json

_SHOWN = 20  # problems that are told
_LONG = 200  # stories or reports from which on there is a bar

# its names come from the list of formats, which a type checker cannot know
FormatName = StrEnum("FormatName", {f.name: f.name for f in exchange.formats()})  # type: ignore[misc]


_LEDGER = FormatName("ledger")


class ImportFormat(StrEnum):
    """What can be brought in."""

    jsonl = "jsonl"
    annotations = "annotations"
    brat = "brat"


_EXPORT_HELP = (
    """
Write what a desk holds, or some of it, in a format that others read.

No claim is written without who makes it. Contents are cut to a short excerpt unless you ask for full text.
Hidden reports do not leave. Files appear when all is written, or not at all.

[bold]Formats[/bold]

"""
    + "".join(
        f"  {f.name:12} {f.about}{' (several files: -o FOLDER or FILE.zip)' if f.many else ''}\n"
        for f in exchange.formats()
    )
    + """
[bold]Examples[/bold]

  reportedly export --desk desk.db --format ledger -o ledger.json
  reportedly export --format csv -o tables/
  reportedly export --format html --story s1a2b -o report.html
  reportedly export --format jsonl --full-text -o desk.jsonl
"""
)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=_EXPORT_HELP)(export)
    app.command(name="import")(bring_in)


def export(
    desk: DeskOption = DESK,
    format: Annotated[FormatName, typer.Option("--format", "-f", help="In what form.")] = _LEDGER,
    story: Annotated[
        list[str] | None, typer.Option(help="Only this story; may be given several times.")
    ] = None,
    claim: Annotated[
        list[str] | None, typer.Option(help="Only this claim; may be given several times.")
    ] = None,
    report: Annotated[
        list[str] | None, typer.Option(help="Only this report; may be given several times.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file, or folder, instead.")
    ] = None,
    excerpts: Annotated[
        int, typer.Option(min=1, help="Characters of each content; longer ones are cut.")
    ] = exchange.EXCERPT,
    full_text: Annotated[
        bool, typer.Option("--full-text", help="Write contents, and texts that are kept, as a whole.")
    ] = False,
    unredacted: Annotated[
        bool, typer.Option("--unredacted", help="With jsonl: redacted words too, to undo that elsewhere.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    as_of: AsOf = None,
    clock: Clock = ClockName.published,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    from ..desk import open_desk
    from ..desk.asking import asked_moment
    from ..desk.book import Book
    from . import drawing

    try:
        moment = asked_moment(as_of)
    except DeskError as error:
        raise typer.BadParameter(str(error)) from None
    found = exchange.find(str(format))
    target = _target(found, output)
    with ExitStack() as stack:
        opened = stack.enter_context(open_desk(desk, create=False))
        connection = stack.enter_context(opened.reading())
        told = stack.enter_context(_Progress("exporting", quiet or target is not output)).told
        exchange.write(
            found.name,
            Book(connection, as_of=moment, clock=clock.value),
            target,
            stories=story,
            claims=claim,
            reports=report,
            excerpts=excerpts,
            full_text=full_text,
            force=force,
            told=told,
            draw=drawing.svg,
            unredacted=unredacted,
        )


def _target(format: exchange.Format, output: Path | None) -> Path | IO[bytes]:
    if output is not None and str(output) != "-":
        return output
    if format.many:
        raise typer.BadParameter(f"{format.name} writes several files: give --output FOLDER or FILE.zip")
    return sys.stdout.buffer


def bring_in(
    source: Annotated[Path, typer.Argument(help="What to bring in.", show_default=False)],
    desk: DeskOption = DESK,
    format: Annotated[ImportFormat, typer.Option("--format", "-f", help="What it is.")] = ImportFormat.jsonl,
    who: Annotated[
        str | None, typer.Option(help="Who decided what marks say; your login if not said.")
    ] = None,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Bring in an archive of a desk, or what people marked in reports.

    An archive (jsonl, also .gz) goes into an empty desk as it was; into any other goes what is new in it.
    Marks (W3C Web Annotations, or a folder or ZIP archive of brat) that stand on a claim and say something
    else of its stance, factuality or kind of source are entered as corrections, which can be undone. Bad
    lines are refused by their number; nothing that the desk holds is lost. Give it again whenever you like.

    [bold]Examples[/bold]

      reportedly import desk.jsonl --desk new.db

      reportedly import annotations.jsonld --format annotations --desk desk.db

    [bold]Exit status[/bold]

      0 all brought in · 10 some of it was refused · 13 this is nothing that can be brought in
    """
    if format is ImportFormat.jsonl:
        found, problems = _restore(desk, source, quiet)
    else:
        found, problems = _enter(desk, source, format, who or getpass.getuser())
    if as_json:
        print_json(found | {"problems": [{"where": w, "why": y} for w, y in problems]})
    else:
        for where, why in problems[:_SHOWN]:
            typer.echo(f"reportedly: {where}: {why}", err=True)
        if len(problems) > _SHOWN:
            typer.echo(f"reportedly: and {len(problems) - _SHOWN:,} more", err=True)
        said = ", ".join(f"{count:,} {name}" for name, count in found.items() if count)
        typer.echo(f"{source}: {said or 'nothing new'}")
    if problems:
        raise typer.Exit(SOME_QUARANTINED)


def _restore(desk: str, source: Path, quiet: bool) -> tuple[dict[str, int], list[tuple[str, str]]]:
    from ..desk import open_desk
    from ..desk.book import weigh_all
    from ..exchange.restoring import restore

    with _open(source) as stream, open_desk(desk) as opened:
        with _Progress("reading", quiet) as bar:
            size = source.stat().st_size if source.suffix != ".gz" else None
            done = restore(opened, stream, told=lambda n: bar.told(n, size))
        with _Progress("weighing", quiet) as bar:
            for number, total in weigh_all(opened):
                bar.told(number, total)
    found = done.new | {"known already": done.known, "refused": done.refused}
    return found, [(f"{source.name}:{p.line}", p.why) for p in done.problems]


def _enter(
    desk: str, source: Path, format: ImportFormat, who: str
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    from ..desk import open_desk
    from ..desk.book import weigh_all
    from ..exchange import annotations_in, brat_in, marks

    why = f"marked in {source.name} ({format.value})"
    with ExitStack() as stack:
        if format is ImportFormat.annotations:
            read = annotations_in.read(stack.enter_context(_open(source)))
        else:
            read = brat_in.read(source)
        opened = stack.enter_context(open_desk(desk, create=False))
        with opened.writing() as connection:
            done = marks.enter(connection, read, who=who, why=why)
        if done.corrected:
            for _ in weigh_all(opened):
                pass
    found = {
        "as they were": done.same, "corrected": done.corrected, "found elsewhere": done.moved,
        "left": len(done.left),
    }  # fmt: skip
    return found, done.left


@contextmanager
def _open(source: Path) -> Iterator[IO[bytes]]:
    """Give a file to bring in, unpacked; also what breaks while it is read is an error of the file."""
    try:
        with gzip.open(source, "rb") if source.suffix == ".gz" else source.open("rb") as stream:
            yield cast("IO[bytes]", stream)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ExchangeError(f"'{source}' cannot be read: {reason}") from None


class _Progress:
    """A progress bar on standard error, where there is a terminal and enough to wait for."""

    def __init__(self, name: str, quiet: bool) -> None:
        self._name = name
        self._bar: Any = None
        self._task: Any = None
        self._quiet = quiet or not sys.stderr.isatty()

    def __enter__(self) -> _Progress:
        return self

    def told(self, done: float, total: float | None) -> None:
        """Hear how far it is."""
        if self._quiet or (total is not None and total < _LONG):
            return
        if self._bar is None:
            self._bar = terminal.progress()
            self._bar.start()
            self._task = self._bar.add_task(self._name, total=total)
        self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
