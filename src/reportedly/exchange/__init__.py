"""Exchange: ways in and out, in the formats that others use.

:func:`formats` lists the ways out and :func:`write` goes one of them; the
command line, the web service and the pages all use these two. Ways in stand in
:mod:`.restoring` (a desk), :mod:`.annotations_in` and :mod:`.brat` (what people
marked).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from ..errors import ExchangeError

if TYPE_CHECKING:
    from ..desk.book import Book
    from .choice import Choice, Draw, Told
    from .outputs import Output, Stream

Unit = Literal["desk", "story", "claim", "report"]
EXCERPT = 200
"""Characters of a content that are written if nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way out.

    Attributes:
        name: what it is called on the command line and in addresses.
        media: its media type; of formats with ``many`` files, that of one of them.
        extension: of its files, with the dot.
        covers: what can be exported so: the whole desk, chosen stories, claims, reports.
        about: what it is for, in a line.
        many: whether it writes several files: into a folder, or a ZIP archive.
        whole_text: whether it holds whole texts, so that these must be asked for.
        extra: what must be installed with it (``pip install 'reportedly[…]'``).
        private: whether it names the desk's users and the paths of the machine that took reports in.
    """

    name: str
    media: str
    extension: str
    covers: frozenset[Unit]
    about: str
    where: str
    many: bool = False
    whole_text: bool = False
    extra: str | None = None
    private: bool = False

    @property
    def media_of_stream(self) -> str:
        """The media type of what :func:`write` puts into one stream."""
        return "application/zip" if self.many else self.media

    @property
    def writer(self) -> Callable[[Choice, Output], None]:
        """The function that writes it."""
        module, _, name = self.where.partition(":")
        return cast(
            "Callable[[Choice, Output], None]", getattr(import_module(f".{module}", __package__), name)
        )


_ALL: tuple[Unit, ...] = ("desk", "story", "claim", "report")


def _format(
    name: str, media: str, extension: str, covers: str, where: str, about: str, **more: bool | str
) -> Format:
    units = frozenset(u for u in _ALL if u in covers.split())
    return Format(name, media, extension, units, about, where, **more)  # type: ignore[arg-type]  # flags and a note, each by its name


_FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        _format(
            "ledger", "application/json", ".json", "desk story claim", "ledger:write",
            "the ledger as one JSON object",
        ),
        _format(
            "jsonl", "application/x-ndjson", ".jsonl", "desk story", "archive:write",
            "all that a desk keeps, without loss; `reportedly import` takes it in", whole_text=True,
            private=True,
        ),
        _format(
            "csv", "text/csv", ".csv", "desk story claim", "tabular:write_csv",
            "tables for spreadsheets", many=True,
        ),
        _format(
            "parquet", "application/vnd.apache.parquet", ".parquet", "desk story claim",
            "tabular:write_parquet", "tables for analysis", many=True, extra="tables",
        ),
        _format(
            "annotations", "application/ld+json", ".jsonld", "desk story claim report", "annotations:write",
            "W3C Web Annotations on the reports",
        ),
        _format(
            "schemaorg", "application/ld+json", ".jsonld", "desk story claim", "markup:write",
            "schema.org Claim for web pages, and ClaimReview where a person rated one",
        ),
        _format(
            "ftm", "application/json+ftm", ".ftm.json", "desk story", "ftm:write",
            "FollowTheMoney entities, one a line",
        ),
        _format(
            "prov", "application/json", ".prov.json", "desk story claim", "prov:write",
            "W3C PROV: where claims come from and what was done to find it",
        ),
        _format(
            "brat", "text/plain", ".ann", "desk story report", "brat:write",
            "brat standoff for annotators", many=True, whole_text=True,
        ),
        _format(
            "dot", "text/vnd.graphviz", ".dot", "story claim", "graphs:write_dot",
            "the origins graph for Graphviz",
        ),
        _format(
            "graphml", "application/graphml+xml", ".graphml", "story claim", "graphs:write_graphml",
            "the origins graph for Gephi, yEd, NetworkX",
        ),
        _format(
            "html", "text/html", ".html", "story claim", "page:write",
            "a report to print or to send",
        ),
    )
}  # fmt: skip


def formats() -> tuple[Format, ...]:
    """Return the ways out."""
    return tuple(_FORMATS.values())


def find(name: str) -> Format:
    """Return the format called ``name``.

    Raises:
        ExchangeError: there is none.
    """
    if name not in _FORMATS:
        raise ExchangeError(f"{name!r} is no format; these are: {', '.join(_FORMATS)}")
    return _FORMATS[name]


def write(
    format: str,
    book: Book,
    target: Stream | Path,
    *,
    stories: Sequence[str] | None = None,
    claims: Sequence[str] | None = None,
    reports: Sequence[str] | None = None,
    excerpts: int = EXCERPT,
    full_text: bool = False,
    force: bool = False,
    told: Told | None = None,
    draw: Draw | None = None,
    unredacted: bool = False,
) -> None:
    """Write what a desk holds.

    Args:
        format: the name of one of :func:`formats`.
        book: the desk, perhaps at a moment. What is hidden in it does not leave it.
        target: a file, a folder (or a ``.zip``) for formats of several files, or a binary stream, which gets
            several files as a ZIP archive. Files appear when all is written, or not at all.
        stories, claims, reports: ids, or how they begin; without any, all of the desk.
        excerpts: characters of each content; longer ones are cut.
        full_text: write contents, and texts where the desk keeps them, as a whole.
        force: replace files that are there.
        told: hears how many stories (or reports) of how many are done.
        draw: draws the chains of a claim as SVG, for ``html``.
        unredacted: write what is redacted, too, so that it can be undone elsewhere; only an archive can.

    Raises:
        ExchangeError: there is no such format, it does not cover what was chosen, it needs whole texts that
            were not asked for or a library that is not installed, or the target cannot be written.
        Unheld: a claim would have been written without who makes it.
        NotInDesk: one of what was named is not there.
    """
    from .choice import Choice
    from .outputs import opened

    found = find(format)
    choice = Choice(
        book=book,
        stories=stories or (),
        claims=claims or (),
        reports=reports or (),
        excerpts=excerpts,
        full_text=full_text,
        told=told,
        draw=draw,
        unredacted=unredacted,
    )
    _check(found, choice)
    with opened(target, many=found.many, force=force) as output:
        found.writer(choice, output)


def _check(format: Format, choice: Choice) -> None:
    """Refuse what the format cannot do, before anything is written."""
    if format.whole_text and not choice.full_text:
        raise ExchangeError(f"{format.name!r} holds the whole texts of reports: say so with --full-text")
    if choice.unredacted and not format.private:
        raise ExchangeError(f"{format.name!r} never holds what is redacted; 'jsonl' can")
    chosen: dict[Unit, bool] = {
        "desk": choice.everything,
        "story": bool(choice.stories),
        "claim": bool(choice.claims),
        "report": bool(choice.reports),
    }
    for unit, wanted in chosen.items():
        if wanted and unit not in format.covers:
            some = " or ".join(f"--{u}" for u in _ALL if u in format.covers and u != "desk")
            whole = "all of a desk" if unit == "desk" else f"a single {unit}"
            raise ExchangeError(f"{format.name!r} is not for {whole}; choose with {some}")
