"""The command line. Thin: it takes words in, hands them to the front door, and prints what comes back."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Protocol

import typer

from .. import Reading, Rejected, ReportedlyError, __version__, json_schema, read_all
from ..settings import hurry
from . import desk_admin_commands, desk_commands, exchange_commands, mcp_commands, serve_commands, terminal
from .access_commands import access
from .alert_commands import alerts
from .archive_commands import archive
from .review_commands import review

SOME_FAILED = 10

app = typer.Typer(
    name="reportedly",
    help="Read news reports and keep a ledger of claims: who said what, how firmly, through whom.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    """The forms in which readings are written."""

    table = "table"
    json = "json"
    html = "html"
    attributions = "attributions"
    csv = "csv"


_READ_HELP = """
Read reports and print their claims.

SOURCES are files (.txt, .html, .jsonl, .jsonl.gz), http(s) addresses, or - for standard input.

[bold]Examples[/bold]

  reportedly read report.txt
  reportedly read page.html --format html -o page-claims.html
  reportedly read reports/*.txt --format csv -o claims.csv
  reportedly read https://example.org/story --format json
  cat report.txt | reportedly read - --outlet "The Herald" --published 2025-03-01

[bold]Exit status[/bold]

  0 all read · 1 output cannot be written · 2 wrong usage · 3 a source cannot be read · 4 empty · 5 not text ·
  6 too large · 7 no article in the page · 8 address not fetched · 9 weights damaged ·
  10 several sources, some of them not read (the others are)
"""


@app.command(help=_READ_HELP)
def read(
    sources: Annotated[
        list[str], typer.Argument(help="Files, addresses, or - for standard input.", show_default=False)
    ],
    format: Annotated[
        Format, typer.Option("--format", "-f", case_sensitive=False, help="How to print the readings.")
    ] = Format.table,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")] = None,
    title: Annotated[str | None, typer.Option(help="The report's title, instead of what it says.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Its outlet.")] = None,
    published: Annotated[str | None, typer.Option(help="When it was published, ISO 8601.")] = None,
    url: Annotated[str | None, typer.Option(help="Its address.")] = None,
    min_confidence: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Leave out claims that the reader is less sure of.")
    ] = 0.0,
    narrator: Annotated[
        bool, typer.Option("--narrator", help="Show the report's own statements in the table.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow addresses of your own network and machine.")
    ] = False,
    fast: Annotated[
        bool, typer.Option("--fast", help="Stop half way up the network: quicker, and somewhat worse.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    if fast:
        hurry()
    format = Format.json if as_json else format
    _check(sources, output, title, published, url)
    failed: list[Rejected] = []
    done = 0
    with _open(output) as file:
        writer = _writer(format, file, narrator)
        for outcome in _progress(
            _outcomes(sources, title, outlet, published, url, allow_private), sources, quiet, file
        ):
            if isinstance(outcome, Rejected):
                failed.append(outcome)
                typer.echo(f"reportedly: {outcome.where}: {outcome.error}", err=True)
                continue
            done += 1
            writer.write(_confident(outcome, min_confidence))
        writer.close()
        if failed and not done:  # nothing was read: an older output file stays as it is
            raise typer.Exit(SOME_FAILED if len(failed) > 1 else failed[0].error.exit_code)
    if failed:
        raise typer.Exit(SOME_FAILED)


@app.command()
def schema() -> None:
    """Print the JSON Schema of what [bold]read --format json[/bold] writes, a line a report."""
    typer.echo(json.dumps(json_schema(), indent=2))


@app.command()
def demo(
    name: Annotated[
        str | None, typer.Argument(help="The report to read; without it, all are listed.")
    ] = None,
    format: Annotated[
        Format, typer.Option("--format", "-f", case_sensitive=False, help="How to print the reading.")
    ] = Format.table,
    write: Annotated[
        Path | None, typer.Option("--write", help="Write the reports themselves to this file, as JSON lines.")
    ] = None,
) -> None:
    """Read reports that come with the program, and say what to look at in them.

    [bold]Examples[/bold]

      reportedly demo

      reportedly demo tern-1-exclusive

      reportedly demo all --write reports.jsonl && reportedly ingest reports.jsonl
    """
    from . import demo as reports

    index = reports.index()
    if name is None:
        typer.echo(
            "Reports about places, people and outlets that do not exist. Read one with: reportedly demo ID\n"
        )
        for entry in index:
            typer.echo(f"  {entry.id:24} {entry.outlet}, {entry.published[:10]}: {entry.title}")
            typer.echo(f"  {'':24} look at: {entry.look_at}\n")
        return
    chosen = [entry for entry in index if name in (entry.id, "all")]
    if not chosen:
        typer.echo(f"reportedly: no demo report is called {name!r}; `reportedly demo` lists them", err=True)
        raise typer.Exit(2)
    if write is not None:
        with _open(write) as file:
            file.writelines(json.dumps(reports.row(entry), ensure_ascii=False) + "\n" for entry in chosen)
        return
    writer = _writer(format, sys.stdout, False)
    for entry in chosen:
        if format is Format.table:
            typer.echo(f"\nLook at: {entry.look_at}\n")
        writer.write(reports.read(entry))
    writer.close()


@app.command()
def explain(
    source: Annotated[str, typer.Argument(help="A file, an address, or - for standard input.")],
    claim: Annotated[
        str, typer.Option("--claim", help="The claim's id, as in --format json, or its number.")
    ],
    report: Annotated[str | None, typer.Option(help="The report's id, where there are several.")] = None,
) -> None:
    """Show how each field of one claim was decided: by which model or rule, on which words.

    [bold]Example[/bold]

      reportedly explain report.txt --claim 1
    """
    from .explain import explain as told

    for outcome in _outcomes([source], None, None, None, None, False):
        if isinstance(outcome, Rejected):
            raise outcome.error
        if report is not None and outcome.report.id != report:
            continue
        shown = [a for a in outcome.attributions if a.source.kind != "narrator"]
        name = shown[int(claim) - 1].id if claim.isdecimal() and 0 < int(claim) <= len(shown) else claim
        try:
            typer.echo(told(outcome, name))
        except LookupError as error:
            raise typer.BadParameter(str(error.args[0])) from None
        return
    raise typer.BadParameter(f"there is no report {report!r} in {source}")


desk_commands.register(app)
desk_admin_commands.register(app)
exchange_commands.register(app)
serve_commands.register(app)
mcp_commands.register(app)
app.add_typer(review, name="review")
app.add_typer(access, name="access")
app.add_typer(alerts, name="alerts")
app.add_typer(archive, name="archive")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"reportedly {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of all commands."""


def main() -> None:
    """Run the program; every error that is ours ends in one line and its exit status."""
    terminal.guard()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except ReportedlyError as error:
        typer.echo(f"reportedly: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
    except OSError as error:
        typer.echo(f"reportedly: {error.strerror or error}", err=True)
        with suppress(OSError, ValueError):  # what could not be written is not tried again at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except MemoryError:
        typer.echo("reportedly: there is not enough memory for this", err=True)
        raise SystemExit(1) from None


def _check(
    sources: list[str], output: Path | None, title: str | None, published: str | None, url: str | None
) -> None:
    """Refuse what cannot be meant, before anything is read or written."""
    if sources.count("-") > 1:
        raise typer.BadParameter("standard input (-) can be read once only")
    if output is not None and any(
        source != "-" and Path(source).exists() and output.exists() and output.samefile(source)
        for source in sources
    ):
        raise typer.BadParameter(f"{output} is a report to read: write to another file")
    if len(sources) > 1 and (title or url):
        raise typer.BadParameter("--title and --url are for one source")
    if published is not None:
        from ..intake.dates import normal

        if normal(published) is None:
            raise typer.BadParameter(f"--published wants a date in ISO 8601, not {published!r}")


class _Writer(Protocol):
    def write(self, reading: Reading) -> None: ...
    def close(self) -> None: ...


class _Table:
    def __init__(self, file: IO[str], narrator: bool) -> None:
        self._console = terminal.console(file=file, width=None if file.isatty() else 120)
        self._narrator = narrator
        self._first = True

    def write(self, reading: Reading) -> None:
        from .table import show

        if not self._first:
            self._console.rule(style="dim")
        self._first = False
        show(self._console, reading, narrator=self._narrator)

    def close(self) -> None:
        pass


class _Lines:
    def __init__(self, file: IO[str], attributions_only: bool) -> None:
        self._file = file
        self._attributions_only = attributions_only

    def write(self, reading: Reading) -> None:
        from .rows import attributions_line

        line = attributions_line(reading) if self._attributions_only else reading.to_json()
        self._file.write(line + "\n")

    def close(self) -> None:
        pass


class _Csv:
    def __init__(self, file: IO[str]) -> None:
        from .rows import CsvWriter

        self._rows = CsvWriter(file)

    def write(self, reading: Reading) -> None:
        self._rows.write(reading)

    def close(self) -> None:
        pass


class _Html:
    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._readings: list[Reading] = []

    def write(self, reading: Reading) -> None:
        self._readings.append(reading)

    def close(self) -> None:
        from .page import render

        if self._readings:
            self._file.write(render(self._readings))


def _writer(format: Format, file: IO[str], narrator: bool) -> _Writer:
    if format is Format.table:
        return _Table(file, narrator)
    file = terminal.as_written(file)
    match format:
        case Format.html:
            return _Html(file)
        case Format.csv:
            return _Csv(file)
        case _:
            return _Lines(file, format is Format.attributions)


def _outcomes(
    sources: list[str],
    title: str | None,
    outlet: str | None,
    published: str | None,
    url: str | None,
    allow_private: bool,
) -> Iterator[Reading | Rejected]:
    for source in sources:
        place = source if source == "-" or source.startswith(("http://", "https://")) else Path(source)
        yield from read_all(
            place, title=title, outlet=outlet, published=published, url=url, allow_private=allow_private
        )


def _progress(
    outcomes: Iterator[Reading | Rejected], sources: list[str], quiet: bool, file: IO[str]
) -> Iterator[Reading | Rejected]:
    """Pass the outcomes on; show a bar on standard error if there is a terminal and enough to wait for."""
    busy = len(sources) > 1 or any(s.endswith((".jsonl", ".jsonl.gz")) for s in sources)
    if quiet or not busy or not sys.stderr.isatty() or (file is sys.stdout and sys.stdout.isatty()):
        yield from outcomes
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    total = len(sources) if not any(s.endswith((".jsonl", ".jsonl.gz")) for s in sources) else None
    columns = (
        TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with terminal.progress(*columns) as bar:
        task = bar.add_task("reading", total=total, rate="")
        for outcome in outcomes:
            yield outcome
            speed = bar.tasks[task].speed
            bar.update(task, advance=1, rate=f"{speed:.1f} reports/s" if speed else "")


def _confident(reading: Reading, least: float) -> Reading:
    """Leave out claims below ``least``, and what points at them."""
    if least <= 0:
        return reading
    import msgspec

    kept = [a for a in reading.attributions if a.confidence >= least or a.source.kind == "narrator"]
    ids = {a.id for a in kept}
    replace = msgspec.structs.replace
    return replace(
        reading,
        attributions=tuple(
            replace(
                a,
                parent=a.parent if a.parent in ids else None,
                disputes=tuple(d for d in a.disputes if d in ids),
            )
            for a in kept
        ),
        events=tuple(
            replace(e, attribution=e.attribution if e.attribution in ids else None) for e in reading.events
        ),
        relations=tuple(
            replace(r, attribution=r.attribution if r.attribution in ids else None) for r in reading.relations
        ),
    )


@contextmanager
def _open(output: Path | None) -> Iterator[IO[str]]:
    """Give standard output, or a file that takes its place only when the block ends well."""
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    part = output.with_name(output.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(output)
    except OSError as error:
        raise ReportedlyError(f"cannot write {output}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
