"""Which holders of a claim are the same.

People come first: a body is one with whoever speaks for it, and with its
papers, but two people who speak for one body are two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ..data import tables
from .source_phrases import source_words

Form = Literal["person", "document", "body", "state", "unnamed", "voice"]

_STEM = 5  # letters by which two words of bodies are one ("auditors", "Audit Office")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who makes a claim, as far as that can be told.

    ``key`` is equal for those who are the same and ``None`` for the unnamed. ``bodies``
    are the words of those that a person speaks for, of what a body is called, or
    of whose document it is; ``classes`` tell what kind of document it may be, and
    ``states`` of which states a body or a speaker is.
    """

    key: str | None
    label: str
    form: Form
    bodies: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()

    @property
    def named(self) -> bool:
        return self.key is not None


def distinct(holders: Iterable[Holder]) -> Iterator[tuple[Holder, Holder | None]]:
    """Yield each named holder with the earlier one that it is the same as (``None`` for the first).

    People come before documents, bodies and states, so that a body is taken up by who speaks
    for it and two people who do stay two.
    """
    kept: list[Holder] = []
    for holder in sorted(holders, key=lambda h: _ORDER.index(h.form)):
        same = next((k for k in kept if same_holder(k, holder)), None)
        if same is None:
            kept.append(holder)
        yield holder, same


_ORDER: tuple[Form, ...] = ("person", "document", "body", "state", "unnamed", "voice")


def same_holder(a: Holder, b: Holder) -> bool:
    """Tell whether two are the same: one name or phrase, a body and who speaks for it or its document."""
    if a.key is None or b.key is None:
        return False
    if a.key == b.key or (a.key[2:] == b.key[2:] and "document" not in (a.form, b.form)):
        return True
    forms = {a.form, b.form}
    if forms == {"person"}:
        return False
    if forms == {"document"}:
        return _same_document(a, b)
    if "document" in forms:
        document, other = (a, b) if a.form == "document" else (b, a)
        if "court" in document.classes and _covers(other.bodies | source_words(other.label), {"prosecutor"}):
            return True
        return _covers(other.bodies, document.bodies) or _covers(document.bodies, other.bodies)
    if a.states and b.states and not a.states & b.states:
        return False
    if "state" in forms:  # whoever speaks for a government speaks for its state
        state, other = (a, b) if a.form == "state" else (b, a)
        return bool(state.states & other.states) or (not other.states and "government" in other.bodies)
    if "person" in forms:
        person, body = (a, b) if a.form == "person" else (b, a)
        return _covers(person.bodies, body.bodies)
    return bool(a.bodies and b.bodies) and (_covers(a.bodies, b.bodies) or _covers(b.bodies, a.bodies))


def _same_document(a: Holder, b: Holder) -> bool:
    if a.bodies and b.bodies and not (_covers(a.bodies, b.bodies) or _covers(b.bodies, a.bodies)):
        return False
    return not a.classes or not b.classes or bool(a.classes & b.classes) or "any" in a.classes | b.classes


def _covers(whole: Iterable[str], part: Iterable[str]) -> bool:
    """Tell whether every word of ``part`` has its like in ``whole``; never of nothing."""
    have, want = set(whole), set(part)
    want = want - tables.words("weighing", "sources.generic") or want
    return bool(want) and all(w in have or any(_akin(w, h) for h in have) for w in want)


def _akin(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return len(short) >= _STEM and long.startswith(short)
