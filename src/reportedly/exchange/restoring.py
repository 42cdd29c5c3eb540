"""Brings an archive of a desk into a desk: into an empty one as it was, into any other what is new in it.

Nothing that a desk holds is changed or taken away. The archive is not trusted:
every line is checked, lines that do not hold are refused by their number, and
no name in it is ever used as a path.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import IO, Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from ..desk import custody, filing, reuse, review, search, shelf, turns
from ..desk.store import Desk, hold_decisions, now, stamp
from ..desk.tables import (
    bands,
    decisions,
    items,
    manifests,
    members,
    overlaps,
    profiles,
    readings,
    revisions,
    runs,
    state,
    stories,
)
from ..errors import ExchangeError
from ..records import Reading
from ..weighing import shingles
from ..weighing.filed import Filed, moment
from ..weighing.profile import Profile, profile
from . import archive_lines as lines
from .archive import SETTLED

_PROBLEMS = 1000  # that are told one by one


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that was not taken in, and why. Lines count from 1."""

    line: int
    why: str


@dataclass(slots=True)
class Restored:
    """What became of an archive: how many of each kind are new, how many were there, what was refused."""

    new: dict[str, int] = field(default_factory=dict)
    known: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, line: int, why: str) -> None:
        self.refused += 1
        if len(self.problems) < _PROBLEMS:
            self.problems.append(Problem(line, why))


def restore(desk: Desk, stream: IO[bytes], *, told: lines.Told | None = None) -> Restored:
    """Take an archive into a desk: all that is good in it, in one transaction.

    Args:
        stream: JSON lines, as ``reportedly export --format jsonl`` writes them.
        told: hears after each line how many bytes were read.

    Raises:
        ExchangeError: this is no such archive, or one of another version. Nothing is taken in then.
        DeskError: the desk cannot be written; nothing is taken in then either.
    """
    with desk.writing() as connection:
        hold_decisions(connection)
        work = _Restoring(connection)
        for number, line, why in lines.read(stream, told):
            if line is None:
                work.done.refuse(number, why)
                continue
            if number == 1 or isinstance(line, lines.Head):
                _check_head(number, line)
                continue
            try:
                work.take(line)
            except ExchangeError as error:
                work.done.refuse(number, str(error))
        work.finish()
    return work.done


def _check_head(number: int, line: lines.Line) -> None:
    if number != 1 or not isinstance(line, lines.Head):
        raise ExchangeError(
            "this is no archive of a desk; its first line would say so, and only the first line does"
        )
    if line.schema != lines.SCHEMA:
        raise ExchangeError(f"this archive is {line.schema[:40]!r}; this program knows {lines.SCHEMA!r}")


