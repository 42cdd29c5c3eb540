"""Writes a desk, or some of its stories, as an archive (see :mod:`.archive_lines`) without loss.

Words that are redacted are blocked in it like everywhere else, unless the choice says otherwise.
What a desk can make again from the rest (search, fingerprints, what is weighed)
is left out, as is what only concerns one machine: users, jobs, feeds, the seals of custody.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, Select, select

from ..desk import decisions, redactions, tables
from ..desk.canvas import canvas
from ..records import Copy, Reading
from ..weighing.profile import Profile
from . import archive_lines as lines
from .choice import Choice
from .outputs import Output

_CHUNK = 50  # revisions in memory
SETTLED = "settled"
"""The key in ``state`` of the last revision there was when all stories were grouped; see desk/filing.py."""


def write(choice: Choice, output: Output) -> None:
    """Write the archive: as JSON lines, the oldest revision first."""
    encoder = msgspec.json.Encoder()
    count = 0
    with output.open("desk.jsonl") as out:
        for line in _lines(choice):
            out.write(encoder.encode(line) + b"\n")
            count += 1
        out.write(encoder.encode(lines.End(lines=count + 1)) + b"\n")


def _lines(choice: Choice) -> Iterator[lines.Line]:
    book = choice.book
    stories = book.stories() if choice.everything else [book.story(s) for s in dict.fromkeys(choice.stories)]
    inside = {r for story in stories for r in story.reports}
    yield lines.Head(schema=lines.SCHEMA, as_of=book.as_of)
    numbers = _revisions(choice, inside)
    runs, found = _items(choice, numbers)
    yield from _manifests(choice, numbers, runs)
    yield from runs
    for done, at in enumerate(range(0, len(numbers), _CHUNK)):
        yield from _reports(choice, list(numbers)[at : at + _CHUNK])
        if choice.told is not None:
            choice.told(min((done + 1) * _CHUNK, len(numbers)), len(numbers))
    yield from found
    yield from _overlaps(choice, inside)
    for story in sorted(stories, key=lambda s: (s.first or "", s.id)):
        yield _story(choice, story.id, story.reports)
    yield from _decisions(choice, None if choice.everything else inside)
    if choice.everything:
        yield from _settled(choice, numbers)


def _revisions(choice: Choice, inside: set[str]) -> dict[int, tuple[str, int]]:
    """Map the row numbers of the revisions to export, in order, to report and number."""
    book, t = choice.book, tables.revisions
    query = select(t.c.id, t.c.report, t.c.number).order_by(t.c.id)
    if book.as_of is not None:
        query = query.where((t.c.sort if book.clock == "published" else t.c.seen) <= book.as_of)
    return {r.id: (r.report, r.number) for r in book.connection.execute(query) if r.report in inside}


def _taken_out(choice: Choice) -> redactions.Redactions:
    connection = choice.book.connection
    return redactions.Redactions(connection) if choice.unredacted else redactions.standing(connection)


def _reports(choice: Choice, chunk: list[int]) -> Iterator[lines.Revision]:
    connection, t, r = choice.book.connection, tables.revisions, tables.readings
    taken_out = _taken_out(choice)
    readings: dict[int, list[lines.Read]] = {}
    query = select(r).where(r.c.revision.in_(chunk)).order_by(r.c.revision, r.c.made, r.c.model)
    for row in connection.execute(query):
        readings.setdefault(row.revision, []).append(
            lines.Read(
                model=row.model,
                made=row.made,
                manifest=row.manifest,
                reading=msgspec.json.decode(zlib.decompress(row.body), type=Reading),
            )
        )
    profiles = _profiles(choice, chunk)
    for filed in connection.execute(select(t).where(t.c.id.in_(chunk)).order_by(t.c.id)):
        row = taken_out.row(filed)
        cut = row.report in taken_out.reports
        if cut:
            readings[row.id] = [_without(taken_out, filed, read) for read in readings[row.id]]
        yield lines.Revision(
            report=row.report,
            number=row.number,
            url=row.url,
            outlet=row.outlet,
            title=row.title,
            published=row.published,
            updated=row.updated,
            seen=row.seen,
            language=row.language,
            sha256=row.sha256,
            raw_sha256=None if cut else row.raw_sha256,
            retention=row.retention,
            text=row.text,
            about=msgspec.json.decode(row.about, type=lines.About),
            readings=tuple(readings[row.id]),
            profile=None if cut else profiles.get(row.id),
        )


def _without(taken_out: redactions.Redactions, row: Row[Any], read: lines.Read) -> lines.Read:
    """Return what was read in a revision without what is redacted in it."""
    text = row.text if row.retention == "full" else canvas(read.reading, row.text)
    whole = _with(read.reading, text)
    return msgspec.structs.replace(read, reading=_with(taken_out.reading(whole, row.report, row.number), ""))


def _with(reading: Reading, text: str) -> Reading:
    return msgspec.structs.replace(reading, report=msgspec.structs.replace(reading.report, text=text))


def _profiles(choice: Choice, chunk: list[int]) -> dict[int, Profile]:
    """Return the profiles of revisions whose text is not kept."""
    p, t = tables.profiles, tables.revisions
    query = (
        select(p.c.revision, p.c.body)
        .join(t, t.c.id == p.c.revision)
        .where(p.c.revision.in_(chunk), t.c.retention != "full")
    )
    return {
        row.revision: msgspec.json.decode(zlib.decompress(row.body), type=Profile)
        for row in choice.book.connection.execute(query)
    }


def _manifests(
    choice: Choice, numbers: dict[int, tuple[str, int]], runs: Iterable[lines.Run]
) -> Iterator[lines.Manifest]:
    connection, m, r = choice.book.connection, tables.manifests, tables.readings
    used = {run.manifest for run in runs}
    for row in connection.execute(select(r.c.revision, r.c.manifest)):
        if row.manifest and row.revision in numbers:
            used.add(row.manifest)
    for row in connection.execute(select(m).order_by(m.c.digest)):
        if row.digest in used:
            yield lines.Manifest(digest=row.digest, body=row.body)


def _items(
    choice: Choice, numbers: dict[int, tuple[str, int]]
) -> tuple[list[lines.Run], Iterator[lines.Item]]:
    """Return the runs that took in the revisions, and what each was taken from."""
    connection, i, r = choice.book.connection, tables.items, tables.runs
    used = {
        row.run
        for row in connection.execute(select(i.c.run, i.c.revision).where(i.c.revision.is_not(None)))
        if row.revision in numbers
    }
    place: dict[int, int] = {}
    runs = []
    for row in connection.execute(select(r).order_by(r.c.id)):
        if row.id in used:
            place[row.id] = len(place) + 1
            runs.append(
                lines.Run(
                    number=place[row.id],
                    started=row.started,
                    finished=row.finished,
                    sources=msgspec.json.decode(row.sources, type=tuple[str, ...]),
                    version=row.version,
                    manifest=row.manifest,
                )
            )

    taken_out = _taken_out(choice)

    def found() -> Iterator[lines.Item]:
        query = select(i).where(i.c.state.in_(("filed", "known"))).order_by(i.c.id)
        for row in connection.execute(query):
            if row.revision in numbers:
                report, number = numbers[row.revision]
                if report in taken_out.reports and taken_out.of(report, number).url:
                    continue  # where it was taken from is its address
                yield lines.Item(
                    locator=row.locator,
                    sha256=row.sha256,
                    run=place[row.run],
                    at=row.at,
                    state=row.state,
                    report=report,
                    number=number,
                    capture=msgspec.json.decode(row.capture) if row.capture else None,
                )

    return runs, found()


def _overlaps(choice: Choice, inside: set[str]) -> Iterator[lines.Overlap]:
    t = tables.overlaps
    taken_out = _taken_out(choice)
    for row in choice.book.connection.execute(select(t).order_by(t.c.copy, t.c.of)):
        if row.copy in inside and row.of in inside:
            yield lines.Overlap(overlap=taken_out.copy(msgspec.json.decode(row.body, type=Copy)))


def _story(choice: Choice, name: str, reports: Sequence[str]) -> lines.Story:
    """Return a story as it is written down; at a moment, with the reports that were there."""
    book, s, m = choice.book, tables.stories, tables.members
    head = book.connection.execute(select(s).where(s.c.id == name)).one()
    rows = {r.report: r for r in book.connection.execute(select(m).where(m.c.story == name))}
    taken_out = _taken_out(choice)
    cut = bool(taken_out.reports & set(reports))
    then = book.story(name) if book.as_of is not None else None
    entities = msgspec.json.decode(head.entities, type=tuple[str, ...])
    return lines.Story(
        id=name,
        title=then.title if then else taken_out.title(head.title, reports),
        first=(then.first or "") if then else head.first,
        last=(then.last or "") if then else head.last,
        entities=taken_out.names(entities, reports),
        members=tuple(
            lines.Member(report=r, score=rows[r].score, why="" if cut else rows[r].why)
            for r in sorted(reports)
            if r in rows
        ),
    )


def _decisions(choice: Choice, inside: set[str] | None) -> Iterator[lines.Decision]:
    """Yield the decisions, or those that touch only reports that are ``inside``."""
    place: dict[int, int] = {}
    for entry in decisions.log(choice.book.connection, choice.book.as_of):
        if inside is not None and not _concerns(entry, inside, place):
            continue
        place[entry.id] = len(place) + 1
        yield lines.Decision(
            number=place[entry.id],
            decided=entry.decided,
            who=entry.who,
            what=entry.kind,
            body=entry.body,
            why=entry.why,
            undoes=place[entry.undoes] if entry.undoes is not None else None,
        )


def _concerns(entry: decisions.Decision, inside: set[str], kept: dict[int, int]) -> bool:
    if entry.kind == "undo":
        return entry.undoes in kept
    body: dict[str, Any] = entry.body
    named = [body[k] for k in ("report",) if k in body]
    named += [place[0] for place in body.get("places", ())]
    named += [r for k in ("reports", "part", "rest") for r in body.get(k, ())]
    named += [body[k][0] for k in ("a", "b") if k in body]
    return bool(named) and inside.issuperset(named)


def _settled(choice: Choice, numbers: dict[int, tuple[str, int]]) -> Iterator[lines.Settled]:
    query: Select[tuple[str]] = select(tables.state.c.value).where(tables.state.c.key == SETTLED)
    row: Row[tuple[str]] | None = choice.book.connection.execute(query).first()
    last = int(row.value) if row is not None and row.value.isdecimal() else 0
    before = [n for n in numbers if n <= last]
    if before:
        report, number = numbers[max(before)]
        yield lines.Settled(report=report, number=number)
