"""The grammar of numbers: from "62" and "tens of thousands" to a value or a range.

Figures and words, scales (million, crore, 3bn), fractions ("a third", "two
thirds", "one in five", "3½"), and vague plurals ("dozens") whose ranges are the
conventions of ``data/numbers.tsv``. What a number counts is not decided here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from ..data import tables
from .page import Word

NumberKind = Literal["plain", "cardinal", "fraction", "vague", "loose", "times", "unclear"]

_FIGURES = re.compile(r"\d{1,15}(?:\.\d{1,15})?|\d{1,3}(?:,\d{2,3}){1,6}(?:\.\d{1,15})?")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")  # 12.345: a thousand in one tradition, a decimal in the other
_DENOMINATORS = frozenset([*range(2, 13), 15, 16, 18, 20, 25, 30, 40, 50, 60, 100, 200, 500, 1000])
_PARTS = frozenset({2, 3, 4, 5, 8, 10, 16})  # below the stroke of a fraction: "9/11" is none


@dataclass(frozen=True, slots=True)
class Entry:
    """What ``data/numbers.tsv`` says of a word."""

    kind: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Number:
    """A number in pieces ``[start, end)``. ``value`` is ``None`` where only a range is known.

    ``kind``: ``plain`` figures without a scale, ``cardinal`` with a scale or in
    words, ``fraction``, ``vague`` ("dozens"), ``loose`` ("several"), ``times``
    ("tenfold"), ``unclear`` ("1,5": a decimal in one tradition, a slip in the
    other; without a value). ``scale`` is the last multiplier, 1 where there is none.
    """

    start: int
    end: int
    kind: NumberKind
    value: float | None
    low: float
    high: float
    scale: float = 1.0


@cache
def entries() -> dict[str, Entry]:
    """Return the words of ``data/numbers.tsv``."""
    found: dict[str, Entry] = {}
    for row in tables.rows("numbers"):
        value, low, high = (float(c) if c else math.nan for c in (*row[2:5], "", "", "")[:3])
        found[row[0]] = Entry(row[1], value, low, high)
    return found


@cache
def _closers() -> frozenset[str]:
    """Words after "a third" that show that it is a share and not an ordinal."""
    return frozenset(
        w for row in tables.rows("figure-words") if row[0] == "closer" for w in row[1].split(" | ")
    )


@cache
def number_starts() -> frozenset[str]:
    """Return the words that a number can begin with, apart from figures."""
    begin = ("digit", "teen", "ten", "half", "vague", "loose", "glyph", "times")
    return frozenset(w for w, e in entries().items() if e.kind in begin) | {"a", "an", "quarter"}


def figures_value(text: str) -> float | None:
    """Return the value of a number in figures ("12,000.5"), ``None`` if it is none."""
    return float(text.replace(",", "")) if _FIGURES.fullmatch(text) else None


def parse(pieces: Sequence[Word], at: int) -> Number | None:
    """Return the longest number that begins with piece ``at``, or ``None``.

    A range ("3 to 5") is two numbers. "a" and "an" begin a number only before a
    scale, a fraction or a vague word ("a dozen", "a third of", "a few").
    """
    return _Parser(pieces).number(at)


class _Parser:
    def __init__(self, pieces: Sequence[Word]) -> None:
        self.pieces = pieces
        self.table = entries()

    def lower(self, at: int) -> str:
        return self.pieces[at].lower if 0 <= at < len(self.pieces) else ""

    def kind(self, at: int) -> str:
        entry = self.table.get(self.lower(at))
        return entry.kind if entry else ""

    def value(self, at: int) -> float:
        return self.table[self.lower(at)].value

    def glued(self, at: int) -> bool:
        """Tell whether piece ``at`` follows the one before it without a space."""
        return 0 < at < len(self.pieces) and self.pieces[at - 1].end == self.pieces[at].start

    def number(self, at: int) -> Number | None:
        found = self._begin(at)
        if found is None or (found.value is not None and not math.isfinite(found.value)):
            return None
        return self._ratio(found) or found

    def _begin(self, at: int) -> Number | None:
        kind = self.kind(at)
        if self.lower(at) in ("a", "an"):
            return self._after_article(at)
        if kind == "vague":
            return self._vague(at)
        if kind == "loose":
            return self._loose(at, at)
        if kind == "half" or self.lower(at) == "quarter":
            return self._half(at, at)
        if kind == "times":
            value = self.value(at)
            return Number(at, at + 1, "times", value, value, value)
        if kind == "glyph":
            return self._scaled(at, at + 1, self.value(at), "fraction")
        value_ = figures_value(self.pieces[at].text)
        if value_ is not None:
            if self._is_decimal(at):
                value_ /= 10.0 ** len(self.pieces[at].text)
            return self._figures(at, value_)
        return self._words(at) if kind in ("digit", "teen", "ten") else None

    def _is_decimal(self, at: int) -> bool:
        """Tell whether a point without a figure before it stands before piece ``at``: ".5"."""
        if not (self.glued(at) and self.lower(at - 1) == "." and self.pieces[at].text.isdecimal()):
            return False
        return not self.glued(at - 1) or self.lower(at - 2) in ("$", "£", "€")

    def _after_article(self, at: int) -> Number | None:
        kind = self.kind(at + 1)
        if kind in ("hundred", "scale"):
            return self._scaled(at, at + 1, 1.0, "cardinal")
        if kind == "loose":
            return self._loose(at, at + 1)
        if kind == "half" or self.lower(at + 1) == "quarter":
            return self._half(at, at + 1)
        if kind == "part" and self.lower(at + 2) in _closers():
            return self._exact(at, at + 2, 1 / self.value(at + 1), "fraction")
        return None

    def _half(self, at: int, half: int) -> Number | None:
        """Read "half", "half a million", "half-dozen", "a quarter of a million"."""
        share = self.value(half) if self.kind(half) == "half" else 1 / self.value(half)
        scale = half + 1
        while scale < half + 4 and self.lower(scale) in ("a", "-", "of"):
            scale += 1
        if self.kind(scale) == "scale" and (
            scale > half + 1 or self.lower(scale) in ("dozen", "million", "billion")
        ):
            return self._scaled(at, scale, share, "cardinal")
        after = self.lower(half + 1)
        if share < 0.5:
            if after in ("point", "percentage") or (after == "-" and self.lower(half + 2) == "point"):
                return self._exact(at, half + 1, share, "cardinal")  # "a quarter point"
            return self._exact(at, half + 1, share, "fraction") if at < half and after == "of" else None
        if after == "a" and self.lower(half + 2) in ("percent", "percentage", "per", "%"):
            return self._exact(at, half + 2, share, "cardinal")
        article = at < half or self.lower(at - 1) in ("first", "second", "the", "-", "other", "better")
        if article or after in ("-", "'s"):
            return None
        return self._exact(at, half + 1, share, "fraction") if after in _closers() else None

    def _vague(self, at: int) -> Number | None:
        entry = self.table[self.lower(at)]
        low, high, end = entry.low, entry.high, at + 1
        while self.lower(end) == "of" and self.kind(end + 1) == "vague" and end < at + 5:
            unit = self.table[self.lower(end + 1)].low / 2
            low, high, end = low * unit, (high + 1) * unit - 1, end + 2
        if end == at + 1 and self.lower(at) in ("tens", "scores") and self.lower(end) != "of":
            return None
        return Number(at, end, "vague", None, low, high)

    def _loose(self, at: int, word: int) -> Number | None:
        entry = self.table[self.lower(word)]
        if self.lower(word) in ("few", "handful", "couple") and at == word:
            return None
        scale_at = word + 1 + (self.lower(word + 1) == "of")
        value = None if math.isnan(entry.value) else entry.value
        if self.kind(scale_at) in ("hundred", "scale"):
            scale = self.value(scale_at)
            end = scale_at + 1
            while self.kind(end) == "scale" and end < scale_at + 3:
                scale *= self.value(end)
                end += 1
            high = entry.high * scale if value else (entry.high + 1) * scale - 1
            return Number(at, end, "vague", value * scale if value else None, entry.low * scale, high, scale)
        return Number(at, word + 1, "loose", value, entry.low, entry.high)

    def _figures(self, at: int, value: float) -> Number | None:
        end = at + 1
        if self._is_comma(at):
            return self._decimal_comma(at)
        if mixed := self._mixed(at, value):
            return mixed
        if self.kind(end) == "glyph":
            return self._scaled(at, end + 1, value + self.value(end), "fraction")
        if self.lower(end) == "-" and self.lower(end + 1) == "fold":
            return Number(at, end + 2, "times", value, value, value)
        if self.lower(end) == "/" and self.glued(end) and self.glued(end + 1):
            below = figures_value(self.lower(end + 1))
            if below and value < below and below in _PARTS and self.lower(end + 2) != "/":
                return self._exact(at, end + 2, value / below, "fraction")
            if below is not None:
                return None
        if self.kind(end) == "part" and self.lower(end).endswith("s") and value >= 2:
            return self._exact(at, end + 1, value / self.value(end), "fraction")
        return self._scaled(at, end, value, "plain")

    def _is_comma(self, at: int) -> bool:
        """Tell whether a comma and one, two or more than three figures are glued to the number."""
        tail = self.lower(at + 2)
        return (
            self.lower(at + 1) == ","
            and self.glued(at + 1)
            and self.glued(at + 2)
            and tail.isdecimal()
            and len(tail) != 3
        )

    def _decimal_comma(self, at: int) -> Number:
        """Read "1.234,50", which only one tradition writes; leave "1,5" without a value."""
        head = self.pieces[at].text
        if _THOUSANDS.fullmatch(head):
            value = float(f"{head.replace('.', '')}.{self.lower(at + 2)}")
            found = self._scaled(at, at + 3, value, "plain")
            if found is not None:
                return found
        found = self._scaled(at, at + 3, 1.0, "plain")
        return Number(at, found.end if found else at + 3, "unclear", None, math.nan, math.nan)

    def _mixed(self, at: int, value: float) -> Number | None:
        """Read "1 1/2" and "3-1/2"."""
        top = at + 1 + (self.lower(at + 1) == "-")
        if self.lower(top + 1) != "/" or not (self.glued(top + 1) and self.glued(top + 2)):
            return None
        if not value.is_integer() or (top > at + 1) != self.glued(at + 1) or self.lower(top + 3) == "/":
            return None
        above, below = figures_value(self.lower(top)), figures_value(self.lower(top + 2))
        if above is None or below is None or not 0 < above < below or below not in _PARTS:
            return None
        return self._scaled(at, top + 3, value + above / below, "fraction")

    def _words(self, at: int) -> Number | None:
        """Read a cardinal in words: "two hundred and five", "twenty-five", "one and a half million"."""
        total, current, end, kind = 0.0, 0.0, at, ""
        while end < len(self.pieces) and end < at + 16:
            step = end
            if (
                kind
                and self.lower(step) in ("-", "and")
                and (self.lower(step) == "-" or kind in ("hundred", "scale"))
            ):
                step += 1
            here = self.kind(step)
            if (
                here == "digit" and kind in ("", "ten", "hundred", "scale") and (kind != "ten" or step > end)
            ) or (here in ("teen", "ten") and kind in ("", "hundred", "scale")):
                current += self.value(step)
            elif here == "hundred" and kind in ("digit", "teen", "ten") and step == end:
                current *= 100
            elif here == "scale" and kind and (step == end or self.lower(end) == "-"):
                total, current = total + current * self.value(step), 0.0
            else:
                break
            end, kind = step + 1, here
        value = total + current
        if self.lower(end) == "and" and self.lower(end + 1) == "a" and self.kind(end + 2) == "half":
            return self._scaled(at, end + 3, value + 0.5, "cardinal")
        scale = self.value(end - 1) if kind == "scale" else 1.0
        plain = Number(at, end, "cardinal", value, value, value, scale)
        part = end + (self.lower(end) == "-")
        if self.kind(part) == "part" and (value >= 2) == self.lower(part).endswith("s") and value < 100:
            share = self._exact(at, part + 1, value / self.value(part), "fraction")
            return share if value >= 2 or part > end or self.lower(part + 1) in _closers() else plain
        if self.lower(part) == "fold":
            return Number(at, part + 1, "times", value, value, value)
        return plain

    def _scaled(self, at: int, end: int, value: float, kind: NumberKind) -> Number | None:
        """Multiply ``value`` by the scales that stand at ``end``."""
        scale = 1.0
        for _ in range(3):
            step = end + (self.lower(end) == "-" and self.kind(end + 1) == "scale")
            here = self.kind(step)
            glued = here == "suffix" and (self.glued(step) or len(self.lower(step)) > 1)
            if here not in ("hundred", "scale") and not glued:
                break
            scale, end, kind = scale * self.value(step), step + 1, "cardinal"
            if glued:
                break
        return replace(self._exact(at, end, value * scale, kind), scale=scale)

    @staticmethod
    def _exact(at: int, end: int, value: float, kind: NumberKind) -> Number:
        return Number(at, end, kind, value, value, value)

    def _ratio(self, first: Number) -> Number | None:
        """Read "one in five" and "4 out of 10" as fractions."""
        if first.value is None or first.scale != 1 or not 1 <= first.value <= 99 or first.kind == "fraction":
            return None
        word, at = self.lower(first.end), first.end + 1
        if word == "out" and self.lower(at) == "of":
            at += 1
        elif word != "in":
            return None
        if at + 1 <= len(self.pieces) and (
            self.kind(at) in ("digit", "teen", "ten", "hundred") or self.lower(at)[:1].isdigit()
        ):
            below = self._begin(at)
            if below and below.value and first.value < below.value and below.value in _DENOMINATORS:
                return self._exact(first.start, below.end, first.value / below.value, "fraction")
        return None
