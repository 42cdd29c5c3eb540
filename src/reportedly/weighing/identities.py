"""Who is who across reports: the entities that several reports name.

Names join where one is the other in full, without titles and articles, or is its
one possible short form in the story ("Dask" for "Corin Dask", "TPA" for
"Transmarine Press Agency"). Nothing else joins: two unnamed sources never do.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from ..data import tables
from ..records import Entity, Known
from ..records.things import Schema
from .filed import Filed

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")


def folded(name: str) -> str:
    """Return a name for comparing: lower case, no accents, articles, possessives or punctuation."""
    apart = unicodedata.normalize("NFKD", name.replace("’", "'"))
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    words = [_POSSESSIVE.sub("", w.lower()).replace(".", "") for w in _WORD.findall(plain)]
    return " ".join(w for w in words if w and w not in ("the", "a", "an"))


def bare_person(name: str) -> str:
    """Return a person's folded name without titles and posts before it."""
    words = folded(name).split()
    titles, modifiers = tables.words("people", "titles"), tables.words("people", "title_modifiers")
    at = 0
    while at < len(words) - 1 and (words[at] in titles or words[at] in modifiers):
        at += 1
    return " ".join(words[at:])


def acronym(name: str) -> str:
    """Return the initials of a name of several words, in lower case; empty for a single word."""
    words = [w for w in _WORD.findall(name) if w[0].isupper()]
    return "".join(w[0] for w in words).lower() if len(words) > 1 else ""


class Identities:
    """The people, bodies and things that the reports of one story name."""

    def __init__(self, reports: Sequence[Filed]) -> None:
        self._entities = {f.id: {e.id: e for e in f.reading.entities} for f in reports}
        self._union: dict[str, str] = {}
        names: dict[str, str] = {}
        for filed in reports:
            for entity in filed.reading.entities:
                own = [self._node(entity.schema, n) for n in (entity.name, *entity.aliases)]
                own = [n for n in own if n]
                for node, name in zip(own, (entity.name, *entity.aliases), strict=False):
                    names.setdefault(node, name)
                for other in own[1:]:
                    if self._may_alias(own[0], other):
                        self._join(own[0], other)
        self._join_short_forms(names)

    @staticmethod
    def _node(schema: Schema, name: str) -> str:
        if schema == "Person":
            found = bare_person(name)
            return f"p:{found}" if found else ""
        found = folded(name)
        return f"o:{found}" if found else ""

    @staticmethod
    def _may_alias(name: str, alias: str) -> bool:
        """A short alias may be anybody's: leave it to the story to say whose it is."""
        return len(alias.split()) > 1 or alias == name

    def _find(self, node: str) -> str:
        while (up := self._union.get(node, node)) != node:
            node = up
        return node

    def _join(self, a: str, b: str) -> None:
        a, b = self._find(a), self._find(b)
        if a != b:
            first, second = sorted((a, b), key=lambda n: (-len(n.split()), -len(n), n))
            self._union[second] = first

    def _join_short_forms(self, names: dict[str, str]) -> None:
        full = [n for n in names if len(n.split()) > 1]
        by_word: dict[str, set[str]] = defaultdict(set)
        for node in full:
            kind, words = node[0], node[2:].split()
            for word in words[-1:] if kind == "p" else words:
                by_word[f"{kind}:{word}"].add(self._find(node))
            initials = acronym(names[node])
            if kind == "o" and len(initials) > 1:
                by_word[f"o:{initials}"].add(self._find(node))
        for node in sorted(names):
            if len(node.split()) == 1:
                whose = {self._find(n) for n in by_word.get(node, ())} - {self._find(node)}
                if len(whose) == 1:
                    self._join(whose.pop(), node)

    def entity(self, report: str, entity_id: str | None) -> Entity | None:
        """Return an entity of a report's reading."""
        return self._entities.get(report, {}).get(entity_id or "")

    def key(self, report: str, entity_id: str | None) -> str | None:
        """Return the identity of an entity of a report: equal for the same one in other reports."""
        entity = self.entity(report, entity_id)
        if entity is None:
            return None
        node = self._node(entity.schema, entity.name)
        return self._find(node) if node else None

    def id(self, report: str, entity_id: str | None) -> str | None:
        """Return the ledger's id for an entity of a report."""
        key = self.key(report, entity_id)
        return ledger_id(key) if key else None

    def known(self) -> tuple[Known, ...]:
        """Return everybody and everything, each once, with all names."""
        found: dict[str, list[Entity]] = defaultdict(list)
        for report, entities in self._entities.items():
            for entity in entities.values():
                if key := self.key(report, entity.id):
                    found[key].append(entity)
        return tuple(
            Known(
                id=ledger_id(key),
                name=max((e.name for e in same), key=lambda n: (len(n.split()), len(n), n)),
                schema=_most_common([e.schema for e in same]),
                aliases=tuple(sorted({a for e in same for a in (e.name, *e.aliases)})),
            )
            for key, same in sorted(found.items())
        )


def ledger_id(key: str) -> str:
    """Return the id of an identity in the ledger."""
    return "n-" + hashlib.sha256(key.encode()).hexdigest()[:12]


def _most_common(values: list[Schema]) -> Schema:
    return max(sorted(set(values)), key=values.count)
