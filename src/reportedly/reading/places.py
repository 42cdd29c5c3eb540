"""Places: what a report's names stand for on the map, and which of them are governments instead.

A name is a place where the name finder says so, or where the words around it do
("in Caracas", "Springfield, Illinois", a dateline). Which of the places of that
name is meant is decided by the containing phrase, by the countries and places that
the report names besides, by size and by nearness: one meaning a name and report
(toponym resolution by default sense, discourse and spatial minimality, after
Leidner 2007, "Toponym Resolution in Text"). A capital or country that speaks or
decides ("Moscow said") is a government and no place here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from ..records import Place
from ..records.things import Precision
from .gazetteer import Ambiguous, choose, lies_in
from .page import Name, Page
from .placenames import Finder
from .placewords import Mention

_PRECISION: dict[str, Precision] = {
    "C": "country", "T": "continent", "S": "region", "A": "region", "B": "region", "Q": "city", "P": "city",
}  # fmt: skip


def read_places(page: Page, names: Sequence[Name]) -> list[Place]:
    """Return the places that a page names, in order.

    ``names`` are what a name finder saw, with CoNLL's types: its LOC names become
    places (without coordinates where the gazetteer has none), its other names are
    left alone, and the gazetteer adds what the words around a name speak for.
    """
    finder = Finder(page, names)
    mentions = finder.mentions()
    _resolve(mentions, finder.evidence)
    return [_place(page.text, m) for m in mentions]


def _place(text: str, mention: Mention) -> Place:
    row = mention.row
    country = row.country if row else next((w.country for w in mention.within), None)
    precision = _PRECISION[row.kind] if row else None
    return Place(
        id=f"p{mention.start}",
        text=text[mention.start : mention.end],
        spans=((mention.start, mention.end),),
        geonames=row.geonames if row and not mention.about else None,
        country=country or None,
        lat=row.lat if row else None,
        lon=row.lon if row else None,
        precision="region" if mention.about and precision in ("country", "continent") else precision,
    )


def _resolve(mentions: list[Mention], evidence: Counter[str]) -> None:
    """Choose a row for every mention, one meaning a name and page."""
    by_name: dict[tuple[int, ...], list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.candidates:
            by_name[tuple(row.number for row, _ in mention.candidates)].append(mention)
    names = []
    for same in by_name.values():
        options = same[0].candidates
        options = tuple(o for o in options if o[1] != "short") or options
        if within := next((m.within for m in same if m.within), ()):
            options = tuple(o for o in options if any(lies_in(o[0], w) for w in within)) or options
        names.append(Ambiguous(options, len(same), frozenset("".join(m.kinds for m in same))))
    for same, row in zip(by_name.values(), choose(names, evidence), strict=True):
        for mention in same:
            mention.row = row
