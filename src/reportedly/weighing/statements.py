"""What one attribution states, prepared for comparing it with what others state."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np

from ..data import tables
from ..records import Attribution, Entity, Figure, Reading
from ..records.ledger import StorySource
from ..records.span import Span, literal
from .asides import asides
from .filed import Filed
from .senses import Floats, senses
from .source_phrases import source_words
from .wording import base_form, is_verb, negations, terms, tokens

Key = tuple[str, str]
"""An attribution anywhere in a story: report id and attribution id."""

_ASIDE = 0.5  # of the weight of a word in a clause that only reminds of what is known
_RETOLD = 1.5  # weight of words from which "the report that …" tells the claim again
_BREAK = re.compile(r"(?<=[.!?])[”\"’')]*\s+(?=[“\"‘'(]?[A-Z0-9])|(?<=[.!?][”\"])\s+|\n+")
_SHORT = re.compile(r"([^\W\d_][\w.]*)\.$")
_OLDER = re.compile(r"(?:\bnot|\binstead of|\brather than)\s+(?:the\s+)?$", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as it is compared. ``older`` marks one that the statement itself puts aside ("not 14")."""

    value: float | None
    low: float | None
    high: float | None
    unit: str | None
    measure: str | None
    text: str
    bound: str | None = None
    older: bool = False

    @property
    def counted(self) -> str | None:
        """What is counted; ``None`` where the report does not tell."""
        return self.measure or self.unit


@dataclass(frozen=True)
class Part:
    """One sentence of a content, or all of it.

    ``words`` maps the words that count to their weight, 0 to 1, ``forms`` to the
    form in which they stand there; ``verbs`` are those that are, or may be, verbs;
    ``clause`` tells whether there is a verb at all. ``names`` are the names in it,
    each as its set of words; ``kinds`` the PLOVER types of its
    events and ``acts`` the words they were found by; ``days`` are ISO dates.
    ``holds`` tells whether the source says that it is so (true), is not so
    (false), or neither; ``negated`` whether any word of it turns something around.
    """

    words: Mapping[str, float]
    forms: Mapping[str, str]
    verbs: frozenset[str]
    clause: bool
    names: tuple[frozenset[str], ...]
    figures: tuple[Quantity, ...]
    kinds: frozenset[str]
    acts: frozenset[str]
    days: frozenset[str]
    holds: bool | None
    negated: bool = False

    @cached_property
    def mass(self) -> float:
        return sum(self.words.values())

    @cached_property
    def vectors(self) -> Floats:
        """The words' vectors in their order, shape ``(words, size)``; zeros where there is none."""
        return senses().vectors(list(self.words))

    @cached_property
    def verbal(self) -> Floats:
        """1 for each word that is a verb, in their order, shape ``(words,)``."""
        return np.fromiter((w in self.verbs for w in self.words), dtype=np.float32, count=len(self.words))

    @cached_property
    def weights(self) -> Floats:
        """The words' weights in their order, shape ``(words,)``."""
        return np.fromiter(self.words.values(), dtype=np.float32, count=len(self.words))


