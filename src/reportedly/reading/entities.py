"""Gathers the names of a report into entities: one member a person, body or place.

Full names stand for later surnames, long names for their acronyms and short
forms, a name for its translation in brackets; a name and a common noun behind
it ("the Trump administration") make a body of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from ..data import tables
from .cast import Cast, Member, significant
from .gazetteer import country_of_demonym, country_of_name
from .nametypes import Found
from .naming import settle_names
from .page import Name, Page, Word

_MOST = 50  # members with a word in common that a name is held against
_BRACKET = re.compile(r"\s?\((?:the |or )?([^\W\d_][^()\n]{1,60}?)\)")


def with_datelines(page: Page, names: Sequence[Name]) -> list[Name]:
    """Add the place that a dateline names ("PORT SAREN, Velmora (TPA) —") where the model cut it short."""
    found = list(names)
    for start, end in page.paragraphs:
        match = page.dateline(start, end)
        if match:
            low, high = match.span(1)
            found = [n for n in found if n.end <= low or n.start >= high]
            found.append(Name(low, high, "LOC"))
    return sorted(found, key=lambda n: n.start)


def gather(page: Page, names: Sequence[Name]) -> Cast:
    """Return the cast of a page from the names that the model found in it."""
    found = settle_names(page, names)
    register = _Register(page)
    spans: list[tuple[int, int, Member]] = []
    peoples: list[tuple[Found, str]] = []
    for start, end, kind in found:
        form = page.text[start:end]
        country = country_of_demonym(form) if kind == "MISC" else None
        if country:
            peoples.append(((start, end, kind), country))
            continue
        spans.append((start, end, register.take(start, end, kind)))
    members = register.members
    _brackets(page, members, spans)
    _first_words(members, spans)
    _peoples(peoples, members)
    return Cast(page, members, spans, names)


def _first_words(members: list[Member], spans: list[tuple[int, int, Member]]) -> None:
    """Join a body called by one word with the only longer name that begins with it ("Halvane Petrochem").

    A word that names a place or a people, too, is left alone.
    """
    longer: dict[str, list[Member]] = defaultdict(list)
    places = {word for m in members if m.type == "LOC" for word in m.tokens}
    for member in members:
        if member.type == "ORG" and len(member.tokens) > 1:
            longer[member.tokens[0]].append(member)
    joined: dict[int, Member] = {}
    for member in members:
        words = member.tokens
        if member.type != "ORG" or len(words) != 1 or words[0] in places or len(longer[words[0]]) != 1:
            continue
        if member.name.isupper() or country_of_name(member.name) or country_of_demonym(member.name):
            continue
        (whole,) = longer[words[0]]
        if whole.tokens[1] in tables.words("people", "body_nouns") and whole.name.split()[-1].islower():
            continue
        for form, times in member.forms.items():
            whole.forms[form] = whole.forms.get(form, 0) + times
        whole.names.extend(member.names)
        whole.others.extend(member.others)
        joined[id(member)] = whole
    if joined:
        members[:] = [m for m in members if id(m) not in joined]
        spans[:] = [(s, e, joined.get(id(m), m)) for s, e, m in spans]


def _peoples(found: list[tuple[Found, str]], members: list[Member]) -> None:
    """Count "Venezuelan" as a mention of Venezuela, where the report names the country."""
    for (start, end, _), country in found:
        for member in members:
            if member.type == "LOC" and country_of_name(member.name) == country:
                member.others.append((start, end))
                break


class _Register:
    """The members gathered so far, findable by their words, so that no name is held against all others."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.members: list[Member] = []
        self._forms: dict[str, list[Member]] = defaultdict(list)
        self._people: dict[str, list[Member]] = defaultdict(list)
        self._bodies: dict[str, list[Member]] = defaultdict(list)
        self._seen: dict[int, int] = {}
        self._born: dict[int, int] = {}

    def take(self, start: int, end: int, kind: str) -> Member:
        """Return the member that the name at ``[start, end)`` belongs to, a new one if it fits none."""
        form = self.page.text[start:end]
        member = self._find(form, kind, start)
        if member is None:
            member = Member(type=kind, name=form)
            self._born[id(member)] = len(self.members)
            self.members.append(member)
        if form not in member.forms:
            self._list(member, form)
        member.add(start, end, form)
        if kind == "PER":
            _titles(self.page, member, start)
            member.gender = member.gender or _gender(member)
        self._seen[id(member)] = start
        return member

    def _list(self, member: Member, form: str) -> None:
        plain = _plain(form)
        index = self._people if member.type == "PER" else self._bodies
        keys = {*significant(form), _letters(form), _capitals(form)}
        group = _group(plain)
        keys |= {f"={group[0]}"} if group else set()
        for found, key in [(self._forms, plain), *((index, key) for key in sorted(keys) if key)]:
            if member not in found[key][-_MOST:]:
                found[key].append(member)

    def _find(self, form: str, kind: str, start: int) -> Member | None:
        sex = _sex_of_title(self.page, start) if kind == "PER" else None
        for member in reversed(self._forms.get(_plain(form), ())):
            if (member.type == kind or kind != "PER") and not _sexes_differ(sex, member):
                return member
        words = significant(form)
        if kind == "PER":
            near = {id(m): m for word in words for m in self._people.get(word, ())[-_MOST:]}
            people = sorted(near.values(), key=lambda m: -self._seen[id(m)])
            return next((m for m in people if _same_person(m, words) and not _sexes_differ(sex, m)), None)
        group = _group(_plain(form))
        keys = [*words, _letters(form), _capitals(form), *([f"={group[0]}"] if group else [])]
        near = {id(m): m for key in keys for m in self._bodies.get(key, ())[-_MOST:]}
        definite = self.page.text[max(0, start - 4) : start].lower() == "the "
        for member in sorted(near.values(), key=lambda m: -self._born[id(m)]):
            if group and any(_plain(f) in group for f in member.forms):
                return member
            if kind == "LOC" or member.type == "LOC" or not words:
                continue
            if any(
                _is_short_for(words, form, significant(known), known, definite)
                for known in list(member.forms)[:_MOST]
            ):
                return member
        return None


