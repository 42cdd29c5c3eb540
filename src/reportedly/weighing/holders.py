"""Who makes a claim: a person, a body, a state, a document, or somebody whom nobody names.

A named source is the same in every report. A body and who speaks for it are one,
and so are a document and the body whose document it is; two people never are,
even where they speak for one body. Whoever is only described ("two officials",
"the crew member") stays unnamed: a description is at most possibly somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..data import tables
from ..records import Attribution, Entity
from .filed import Filed
from .identities import Identities, folded
from .sameness import Holder
from .source_phrases import (
    TOKEN,
    body_kinds,
    body_nouns,
    core,
    documents,
    head_word,
    is_plural,
    is_pronoun,
    paper_kinds,
    papers,
    people_nouns,
    source_words,
    without_provenance,
)
from .standing import OF_BODY, Standing, is_own

_OWNED = re.compile(r"^(?:his|her|its|their)\s")
_BACK = 300  # characters before "It contains …" within which the document is looked for


class Holders:
    """The sources of the reports of one story."""

    def __init__(self, reports: Sequence[Filed], identities: Identities) -> None:
        self.identities = identities
        self._filed = {f.id: f for f in reports}
        self._said = {f.id: sorted(f.reading.attributions, key=_place) for f in reports}
        self._standing = Standing(reports, identities)

    def speaker(self, report: str, attribution: Attribution) -> Attribution:
        """Return the attribution that names the source: for a pronoun without an entity one before it."""
        source = attribution.source
        if source.entity or not is_pronoun(source.text):
            return attribution
        before = [
            a
            for a in self._said.get(report, ())
            if a.source.text and _place(a) < _place(attribution) and not is_pronoun(a.source.text)
            if not self._in_transcript(report, a)
        ]
        if source.text.lower() in tables.words("weighing", "sources.several"):
            before = [a for a in before if is_plural(a.source.text)] or before
        return before[-1] if before else attribution

    def holder(self, report: str, attribution: Attribution) -> Holder:
        """Tell who makes an attribution."""
        if attribution.source.kind == "narrator":
            return self._document_of_sentence(report, attribution) or _unnamed("")
        attribution = self.speaker(report, attribution)
        source = attribution.source
        if source.kind in ("anonymous", "hearsay", "narrator"):
            return _unnamed(source.text)
        if self._in_transcript(report, attribution) and self._presents(report, source.text):
            return Holder(None, source.text, "voice")
        if _OWNED.match(source.text.lower()):
            whose = self._owner(report, attribution)
            if whose is not None:
                return whose
        entity = self.identities.entity(report, source.entity)
        if entity is None or not self._fits(report, source.text, entity):
            entity = self._of_kind(report, source.text, source.start) if source.spans else None
        key = self.identities.key(report, entity.id) if entity else None
        if entity is not None and key is not None:
            return self._of_entity(key, entity, source.text)
        return self._described(report, attribution)

    def _in_transcript(self, report: str, attribution: Attribution) -> bool:
        """Tell whether a source is a speaker's name in capitals before a colon."""
        source = attribution.source
        text = self._filed[report].report.text
        behind = text[source.end : source.end + 1] if source.spans else ""
        return source.text.isupper() and len(source.text) > 2 and behind == ":"

    def _presents(self, report: str, text: str) -> bool:
        """Tell whether a speaker of a transcript is of the outlet: by office, or as it introduces its own."""
        presenters = tables.words("weighing", "outlets.presenters")
        name = folded(text)
        if set(name.split()) & presenters:
            return True
        for entity in self._filed[report].reading.entities:
            if entity.schema == "Person" and folded(entity.name).split()[-1:] == name.split()[-1:]:
                for mention in entity.mentions:
                    before = self._filed[report].report.text[max(0, mention.start - 50) : mention.start]
                    lead = set(folded(re.split(r"[.!?:;]", before)[-1]).split())
                    if lead & presenters and lead & {"our", "own"}:
                        return True
        return False

    # names ------------------------------------------------------------------------------------

    def _of_entity(self, key: str, entity: Entity, text: str) -> Holder:
        name = key[2:]
        if head_word(text) in documents() and entity.schema != "Person":
            return self._document(text)
        if name in self._standing.states:
            return self._state(self._standing.states[name], entity.name)
        of_body = re.match(re.escape(entity.name) + OF_BODY.pattern, text)
        if entity.schema == "Person":
            return self._person(key, entity.name)
        if of_body and body_kinds(set(folded(of_body[1]).split())):
            return Holder(f"p:{name}", entity.name, "person", frozenset(source_words(of_body[1])))
        state = self._standing.state_in(text)
        if state and _is_government(text):
            return self._state(state, text)
        return self._body(key, entity.name, source_words(entity.name), state)

    def _person(self, key: str, name: str) -> Holder:
        words = self._standing.bodies(key)
        states = frozenset(self._standing.states[w] for w in words if w in self._standing.states)
        return Holder(key, name, "person", words, states=states)

    def _state(self, state: str, label: str) -> Holder:
        return Holder(f"g:{state}", label, "state", frozenset({state}), states=frozenset({state}))

    def _body(self, key: str, label: str, words: set[str], state: str | None) -> Holder:
        public = {"government"} if words & tables.words("weighing", "sources.public") else set()
        return Holder(
            key, label, "body", frozenset(words | public), states=frozenset({state} if state else ())
        )

    def _fits(self, report: str, text: str, entity: Entity) -> bool:
        """Tell whether a description may stand for the entity that the reading gives it."""
        tokens = TOKEN.findall(text)
        name = set(folded(entity.name).split())
        if name & {folded(t) for t in tokens}:
            head = head_word(text)
            within = head in people_nouns() and entity.schema != "Person" and head not in body_nouns()
            return not within or head in tables.words("weighing", "sources.speakers")
        if any(t[0].isupper() for t in tokens[1:]):
            return True
        head = head_word(text)
        if not head or is_pronoun(text):
            return True
        if head in documents() and entity.schema == "Person":
            return False
        mine = body_kinds({head})
        if mine and not mine & body_kinds(name) and (body_kinds(name) or self._of_kind(report, text, None)):
            return False
        return not is_own(self._filed[report], entity) or head in tables.words("sources", "outlet_nouns")

    def _of_kind(self, report: str, text: str, before: int | None) -> Entity | None:
        """Return the body that "the company" is by its name ("Tarn Lines"): the last one before a place."""
        kinds = body_kinds({head_word(text)})
        there = [
            (m.start, entity.id, entity)
            for entity in self._filed[report].reading.entities
            if entity.schema not in ("Person", "Address")
            and kinds & body_kinds(set(folded(entity.name).split()))
            for m in entity.mentions
            if m.spans and (before is None or m.start < before) and m.text[:1].isupper()
        ]
        return max(there)[2] if kinds and there else None

    def _owner(self, report: str, attribution: Attribution) -> Holder | None:
        """ "Her office" is the office of the person who spoke last before."""
        words = attribution.source.text.lower().split()
        if words[-1] not in tables.words("weighing", "sources.owned"):
            return None
        for other in reversed(self._said.get(report, ())):
            if _place(other) >= _place(attribution) or other.id == attribution.id:
                continue
            entity = self.identities.entity(report, other.source.entity)
            key = self.identities.key(report, other.source.entity)
            if entity is not None and key is not None and entity.schema == "Person":
                return self._person(key, entity.name)
        return None

    # descriptions -----------------------------------------------------------------------------

    def _described(self, report: str, attribution: Attribution) -> Holder:
        text, kind = attribution.source.text, attribution.source.kind
        head, tokens = head_word(text), TOKEN.findall(text)
        low = [t.lower() for t in tokens]
        bodily = head in tables.words("weighing", "sources.collective") and low[:1] == ["the"]
        if not head or (kind == "group" and not bodily):
            return _unnamed(text)
        if set(low[:2]) & tables.words("weighing", "sources.whole"):  # "the whole town", "half the country"
            return _unnamed(text)
        if kind == "document" or head in documents():
            return self._named_before(report, attribution) or self._document(text)
        state = self._standing.state_in(text)
        if state and _is_government(text):
            return self._state(state, text)
        words = source_words(text)
        first = tokens[0].lower()
        indefinite = first in tables.words("weighing", "sources.indefinite") or tokens[0].isdigit()
        names = any(t[0].isupper() for t in TOKEN.findall(core(text))[1:])
        if head in tables.words("weighing", "sources.speakers"):
            return self._named_body(text, words)
        if head in body_nouns():
            return _unnamed(text) if indefinite and not names else self._named_body(text, words)
        if head in tables.words("weighing", "sources.heads"):
            if indefinite:
                return _unnamed(text)
            key = self._standing.of_rank(report, head, words - {head})
            person = self._person(key, key[2:].title()) if key else self._named_next(report, attribution)
            return person or Holder("w:" + " ".join(sorted(words | {head})), text, "person", frozenset(words))
        if head in people_nouns() or kind in ("person", "official"):
            return Holder("w:" + folded(text), text, "person") if names and not indefinite else _unnamed(text)
        return _unnamed(text) if indefinite and not names else self._named_body(text, words)

    def _named_body(self, text: str, words: set[str]) -> Holder:
        if not words:
            return _unnamed(text)
        return self._body("w:" + " ".join(sorted(words)), text, words, self._standing.state_in(text))

    def _named_next(self, report: str, attribution: Attribution) -> Holder | None:
        """ "The head of the bank said", says the first paragraph, and the next: "Ida Moss said"."""
        text = self._filed[report].report.text
        lead = text.find("\n\n")
        if not attribution.source.spans or not attribution.source.start < lead:
            return None
        for other in self._said.get(report, ()):
            if not other.source.spans or other.source.start <= lead:
                continue
            entity = self.identities.entity(report, other.source.entity)
            key = self.identities.key(report, other.source.entity)
            bare = entity is not None and entity.schema == "Person" and other.source.text == entity.name
            first = entity is not None and min(m.start for m in entity.mentions if m.spans) > lead
            return self._person(key, entity.name) if key and entity and bare and first else None
        return None

    def _named_before(self, report: str, attribution: Attribution) -> Holder | None:
        """Return the filing that "the same document" is: the paper that said something last before it."""
        text = attribution.source.text
        words = {t.lower() for t in TOKEN.findall(text)}
        if head_word(text) not in paper_kinds()["any"] or not words & {"the", "this", "that", "same"}:
            return None
        own = self._document(text)
        for other in reversed(self._said.get(report, ())):
            if _place(other) < _place(attribution) and head_word(other.source.text) in papers():
                found = self._document(other.source.text)
                if found.classes != own.classes and not own.bodies:
                    return found
        return None

    def _document(self, text: str) -> Holder:
        head = head_word(text)
        classes = frozenset(c for c, words in paper_kinds().items() if head in words)
        whose = without_provenance(text)
        whose = re.split(r"\bto\b", whose, maxsplit=1)[0]
        months = tables.words("grammar", "closed.month")
        owners = {w for t in TOKEN.findall(whose)[1:] if t[0].isupper() for w in source_words(t)} - months
        key = f"d:{' '.join(sorted(classes) or [head])}|{' '.join(sorted(owners))}"
        return Holder(key, text, "document", frozenset(owners), classes)

    def _document_of_sentence(self, report: str, attribution: Attribution) -> Holder | None:
        """ "The list contains 171 names": the report's own voice tells what a paper says."""
        text = attribution.content.text[:_BACK]
        words = [t.lower() for t in TOKEN.findall(text)][:12]
        verbs = tables.words("weighing", "documents.verbs")
        noun = next((k for k, w in enumerate(words) if w in papers()), len(words))
        if any(w in verbs for w in words[noun + 1 :]) and head_word(" ".join(words[: noun + 1])) in papers():
            return self._document(f"the {words[noun]}")
        if len(words) < 2 or words[1] not in verbs:
            return None
        if words[0] in ("it", "they") and attribution.content.spans:
            start = attribution.content.start
            before = self._filed[report].report.text[max(0, start - _BACK) : start].rsplit("\n\n", 1)[-1]
            earlier = [t.lower() for t in TOKEN.findall(before)]
            last = next((w for w in reversed(earlier) if w in papers()), None)
            return self._document(f"the {last}") if last else None
        return None


def _place(attribution: Attribution) -> tuple[int, int]:
    """Return where an attribution's source stands, or else its content."""
    at = attribution.source.spans or attribution.content.spans
    return (at[0][0], at[0][1]) if at else (0, 0)


def _unnamed(text: str) -> Holder:
    return Holder(None, text, "unnamed")


def _is_government(text: str) -> bool:
    return head_word(text) in tables.words("weighing", "sources.governments")
