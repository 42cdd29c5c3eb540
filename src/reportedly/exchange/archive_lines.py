"""The lines of an archive of a desk, ``reportedly/desk/1``: one JSON object a line, told apart by ``kind``.

The first line says what it is, the last how many lines there are, so that an
archive that was cut off is known for one. Numbers of rows differ from desk to
desk and do not stand in it: a revision is known by its report and number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import IO, Annotated, Any, Literal

import msgspec

from ..desk.ratings import Rating
from ..desk.redactions import Field
from ..desk.shelf import Retention
from ..errors import DeskError, ExchangeError
from ..records import Copy, Credit, Reading, Span
from ..settings import settings
from ..weighing.profile import Profile
from .checking import fault

SCHEMA = "reportedly/desk/1"
_TIMES = 20  # by how much a report with its reading may be longer than its text
_DAYS = 700_000  # since or before 1970; all that a calendar of four-figure years has
Told = Callable[[int], None]

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
Sha = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, msgspec.Meta(ge=1, le=2**31)]
Place = tuple[Id, Id]


class Line(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Any line."""


class Head(Line, frozen=True, kw_only=True, tag="desk"):
    """The first line. ``as_of`` is the moment at which the desk was exported, where it was not now."""

    schema: str
    as_of: str | None = None


class Manifest(Line, frozen=True, kw_only=True, tag="manifest"):
    """The program, weights and tables that readings were made with; ``digest`` is the SHA-256 of ``body``."""

    digest: Sha
    body: Annotated[str, msgspec.Meta(max_length=1_000_000)]


class Run(Line, frozen=True, kw_only=True, tag="run"):
    """One run of taking in; ``number`` counts them in this archive."""

    number: Count
    started: Moment
    finished: Moment | None
    sources: tuple[str, ...]
    version: str
    manifest: Sha | None


