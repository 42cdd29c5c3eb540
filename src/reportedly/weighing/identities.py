"""Who is who across reports: entities that several reports name, and sources that speak in them.

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
from dataclasses import dataclass

from ..data import tables
from ..records import Attribution, Entity, Known
from ..records.things import Schema
from .filed import Filed

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_RELATIVE = re.compile(r",| who\b| which\b| whose\b| that\b| speaking\b| citing\b")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who makes a claim, as far as that can be told.

    ``key`` is equal for those who are the same. ``named`` tells whether that is
    somebody in particular: a name, a body ("the police"), a document. Others
    ("officials", "two sources") have no key of their own and are only possibly
    the same as any other. ``bodies`` are the words of those that a person speaks for.
    """

    key: str | None
    label: str
    named: bool
    bodies: frozenset[str] = frozenset()


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
        self._said = {f.id: sorted(f.reading.attributions, key=lambda a: a.source.spans) for f in reports}
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
        self._speakers = self._bodies_of_speakers(reports)

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

    def speaker(self, report: str, attribution: Attribution) -> Attribution:
        """Return the attribution that names the source: for a pronoun without an entity the one before it."""
        source = attribution.source
        if source.entity or source.text.lower() not in tables.words("weighing", "sources.pronouns"):
            return attribution
        before = [
            a
            for a in self._said.get(report, ())
            if a.source.text
            and a.source.spans < source.spans
            and a.source.text.lower() not in tables.words("weighing", "sources.pronouns")
        ]
        return before[-1] if before else attribution

    def holder(self, report: str, attribution: Attribution) -> Holder:
        """Tell who makes an attribution."""
        attribution = self.speaker(report, attribution)
        source = attribution.source
        kind = source.kind
        if kind in ("anonymous", "hearsay", "narrator"):
            return Holder(None, source.text, named=False)
        key = self.key(report, source.entity)
        entity = self.entity(report, source.entity)
        if key and entity:
            return Holder(key, entity.name, named=True, bodies=self._speakers.get(key, frozenset()))
        words = source_words(source.text)
        if not words or kind == "group":
            return Holder(None, source.text, named=False)
        return Holder("w:" + " ".join(sorted(words)), source.text, named=True)

    def _bodies_of_speakers(self, reports: Sequence[Filed]) -> dict[str, frozenset[str]]:
        """Map people to the words of the bodies that they speak for or head, where a report says so."""
        found: dict[str, set[str]] = defaultdict(set)
        for filed in reports:
            text = filed.report.text
            for entity in filed.reading.entities:
                key = self.key(filed.id, entity.id) if entity.schema == "Person" else None
                for mention in entity.mentions if key else ():
                    if key and mention.spans and set(folded(mention.text).split()) & set(key[2:].split()):
                        found[key] |= _speaks_for(text, mention.start, mention.end)
        return {key: frozenset(words - set(key[2:].split())) for key, words in found.items() if words}


_AFTER = re.compile(
    r"\s*,?\s*(?:(?:[\w’'-]+\s){0,5}?(?:of|for|at|with|from)\s)(?:the\s)?([^,.;:!?\n“”\"()]{3,50})"
)
_BEFORE = re.compile(r"([^,.;:!?\n“”\"()]{3,70}?)\s*,?\s*$")


def _speaks_for(text: str, start: int, end: int) -> set[str]:
    """Return the words of the body that a person named there speaks for, by the words around the name."""
    heads = tables.words("weighing", "sources.heads")
    before = _BEFORE.search(text[max(0, start - 70) : start])
    lead = before[1] if before else ""
    after = _AFTER.match(text[end : end + 90])
    tail = after[0] if after else ""
    ranks = set(folded(f"{lead.rsplit(' the ', 1)[-1]} {text[start:end]} {tail}").split()) & heads
    if not ranks or "former" in f"{lead} {tail}".lower():
        return set()
    words = source_words(text[start:end])
    if after:
        words |= source_words(re.split(r"\s(?:said|told|who|has|had|was|is)\b", after[1])[0])
    if before and set(folded(lead).split()) & heads:
        words |= source_words(re.split(r"\b(?:The|the|a|A|said|by|from|that|and)\s", lead)[-1])
    return words - heads


def same_holder(a: Holder, b: Holder) -> bool:
    """Tell whether two are the same: one name or phrase, or a body and who speaks for it."""
    if a.key is None or b.key is None:
        return False
    if a.key == b.key or a.key[2:] == b.key[2:]:
        return True
    if "p:" in (a.key[:2], b.key[:2]):
        person, body = (a, b) if a.key[:2] == "p:" else (b, a)
        words = source_words(body.key[2:] if body.key else "")
        return bool(words and person.bodies) and body.key[:2] != "p:" and words <= person.bodies  # type: ignore[index]
    left, right = source_words(a.key[2:]), source_words(b.key[2:])
    return bool(left and right) and (left <= right or right <= left) and "w:" in (a.key[:2], b.key[:2])


def source_words(text: str) -> set[str]:
    """Return the words of a source phrase that tell it from others, in the singular, lower case."""
    head = _RELATIVE.split(text, maxsplit=1)[0] or text
    plain, same = tables.words("weighing", "sources.plain"), tables.toml("weighing")["sources"]["same"]
    found = set()
    for word in folded(head).split():
        word = same.get(word, word)
        if word not in plain and not word.isdigit():
            found.add(_singular(word))
    return found


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return (
        word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
    )


def ledger_id(key: str) -> str:
    """Return the id of an identity in the ledger."""
    return "n-" + hashlib.sha256(key.encode()).hexdigest()[:12]


def _most_common(values: list[Schema]) -> Schema:
    return max(sorted(set(values)), key=values.count)