@dataclass(frozen=True)
class Statement:
    """One attribution of one report, as it is compared.

    ``place`` counts the report's attributions in order; ``speaker`` are the words
    that tell its source from others; ``around`` is the sentence of its cue,
    without source and cue, where it differs from the content; ``wording`` are
    all words of the content.
    """

    report: str
    attribution: Attribution
    published: datetime
    place: int
    holder: StorySource
    parts: tuple[Part, ...]
    speaker: frozenset[str]
    around: Part | None
    wording: tuple[str, ...]

    @property
    def key(self) -> Key:
        return (self.report, self.attribution.id)

    @property
    def order(self) -> tuple[datetime, str, int]:
        """By publication, then as it stands in the report."""
        return (self.published, self.report, self.place)

    @property
    def narrator(self) -> bool:
        return self.attribution.source.kind == "narrator"

    @property
    def text(self) -> str:
        return self.attribution.content.text

    @property
    def mass(self) -> float:
        return sum(part.mass for part in self.parts)

    @property
    def denies(self) -> bool:
        """Whether it says no more than that something else is not so."""
        return self.attribution.stance in ("deny", "dispute")

    @cached_property
    def refers(self) -> bool:
        """Whether its content only takes up an earlier claim ("the allegations", "it")."""
        words = [w for w in self.wording if w.isalpha()]
        known = tables.words("cues", "objects.claims")
        if not words or (len(words) <= 5 and words[-1] in known):
            return True
        nouns = known - tables.words("sources", "pronouns")
        taken_up = words[0] in tables.words("clauses", "determiners") and bool(nouns & set(words[1:3]))
        return taken_up and not (any(p.clause for p in self.parts) and self.mass >= _RETOLD)

    @cached_property
    def rejects(self) -> bool:
        """Whether it turns against a claim: it denies or disputes, or calls something false."""
        return not self.silent and (self.denies or called_false(self.text) or self.dismisses)

    @cached_property
    def dismisses(self) -> bool:
        """Whether its cue names what it thinks of a claim ("calls report of", "branded the allegations")."""
        return dismisses(self.attribution)

    @cached_property
    def idle(self) -> bool:
        """Whether its content speaks of nothing but answers and comments."""
        listed = tables.words("claims", "words.idle")
        words = {form.lower() for part in self.parts for form in part.forms.values()}
        return bool(words) and words <= listed

    @property
    def corrects(self) -> bool:
        """Whether it speaks of a report that is taken back ("an earlier version of this report said")."""
        source = self.attribution.source.text.lower()
        said = set(self.wording)
        withdrawn = said & tables.words("claims", "retraction.whole") and said & tables.words(
            "claims", "retraction.objects"
        )
        return bool(withdrawn) or any(p in source for p in tables.toml("claims")["retraction"]["own"])

    @property
    def cites(self) -> bool:
        """Whether it only names a source ("citing two officials")."""
        cue = self.attribution.cue
        said = set(tokens(cue.text)) if cue else set()
        return bool(said & tables.words("claims", "words.citing")) and not any(p.clause for p in self.parts)

    @cached_property
    def silent(self) -> bool:
        """Whether the source keeps silent on the content ("declined to comment", "did not say how many")."""
        cue = self.attribution.cue
        if cue is None:
            return False
        said = tokens(cue.text)
        if any(w in tables.words("claims", "words.silence") for w in said):
            return True
        unsure = self.attribution.stance not in ("deny", "dispute") or "confirm" in said
        listed = tables.words("claims", "words.silent")
        return unsure and negations(cue.text) > 0 and any(base_form(w) in listed for w in said)


def statements(filed: Filed) -> list[Statement]:
    """Return what every attribution of a report states, in the order of the reading.

    Sentences in the report's own voice are among them (``narrator``).
    """
    reading = filed.reading
    maker = Parts(reading)
    found = []
    for place, attribution in enumerate(reading.attributions):
        source = attribution.source
        found.append(
            Statement(
                report=filed.id,
                attribution=attribution,
                published=filed.published,
                place=place,
                holder=StorySource(text=source.text, kind=source.kind, entity=source.entity),
                parts=maker.of(attribution),
                speaker=maker.speaker(attribution),
                around=maker.around(attribution),
                wording=tokens(attribution.content.text),
            )
        )
    return found


