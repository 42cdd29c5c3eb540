"""Quantities: numbers in their place in a sentence, with bound, range and unit.

Tells the numbers that count or measure something from those that name, date,
order or score: years, addresses, "Section 12", "B-52", "3-1", "one another".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..records.things import Bound
from . import units
from .measures import role_measure
from .notcounts import DASHES, bounds, is_minus, names
from .numbers import Number, parse
from .page import Word

_ROUGH = 0.1  # "about 40" allows 36 to 44, "nearly 40" 36 to 40
_LONGEST_BOUND = 3
_BOUNDS: dict[str, Bound] = {
    "at least": "at least", "at most": "at most", "more than": "more than", "less than": "fewer than",
    "fewer than": "fewer than", "about": "about", "almost": "about", "exactly": "exactly",
}  # fmt: skip


@dataclass(slots=True)
class Quantity:
    """A number in pieces ``[start, end)``, from its bound to its noun; the number begins at ``number``.

    ``loose`` numbers are figures only with a measure; ``implied`` ones have no
    number word. ``measure`` is set where the words themselves say it.
    """

    start: int
    end: int
    number: int
    value: float | None
    low: float | None
    high: float | None
    bound: Bound | None
    unit: str | None
    kind: str
    loose: bool = False
    implied: bool = False
    measure: str | None = None


def quantity(pieces: Sequence[Word], at: int, floor: int, stop: int) -> Quantity | None:
    """Return the quantity whose number begins with piece ``at``, or ``None`` where it counts nothing.

    Nothing before piece ``floor`` (the end of the last quantity or the sentence
    before) or from ``stop`` on (the end of the sentence) is looked at as part of it.
    """
    first = parse(pieces, at)
    if first is None or first.end > stop:
        return None
    point = (
        at > floor
        and first.value is not None
        and first.value < 1
        and pieces[at - 1].text == "."
        and pieces[at].text.isdecimal()
    )
    money = units.currency_before(pieces, at - point)
    second = _second(pieces, first, floor, stop)
    last = second or first
    unit = _unit(pieces, first, last, money[0] if money else None, stop)
    if unit and unit.name is None and _is_age(pieces, at, floor):
        unit = units.Unit("year", "age", unit.end)
    if unit is None or (not point and names(pieces, at, last, money is not None, unit, floor, bool(second))):
        return None
    start = money[1] if money else at - point
    if start < floor:
        start = at
    if first.scale == 1 and last.scale > 1:
        first = _scaled(first, last.scale)
    if first.kind == "unclear" or _is_split(pieces, first, unit):
        return Quantity(start, max(unit.end, first.end), at, None, None, None, None, unit.name, unit.kind)
    metric = _metric(pieces, last, unit) if second is None else None
    if metric:
        first, unit = metric
    found = _range(pieces, first, last, start, unit) if second else _single(first, start, unit)
    if (
        not second
        and is_minus(pieces, found.start)
        and found.kind in ("measure", "percent", "currency", "age")
    ):
        _negate(found, floor)
    return _bounded(pieces, found, floor, stop, first.kind) if not second else _between(pieces, found, floor)


def _second(pieces: Sequence[Word], first: Number, floor: int, stop: int) -> Number | None:
    """Return the upper end of a range that ``first`` begins ("3 to 5", "$5m-$10m", "between 3 and 5")."""
    at = first.end
    if first.value is None or first.kind in ("fraction", "loose", "times") or at + 1 >= stop:
        return None
    before = pieces[first.start - 1].lower if first.start > floor else ""
    if (
        at < stop
        and (known := units.known_unit(pieces, at))
        and known.kind in ("percent", "currency", "measure")
    ):
        at = known.end
    joint = pieces[at].lower if at < stop else ""
    dash = joint in DASHES and pieces[at - 1].end == pieces[at].start
    glued_dash = dash and at + 1 < stop and pieces[at].end == pieces[at + 1].start
    spaced = joint == "–" and at == first.end and first.kind == "plain" and not glued_dash
    between = "between" in (before, pieces[first.start - 2].lower if first.start >= floor + 2 else "")
    if not (
        joint == "to"
        or glued_dash
        or spaced
        or (joint == "and" and between)
        or (joint == "or" and first.kind == "cardinal")
    ):
        return None
    if joint == "to" and _is_change(pieces, first.start, floor, before):
        return None
    at += 1
    while at < min(stop, first.end + 5) and (
        pieces[at].lower in ("$", "€", "£", "¥", "us", "as", "many", "hk", "a")
    ):
        if pieces[at].lower == "a" and parse(pieces, at):
            break
        at += 1
    second = parse(pieces, at) if at < stop else None
    if (
        second is None
        or second.value is None
        or second.kind in ("fraction", "loose", "times")
        or second.end > stop
    ):
        return None
    if joint == "or" and not first.value < second.value <= first.value + 2:
        return None
    low = first.value * second.scale if first.scale == 1 and second.scale > 1 else first.value
    if (
        spaced
        and units.known_unit(pieces, second.end) is None
        and units.noun_after(pieces, second.end, True, stop) is None
    ):
        return None
    return second if min(first.value, low) < second.value else None


def _is_change(pieces: Sequence[Word], number: int, floor: int, before: str) -> bool:
    """Tell whether "X to Y" is a change: "rose from 10 to 20"."""
    if before != "from" and "from" not in (p.lower for p in pieces[max(floor, number - 3) : number]):
        return any(p.lower in units.words("change") for p in pieces[max(floor, number - 2) : number])
    return any(p.lower in units.words("change") for p in pieces[max(floor, number - 14) : number])


def _unit(
    pieces: Sequence[Word], first: Number, last: Number, money: str | None, stop: int
) -> units.Unit | None:
    """Return what is counted; ``None`` where the words after the number show that it counts nothing."""
    at = last.end
    if at < stop and pieces[at].text == "+" and pieces[at - 1].end == pieces[at].start:
        at += 1
    if money:
        return units.Unit(money, "currency", at)
    if at < stop and (sign := units.sign_after(pieces, at)):
        return units.Unit(sign, "currency", at + 1)
    if last.kind == "times":
        return units.Unit("times", "times", at)
    if _tail(pieces, at, stop) is not None:
        at += 2
    hyphen = (
        at + 1 < stop
        and pieces[at].text == "-"
        and pieces[at + 1].text[0].isalpha()
        and pieces[at].start == pieces[at - 1].end
    )
    after = at + 1 if hyphen else at
    if after >= stop:
        return units.Unit(None, "", at)
    known = units.known_unit(pieces, after)
    if (
        known
        and (known.kind != "scaled" or last.scale >= 1000)
        and (known.kind != "minor" or _minor(pieces, at))
        and (known.name != "times" or pieces[after - 1].end == pieces[after].start)
    ):
        return _known(pieces, known, first, hyphen, stop)
    if pieces[after].lower in ("others", "more", "other"):
        more = units.noun_after(pieces, after + 1, True, stop) if pieces[after].lower != "others" else None
        if more is None or not units.is_plural(pieces[more.end - 1].lower):
            return units.Unit(None, "", after + 1)
    if degree := units.degree_after(pieces, after):
        return degree
    if not hyphen and role_measure(pieces, after, "went", stop):
        return units.Unit(None, "", at)  # "dozens fall ill"
    if hyphen:
        noun = pieces[after]
        if (
            first.kind in ("vague", "loose")
            or not noun.text[0].islower()
            or noun.lower in units.words("boundary")
        ):
            return None
        if last.value is not None and last.value < 2:
            return None
        person = units.is_person(noun.lower)
        return units.Unit("person" if person else units.singular(noun.lower), "noun", after + 1)
    if pieces[after].lower == "of":
        return _of_noun(pieces, last, after, stop)
    plural = last.value is None or not 0 < last.value <= 1
    return units.noun_after(pieces, after, plural, stop) or units.Unit(None, "", at)


def _tail(pieces: Sequence[Word], at: int, stop: int) -> str | None:
    """Return the bound that a tail such as "-odd" sets, empty for "-strong", ``None`` without one."""
    if at + 1 < stop and pieces[at].text == "-" and pieces[at].start == pieces[at - 1].end:
        return bounds("tail").get(pieces[at + 1].lower)
    return None


def _minor(pieces: Sequence[Word], at: int) -> bool:
    return len(pieces[at].text) > 1 or pieces[at - 1].end == pieces[at].start


def _known(
    pieces: Sequence[Word], known: units.Unit, first: Number, hyphen: bool, stop: int
) -> units.Unit | None:
    """Settle a unit of the tables: ages, and measures that only qualify a noun."""
    end = known.end
    if known.kind == "duration" and end < stop:
        older = (
            pieces[end].lower if pieces[end].text != "-" else pieces[end + 1].lower if end + 1 < stop else ""
        )
        if older in ("old", "olds"):
            return units.Unit(known.name, "age", end + 2 if pieces[end].text == "-" else end + 1)
    if known.kind == "duration" and known.name == "second" and hyphen:
        return None
    return known


def _of_noun(pieces: Sequence[Word], number: Number, of: int, stop: int) -> units.Unit | None:
    """Read "dozens of people", "half of the voters", "five of them"."""
    at = of + 1
    while at < stop and pieces[at].lower in (
        "the",
        "its",
        "their",
        "his",
        "her",
        "our",
        "all",
        "these",
        "those",
        "these",
    ):
        at += 1
    if at < stop and pieces[at].lower in units.words("done-people") and pieces[at - 1].lower == "the":
        return units.Unit("person", "noun", at + 1)
    known = units.known_unit(pieces, at) if at < stop else None
    if known and number.kind != "fraction":
        return known
    if at < stop and pieces[at].lower in ("them", "whom"):
        return units.Unit("person" if pieces[at].lower == "whom" else None, "", at + 1)
    plural = number.kind != "fraction"
    noun = units.noun_after(pieces, at, plural, stop)
    if noun is None and number.kind == "fraction":
        return units.Unit(None, "", number.end)
    return noun or units.Unit(None, "", number.end)


def _negate(found: Quantity, floor: int) -> None:
    if found.start > floor and found.value is not None:
        found.start -= 1
        found.value = found.low = found.high = -found.value


def _is_age(pieces: Sequence[Word], at: int, floor: int) -> bool:
    """Tell whether a bare number is an age: "at age 23", "as young as 14"."""
    return any(
        " ".join(p.lower for p in pieces[max(floor, at - length) : at]) in units.words("age-before")
        for length in (1, 2, 3)
    )


def _is_split(pieces: Sequence[Word], number: Number, unit: units.Unit) -> bool:
    """Tell whether a count such as "12.345 people" may be twelve thousand."""
    text = pieces[number.start].text
    counted = unit.name == "person" and number.scale == 1 and number.kind == "plain"
    return counted and "." in text and len(text.rpartition(".")[2]) == 3 and text[0] != "0"


def _scaled(number: Number, scale: float) -> Number:
    """Share the scale of a range's upper end with its lower end: "3 to 5 million"."""
    if number.value is None or number.end - number.start != 1:
        return number
    value = number.value * scale
    return replace(number, value=value, low=value, high=value)