class _Restoring:
    """Takes the lines one after another."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.done = Restored()
        self._was_empty = connection.execute(select(revisions.c.id).limit(1)).first() is None
        self._revisions: dict[tuple[str, int], int] = {}
        self._runs: dict[int, int] = {}
        self._decisions: dict[int, int] = {}
        self._settled: int | None = None

    def take(self, line: lines.Line) -> None:
        """Take one line in.

        Raises:
            ExchangeError: it does not go with what the desk holds, or with the lines before it.
        """
        match line:
            case lines.Manifest():
                self._manifest(line)
            case lines.Run():
                self._run(line)
            case lines.Revision():
                self._report(line)
            case lines.Item():
                self._item(line)
            case lines.Overlap():
                self._overlap(line)
            case lines.Story():
                self._story(line)
            case lines.Decision():
                self._decision(line)
            case lines.Settled():
                self._settled = self._revision(line.report, line.number)

    def finish(self) -> None:
        """Bring in order what depends on everything."""
        new = self.done.new
        if self._was_empty and self._settled is not None:
            self._connection.execute(delete(state).where(state.c.key == SETTLED))
            self._connection.execute(insert(state).values(key=SETTLED, value=str(self._settled)))
        changed = not self._was_empty and bool({"reports", "stories", "decisions"} & new.keys())
        if changed or ("reports" in new and self._some_unplaced()):
            filing.regroup(self._connection)
        elif new.keys() - {"manifests"}:
            turns.regrouped(self._connection)  # whoever keeps the stories in memory must load them again

    def _some_unplaced(self) -> bool:
        """Tell whether a report is in no story, as where the line of its story was refused."""
        query = (
            select(profiles.c.report)
            .outerjoin(members, members.c.report == profiles.c.report)
            .where(members.c.report.is_(None))
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def _count(self, kind: str, new: bool) -> None:
        if new:
            self.done.new[kind] = self.done.new.get(kind, 0) + 1
        else:
            self.done.known += 1

    def _add(self, table: Any, values: dict[str, Any]) -> int:
        row = self._connection.execute(insert(table).values(values))
        assert row.inserted_primary_key is not None
        return int(row.inserted_primary_key[0])

    def _manifest(self, line: lines.Manifest) -> None:
        query = select(manifests.c.digest).where(manifests.c.digest == line.digest)
        new = self._connection.execute(query).first() is None
        if new:
            self._connection.execute(insert(manifests).values(digest=line.digest, body=line.body))
        self._count("manifests", new)

    # reports ------------------------------------------------------------------------------------

    def _report(self, line: lines.Revision) -> None:
        seen = moment(line.seen)
        if seen is None or stamp(seen) != line.seen:
            raise ExchangeError(f"{line.seen!r} is no moment")
        there = self._connection.execute(
            select(revisions).where(revisions.c.report == line.report, revisions.c.number == line.number)
        ).first()
        if there is not None:
            if (there.sha256, there.title, there.updated) != (line.sha256, line.title, line.updated):
                raise ExchangeError(
                    f"revision {line.number} of {line.report!r} is another one in this desk; that one stays"
                )
            self._revisions[line.report, line.number] = there.id
            self._readings(there.id, line)
            self._count("reports", False)
            return
        query = select(func.max(revisions.c.number)).where(revisions.c.report == line.report)
        before = self._connection.execute(query).scalar() or 0
        if line.number != before + 1:
            raise ExchangeError(f"revision {before + 1} of {line.report!r} is missing before this one")
        stands = moment(line.published) if line.number == 1 else moment(line.updated)
        reading = _with_text(line)
        filed = Filed(reading, seen, line.number)
        mine = line.profile or _profiled(filed)
        self._connection.execute(update(revisions).where(revisions.c.report == line.report).values(latest=0))
        values = {
            "report": line.report,
            "number": line.number,
            "latest": 1,
            "url": line.url,
            "outlet": line.outlet,
            "title": line.title,
            "published": line.published,
            "updated": line.updated,
            "seen": line.seen,
            "sort": stamp(stands or seen),
            "language": line.language,
            "sha256": line.sha256,
            "raw_sha256": line.raw_sha256,
            "retention": line.retention,
            "text": line.text,
            "about": msgspec.json.encode(line.about).decode(),
        }
        revision = self._add(revisions, values)
        custody.enter(self._connection, "revision", {**values, "id": revision}, now())
        self._revisions[line.report, line.number] = revision
        self._readings(revision, line)
        search.index(self._connection, revision, reading, line.text)
        self._derive(line, revision, filed, mine)
        self._count("reports", True)

    def _readings(self, revision: int, line: lines.Revision) -> None:
        query = select(readings.c.model).where(readings.c.revision == revision)
        there = set(self._connection.execute(query).scalars())
        for read in line.readings:
            if read.model not in there:
                values = {
                    "revision": revision,
                    "model": read.model,
                    "made": read.made,
                    "body": zlib.compress(msgspec.json.encode(read.reading), 6),
                    "manifest": read.manifest,
                }
                self._connection.execute(insert(readings).values(values))
                custody.enter(self._connection, "reading", values, now())
                self._count("readings", True)

    def _derive(self, line: lines.Revision, revision: int, filed: Filed, mine: Profile) -> None:
        """Write what a desk keeps beside a report: its profile, and the fingerprints of its text."""
        first = line.number == 1
        if not first:
            self._connection.execute(delete(profiles).where(profiles.c.report == line.report))
        body = zlib.compress(msgspec.json.encode(mine), 6)
        self._connection.execute(insert(profiles).values(report=line.report, revision=revision, body=body))
        if line.retention == "full" and not self._was_empty:
            reuse.compare(self._connection, filed, first=first)
        elif line.retention == "full":  # what it shares with others stands in the archive
            if not first:
                self._connection.execute(delete(bands).where(bands.c.report == line.report))
            signed = shingles.signature(line.text)
            if signed.bands:
                rows = [{"band": band, "report": line.report} for band in signed.bands]
                self._connection.execute(insert(bands), rows)

    def _revision(self, report: str, number: int) -> int:
        if (report, number) not in self._revisions:
            raise ExchangeError(f"revision {number} of {report!r} is not there")
        return self._revisions[report, number]

    def _item(self, line: lines.Item) -> None:
        revision = self._revision(line.report, line.number)
        query = select(items.c.id, items.c.state).where(
            items.c.locator == line.locator, items.c.sha256 == line.sha256
        )
        there = self._connection.execute(query).first()
        if there is not None:
            self._count("items", False)
            return
        if line.run not in self._runs:
            raise ExchangeError(f"run {line.run} is not there")
        values = {
            "locator": line.locator,
            "sha256": line.sha256,
            "run": self._runs[line.run],
            "at": line.at,
            "state": line.state,
            "reason": None,
            "code": None,
            "revision": revision,
            "capture": msgspec.json.encode(line.capture).decode() if line.capture else None,
        }
        number = self._add(items, values)
        custody.enter(self._connection, "item", {**values, "id": number}, now())
        self._count("items", True)

    def _run(self, line: lines.Run) -> None:
        sources = msgspec.json.encode(line.sources).decode()
        query = select(runs.c.id).where(
            runs.c.started == line.started, runs.c.version == line.version, runs.c.sources == sources
        )
        there = self._connection.execute(query).scalar()
        values = {
            "started": line.started,
            "finished": line.finished,
            "sources": sources,
            "version": line.version,
            "manifest": line.manifest,
        }
        self._runs[line.number] = self._add(runs, values) if there is None else int(there)
        self._count("runs", there is None)

    def _overlap(self, line: lines.Overlap) -> None:
        copy, of = line.overlap.copy, line.overlap.of
        for report in (copy, of):
            if not self._has(report):
                raise ExchangeError(f"there is no report {report!r}")
        query = select(overlaps.c.copy).where(
            (overlaps.c.copy == copy) & (overlaps.c.of == of)
            | (overlaps.c.copy == of) & (overlaps.c.of == copy)
        )
        new = self._connection.execute(query).first() is None
        if new:
            body = msgspec.json.encode(line.overlap).decode()
            self._connection.execute(insert(overlaps).values(copy=copy, of=of, body=body))
        self._count("overlaps", new)

    def _has(self, report: str) -> bool:
        if (report, 1) in self._revisions:
            return True
        query = select(revisions.c.id).where(revisions.c.report == report).limit(1)
        return self._connection.execute(query).first() is not None

    # stories and decisions ----------------------------------------------------------------------

    def _story(self, line: lines.Story) -> None:
        there = [m for m in line.members if self._has(m.report)]  # others were refused, and told
        if not there:
            raise ExchangeError(f"there is no report of story {line.id!r}")
        placed = self._placed([m.report for m in there])
        mine = [m for m in there if m.report not in placed]
        if not mine:
            self._count("stories", False)
            return
        query = select(stories.c.id).where(stories.c.id == line.id)
        if self._connection.execute(query).first() is None:
            self._connection.execute(
                insert(stories).values(
                    id=line.id,
                    title=line.title,
                    first=line.first,
                    last=line.last,
                    size=len(mine),
                    entities=msgspec.json.encode(line.entities).decode(),
                )
            )
        rows = [{"report": m.report, "story": line.id, "score": m.score, "why": m.why} for m in mine]
        self._connection.execute(insert(members), rows)
        self._count("stories", True)

    def _placed(self, reports: list[str]) -> set[str]:
        found: set[str] = set()
        for at in range(0, len(reports), 500):
            query = select(members.c.report).where(members.c.report.in_(reports[at : at + 500]))
            found.update(self._connection.execute(query).scalars())
        return found

    def _decision(self, line: lines.Decision) -> None:
        undoes = None
        if line.undoes is not None:
            if line.undoes not in self._decisions:
                raise ExchangeError(f"decision {line.undoes}, which this one undoes, is not there")
            undoes = self._decisions[line.undoes]
        body = msgspec.json.encode(line.body).decode()
        query = select(decisions).where(
            decisions.c.decided == line.decided, decisions.c.who == line.who, decisions.c.kind == line.what
        )
        for row in self._connection.execute(query):
            if msgspec.json.decode(row.body) == line.body and row.undoes == undoes:
                self._decisions[line.number] = row.id
                self._count("decisions", False)
                return
        if undoes is not None:
            query = select(decisions.c.id).where(decisions.c.undoes == undoes)
            if self._connection.execute(query).first() is not None:
                raise ExchangeError(f"decision {line.undoes} is undone already in this desk")
        values = {
            "decided": line.decided,
            "who": line.who,
            "kind": line.what,
            "body": body,
            "why": line.why,
            "undoes": undoes,
        }
        before = custody.end(self._connection, "decisions")
        number = self._add(decisions, values)
        sealed = custody.decision_digest(before.digest, {**values, "id": number})
        self._connection.execute(update(decisions).where(decisions.c.id == number).values(digest=sealed))
        custody.put_end(self._connection, "decisions", custody.End(before.count + 1, sealed))
        self._decisions[line.number] = number
        if line.what == "redact":
            review.forget_weighing(self._connection, [line.body["report"]])
        self._count("decisions", True)


def _profiled(filed: Filed) -> Profile:
    """Return the profile of a report; refuse it where what was read in it cannot be used."""
    try:
        return profile(filed)
    except (ValueError, OverflowError, LookupError) as error:
        raise ExchangeError(f"what is read in {filed.id!r} cannot be used: {error}") from None


def _with_text(line: lines.Revision) -> Reading:
    """Return the newest reading with the text that is kept, where it stood."""
    reading = max(line.readings, key=lambda r: r.made).reading
    text = line.text if line.retention == "full" else shelf.canvas(reading, line.text)
    return msgspec.structs.replace(reading, report=msgspec.structs.replace(reading.report, text=text))
