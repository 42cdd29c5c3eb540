"""Gathers the names of a report into entities: one member a person, body or place.

Full names stand for later surnames, long names for their acronyms and short
forms, a name for its translation in brackets; a name and a common noun behind
it ("the Trump administration") make a body of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ..data import tables
from .cast import Cast, Member, significant
from .gazetteer import country_of_demonym, country_of_name
from .page import Name, Page, Word

Found = tuple[int, int, str]  # start, end, CoNLL type

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
    found = _agree(page, _headings(page, _extend(page, names)))
    members: list[Member] = []
    spans: list[tuple[int, int, Member]] = []
    peoples: list[tuple[Found, str]] = []
    for start, end, kind in found:
        form = page.text[start:end]
        country = country_of_demonym(form) if kind == "MISC" else None
        if country:
            peoples.append(((start, end, kind), country))
            continue
        member = _find(members, spans, page, form, kind, start)
        if member is None:
            member = Member(type=kind, name=form)
            members.append(member)
        member.add(start, end, form)
        spans.append((start, end, member))
        if kind == "PER":
            _titles(page, member, start)
    _brackets(page, members, spans)
    _peoples(peoples, members)
    for member in members:
        if member.type == "PER":
            member.gender = member.gender or _gender(member)
    return Cast(page, members, spans)


def _extend(page: Page, names: Sequence[Name]) -> list[Found]:
    """Add to each name the common noun that makes a body of it, and split off leading articles."""
    bodies = tables.words("people", "body_nouns")
    found: list[Found] = []
    for name in names:
        start, end, kind = name.start, name.end, str(name.type)
        text = page.text[start:end]
        for article in ("The ", "the "):
            if text.startswith(article) and len(text) > 4:
                start += 4
        if page.text[max(start, end - 2) : end] in ("'s", "’s"):
            end -= 2
        if found and start < found[-1][1]:
            continue
        if start >= end:
            continue
        number = page.word_at(end)
        tail = end
        for word in page.words[number : number + 3]:
            if page.text[tail : word.start].strip() or not word.text.isalpha() or word.text != word.lower:
                break
            tail = word.end
            if word.lower in bodies:
                end, kind = tail, "ORG"
                break
            if word.end - end > 12:
                break
        found.append((start, end, kind))
    return found


def _headings(page: Page, found: list[Found]) -> list[Found]:
    """Cut names in headings set in capitals down to a name that the running text has too, or drop them.

    Where every word has a capital, a capital tells nothing: "CIA Operations" is "CIA".
    """
    headings = [r for r in page.paragraphs if _is_heading(page, *r)]
    if not headings:
        return found
    inside = {f for f in found if any(s <= f[0] and f[1] <= e for s, e in headings)}
    known = {page.text[s:e] for s, e, k in found if (s, e, k) not in inside}
    kept = []
    for start, end, kind in found:
        if (start, end, kind) in inside and page.text[start:end] not in known:
            form = page.text[start:end]
            shorter = [k for k in known if form.startswith(f"{k} ")]
            if not shorter:
                continue
            end = start + len(max(shorter, key=len))
        kept.append((start, end, kind))
    return kept


def _is_heading(page: Page, start: int, end: int) -> bool:
    text = page.text[start:end]
    if len(text) > 120 or text.endswith((".", "!", "?", ":", "”", '"')):
        return False
    words = [w for w in text.split() if len(w) > 3 and w[0].isalpha()]
    return len(words) > 1 and all(w[0].isupper() for w in words) and start > 0


def _peoples(found: list[tuple[Found, str]], members: list[Member]) -> None:
    """Count "Venezuelan" as a mention of Venezuela, where the report names the country."""
    for (start, end, _), country in found:
        for member in members:
            if member.type == "LOC" and country_of_name(member.name) == country:
                member.others.append((start, end))
                break


def _agree(page: Page, found: list[Found]) -> list[Found]:
    """Give one type to names spelt alike, and a person's surname the person's type."""
    votes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    surnames: set[str] = set()
    for start, end, kind in found:
        form = page.text[start:end]
        votes[form][kind] += 1
        words = form.split()
        if kind == "PER" and len(words) > 1:
            surnames.add(words[-1])
    agreed = []
    for start, end, _ in found:
        form = page.text[start:end]
        if form in surnames and votes[form]["PER"]:
            kind = "PER"
        elif votes[form]["PER"] and _has_people(form, votes):
            kind = "LOC"
        else:
            kind = max(votes[form].items(), key=lambda v: v[1])[0]
        agreed.append((start, end, kind))
    return agreed


def _has_people(form: str, votes: Mapping[str, object]) -> bool:
    """Tell whether the report names a people after ``form``: who has Velmorans is no person but a country."""
    stem = form[:-1] if form[-1:] in "aeioy" else form
    return len(form) > 3 and any(
        other in votes
        for end in ("n", "an", "ian", "ans", "ians", "ese", "ish", "i")
        for other in (form + end, stem + end)
        if other != form
    )


def _find(
    members: list[Member],
    spans: list[tuple[int, int, Member]],
    page: Page,
    form: str,
    kind: str,
    start: int,
) -> Member | None:
    plain = _plain(form)
    for member in reversed(members):
        if plain in {_plain(f) for f in member.forms} and (member.type == kind or kind != "PER"):
            return member
    if kind == "PER":
        return _same_person(spans, form)
    return _same_body(members, page, form, kind, start)


def _plain(form: str) -> str:
    return form.lower().replace(".", "").removeprefix("the ").strip()


def _same_person(spans: list[tuple[int, int, Member]], form: str) -> Member | None:
    words = significant(form)
    if not words:
        return None
    for _, _, member in reversed(spans):
        if member.type != "PER":
            continue
        other = member.tokens
        if not other:
            continue
        if len(words) == 1:
            if words[0] in (other[-1], other[0]) or (len(other) > 2 and words[0] in other):
                return member
        elif len(other) == 1:
            if other[0] == words[-1]:
                return member
        elif (
            (other[-1] == words[-1] and (other[0][0] == words[0][0]) and _given_fits(other[0], words[0]))
            or set(words) <= set(other)
            or set(other) <= set(words)
        ):
            return member
    return None


def _given_fits(one: str, two: str) -> bool:
    return one == two or len(one) == 1 or len(two) == 1 or one.startswith(two) or two.startswith(one)


def _same_body(members: list[Member], page: Page, form: str, kind: str, start: int) -> Member | None:
    plain = _plain(form)
    group = next((g for g in tables.toml("people")["same"] if plain in g), None)
    words = significant(form)
    definite = page.text[max(0, start - 4) : start].lower() == "the "
    for member in reversed(members):
        if member.type == "PER":
            continue
        if group and any(_plain(f) in group for f in member.forms):
            return member
        if kind == "LOC" or member.type == "LOC" or not words:
            continue
        for known in member.forms:
            if _is_short_for(words, form, significant(known), known, definite):
                return member
    return None


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
    return "m" if words[0] in tables.words("people", "male_names") else None


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
