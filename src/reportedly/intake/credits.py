"""Credit lines: whose copy a report is, whom it cites, who helped.

"According to the X" and "told the X" are attributions and not credits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..data import outlets
from ..records import Credit
from ..records.report import CreditKind
from . import byline

_MAX_CREDITS = 30
_HEAD, _TAIL = 5, 6  # paragraphs at the beginning and the end where credit lines stand
_MAX_LINE = 240
_FRONT, _BACK = 200_000, 50_000  # characters in which credits in words are sought

_WORD = r"(?:(?:[A-Z]\.){1,4}|(?:St|Ft|Mt|Dr|Jr)\.|[A-Z0-9](?:[\w&’'\-/]|\.(?=\w))*)"
_NAME = rf"(?:[Tt]he\s{{1,2}})?{_WORD}(?:\s{{1,2}}(?:(?:of|and|&|for|de|del|la|the)\s{{1,2}})?{_WORD}){{0,5}}"
_DATELINE = re.compile(
    r"^(?P<place>[^()\n]{0,80}?)\s{0,3}\((?P<name>[^()\n]{2,60})\)(?P<dash>\s{0,3}(?:[-–—:_]|$))?"
)
_CLOSING = re.compile(r"\((?P<name>[^()\n]{2,60})\)[\s.]{0,3}$")
_COPYRIGHT = re.compile(
    rf"(?:©|\([cC]\)|\b[Cc]opyright\b)(?:\s{{0,2}}(?:©|\([cC]\)))?\s{{0,2}}(?:(?:19|20)\d\d(?:[-–]\d{{2,4}})?,?)?"
    rf"\s{{0,2}}(?:by\s)?(?P<name>{_NAME})"
)
_LABEL = re.compile(r"^\s*(?:[-–—]{1,2}|source\s?:|via|from|credit\s?:|by)\s*", re.IGNORECASE)
_WITH = re.compile(
    r"\b[Ww]ith\s(?:(?:additional\s)?(?:reporting|files?|inputs?|material|information|contributions?)\s(?:from|by)\s)"
    r"(?P<names>[^.;()\n]{2,120})"
    r"|\b[Ww]ith\s(?P<agency>[^.;()\n]{2,40}?)\s(?:inputs?|contributions?)\b"
)
_REPORTING = re.compile(
    r"(?:^|(?<=[(\s.;]))(?:[Aa]dditional\s)?(?:[Rr]eporting|[Ww]riting)\s(?:and\s\w{1,12}\s)?by\s"
    r"(?P<names>[^.;()|\n]{2,160})"
)
_CONTRIBUTED = re.compile(
    r"\b(?:also\s)?contributed\s(?:(?:additional\s)?(?:reporting|research)\b"
    r"(?:\s(?:to|for)\sthis\s\w{1,12})?|to\s(?:this|the)\s(?:report|story|article|piece|dispatch|coverage))"
)
_FIRST = r"(?:first|originally|previously|initially|earlier)"
_CITED = re.compile(
    rf"(?:\b[Aa]s\s)?(?:\b(?:was|were|been)\s)?\b{_FIRST}\s(?:reported|published|disclosed|revealed|appeared|broken)"
    rf"(?:\s(?:on\s)?\w{{3,9}}(?:\s\w{{3,9}})?)?\s(?P<how>by|in|on|at)\s(?P<name>{_NAME})"
)
_AS_REPORTED = re.compile(rf"\b[Aa]s\sreported\s(?:(?:on\s)?\w{{3,9}}\s)?(?:by|in)\s(?P<name>{_NAME})")
_CITER = re.compile(
    r"\s(?:(?:was|were)\s(?:the\s)?first\sto\sreport|first\sreported|originally\sreported|broke\sthe\s(?:news|story))\b"
)
_NAME_BEFORE = re.compile(rf"(?:^|(?<=[\s“\"(])){_NAME}(?:,[^,\n]{{0,30}},)?$")
_SENTENCE_START = re.compile(r"(?:[.!?][”\")]?\s|\n)")
_NAMES = re.compile(r"\s*(?:,|;|/|&|\band\b)\s*")
_STAFF = re.compile(
    r"^(?P<of>.*?)\b(?:writers?|reporters?|correspondents?|journalists?|staffers?)\s+(?=[A-Z])"
)
_OWNER = re.compile(r"^[^’']{1,60}(?:[’']s|s[’'])\s+(?=[A-Z])")
_AFTER_NAME = re.compile(
    r"\s{0,2}(?:$|[^\w\s]|(?:and|as|but|citing|earlier|in|last|late|on|said|says|that|this|where|which|who)\b)"
)
_IN_PLACE = re.compile(r"\s(?:in|from|at|on|of\sthe)\s.*$")
_NOT_OUTLETS = frozenset({
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    "Twitter", "Facebook", "Instagram", "YouTube", "X", "TikTok", "Telegram",
})  # fmt: skip


def credits(text: str) -> tuple[Credit, ...]:
    """Return the credits of a report's text, in the order in which they stand.

    ``Credit.text`` is literally in ``text``. ``kind`` is ``agency`` for copy
    of an agency or another outlet (a dateline, a copyright, a closing line),
    ``contribution`` for help, ``citation`` for an outlet credited with having
    reported first.
    """
    found: list[tuple[int, Credit]] = []
    paragraphs = [(m.start(), m[0]) for m in re.finditer(r"[^\n]+", text) if not m[0].isspace()]
    for number, (start, line) in enumerate(paragraphs):
        near_head, near_tail = number < _HEAD, number >= len(paragraphs) - _TAIL
        if near_head or near_tail:
            found.extend((start + at, c) for at, c in _lines(line, near_tail))
        if start < _FRONT or start + len(line) > len(text) - _BACK:
            found.extend((start + at, c) for at, c in _phrases(line[:_FRONT]))
        if len(found) > 10 * _MAX_CREDITS:
            break
    unique: dict[tuple[str, str], Credit] = {}
    for _, credit in sorted(found, key=lambda f: f[0]):
        unique.setdefault((credit.kind, credit.name), credit)
    return tuple(unique.values())[:_MAX_CREDITS]


def _lines(line: str, near_tail: bool) -> Iterator[tuple[int, Credit]]:
    """Credits by form: "LONDON (Reuters) —", "(AP)" at the end, "© AFP", a line that is only an agency."""
    dateline = _DATELINE.match(line[:200])
    if (
        dateline is not None
        and _is_place(dateline["place"])
        and (dateline["dash"] is not None or dateline["place"].isupper())
    ):
        yield from _agencies(dateline["name"], dateline.start(), line[: dateline.end("name") + 1])
    if near_tail:
        closing = _CLOSING.search(line, max(0, len(line) - 80))
        if closing is not None:
            yield from _agencies(closing["name"], closing.start(), closing[0].strip(" ."))
    if len(line) > _MAX_LINE:
        return
    for match in _COPYRIGHT.finditer(line):
        name = _known_prefix(match["name"])
        if name is not None:
            yield match.start(), Credit(name=name, kind="agency", text=match[0].strip())
    bare = line.strip()
    yield from _agencies(_LABEL.sub("", bare).strip(" ()[].-–—"), 0, bare)
    signed = byline.read(bare)
    if signed is not None and signed.affiliation and outlets.agency(signed.affiliation):
        yield 0, Credit(name=signed.affiliation, kind="agency", text=bare)


def _is_place(text: str) -> bool:
    """Tell whether what stands before "(AP)" can be the place and day of a dateline."""
    words = text.replace(",", " ").replace("/", " ").split()
    lower = sum(w[0].islower() for w in words)
    stopped = text.rstrip().endswith((".", "!", "?", ":"))
    dated = len(words) <= 6 and bool(re.search(r"\b[A-Z][a-z]{2,4}\.?$", text.rstrip()))
    return lower <= 1 and len(words) <= 8 and (not stopped or dated)


def _agencies(text: str, at: int, literal: str) -> Iterator[tuple[int, Credit]]:
    """Credits for a list of agencies ("Reuters/AFP") in which every part is known."""
    if not 2 <= len(text) <= 80:
        return
    whole = outlets.by_name(text)
    parts = [whole] if whole else [outlets.by_name(p) for p in _NAMES.split(text) if p]
    if parts and all(parts):
        for part in parts:
            # an outlet that is no agency credits itself or another only in a dateline's brackets
            if part is not None and (part.agency or literal.rstrip().endswith(")")):
                yield at, Credit(name=part.name, kind="agency", text=literal)


def _known_prefix(name: str) -> str | None:
    """Find the agency that a longer run of capitalised words begins with ("AFP All")."""
    words = name.rstrip(".").split()
    for end in range(len(words), 0, -1):
        found = outlets.agency(" ".join(words[:end]).rstrip("."))
        if found is not None:
            return found
    return None


def _phrases(line: str) -> Iterator[tuple[int, Credit]]:
    """Credits in words, anywhere: contributions and citations."""
    if "ontributed" in line:
        for match in _CONTRIBUTED.finditer(line):
            begin = _sentence_start(line, match.start())
            subject = line[begin : match.start()].strip(" (")
            yield from _people(subject, begin, line[begin : match.end()].strip(" ("), "contribution")
    for pattern in (_WITH, _REPORTING):
        for match in pattern.finditer(line):
            named = match.groupdict()
            names = named.get("names") or named.get("agency") or ""
            yield from _people(names, match.start(), match[0].strip(), "contribution")
    for match in _CITED.finditer(line):
        by = match["how"] == "by" and _AFTER_NAME.match(line, match.end())
        if by or outlets.looks_like_outlet(_outlet_name(match["name"])):
            yield from _cited(match["name"], match.start(), match[0])
    for match in _AS_REPORTED.finditer(line):
        if outlets.looks_like_outlet(_outlet_name(match["name"])):
            yield from _cited(match["name"], match.start(), match[0])
    for match in _CITER.finditer(line):
        before = _NAME_BEFORE.search(line[max(0, match.start() - 100) : match.start()])
        if before is not None:
            start = max(0, match.start() - 100) + before.start()
            if not outlets.looks_like_outlet(_outlet_name(before[0].split(",")[0])):
                continue
            yield from _cited(before[0].split(",")[0], start, line[start : match.end()])


def _sentence_start(line: str, before: int) -> int:
    low = max(0, before - 300)
    starts = [m.end() for m in _SENTENCE_START.finditer(line, low, before)]
    for start in reversed(starts):  # an abbreviation ("St. Louis") does not end a sentence
        if not re.search(r"\b[A-Z]\w{0,3}\.\s$", line[max(0, start - 6) : start]):
            return start
    return low


def _people(text: str, at: int, literal: str, kind: CreditKind) -> Iterator[tuple[int, Credit]]:
    """Credits for those named in "Jane Roe in London and The Associated Press"."""
    whole = outlets.by_name(text.strip())
    for part in [text] if whole else _NAMES.split(text):
        staff = _STAFF.match(part)
        house = outlets.by_name(staff["of"]) if staff else None
        if house is not None:
            yield at, Credit(name=house.name, kind=kind, text=literal)
        name = _OWNER.sub("", part[staff.end() :] if staff else part)
        name = _IN_PLACE.sub("", f"{name.strip()} ").strip(" .,'’\"”:—–-")
        known = outlets.by_name(name)
        if (
            known is not None
            or byline.is_name(name)
            or (name[:1].isupper() and outlets.looks_like_outlet(name))
        ):
            yield at, Credit(name=known.name if known else name, kind=kind, text=literal)


def _outlet_name(name: str) -> str:
    words = name.rstrip(".,'").removesuffix("’s").removesuffix("'s").split()
    while words and words[-1] in _NOT_OUTLETS and len(words) > 1:
        words.pop()
    if words and words[0] in ("the", "The") and len(words) > 1:
        full = " ".join(words)
        return full if outlets.by_name(full) is not None else " ".join(words[1:])
    return " ".join(words)


def _cited(raw: str, at: int, literal: str) -> Iterator[tuple[int, Credit]]:
    both = [outlets.by_name(part) for part in raw.split(" and ")]
    if outlets.by_name(raw) is None and len(both) > 1 and all(both):
        for outlet in both:
            if outlet is not None:
                yield at, Credit(name=outlet.name, kind="citation", text=literal.strip())
        return
    name = _outlet_name(raw)
    if name and name not in _NOT_OUTLETS and not name[0].isdigit():
        yield at, Credit(name=outlets.canonical(name), kind="citation", text=literal.strip())