def _plain(form: str) -> str:
    return form.lower().replace(".", "").removeprefix("the ").strip()


def _group(plain: str) -> list[str] | None:
    """Return the names of the same state or body that ``plain`` is one of."""
    return next((g for g in tables.toml("people")["same"] if plain in g), None)


def _sex_of_title(page: Page, start: int) -> str | None:
    """Return the sex that the title before a name tells ("Mrs. Ross")."""
    number = page.word_at(start)
    title = page.words[number - 1].lower.rstrip(".") if number else ""
    if title in tables.words("people", "female_titles"):
        return "f"
    return "m" if title in tables.words("people", "male_titles") else None


def _sexes_differ(sex: str | None, member: Member) -> bool:
    return sex is not None and member.gender is not None and sex != member.gender


def _same_person(member: Member, words: list[str]) -> bool:
    other = member.tokens
    if not other or not words:
        return False
    if len(words) == 1:
        return words[0] in (other[-1], other[0]) or (len(other) > 2 and words[0] in other)
    if len(other) == 1:
        return other[0] == words[-1]
    return (
        (other[-1] == words[-1] and (other[0][0] == words[0][0]) and _given_fits(other[0], words[0]))
        or set(words) <= set(other)
        or set(other) <= set(words)
    )


def _given_fits(one: str, two: str) -> bool:
    return one == two or len(one) == 1 or len(two) == 1 or one.startswith(two) or two.startswith(one)


def _is_short_for(words: list[str], form: str, other: list[str], known: str, definite: bool) -> bool:
    if not other:
        return False
    if _acronym(form, known) or _acronym(known, form):
        return True
    shorter, longer = sorted((words, other), key=len)
    if len(shorter) >= 2:
        return set(shorter) <= set(longer)
    if not definite or shorter != words or len(other) < 2:
        return False
    word = words[0]
    if word in tables.words("people", "public_words"):
        return word == other[0]
    return word == other[-1]


