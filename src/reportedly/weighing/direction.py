"""Which of two reports with the same text is the copy: by credit lines, by time, by whom the text names."""

from __future__ import annotations

import re

from ..data import outlets
from .filed import Filed, moment


def direction(a: Filed, b: Filed, own: dict[str, int]) -> tuple[Filed, Filed, str]:
    """Return the copy, what it is a copy of, and how that is known, in words.

    A credit line ("(AP)", "first reported by the Herald") counts for more than
    the clock, for an agency's own page is often changed after its subscribers
    printed it. Dates without a time decide only between days. Where neither
    tells, the report whose text names the other's outlet is the copy; else the
    shorter one is taken for it, and the words say that this is not known.

    Args:
        a, b: the two reports.
        own: how many words of its own each has, by report id.
    """
    for how in ("agency", "citation", "contribution"):
        one, two = _credits(a, b, how), _credits(b, a, how)
        if one and not two:
            return a, b, f"which it credits (“{one}”)"
        if two and not one:
            return b, a, f"which it credits (“{two}”)"
    hours = _hours_between(a, b)
    if hours is not None and hours != 0:
        later, earlier = (b, a) if hours > 0 else (a, b)
        same = " by the same outlet" if outlet(a) is not None and outlet(a) == outlet(b) else ""
        return later, earlier, f"published {_lapse(abs(hours))} earlier{same}"
    one, two = _named(a, b), _named(b, a)
    if one and not two:
        return a, b, f"which it names (“{one}”)"
    if two and not one:
        return b, a, f"which it names (“{two}”)"
    first, second = sorted((a, b), key=lambda f: (-own[f.id], f.seen, f.id))
    return second, first, "but which of the two came first cannot be told"


def order(filed: Filed) -> tuple[object, ...]:
    """A key that sorts reports, earliest first; of the same time, those of agencies first."""
    house = outlets.by_name(outlet(filed) or "")
    return filed.published, not (house is not None and house.agency), filed.seen, filed.id


def outlet(filed: Filed) -> str | None:
    """Return the name of the outlet as the table of outlets has it, or its site."""
    return house(filed.report.outlet, filed.report.url)


def house(name: str | None, url: str | None) -> str | None:
    """Return an outlet's name as the table of outlets has it, from what it is called and an address of it."""
    if name:
        return outlets.canonical(name)
    known = outlets.by_url(url)
    return known.name if known else outlets.site(url)


def _credits(copy: Filed, of: Filed, kind: str) -> str | None:
    """Return the words with which ``copy`` credits the outlet of ``of``."""
    house = outlet(of)
    if house is None or outlet(copy) == house:
        return None
    for credit in copy.report.credits:
        if credit.kind == kind and outlets.canonical(credit.name) == house:
            return " ".join(credit.text.split())[:80]
    if kind == "agency":
        for author in copy.report.authors:
            if outlets.agency(author) == house:
                return " ".join(author.split())[:80]
    return None


def _named(copy: Filed, of: Filed) -> str | None:
    """Return the name by which the text of ``copy`` names the outlet of ``of``: whole, or its last words."""
    house = outlet(of)
    if house is None or outlet(copy) == house or "." in house:
        return None
    known, words = outlets.by_name(house), house.split()
    names = [house, *(known.aliases if known else ()), *([" ".join(words[-2:])] if len(words) > 2 else [])]
    for name in names:
        if len(name) > 3 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", copy.report.text):
            return name
    return None


def _hours_between(a: Filed, b: Filed) -> float | None:
    """Hours from ``a`` to ``b``; 0 where only the same day is known, ``None`` without a date."""
    one, two = a.report.published, b.report.published
    start, end = moment(one), moment(two)
    if one is None or two is None or start is None or end is None:
        return None
    if len(one) <= 10 or len(two) <= 10:
        return 24.0 * (end.date() - start.date()).days
    return (end - start).total_seconds() / 3600


def _lapse(hours: float) -> str:
    if hours < 1:
        return f"{max(1, round(hours * 60))} min"
    if hours < 48:
        return f"{round(hours)} h"
    return f"{round(hours / 24)} days"
