"""Gives each name of a report one type: a surname its person's, a company's first word the company's.

A country that no gazetteer knows is told from a person by what only countries have: an embassy,
a people, a capital (see the table "people").
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from ..data import tables
from .gazetteer import country_of_demonym, country_of_name
from .page import Page
from .paragraphs import Range

Found = tuple[int, int, str]  # start, end, CoNLL type

_PEOPLE_ENDINGS = ("n", "ns", "an", "ian", "ans", "ians", "ese", "ish", "i", "is")


@dataclass
class _Names:
    """The names of a report: the types that the model gave each, and what they tell of one another."""

    votes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    spans: dict[str, list[Range]] = field(default_factory=lambda: defaultdict(list))
    surnames: set[str] = field(default_factory=set)
    openings: set[str] = field(default_factory=set)
    spoken: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)

    def add(self, form: str, start: int, end: int, kind: str) -> None:
        self.votes[form][kind] += 1
        self.spans[form].append((start, end))
        words = form.split()
        self.spoken.update((form, words[0]))
        if len(words) < 2:
            return
        if words[-1] in tables.words("people", "state_bodies"):
            self.states.add(words[0])
        if kind == "ORG" or _is_company(form):
            self.openings.add(words[0])
        elif kind == "PER":
            self.surnames.add(words[-1])

    def most(self, form: str) -> str:
        """Return the type that the model gave a name most often."""
        votes = self.votes.get(form)
        return min(votes.items(), key=lambda v: (-v[1], v[0]))[0] if votes else ""


def agree(page: Page, found: Sequence[Found]) -> list[Found]:
    """Give one type to names spelt alike, a surname its person's, and a country a country's."""
    names = _Names()
    for start, end, kind in found:
        names.add(page.text[start:end], start, end, kind)
    types = {form: _type_of(page, form, names) for form in names.votes}
    peoples = {people for form, kind in types.items() if kind == "LOC" for people in _peoples_of(form)} - {
        form for form, kind in types.items() if kind == "LOC"
    }
    for form, kind in types.items():
        if kind == "PER" and form in peoples:
            types[form] = "MISC"  # "Velmorans"
    return [(start, end, types[page.text[start:end]]) for start, end, _ in found]


def _type_of(page: Page, form: str, names: _Names) -> str:
    most = names.most(form)
    person = names.votes[form].get("PER", 0)
    if form in names.surnames and (person or (most != "LOC" and country_of_name(form) is None)):
        return "PER"
    if person and _has_people(form, names.spoken):
        return "LOC"
    if most == "PER" and _is_company(form) and not _has_title(page, names.spans[form]):
        return "ORG"
    if " " in form or form.isupper() or most == "LOC" or form in names.surnames:
        return most
    if most == "PER" and names.most(form.upper()) == "LOC" and not _has_title(page, names.spans[form]):
        return "LOC"  # the place of the dateline
    if country_of_demonym(form) is None and _is_country(page, form, names, most):
        return "LOC"
    if most == "PER" and form in names.openings and not _has_title(page, names.spans[form]):
        return "ORG"  # "Halvane", where the report names Halvane Petrochem
    return most


def _is_company(form: str) -> bool:
    """Tell whether the last of several words is one of a company ("Halvane Petrochem")."""
    words = form.lower().rstrip(".").split()
    return len(words) > 1 and (
        words[-1] in tables.words("people", "company_words")
        or words[-1].endswith(tuple(tables.words("people", "company_endings")))
    )


def _peoples_of(form: str) -> set[str]:
    """Return what a people of the country ``form`` may be called."""
    stem = form[:-1] if form[-1:] in "aeioy" else form
    return {other for end in _PEOPLE_ENDINGS for other in (form + end, stem + end)} - {form}


def _has_people(form: str, spoken: Container[str]) -> bool:
    """Tell whether the report names a people after ``form``: who has Velmorans is a country."""
    return len(form) > 3 and any(other in spoken for other in _peoples_of(form))


def _has_title(page: Page, spans: Iterable[Range]) -> bool:
    titles = tables.words("people", "titles")
    return any(
        number and page.words[number - 1].lower.rstrip(".") in titles
        for number in (page.word_at(start) for start, _ in spans)
    )


def _is_country(page: Page, form: str, names: _Names, kind: str) -> bool:
    """Tell whether a name has what only countries have ("X's embassy", "the president of X").

    One sure sign is enough; of those that go with persons too ("X's army", "in X") a person needs
    two kinds, and a title before the name anywhere speaks against it.
    """
    spans = names.spans[form]
    if _has_title(page, spans):
        return False
    if form in names.states:
        return True
    weak: set[str] = set()
    for start, end in spans:
        number = page.word_at(start)
        before = [w.lower for w in page.words[max(0, number - 2) : number]]
        if " ".join(before) in tables.words("people", "country_before"):
            return True
        if before and before[-1] in ("in", "from", "across"):
            weak.add(before[-1])
        if _beside_a_place(page, number, names):
            weak.add("and")
        if page.text[end : end + 2] in ("'s", "’s"):
            owned = [w.lower for w in page.words[number + 1 : number + 4]]
            text = f"{' '.join(owned)} "
            if any(f" {text}".find(f" {thing} ") >= 0 for thing in tables.words("people", "country_things")):
                return True
            weak |= set(owned) & tables.words("people", "ruler_things")
    return len(weak) > 1 or (bool(weak - {"in", "from"}) and kind != "PER")


def _beside_a_place(page: Page, number: int, names: _Names) -> bool:
    """Tell whether "and" joins the name at word ``number`` with one that is a place."""
    words = page.words
    if number + 2 < len(words) and words[number + 1].lower == "and":
        return names.most(words[number + 2].text) == "LOC"
    return number >= 2 and words[number - 1].lower == "and" and names.most(words[number - 2].text) == "LOC"
