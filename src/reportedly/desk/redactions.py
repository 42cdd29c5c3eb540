"""Redactions: what people took out of reports, and the one place where it is taken out.

A ``redact`` decision names a report, a revision, a field and character ranges, never the words. What the
desk gives out of its ``revisions`` and ``readings`` goes through :func:`standing`: :mod:`.shelf`,
:mod:`.filings`, :mod:`.changes`, :mod:`.search`, :mod:`.sketches`, :mod:`.alerts` and, for the titles and
names of stories, :mod:`.book` do that, so that no face has to. The rows themselves stay as they were
filed, which is what custody seals.
Redactions hold whatever moment is asked for.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Sequence, Set
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import Connection, select

from ..records import Copy, Reading, Span
from . import decisions
from .blocking import BLOCK, blocked, blocked_reading
from .canvas import canvas
from .comparing import opcodes
from .decisions import Decision
from .tables import decisions as decisions_table
from .tables import readings, revisions

Field = Literal["text", "title", "authors", "url"]
FIELDS: tuple[Field, ...] = get_args(Field)
_RUN = re.compile(r"\s*\S+")
_LETTERS = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r" ?\(“[^”]*”\)")
_SHORTEST, _LONGEST = 2, 4_000  # characters of words that are looked for wherever else they stand
_SLUG = 4  # letters of a word that counts in an address


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """What a ``redact`` decision says: its ``body``. Without ``spans`` the whole field is meant.

    ``revision`` is the number of the one whose offsets ``spans`` are.
    """

    report: str
    revision: int
    field: Field
    spans: tuple[Span, ...] = ()


class Cuts(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken out of one revision: ranges of its text and title, and whole fields."""

    text: tuple[Span, ...] = ()
    title: tuple[Span, ...] = ()
    authors: bool = False
    url: bool = False


class _Raw(msgspec.Struct, frozen=True):
    """A revision as it was filed."""

    text: str
    title: str
    authors: tuple[str, ...]
    url: str


class _Authors(msgspec.Struct):
    authors: tuple[str, ...] = ()


