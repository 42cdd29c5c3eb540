"""Values as people read them: dates, counts, spans of time, and text that hides nothing."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from ...weighing.filed import moment as parsed

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HIDDEN = re.compile(  # what turns, parts or hides text: control, bidirectional and tag characters
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SPACES = re.compile(r"\s+")


def day(value: str | None) -> str:
    """Return a day, in UTC: "17 Mar 2026"; what is no date stays as it is."""
    found = parsed(value)
    if found is None:
        return value or ""
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def moment(value: str | None) -> str:
    """Return a day and, where the value has one, the time, in UTC: "17 Mar 2026, 13:00"."""
    found = parsed(value)
    if found is None or len(value or "") <= 10:
        return day(value)
    return f"{day(value)}, {found:%H:%M}"


def span(first: str | None, last: str | None) -> str:
    """Return a span of days: "17 Mar 2026", "17–19 Mar 2026", "30 Mar – 2 Apr 2026"."""
    a, b = parsed(first), parsed(last)
    if a is None or b is None or a.date() == b.date():
        return day(first or last)
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day}–{day(last)}"
    if a.year == b.year:
        return f"{a.day} {_MONTHS[a.month - 1]} – {day(last)}"
    return f"{day(first)} – {day(last)}"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 outlet", "1,204 outlets"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def visible(text: str) -> str:
    """Return text with its hidden and direction-changing characters written out: "⟦U+202E⟧"."""
    return _HIDDEN.sub(lambda m: f"⟦U+{ord(m.group()):04X}⟧", text)


def shown(text: str) -> Markup:
    """Return text as HTML, its hidden and direction-changing characters written out and set apart."""
    found, at = Markup(), 0
    for match in _HIDDEN.finditer(text):
        letter = match.group()
        name = unicodedata.name(letter, "CONTROL CHARACTER")
        mark = Markup('<span class="hidden-letter" title="{}">⟦U+{:04X}⟧</span>').format(name, ord(letter))
        found += escape(text[at : match.start()]) + mark
        at = match.end()
    return found + escape(text[at:])


def between(low: int, high: int) -> str:
    """Return a range of whole numbers: "2", "1–3"."""
    return str(high) if low == high else f"{low}–{high}"


def origins(low: int, high: int) -> str:
    """Return to how many origins a claim goes back: "1 origin", "1–3 origins", "no origin found"."""
    if not high:
        return "no origin found"
    return count(high, "origin") if low == high else f"{low}–{high} origins"


def oneline(text: str | None, most: int = 300) -> str:
    """Return text on one line, cut at ``most`` characters, with nothing hidden in it."""
    found = visible(_SPACES.sub(" ", text or "").strip())
    return found if len(found) <= most else found[: most - 1].rstrip() + "…"


def excerpt(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Return what stands before, in and after a found word, whole words only, with "…" where it is cut."""
    while end < len(text) and text[end].isalnum():
        end += 1
    head, tail = text[:start], text[end:]
    if len(head) > 60:
        head = "…" + head[head.find(" ", 0, 25) + 1 :].lstrip()
    if len(tail) > 60:
        tail = tail[: max(tail.rfind(" "), len(tail) - 25)] + "…"
    return head, text[start:end], tail


def web_address(value: str | None) -> str | None:
    """Return an address if it is one that a link may lead to (http or https), else ``None``."""
    try:
        parts = urlsplit(value or "")
    except ValueError:
        return None
    return value if parts.scheme in ("http", "https") and parts.netloc else None