def _letters(form: str) -> str:
    """Return a form that looks like an acronym by its letters alone, or nothing."""
    letters = form.replace(".", "").replace("&", "")
    return f"#{letters}" if 2 <= len(letters) <= 7 and letters.isupper() else ""


def _capitals(form: str) -> str:
    """Return the acronym that the words of a form make, or nothing."""
    capitals = "".join(w[0] for w in re.findall(r"[^\W\d_]+", form) if w[0].isupper())
    return f"#{capitals}" if len(capitals) > 1 else ""


def _acronym(short: str, long: str) -> bool:
    letters = short.replace(".", "").replace("&", "")
    if not (2 <= len(letters) <= 7 and letters.isupper()):
        return False
    capitals = [w[0] for w in re.findall(r"[^\W\d_]+", long) if w[0].isupper()]
    return len(capitals) > 1 and "".join(capitals) == letters


def _titles(page: Page, member: Member, start: int) -> None:
    titles = tables.words("people", "titles")
    modifiers = tables.words("people", "title_modifiers")
    number = page.word_at(start)
    taken: list[Word] = []
    for word in reversed(page.words[max(0, number - 4) : number]):
        plain = word.lower.rstrip(".")
        if plain in titles or (taken and plain in modifiers):
            taken.insert(0, word)
        else:
            break
    if not taken:
        return
    if page.text[taken[-1].end : start].strip() or "\n" in page.text[taken[0].start : start]:
        return
    post = " ".join(w.lower.rstrip(".") for w in taken)
    member.titles.add(post)
    form = page.text[taken[0].start : start] + page.text[start : start + 1]
    if form[0].isupper():
        end = next(e for s, e in member.names if s == start)
        titled = page.text[taken[0].start : end]
        member.forms.setdefault(titled, 0)
    last = post.split()[-1]
    if last in tables.words("people", "female_titles"):
        member.gender = "f"
    elif last in tables.words("people", "male_titles"):
        member.gender = "m"


def _gender(member: Member) -> str | None:
    words = member.tokens
    if len(words) < 2:
        return None
    if words[0] in tables.words("people", "female_names"):
        return "f"
    return "m" if words[0] in tables.words("people", "male_names") else _given_names().get(words[0])


@cache
def _given_names() -> dict[str, str]:
    return {row[0]: row[1] for row in tables.rows("given-names")}


def _brackets(page: Page, members: list[Member], spans: list[tuple[int, int, Member]]) -> None:
    """Join "Cartel de los Soles (Cartel of the Suns)" and "the party (CDU)" into one member."""
    for _, end, member in sorted(spans, key=lambda s: s[:2]):
        if member.type not in ("ORG", "MISC") or member not in members:
            continue
        match = _BRACKET.match(page.text, end)
        if not match or not match[1][0].isupper() or len(match[1].split()) > 6:
            continue
        low, high = match.span(1)
        form = match[1]
        inside = {id(m): m for s, e, m in spans if s >= low and e <= high}
        if len(form.split()) == 1 and not form.isupper() and not inside:
            continue
        others = [m for m in inside.values() if m is not member and len(m.names) and m.type != "PER"]
        if any(m.type == "LOC" for m in others) and len(form.split()) == 1:
            continue
        name = member.name
        spans[:] = [s for s in spans if not (s[0] >= low and s[1] <= high)]
        for other in others:
            if all(low <= s and e <= high for s, e in other.names) or _plain(form) in map(
                _plain, other.forms
            ):
                for s, e in other.names:
                    if not (s >= low and e <= high):
                        member.add(s, e, page.text[s:e])
                members.remove(other)
                spans[:] = [(s, e, member if m is other else m) for s, e, m in spans]
        member.add(low, high, form)
        member.name = name
        spans.append((low, high, member))
    for member in list(members):
        if not any(m is member for _, _, m in spans):
            members.remove(member)
