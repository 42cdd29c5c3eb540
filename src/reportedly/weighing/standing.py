"""Which bodies people speak for, which ranks they hold, and which names are states, as a story tells it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from ..data import tables
from ..reading.gazetteer import country_of_demonym, country_of_name
from ..records import Entity
from .filed import Filed
from .identities import Identities, folded
from .source_phrases import TOKEN, body_kinds, source_words
from .wording import is_verb

OF_BODY = re.compile(r"\s(?:of|from)\s(?:the\s)?((?:[A-Z][\w’'&-]+\s?){1,5})")
_BEHIND_NAME = re.compile(
    r"\s*,?\s*(?:(?:[\w’'-]+\s){0,5}?(?:of|for|at|with|from)\s)(?:the\s)?([^,.;:!?\n“”\"()]{3,50})"
)
_BEFORE_NAME = re.compile(r"([^,.;:!?\n“”\"()]{3,70}?)\s*,?\s*$")
_BACK = 300  # characters before "its director" within which the body is looked for
_PEOPLE_OF = ("ian", "ean", "ese", "ish", "an", "n", "i")  # endings of a people's name


class Standing:
    """What the reports of a story say of people, bodies and states.

    ``states`` maps names of states and of their peoples to one word for each.
    """

    def __init__(self, reports: Sequence[Filed], identities: Identities) -> None:
        self.states = _states(reports)
        self._identities = identities
        self._bodies: dict[str, set[str]] = defaultdict(set)
        self._ranks: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for filed in reports:
            self._learn(filed)

    def bodies(self, person: str) -> frozenset[str]:
        """Return the words of the bodies that a person (by key) speaks for, and of the person's ranks."""
        return frozenset(self._bodies.get(person, ()))

    def of_rank(self, report: str, rank: str, words: set[str]) -> str | None:
        """Return the one person of a rank: in the report, or in the story, of a body with these words."""
        everywhere = {k for ranks in self._ranks.values() for k in ranks.get(rank, ())}
        for keys in (self._ranks[report].get(rank, set()), everywhere):
            fitting = {k for k in keys if not words or words & self._bodies.get(k, set())}
            if len(fitting) == 1:
                return fitting.pop()
        return None

    def state_in(self, text: str) -> str | None:
        """Return the state whose name, or whose people's name, stands in a phrase."""
        for token in TOKEN.findall(text):
            state = self.states.get(folded(token)) if token[0].isupper() else None
            if state:
                return state
        return None

    def _learn(self, filed: Filed) -> None:
        """Note which bodies people speak for, and which ranks they hold, by the words around their names."""
        text = filed.report.text
        for entity in filed.reading.entities:
            key = self._identities.key(filed.id, entity.id) if entity.schema == "Person" else None
            for mention in entity.mentions if key else ():
                if key and mention.spans and set(folded(mention.text).split()) & set(key[2:].split()):
                    words, ranks = _speaks_for(text, mention.start, mention.end)
                    if ranks and re.search(
                        r"\b(?:its|their)\b", text[max(0, mention.start - 50) : mention.start]
                    ):
                        words |= self._body_before(filed, mention.start)
                    self._bodies[key] |= (words - set(key[2:].split())) | ranks
                    if ranks & tables.words("weighing", "sources.ministers"):
                        self._bodies[key].add("government")
                    for rank in ranks:
                        self._ranks[filed.id][rank].add(key)

    def _body_before(self, filed: Filed, at: int) -> set[str]:
        """Return the words of the body named last before a place, which "its director" is the director of."""
        bodies = [
            (m.start, entity.name)
            for entity in filed.reading.entities
            if entity.schema in ("Organization", "Company", "PublicBody") and not is_own(filed, entity)
            for m in entity.mentions
            if m.spans and at - _BACK < m.start < at and m.text[:1].isupper()
        ]
        named = [b for b in bodies if body_kinds(set(folded(b[1]).split()))] or bodies
        return source_words(max(named)[1]) if named else set()


def is_own(filed: Filed, entity: Entity) -> bool:
    """Tell whether an entity is the outlet whose report it is."""
    own, name = folded(filed.report.outlet or "").split(), folded(entity.name).split()
    return bool(name) and (set(name) <= set(own) or name == ["".join(w[0] for w in own)])


def _speaks_for(text: str, start: int, end: int) -> tuple[set[str], set[str]]:
    """Return the words of the body that a person named there speaks for, and the ranks given."""
    heads = tables.words("weighing", "sources.heads")
    before = _BEFORE_NAME.search(text[max(0, start - 70) : start])
    lead = before[1] if before else ""
    after = _BEHIND_NAME.match(text[end : end + 90])
    tail = after[0] if after else ""
    ranks = set(folded(f"{lead.rsplit(' the ', 1)[-1]} {text[start:end]} {tail}").split()) & heads
    of_body = OF_BODY.match(text[end : end + 60])
    if "former" in f"{lead} {tail}".lower() or not (ranks or of_body):
        return set(), set()
    if not ranks and of_body:
        return source_words(of_body[1]), set()
    words = source_words(text[start:end])
    if after:
        words |= source_words(re.split(r"\s(?:said|told|who|has|had|was|is)\b", after[1])[0])
    if before and set(folded(lead).split()) & heads:
        words |= source_words(re.split(r"\b(?:The|the|a|A|said|by|from|that|and)\s", lead)[-1])
    return {w for w in words - heads if not is_verb(w)}, ranks


@cache
def _has_of_state() -> re.Pattern[str]:
    things = "|".join(map(re.escape, tables.toml("weighing")["sources"]["of_states"]))
    return re.compile(rf"\b([A-Z][^\W\d_]+)['’]s?\s(?:{things})\b")


def _states(reports: Iterable[Filed]) -> dict[str, str]:
    """Map names of states, and of their peoples, to one word for each.

    Those of the world are known by the gazetteer. Another name counts as a state's
    where the story also has its people's name ("Karsovia", "Karsovian"), or what only
    a state has ("Karsovia's prime minister").
    """
    capitals: set[str] = set()
    names: set[str] = set()
    having: set[str] = set()
    for filed in reports:
        having |= {folded(m[1]) for m in _has_of_state().finditer(filed.report.text)}
        capitals |= {t for t in TOKEN.findall(filed.report.text) if t[0].isupper()}
        names |= {folded(e.name) for e in filed.reading.entities}
    found: dict[str, str] = {}
    for name in sorted(names):
        code = country_of_name(name)
        if code is not None:
            found[name] = code.lower()
    for word in sorted(capitals):
        code = country_of_demonym(word)
        if code is not None:
            found.setdefault(folded(word), code.lower())
    words = {folded(w) for w in capitals}
    for name in sorted(n for n in names & words - found.keys() if len(n) > 3):
        stem = name.rstrip("aeiouy")
        peoples = {base + ending for base in {name, stem} for ending in _PEOPLE_OF} - {name}
        there = sorted(p for p in peoples & words - found.keys() if len(p) >= len(name) - 1)
        if there or name in having:
            found[name] = name
            found.update(dict.fromkeys(there, name))
    return found