class Parts:
    """Makes the parts of one reading: looks up what stands in a passage of it."""

    def __init__(self, reading: Reading) -> None:
        self._text = reading.report.text
        self._entities = {e.id: e for e in reading.entities}
        self._mentions = sorted(
            ((m.start, m.end, e) for e in reading.entities for m in e.mentions if m.spans),
            key=lambda found: found[:2],
        )
        self._events = sorted(reading.events, key=lambda e: e.trigger.start)
        self._figures = sorted((f for f in reading.figures if f.spans), key=lambda f: f.spans[0])
        self._times = sorted((t for t in reading.times if t.spans), key=lambda t: t.spans[0])

    def of(self, attribution: Attribution) -> tuple[Part, ...]:
        """Return the sentences of a content."""
        pieces = _sentences(self._text, attribution.content.spans)
        several = len(pieces) > 1
        return tuple(
            self.passage(spans, _holds(attribution, literal(self._text, spans), several)) for spans in pieces
        )

    def speaker(self, attribution: Attribution) -> frozenset[str]:
        """Return the words that tell a source from others."""
        entity = self._entities.get(attribution.source.entity or "")
        name = entity.name if entity and len(entity.name) <= 200 else attribution.source.text[:200]
        return frozenset(source_words(name))

    def around(self, attribution: Attribution) -> Part | None:
        """Return the sentence of the cue, without source and cue."""
        cue = attribution.cue
        if cue is None or not cue.spans:
            return None
        start, end = sentence_bounds(self._text, cue.start, cue.end)
        return self.passage(_without((start, end), (*attribution.source.spans, *cue.spans)))

    def passage(self, spans: Sequence[Span], holds: bool | None = None) -> Part:
        """Return what stands at ``spans`` of the report's text."""
        text = literal(self._text, spans)
        words: dict[str, float] = {}
        forms: dict[str, str] = {}
        false = tables.words("claims", "words.falsehood")
        verbs: set[str] = set()
        beside = asides(text)
        for term in terms(text):
            if term.verb:
                verbs.add(term.key)
            form = text[term.start : term.end]
            if form.lower() not in false:
                aside = any(low <= term.start < high for low, high in beside)
                words[term.key] = max(words.get(term.key, 0.0), term.weight * (_ASIDE if aside else 1.0))
                forms.setdefault(term.key, form)
        names = []
        for start, end, entity in _within(self._mentions, spans, lambda m: m[:2]):
            name = _name(entity)
            if name and name not in names:
                names.append(name)
            if not any(c.isupper() for c in self._text[start:end]):  # a pronoun or a description
                for term in terms(entity.name[:200]):
                    words.setdefault(term.key, term.weight)
                    forms.setdefault(term.key, entity.name[term.start : term.end])
        for name in names:  # a name of several words weighs as one
            inside = [w for w in name if w in words]
            for word in inside if len(inside) > 1 else ():
                words[word] = min(words[word], 1.2 / len(inside))
        events = _within(self._events, spans, lambda e: (e.trigger.start, e.trigger.end))
        return Part(
            words=words,
            forms=forms,
            verbs=frozenset(verbs & words.keys()),
            clause=any(is_verb(w) for w in tokens(text)),
            names=tuple(names),
            figures=tuple(
                self._quantity(f)
                for f in _within(self._figures, spans, lambda f: (f.spans[0][0], f.spans[-1][1]))
            ),
            kinds=frozenset(e.type for e in events),
            acts=frozenset(t.key for e in events for t in terms(e.trigger.text)),
            days=frozenset(
                day
                for time in _within(self._times, spans, lambda t: (t.spans[0][0], t.spans[-1][1]))
                for day in _DAY.findall(time.value or "")
            ),
            holds=holds,
            negated=negations(text) > 0,
        )

    def _quantity(self, figure: Figure) -> Quantity:
        before = self._text[max(0, figure.spans[0][0] - 20) : figure.spans[0][0]]
        return Quantity(
            figure.value,
            figure.low,
            figure.high,
            figure.unit,
            figure.measure,
            figure.text,
            figure.bound,
            older=_OLDER.search(before) is not None,
        )


def _name(entity: Entity) -> frozenset[str]:
    return frozenset(term.key for term in terms(entity.name[:200]) if term.capital)


def _without(span: Span, taken: Sequence[Span]) -> list[Span]:
    """Return what is left of ``span`` without ``taken``."""
    found = []
    at, end = span
    for low, high in sorted(taken):
        if low > at and low < end:
            found.append((at, low))
        at = max(at, min(high, end))
    if at < end:
        found.append((at, end))
    return found