class About(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What else is known of a revision."""

    authors: tuple[str, ...]
    credits: tuple[Credit, ...]
    warnings: tuple[str, ...]


class Read(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reading of a revision: by which model, when; the report in it is without its text."""

    model: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    made: Moment
    manifest: Sha | None
    reading: Reading


class Revision(Line, frozen=True, kw_only=True, tag="report"):
    """A revision of a report with all its readings.

    ``profile`` is what its story is found by, where that cannot be made again because the text is not kept.
    """

    report: Id
    number: Count
    url: str | None
    outlet: str | None
    title: str | None
    published: str | None
    updated: str | None
    seen: Moment
    language: str | None
    sha256: Sha
    raw_sha256: Sha | None
    retention: Retention
    text: str
    about: About
    readings: Annotated[tuple[Read, ...], msgspec.Meta(min_length=1, max_length=100)]
    profile: Profile | None = None


class Item(Line, frozen=True, kw_only=True, tag="item"):
    """Where a revision was taken from, and what the site or the archive said with it."""

    locator: str
    sha256: str
    run: Count
    at: Moment
    state: Literal["filed", "known"]
    report: Id
    number: Count
    capture: dict[str, Any] | None = None


class Overlap(Line, frozen=True, kw_only=True, tag="overlap"):
    """Two reports that share text."""

    overlap: Copy


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report of a story, and why it is one."""

    report: Id
    score: str
    why: str


class Story(Line, frozen=True, kw_only=True, tag="story"):
    """A story and its reports."""

    id: Id
    title: str
    first: str
    last: str
    entities: tuple[str, ...]
    members: Annotated[tuple[Member, ...], msgspec.Meta(min_length=1)]


class Decision(Line, frozen=True, kw_only=True, tag="decision"):
    """A decision; ``number`` counts them in this archive, and ``undoes`` is such a number."""

    number: Count
    decided: Moment
    who: str
    what: Literal["join", "part", "confirm", "reject", "correct", "hide", "redact", "rate", "undo"]
    body: dict[str, Any]
    why: str
    undoes: Count | None = None


class Settled(Line, frozen=True, kw_only=True, tag="settled"):
    """The last revision that was there when all stories were grouped."""

    report: Id
    number: Count


class End(Line, frozen=True, kw_only=True, tag="end"):
    """The last line; ``lines`` counts all of them."""

    lines: int


Any_ = Head | Manifest | Run | Revision | Item | Overlap | Story | Decision | Settled | End


class _Join(msgspec.Struct, forbid_unknown_fields=True):
    reports: Annotated[list[Id], msgspec.Meta(min_length=1)]


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    part: Annotated[list[Id], msgspec.Meta(min_length=1)]
    rest: Annotated[list[Id], msgspec.Meta(min_length=1)]


class _Pair(msgspec.Struct, forbid_unknown_fields=True):
    a: Place
    b: Place


class _Correct(msgspec.Struct, forbid_unknown_fields=True):
    report: Id
    attribution: Id
    field: Literal["stance", "factuality", "kind"]
    value: str


class _Hide(msgspec.Struct, forbid_unknown_fields=True):
    report: Id


class _Redact(msgspec.Struct, forbid_unknown_fields=True):
    report: Id
    revision: Count
    field: Field
    spans: tuple[Span, ...]


class _Undo(msgspec.Struct, forbid_unknown_fields=True):
    pass


BODIES: dict[str, type[msgspec.Struct]] = {
    "join": _Join, "part": _Part, "confirm": _Pair, "reject": _Pair, "correct": _Correct, "hide": _Hide,
    "redact": _Redact, "rate": Rating, "undo": _Undo,
}  # fmt: skip
_DECODER = msgspec.json.Decoder(Any_)


def parse(line: bytes) -> Any_:
    """Return a line of an archive.

    Raises:
        ExchangeError: it is no such line, or what it says does not fit together.
    """
    try:
        found: Any_ = _DECODER.decode(line)
        if isinstance(found, Decision):
            msgspec.convert(found.body, BODIES[found.what])
            if found.what == "rate":
                msgspec.convert(found.body, Rating).checked()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, DeskError) as error:
        raise ExchangeError(_short(str(error))) from None
    wrong = _wrong(found)
    if wrong is not None:
        raise ExchangeError(wrong)
    return found


def read(stream: IO[bytes], told: Told | None) -> Iterator[tuple[int, Any_ | None, str]]:
    """Yield the lines of an archive: (number, line, "") or, for what is not one, (number, None, why).

    ``told`` hears after each how many bytes were read.

    Raises:
        ExchangeError: the first line is none of an archive.
    """
    most = _TIMES * settings().max_bytes
    number, done, last = 0, 0, False
    while raw := stream.readline(most + 1):
        number += 1
        done += len(raw)
        if told is not None:
            told(done)
        if len(raw) > most:
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(1 << 20)
                done += len(raw)
            yield number, None, f"the line is longer than {most:,} bytes"
            continue
        if last:
            yield number, None, "it stands behind the last line"
            continue
        try:
            line = parse(raw)
        except ExchangeError as error:
            if number == 1:
                raise ExchangeError(f"this is no archive of a desk: {error}") from None
            yield number, None, str(error)
            continue
        if isinstance(line, End):
            last = True
            if line.lines != number:
                yield number, None, f"the archive should have {line.lines} lines"
            continue
        yield number, line, ""
    if number == 0:
        raise ExchangeError("this is no archive of a desk: it is empty")
    if not last:
        yield number, None, "the archive is cut off here: its last line is missing"


def _wrong(line: Any_) -> str | None:
    """Return what in a line does not fit together."""
    if isinstance(line, Manifest) and hashlib.sha256(line.body.encode()).hexdigest() != line.digest:
        return "the manifest is not the one that its digest names"
    if isinstance(line, Decision) and (line.what == "undo") != (line.undoes is not None):
        return "only an undo undoes a decision"
    if isinstance(line, Revision):
        if line.retention == "full" and hashlib.sha256(line.text.encode()).hexdigest() != line.sha256:
            return "the text is not the one that sha256 names"
        if line.profile is not None and (wrong := _wrong_profile(line.profile, line.report)):
            return wrong
        text = line.text if line.retention == "full" else None
        for read in line.readings:
            report = read.reading.report
            if report.id != line.report or report.sha256 != line.sha256 or report.text:
                return "the reading is of another report"
            if wrong := fault(read.reading, text):
                return wrong
    return None


def _wrong_profile(profile: Profile, report: str) -> str | None:
    if profile.id != report:
        return "the profile is of another report"
    days = [profile.day, *profile.days]
    if not all(abs(day) < _DAYS for day in days):  # not a number is not below it either
        return "the profile has a day that is in no calendar"
    places = [n for town in profile.towns for n in (town.lat, town.lon) if n is not None]
    if not all(abs(n) <= 360 for n in places):
        return "the profile has a place that is not on earth"
    return None


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"
