"""The commands for archives: reading at volume, the copies among all reports, and loading into a desk."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .desk_commands import DESK, SOME_QUARANTINED, DeskOption, Json, Kept, bars, print_json

_EVERY = 30.0  # seconds between two lines of progress where there is no terminal
_STOPPED = 130

archive = typer.Typer(
    help="Read very many reports into Parquet files, find the copies among them, load them into a desk.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The archive's folder.", show_default=False)]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes that work; all cores if not said.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Tell no progress.")]


class EngineName(StrEnum):
    """What reads."""

    local = "local"
    ray = "ray"


_READ_HELP = """
Read reports into an archive: a folder of Parquet files that DuckDB and others query as they are.

SOURCES are folders, files (.txt, .html, .jsonl, .warc, also .gz), patterns, and addresses of object stores
(s3://, gs://, file://). Give the same command again after a stop: what was read is not read again. Give it
with more or changed sources: what is new is read. What cannot be read stands in the table quarantine.

[bold]Examples[/bold]

  reportedly archive read reports/ crawl.warc.gz --out news
  reportedly archive read 's3://bucket/2026/*.warc.gz' --out news --workers 16
  reportedly archive read reports/ --out news --engine ray --ray-address auto
  duckdb -c "select source, count(*) from 'news/claims/*.parquet' group by 1 order by 2 desc limit 20"

[bold]Exit status[/bold]

  0 all read · 3 a source is not there · 9 weights damaged · 10 some are in quarantine ·
  14 the archive cannot be written or was read by another version, a library or a store is missing ·
  130 stopped by you
"""

_COPIES_HELP = """
Find all copies among the reports of an archive, and write them to its table copies.

[bold]Examples[/bold]

  reportedly archive copies news
  duckdb -c "select copy, of, kind, containment, why from 'news/copies/*.parquet' limit 20"

[bold]Exit status[/bold]

  0 done · 14 there is no archive, or a file of it is gone
"""

_LOAD_HELP = """
Load an archive into a desk. Nothing is read again; what the desk has already is passed over.

[bold]Examples[/bold]

  reportedly archive load news --desk desk.db
  reportedly archive load news --desk postgresql://desk@localhost/news

[bold]Exit status[/bold]

  0 all loaded · 10 some are in quarantine, as they are in the archive · 11 the desk cannot be written ·
  14 there is no archive, or another version of the program read it
"""


@archive.command(help=_READ_HELP)
def read(
    sources: Annotated[list[str], typer.Argument(help="What to read.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The archive's folder.")],
    engine: Annotated[EngineName, typer.Option(help="What reads.")] = EngineName.local,
    workers: Workers = None,
    shard_size: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Reports in a shard: 200 if not said.")
    ] = None,
    ray_address: Annotated[
        str | None, typer.Option(help="The Ray cluster; without it, this machine.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Read anew what another version of the program read.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Trust shards whose files have the right sizes.")
    ] = False,
    fast: Annotated[
        bool, typer.Option("--fast", help="Stop half way up the network: quicker, and somewhat worse.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    from ..archive import running
    from ..settings import hurry

    if fast:
        hurry()
    if ray_address is not None and engine is not EngineName.ray:
        raise typer.BadParameter("--ray-address goes with --engine ray")
    progress = running.Progress()
    with _telling(quiet) as tell, _stopping():
        for progress in running.read(
            out, sources, engine=engine.value, workers=workers, shard_size=shard_size,
            ray_address=ray_address, again=again, quick=quick,
        ):  # fmt: skip
            for message in progress.said:
                typer.echo(f"reportedly: {message}", err=True)
            rate = f"{progress.words_per_second:,.0f} words/s"
            what = f"{progress.reports:,} reports, {rate}{_left(progress.left)}"
            tell("reading", progress.done, progress.total, what)
    summary = {
        "archive": str(out), "shards": progress.shards, "kept": progress.kept, "reports": progress.reports,
        "quarantined": progress.quarantined, "claims": progress.claims, "words": progress.words,
        "seconds": round(progress.seconds, 1), "cpu_seconds": round(progress.cpu_seconds, 1),
        "words_per_second": round(progress.words_per_second, 1),
    }  # fmt: skip
    if as_json:
        print_json(summary)
    else:
        typer.echo(
            f"{out}: {progress.reports:,} reports read in {progress.shards:,} shards, "
            f"{progress.claims:,} claims, {progress.quarantined:,} in quarantine; "
            f"{progress.kept:,} shards were there"
        )
    if progress.quarantined:
        raise typer.Exit(SOME_QUARANTINED)


@archive.command(help=_COPIES_HELP)
def copies(folder: Folder, workers: Workers = None, as_json: Json = False, quiet: Quiet = False) -> None:
    from ..archive import joining

    joined = joining.Joined()
    with _telling(quiet) as tell, _stopping():
        for step in joining.join(folder, workers=workers):
            joined = step.joined
            tell(step.what, step.done, step.total, f"{joined.pairs:,} pairs")
    if as_json:
        print_json(joining.summary(joined))
        return
    crowd = joined.crowd
    typer.echo(
        f"{folder}: {joined.reports:,} reports, {joined.full:,} full and {joined.partial:,} partial copies"
    )
    if joined.superseded:
        typer.echo(f"{joined.superseded:,} reports are older revisions of others and were left out")
    if crowd.crowded:
        typer.echo(
            f"{crowd.crowded:,} of {crowd.buckets:,} buckets are crowded (the largest has {crowd.largest:,} "
            f"reports): {crowd.pairs_left_out:,} pairs in them were not looked at for that fingerprint alone"
        )


@archive.command(help=_LOAD_HELP)
def load(
    folder: Folder,
    desk: DeskOption = DESK,
    retention: Annotated[Kept, typer.Option(help="How much of the text to keep.")] = Kept.full,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    from ..archive import loading
    from ..archive.manifest import Manifest
    from ..desk import open_desk
    from ..desk.book import weigh_all

    with Manifest(folder):  # a desk is not made for an archive that is not there
        pass
    counts: dict[str, int] = {}
    with open_desk(desk) as opened, _telling(quiet) as tell, _stopping():
        for outcome in loading.load(folder, opened, retention=retention.value):
            counts[outcome.state] = counts.get(outcome.state, 0) + 1
            tell("loading", outcome.done, outcome.total or 0, f"{sum(counts.values()):,} reports")
        for done, total in weigh_all(opened):
            tell("weighing", done, total, f"{done:,} of {total:,} stories")
        name = opened.name
    if as_json:
        print_json(counts)
    else:
        said = ", ".join(f"{n:,} {state}" for state, n in sorted(counts.items())) or "nothing to load"
        typer.echo(f"{name}: {said}")
    if counts.get("quarantined"):
        raise typer.Exit(SOME_QUARANTINED)


@archive.command()
def status(folder: Folder, as_json: Json = False) -> None:
    """Say what an archive holds, who read it, and whether anything is left to do.

    [bold]Example[/bold]

      reportedly archive status news
    """
    from ..archive.manifest import Manifest

    with Manifest(folder) as manifest:
        found: dict[str, Any] = dict(manifest.totals())
        found["readers"] = {reader.version: shards for reader, shards in manifest.readers()}
    if as_json:
        print_json(found)
        return
    for name, count in found.items():
        if name == "readers":
            continue
        typer.echo(f"{name.replace('_', ' '):24} {count:>12,}")
    for version, shards in found["readers"].items():
        typer.echo(f"read by {version}: {shards:,} shards")


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 2:
        return f", {round(seconds)} s left"
    return f", {minutes} min left" if minutes < 120 else f", {minutes / 60:.1f} h left"


@contextmanager
def _stopping() -> Iterator[None]:
    """Turn Ctrl-C into a line that says that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("stopped; give the same command to go on", err=True)
        raise typer.Exit(_STOPPED) from None


@contextmanager
def _telling(quiet: bool) -> Iterator[Any]:
    """Give a function that tells progress: by a bar on a terminal, else by a line now and then."""
    last = time.monotonic()
    with bars(quiet) as bar:

        def tell(what: str, done: int, total: int, said: str) -> None:
            nonlocal last
            if sys.stderr.isatty() or quiet:
                bar.step(what, done, total or None, said)
            elif time.monotonic() - last >= _EVERY:
                last = time.monotonic()
                share = f" {100 * done / total:.0f}%" if total else ""
                typer.echo(f"reportedly: {what}{share}: {said}", err=True)

        yield tell