def _holds(attribution: Attribution, text: str, several: bool) -> bool | None:
    """Tell how the source stands to what the words of ``text`` say, their negations left out.

    The attribution's factuality already turns a denied content around. It is
    that of the main statement, so where the content has several sentences the
    negations of each decide. A sign without any word that carries it is not
    believed.
    """
    turned = negations(_main(text)) > 0
    if takes_up(text):  # "dismissed reports that …": what follows is the claim of others
        return not turned
    if called_false(text) or dismisses(attribution):
        return False
    if attribution.stance in ("deny", "dispute"):
        return turned and attribution.factuality.endswith("+")
    if attribution.factuality in ("Uu", "CTu") and attribution.stance in ("question", "demand", "intend"):
        return False if turned and attribution.stance == "intend" else None
    if several:
        return not turned
    return not (turned and attribution.factuality.endswith("-"))


def _main(text: str) -> str:
    """Return the first statement of a sentence: up to the joint behind which there are words again."""
    joints = tables.words("claims", "words.joints")
    weight = 0.0
    for term in _TOKEN.finditer(text):
        if term[0].lower() in joints and weight >= 1.0:
            return text[: term.start()]
        weight += sum(t.weight for t in terms(term[0]))
    return text


def dismisses(attribution: Attribution) -> bool:
    """Tell whether a cue judges a claim by its noun ("calls report of", "branded the allegations")."""
    said = tokens(attribution.cue.text) if attribution.cue else ()
    naming = tables.words("claims", "words.naming")
    return bool(naming & set(said)) and bool(tables.words("claims", "words.reports") & set(said))


def takes_up(text: str) -> bool:
    """Tell whether a content is what others told ("a report that …"), which its source only answers."""
    words = [w for w in tokens(text[:100]) if w.isalpha()]
    reports = tables.words("claims", "words.reports")
    at = next((k for k, w in enumerate(words[:5]) if w in reports), None)
    return at is not None and words[at + 1 : at + 2] == ["that"]


def called_false(text: str) -> bool:
    """Tell whether a content calls an earlier claim false ("the allegations are baseless", "it is a lie")."""
    words = tokens(text)
    if negations(text) or not set(words) & tables.words("claims", "words.falsehood"):
        return False
    return bool(set(words) & tables.words("cues", "objects.claims"))


def sentence_bounds(text: str, start: int, end: int) -> Span:
    """Return the bounds of the sentence (or sentences) of ``text`` that ``[start, end)`` stands in."""
    low = max(text.rfind("\n", 0, start) + 1, 0)
    high = text.find("\n", end)
    high = len(text) if high < 0 else high
    for cut in _cuts(text, low, high):
        if cut <= start:
            low = cut
        elif cut >= end:
            return low, cut
    return low, high


def _sentences(text: str, spans: Sequence[Span]) -> list[list[Span]]:
    """Cut the pieces of a content into sentences; pieces that one sentence is parted into stay together."""
    found: list[list[Span]] = []
    ended = True
    for start, end in spans:
        cuts = [start, *_cuts(text, start, end), end]
        for low, high in pairwise(cuts):
            if not text[low:high].strip():
                continue
            if ended or not found:
                found.append([])
            found[-1].append((low, high))
            ended = high < end or text[low:high].rstrip("”\"’') \n")[-1:] in (".", "!", "?")
    return found


def _cuts(text: str, start: int, end: int) -> list[int]:
    """Return where sentences begin inside ``[start, end)``."""
    return [
        m.end()
        for m in _BREAK.finditer(text, start, end)
        if m.end() < end and not _abbreviated(text[max(start, m.start() - 8) : m.start()])
    ]


def _abbreviated(before: str) -> bool:
    """Tell whether a text ends with an abbreviation or an initial, so that no sentence ends there."""
    word = _SHORT.search(before)
    if word is None:
        return False
    return len(word[1]) == 1 or word[1].lower() in tables.words("clauses", "abbreviations")


T = TypeVar("T")


def _within(things: Sequence[T], spans: Sequence[Span], at: Callable[[T], Span]) -> list[T]:
    """Return the things (in text order) that begin inside one of ``spans``."""
    found: list[T] = []
    for start, end in spans:
        low = bisect.bisect_left(things, (start, 0), key=at)
        high = bisect.bisect_left(things, (end, 0), key=at)
        found += things[low:high]
    return found