def _metric(pieces: Sequence[Word], number: Number, unit: units.Unit) -> tuple[Number, units.Unit] | None:
    """Read a glued "m" or "t" as metres or tons where no plural noun follows: "a 100m race"."""
    letter = pieces[number.end - 1].text
    if letter not in ("m", "t") or number.value is None or unit.kind not in ("", "noun"):
        return None
    if pieces[number.end : number.end + 1] and pieces[number.end].lower == "of":
        return None
    if unit.kind == "noun" and (unit.name == "person" or units.is_plural(pieces[unit.end - 1].lower)):
        return None
    value = number.value / number.scale
    name = "metre" if letter == "m" else "ton"
    return replace(number, value=value, low=value, high=value, scale=1.0), units.Unit(
        name, "measure", number.end
    )


def _single(number: Number, start: int, unit: units.Unit) -> Quantity:
    value, low, high = number.value, number.low, number.high
    name, kind = unit.name, unit.kind
    if number.kind == "fraction" and value is not None and value < 1 and kind in ("", "noun"):
        name, kind = "share", "share"  # "a third of voters" is 0.33 of them, not of a person
    if kind == "minor" and value is not None:
        value, low, high = value / 100, low / 100, high / 100
    end = max(unit.end, number.end)
    return Quantity(start, end, number.start, value, low, high, None, name, kind, number.kind == "loose")