class Redactions:
    """The redactions that stand, by report.

    Args:
        connection: through which the words are looked up that must not be given out.
        entries: the ``redact`` decisions that stand.
    """

    def __init__(self, connection: Connection, entries: Iterable[Decision] = ()) -> None:
        self._connection = connection
        self._cuts: dict[str, list[Cut]] = {}
        self._since: dict[str, str] = {}
        for entry in entries:
            cut = msgspec.convert(entry.body, Cut)
            self._cuts.setdefault(cut.report, []).append(cut)
            self._since[cut.report] = max(entry.decided, self._since.get(cut.report, ""))
        self._raws: dict[tuple[str, int], _Raw] = {}
        self._found: dict[tuple[str, int], Cuts] = {}
        self._names: dict[str, frozenset[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._cuts)

    @property
    def reports(self) -> Set[str]:
        """The ids of the reports of which something is redacted."""
        return self._cuts.keys()

    def since(self, report: str) -> str | None:
        """Return when something was redacted of a report last."""
        return self._since.get(report)

    def key(self, reports: Iterable[str]) -> list[tuple[object, ...]]:
        """Return what stands of these reports, as it may be told apart from other redactions."""
        return [
            (c.report, c.revision, c.field, c.spans)
            for report in sorted({*reports} & self._cuts.keys())
            for c in self._cuts[report]
        ]

    # what is given out ------------------------------------------------------------------------------

    def row(self, row: Any) -> Any:
        """Return a row of ``revisions`` (some columns, report and number among them) as it may be seen.

        The fingerprint is then that of the text as it is given out.
        """
        if row.report not in self._cuts:
            return row
        cuts = self.of(row.report, row.number)
        seen = SimpleNamespace(**row._mapping)
        if hasattr(seen, "text"):
            seen.text = blocked(seen.text, cuts.text)
        if getattr(seen, "sha256", None):
            seen.sha256 = self._digest(row.report, row.number, cuts)
        if getattr(seen, "title", None):
            seen.title = blocked(seen.title, cuts.title)
        if cuts.url and hasattr(seen, "url"):
            seen.url = None
        if hasattr(seen, "about"):
            seen.about = self._about(seen.about, row.report, row.number, cuts)
        return seen

    def reading(self, reading: Reading, report: str, number: int) -> Reading:
        """Return the reading of a revision, its text with it as it was filed, as it may be seen."""
        if report not in self._cuts:
            return reading
        cuts = self.of(report, number)
        about = reading.report
        reading = msgspec.structs.replace(
            reading,
            report=msgspec.structs.replace(
                about,
                title=blocked(about.title, cuts.title) if about.title else about.title,
                authors=() if cuts.authors else about.authors,
                url=None if cuts.url else about.url,
            ),
        )
        reading = blocked_reading(reading, cuts.text)
        sha256 = self._digest(report, number, cuts)
        return msgspec.structs.replace(reading, report=msgspec.structs.replace(reading.report, sha256=sha256))

    def title(self, title: str, reports: Iterable[str]) -> str:
        """Return the title of a story of these reports as it may be seen: it is that of one of them."""
        for report in {*reports} & self._cuts.keys():
            for number in self._numbers(report):
                spans = self.of(report, number).title
                if spans and title == self._raw(report, number).title:
                    return blocked(title, spans)
        return title

    def names(self, names: Sequence[str], reports: Iterable[str]) -> tuple[str, ...]:
        """Return the names of a story of these reports without those that were taken out of one."""
        out: set[str] = set()
        for report in {*reports} & self._cuts.keys():
            out |= self._taken_names(report)
        return tuple(n for n in names if n not in out)

    def copy(self, copy: Copy) -> Copy:
        """Return an overlap as it may be seen: without the name by which its direction was told."""
        if not {copy.copy, copy.of} & self._cuts.keys():
            return copy
        return msgspec.structs.replace(copy, why=_QUOTED.sub("", copy.why))

    # what is taken out --------------------------------------------------------------------------------

    def of(self, report: str, number: int) -> Cuts:
        """Return what is taken out of a revision.

        Ranges hold for the revision that they were made on; in the others they are where a comparison of
        the texts puts them, and wherever the same words stand. Words that are taken out of one field are
        taken out of the others.
        """
        found = self._found.get((report, number))
        if found is None:
            found = self._found[report, number] = self._find(report, number)
        return found

    def _find(self, report: str, number: int) -> Cuts:
        cuts = self._cuts.get(report, [])
        if not cuts:
            return Cuts()
        raw = self._raw(report, number)
        text: list[Span] = []
        title: list[Span] = []
        authors = url = False
        for cut in cuts:
            whole = not cut.spans
            own = cut.revision == number
            if cut.field == "text":
                text += [(0, len(raw.text))] if whole else cut.spans if own else self._moved(cut, raw)
            elif cut.field == "title":
                title += [(0, len(raw.title))] if whole else cut.spans if own else ()
            authors |= cut.field == "authors"
            url |= cut.field == "url"
            for words in self._words(cut):
                if cut.field != "text" or not own:
                    text += standing_words(words, raw.text)
                if cut.field != "title" or not own:
                    title += standing_words(words, raw.title)
                authors |= any(standing_words(words, a) for a in raw.authors)
                url |= _in_address(words, raw.url)
        return Cuts(text=_tidy(text), title=_tidy(title), authors=authors, url=url)

    def _words(self, cut: Cut) -> list[str]:
        """Return the words that a decision takes out, as they may stand elsewhere."""
        raw = self._raw(cut.report, cut.revision)
        if cut.field == "authors":
            found = list(raw.authors)
        elif cut.field == "url":
            found = []
        else:
            body = raw.text if cut.field == "text" else raw.title
            found = [body[a:b] for a, b in cut.spans] if cut.spans else [body]
        plain = (" ".join(words.split()) for words in found)
        return [w for w in dict.fromkeys(plain) if _SHORTEST <= len(w) <= _LONGEST and _LETTERS.search(w)]

    def _moved(self, cut: Cut, raw: _Raw) -> list[Span]:
        before = self._raw(cut.report, cut.revision).text
        return moved(before, raw.text, cut.spans)

    def _digest(self, report: str, number: int, cuts: Cuts) -> str:
        text = blocked(self._raw(report, number).text, cuts.text)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

    def _about(self, about: str, report: str, number: int, cuts: Cuts) -> str:
        """Return the rest of a report, as it stands in its row, without what is taken out."""
        found = msgspec.json.decode(about)
        if cuts.authors:
            found["authors"] = []
        left = blocked(self._raw(report, number).text, cuts.text).casefold()
        raw = self._raw(report, number).text.casefold()
        found["credits"] = [
            c
            for c in found.get("credits", ())
            if all(c[k].casefold() not in raw or c[k].casefold() in left for k in ("name", "text"))
        ]
        return msgspec.json.encode(found).decode()

    # what was filed -------------------------------------------------------------------------------------

    def _raw(self, report: str, number: int) -> _Raw:
        if (report, number) not in self._raws:
            query = select(revisions).where(revisions.c.report == report, revisions.c.number == number)
            row = self._connection.execute(query).first()
            if row is None:  # an archive without this revision was brought in
                return _Raw("", "", (), "")
            text = row.text
            if row.retention != "full":
                body = self._body(row.id)
                text = canvas(body, row.text) if body else row.text
            authors = msgspec.json.decode(row.about, type=_Authors).authors
            self._raws[report, number] = _Raw(text, row.title or "", authors, row.url or "")
        return self._raws[report, number]

    def _body(self, revision: int) -> Reading | None:
        query = select(readings.c.body).where(readings.c.revision == revision)
        row = self._connection.execute(query.order_by(readings.c.made.desc()).limit(1)).first()
        return msgspec.json.decode(zlib.decompress(row.body), type=Reading) if row else None

    @cached_property
    def _all_numbers(self) -> dict[str, list[tuple[int, int]]]:
        query = select(revisions.c.report, revisions.c.number, revisions.c.id)
        found: dict[str, list[tuple[int, int]]] = {}
        for row in self._connection.execute(query.where(revisions.c.report.in_(sorted(self._cuts)))):
            found.setdefault(row.report, []).append((row.number, row.id))
        return found

    def _numbers(self, report: str) -> list[int]:
        return [number for number, _ in self._all_numbers.get(report, ())]

    def _taken_names(self, report: str) -> frozenset[str]:
        """Return the names that stand in what was read of a report and not in what may be seen of it."""
        if report not in self._names:
            out: set[str] = set()
            for number, revision in self._all_numbers.get(report, ()):
                body = self._body(revision)
                if body is None:
                    continue
                text = self._raw(report, number).text
                whole = msgspec.structs.replace(body, report=msgspec.structs.replace(body.report, text=text))
                out |= _names(whole) - _names(self.reading(whole, report, number))
            self._names[report] = frozenset(out)
        return self._names[report]


def standing(connection: Connection) -> Redactions:
    """Return the redactions that stand now, whatever moment is asked for otherwise."""
    some = select(decisions_table.c.id).where(decisions_table.c.kind == "redact").limit(1)
    if connection.execute(some).first() is None:
        return Redactions(connection)
    entries = decisions.standing(decisions.log(connection))
    return Redactions(connection, (d for d in entries if d.kind == "redact"))


def moved(before: str, after: str, spans: Sequence[Span]) -> list[Span]:
    """Return where ranges of one text stand in another, by a comparison word by word.

    What was written anew in place of a word in them, or among such words, is taken for part of them.
    """
    if before == after:
        return list(spans)
    old, new = _runs(before), _runs(after)
    found: list[Span] = []
    for tag, a, b, c, d in opcodes([before[a:b] for a, b in old], [after[a:b] for a, b in new]):
        for start, end in spans:
            low = old[a][0] if a < len(old) else len(before)
            high = old[b - 1][1] if b > a else low
            if tag == "equal":
                if low < end and start < high:
                    shift = new[c][0] - low
                    found.append((max(low, start) + shift, min(high, end) + shift))
            elif d > c and ((low < end and start < high) or (a == b and start < low < end)):
                found.append((new[c][0], new[d - 1][1]))
    return found


def _runs(text: str) -> list[Span]:
    return [(m.start(), m.end()) for m in _RUN.finditer(text)]


def standing_words(words: str, text: str) -> list[Span]:
    """Return where words stand in a text, whatever the white space and case."""
    words = words.strip()
    if not text or not words:
        return []
    pattern = r"\s+".join(map(re.escape, words.split()))
    left = r"(?<!\w)" if words[0].isalnum() else ""
    right = r"(?!\w)" if words[-1].isalnum() else ""
    return [(m.start(), m.end()) for m in re.finditer(left + pattern + right, text, re.IGNORECASE)]


def _in_address(words: str, url: str) -> bool:
    """Tell whether an address spells the words, as the names of pages do ("…/oda-fenn-resigns")."""
    parts = _LETTERS.findall(words.casefold())
    if not any(len(w) >= _SLUG for w in parts):
        return False
    return f" {' '.join(parts)} " in f" {' '.join(_LETTERS.findall(url.casefold()))} "


def _names(reading: Reading) -> set[str]:
    return {n for e in reading.entities for n in (e.name, *e.aliases)}


def _tidy(spans: Iterable[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for start, end in sorted((a, b) for a, b in spans if a < b):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


__all__ = ["BLOCK", "FIELDS", "Cut", "Cuts", "Field", "Redactions", "moved", "standing", "standing_words"]
