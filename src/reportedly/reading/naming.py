"""Settles the names of a report as a whole: where each begins and ends, and of what type it is.

The model decides sentence by sentence. Over the whole report a name keeps one type, a title is no
part of a name, and a name that is spelt out once is whole everywhere.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence

from ..data import tables
from .nametypes import Found, agree
from .page import Name, NameType, Page, Word
from .wordforms import grammar

_TYPES: dict[str, NameType] = {"PER": "PER", "LOC": "LOC", "ORG": "ORG", "MISC": "MISC"}
_LONGEST = 6  # words of a name that is looked for again
_MOST = 50  # names with the same first word that are looked for


def settle_names(page: Page, names: Sequence[Name]) -> list[Found]:
    """Return the names of a page, none overlapping another, with settled bounds and types."""
    found = _with_surnames(page, _whole(page, [_bare(page, name) for name in names]))
    return agree(page, _headings(page, _extend(page, found)))


def consistent(page: Page, names: Sequence[Name]) -> list[Name]:
    """Return the model's names made consistent over the report, in the bounds that corpora of names use.

    One type for what is spelt alike, surnames that were missed, and no preposition or direction at
    the edge of a name; nothing is joined, dropped or stripped of its titles.
    """
    scores = {(n.start, n.end): n.score for n in names}
    found = [_trimmed(page, n.start, n.end, str(n.type)) for n in names]
    found = agree(page, _with_surnames(page, _apart(f for f in found if f[0] < f[1])))
    return [Name(s, e, _TYPES[kind], scores.get((s, e), 0.5)) for s, e, kind in found]


def _trimmed(page: Page, start: int, end: int, kind: str) -> Found:
    """Cut lower-case function words and directions off the edges of a name ("south Sudan", "Pirates of")."""
    words = page.words_in(start, end)
    edges = tables.words("clauses", "prepositions") | tables.words("people", "directions")
    while len(words) > 1 and words[0].text in edges:
        words = words[1:]
        start = words[0].start
    while len(words) > 1 and words[-1].text in edges:
        words = words[:-1]
        end = words[-1].end
    return start, end, kind


def _bare(page: Page, name: Name) -> Found:
    """Return a name without article, possessive mark and, of a person, without titles."""
    start, end, kind = _trimmed(page, name.start, name.end, str(name.type))
    text = page.text
    if text[start:end].lower().startswith("the ") and end - start > 4:
        start += 4
    if text[max(start, end - 2) : end] in ("'s", "’s"):
        end -= 2
    if kind == "PER":
        words = page.words_in(start, end)
        titles = tables.words("people", "honorifics")
        while len(words) > 1 and words[0].lower.rstrip(".") in titles:
            after = words[1] if words[1].text != "." or len(words) == 2 else words[2]
            start = after.start
            words = page.words_in(start, end)
    return start, end, kind


def _with_surnames(page: Page, found: Sequence[Found]) -> list[Found]:
    """Add the places where a surname of somebody whom the report names in full stands by itself.

    Words that are common ones too ("Price"), and those beside another capital, are left out.
    """
    surnames: set[str] = set()
    for start, end, kind in found:
        words = page.text[start:end].split()
        if kind == "PER" and len(words) > 1 and len(words[-1]) > 3 and words[-1].isalpha():
            surnames.add(words[-1])
    lexicon = grammar().lexicon
    surnames = {s for s in surnames if s[0].isupper() and not s.isupper() and s.lower() not in lexicon}
    if not surnames:
        return list(found)
    plain = {w.text for w in page.words if w.text == w.lower}
    taken = [*found, (len(page.text) + 1, len(page.text) + 1, "")]
    added: list[Found] = []
    at = 0
    for k, word in enumerate(page.words):
        form = word.text.removesuffix("'s").removesuffix("’s")
        if form not in surnames or form.lower() in plain:
            continue
        end = word.start + len(form)
        while taken[at][1] <= word.start:
            at += 1
        beside = [page.words[j] for j in (k - 1, k + 1) if 0 <= j < len(page.words)]
        if taken[at][0] < end or any(_may_be_name(b, plain) for b in beside):
            continue
        added.append((word.start, end, "PER"))
    return sorted([*found, *added])


def _may_be_name(word: Word, plain: Container[str]) -> bool:
    """Tell whether a word with a capital may belong to a name: it is no title and no common word."""
    low = word.lower.rstrip(".")
    common = low in plain or low in grammar().lexicon or low in tables.words("people", "titles")
    return word.text[0].isupper() and not common


def _whole(page: Page, found: Iterable[Found]) -> list[Found]:
    """Make pieces of a name that the report has whole elsewhere into that name."""
    found = sorted({f for f in found if f[0] < f[1]})
    longer: dict[str, Counter[str]] = defaultdict(Counter)
    for start, end, kind in found:
        form = page.text[start:end]
        if " " in form and "\n" not in form and len(form.split()) <= _LONGEST:
            longer[form][kind] += 1
    openings: dict[str, list[str]] = defaultdict(list)
    for form in sorted(longer, key=lambda f: (-len(f), f)):
        openings[form.split()[0]].append(form)
    text = page.text
    ends = {start: end for start, end, _ in found}
    added: list[Found] = []
    for word in page.words if openings else ():
        for form in openings.get(word.text, ())[:_MOST]:
            end = word.start + len(form)
            if text.startswith(form, word.start) and not text[end : end + 1].isalnum():
                if ends.get(word.start, 0) < end:
                    added.append((word.start, end, longer[form].most_common(1)[0][0]))
                break
    return _apart([*added, *found])


def _apart(found: Iterable[Found]) -> list[Found]:
    """Return names in order; of two that overlap the longer one stays, or the earlier."""
    kept: list[Found] = []
    for name in sorted(found, key=lambda f: (f[0], -f[1])):
        if kept and name[0] < kept[-1][1]:
            if name[1] - name[0] > kept[-1][1] - kept[-1][0]:
                kept[-1] = name
            continue
        kept.append(name)
    return kept


def _extend(page: Page, names: Sequence[Found]) -> list[Found]:
    """Add to each name the common noun that makes a body of it ("the Trump administration")."""
    bodies = tables.words("people", "body_nouns")
    lexicon = grammar().lexicon
    found: list[Found] = []
    for start, end, kind in names:
        number = page.word_at(end)
        tail = end
        for word in page.words[number : number + 3]:
            if page.text[tail : word.start].strip() or not word.text.isalpha() or word.text != word.lower:
                break
            tail = word.end
            if word.lower in bodies:
                end, kind = tail, "ORG"
                break
            if word.end - end > 12 or lexicon.get(word.lower, "N") not in "N":
                break
        found.append((start, end, kind))
    return found


def _headings(page: Page, found: list[Found]) -> list[Found]:
    """Cut names in headings set in capitals down to a name that the running text has too, or drop them.

    Where every word has a capital, a capital tells nothing: "CIA Operations" is "CIA".
    """
    plain = {w.text for w in page.words if w.text == w.lower}
    headings = [r for r in page.paragraphs if _is_heading(page, *r, plain)]
    if not headings:
        return found
    inside: set[Found] = set()
    at = 0
    for name in found:
        while at < len(headings) and headings[at][1] < name[1]:
            at += 1
        if at < len(headings) and headings[at][0] <= name[0]:
            inside.add(name)
    known = {page.text[s:e] for s, e, k in found if (s, e, k) not in inside}
    openings: dict[str, list[str]] = defaultdict(list)
    for form in sorted(known):
        openings[form.split()[0]].append(form)
    kept = []
    for start, end, kind in found:
        if (start, end, kind) in inside and page.text[start:end] not in known:
            form = page.text[start:end]
            shorter = [k for k in openings[form.split()[0]] if form.startswith(f"{k} ")]
            if not shorter:
                continue
            end = start + len(max(shorter, key=len))
        kept.append((start, end, kind))
    return kept


def _is_heading(page: Page, start: int, end: int, plain: Container[str]) -> bool:
    """Tell whether a line is a heading set in capitals; ``plain`` are the lower-case words of the report.

    A line of names alone, as in a table of results, is none: no word of it is a common one.
    """
    text = page.text[start:end]
    if len(text) > 120 or text.endswith((".", "!", "?", ":", "”", '"')) or not start:
        return False
    words = [w for w in text.split() if len(w) > 3 and w[0].isalpha()]
    if len(words) < 2 or not all(w[0].isupper() for w in words):
        return False
    lexicon = grammar().lexicon
    return any((low := w.lower().strip(",;")) in plain or low in lexicon for w in words)