def _range(pieces: Sequence[Word], first: Number, last: Number, start: int, unit: units.Unit) -> Quantity:
    low, high = first.low, last.high
    if unit.kind == "minor":
        low, high = low / 100, high / 100
    joined = all(p.lower not in ("to", "and", "or") for p in pieces[first.end : last.start])
    loose = joined and unit.name is None  # "12-15" alone may be a code or a score
    return Quantity(
        start, max(unit.end, last.end), first.start, None, low, high, "between", unit.name, unit.kind, loose
    )


def _bounded(pieces: Sequence[Word], found: Quantity, floor: int, stop: int, kind: str) -> Quantity:
    """Widen a single quantity by the words of bound before or after it."""
    name, found.start = _bound_before(pieces, found.start, floor)
    if name is None and pieces[found.number + 1 : found.number + 2] and pieces[found.number + 1].text == "+":
        name = "at least"
    if name is None:
        name = _tail(pieces, found.number + 1, stop) or None
    if name is None:
        name, found.end = _bound_after(pieces, found.end, stop)
    if found.end < stop and pieces[found.end].lower in units.words("each"):
        found.end += 1
    if name is None or found.low is None or found.high is None:
        return found
    found.bound = _BOUNDS[name]
    whole = found.kind in ("", "noun") and float(found.low).is_integer() and kind in ("plain", "cardinal")
    if name == "at least":
        found.high = None
    elif name == "at most":
        found.low = None
    elif name == "more than":
        found.low, found.high = found.low + (1 if whole else 0), None
    elif name in ("less than", "fewer than"):
        found.low, found.high = None, found.high - (1 if whole else 0)
    elif name in ("about", "almost") and found.low == found.high:
        low, high = found.low * (1 - _ROUGH), found.high * (1 if name == "almost" else 1 + _ROUGH)
        found.low, found.high = (
            (float(round(low)), float(round(high))) if whole and found.low >= 10 else (low, high)
        )
    return found


def _bound_before(pieces: Sequence[Word], start: int, floor: int) -> tuple[str | None, int]:
    table = bounds("before")
    end = start
    for length in range(min(_LONGEST_BOUND, end - floor), 0, -1):
        phrase = " ".join(p.lower for p in pieces[end - length : end])
        if phrase in table:
            return table[phrase], end - length
    return None, start


def _bound_after(pieces: Sequence[Word], end: int, stop: int) -> tuple[str | None, int]:
    table = bounds("after")
    for length in range(min(_LONGEST_BOUND, stop - end), 0, -1):
        phrase = " ".join(p.lower for p in pieces[end : end + length])
        if phrase in table:
            return table[phrase], end + length
    return None, end


def _between(pieces: Sequence[Word], found: Quantity, floor: int) -> Quantity:
    before = found.start - 1
    if before >= floor and pieces[before].lower in ("between", "from"):
        found.start = before
    return found
