"""How alike two statements are, and whether one says the contrary of the other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np

from ..data import tables
from .senses import Floats
from .statements import Part, Quantity, Statement
from .wording import base_form

Figures = Literal["same", "near", "apart"]
Common = Mapping[str, float]
"""What is left of a word's weight in one story, 0 to 1, because much of the story uses it."""

FEATURES = (
    "most", "least", "dice", "meaning", "shared", "mass", "thin", "uneven", "verbs", "verbs_none",
    "figure_same", "figure_apart", "figure_one", "name_same", "name_apart", "name_one", "day_same",
    "day_apart", "kind_same", "kind_apart", "act_same", "speaker",
)  # fmt: skip
_PARTS = 6  # sentences of a content that are compared
_THIN = 1.2  # weight of words below which a sentence says little by itself
_FLOOR, _CEILING = 0.25, 0.75  # cosines of words that mean nothing to each other, and the same
_NEAR = 0.45  # cosine from which two words are shown as near


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two statements are: ``score`` 0 to 1, and why, in words.

    ``opposed`` tells that one holds what the other denies; a denial is opposed to
    any statement that holds, also to one that comes to the same. ``figures`` tells of
    the figures that both count: the same, possibly the same ("at least 12" and
    "14"), or apart; ``None`` where they share none.
    """

    score: float
    reasons: tuple[str, ...] = ()
    opposed: bool = False
    figures: Figures | None = None


def alike(a: Statement, b: Statement, common: Common | None = None, explain: bool = True) -> Likeness:
    """Compare two statements: the best of their sentences counts.

    ``common`` damps the words of the story; without ``explain`` no reasons are given.
    """
    speaker = speaker_share(a, b)
    score, one, two = max(
        ((part_score(x, y, speaker, common or {}), x, y) for x in telling(a) for y in telling(b)),
        key=lambda found: found[0],
        default=(0.0, None, None),
    )
    if one is None or two is None:
        return Likeness(0.0)
    return Likeness(
        score=score,
        reasons=tuple(_reasons(one, two, speaker > 0.5)) if explain else (),
        opposed=opposed(one, two) or (a.rejects != b.rejects and one.holds != two.holds),
        figures=figures_of(one, two),
    )


def damped(statement: Statement, common: Common) -> Statement:
    """Return a statement whose words weigh what ``common`` leaves of them."""
    around = None if statement.around is None else _lighter(statement.around, common)
    return replace(statement, parts=tuple(_lighter(part, common) for part in statement.parts), around=around)


def _lighter(part: Part, common: Common) -> Part:
    return replace(part, words={w: v * common.get(w, 1.0) for w, v in part.words.items()})


def telling(statement: Statement) -> Sequence[Part]:
    """Return the sentences of a statement that are compared: the first six, short ones only if all are."""
    parts = statement.parts[:_PARTS]
    return [p for p in parts if p.mass >= _THIN] or parts


def part_score(one: Part, two: Part, speaker: float, common: Common) -> float:
    """Return how probable it is that two sentences state the same, 0 to 1 (a logistic model)."""
    return _score(one, two, speaker, common, FEATURES)


def _score(one: Part, two: Part, speaker: float, common: Common, used: Iterable[str]) -> float:
    table = _weights()
    values = dict(zip(FEATURES, features(one, two, speaker, common), strict=True))
    return 1 / (1 + math.exp(-table["bias"] - sum(table[name] * values[name] for name in used)))


def content_score(one: Part, two: Part, speaker: float, common: Common) -> float:
    """Return :func:`part_score` without what their figures say for or against it."""
    return _score(one, two, speaker, common, [n for n in FEATURES if not n.startswith("figure_")])


def features(one: Part, two: Part, speaker: float, common: Common) -> list[float]:
    """Return the features of ``FEATURES`` for two sentences; ``speaker`` is :func:`speaker_share`."""
    words = _words(one, two, common)
    counted = figures_of(one, two)
    a, b = _spoken_of(one.figures), _spoken_of(two.figures)
    same = counted == "same" or any(
        x.value is not None and x.value == y.value and x.value != 1 for x in a for y in b
    )
    named = max((_weight(x & y, one, common) for x in one.names for y in two.names), default=0.0)
    return [
        *words,
        float(same),
        float(bool(a and b) and not same),
        float(bool(a) != bool(b)),
        named,
        float(bool(one.names and two.names) and not named),
        float(bool(one.names) != bool(two.names)),
        float(bool(one.days & two.days)),
        float(bool(one.days and two.days) and not one.days & two.days),
        float(bool(one.kinds & two.kinds)),
        float(bool(one.kinds and two.kinds) and not one.kinds & two.kinds),
        float(bool(one.acts & two.acts)),
        speaker * words[2],
    ]


def _weight(words: Iterable[str], part: Part, common: Common) -> float:
    return max((part.words.get(w, 0.0) * common.get(w, 1.0) for w in words), default=0.0)


def speaker_share(a: Statement, b: Statement) -> float:
    """Return how much of the words for the shorter-named source the other has, 0 to 1."""
    fewer = min(len(a.speaker), len(b.speaker))
    return len(a.speaker & b.speaker) / fewer if fewer else 0.0


def covered(part: Part, by: Part, common: Common | None = None) -> float:
    """Return the share of the words of ``part``, weighed, that ``by`` has or comes near to, 0 to 1."""
    if not part.words or not by.words:
        return 0.0
    weights = _damped(part, common or {})
    return float(_nearness(part, by).max(1) @ weights) / (float(weights.sum()) + 1e-6)


def opposed(one: Part, two: Part) -> bool:
    """Tell whether one sentence holds what the other says is not so, or says the contrary of it."""
    if one.holds is None or two.holds is None:
        return False
    if one.holds != two.holds and one.negated and two.negated:  # "went without a tender", "no tender"
        return False
    return (one.holds != two.holds) != (contrary(one, two) or ended(one, two))


def ended(one: Part, two: Part) -> bool:
    """Tell whether one sentence says that something ends and the other does not ("stop", "no … will")."""
    ending = _endings()
    return bool(one.words.keys() & ending) != bool(two.words.keys() & ending) and (one.holds != two.holds)


def contrary(one: Part, two: Part) -> bool:
    """Tell whether a word of one sentence is the contrary of one of the other ("safe", "dangerous")."""
    known = _contraries()
    mine = {side for w in one.words for side in known.get(w, ())}
    yours = {side for w in two.words for side in known.get(w, ())}
    return any((pair, not side) in yours and (pair, side) not in yours and (pair, not side) not in mine
               for pair, side in mine)  # fmt: skip


def figures_of(one: Part, two: Part) -> Figures | None:
    """Tell how the figures that both sentences give for the same thing agree; the worst of them counts."""
    found: Figures | None = None
    for thing in {q.counted for q in _spoken_of(one.figures)} & {q.counted for q in _spoken_of(two.figures)}:
        if thing is None:
            continue
        a = [q for q in _spoken_of(one.figures) if q.counted == thing]
        b = [q for q in _spoken_of(two.figures) if q.counted == thing]
        best = min((_agree(x, y) for x in a for y in b), key=_WORSE.index)
        if found is None or _WORSE.index(best) > _WORSE.index(found):
            found = best
    return found


_WORSE: tuple[Figures, ...] = ("same", "near", "apart")


def disjoint(x: Quantity, y: Quantity) -> bool:
    """Tell whether no number can be both figures."""
    return _low(x) > _high(y) or _low(y) > _high(x)


def _agree(x: Quantity, y: Quantity) -> Figures:
    if disjoint(x, y):
        return "apart"
    if x.value is not None and x.value == y.value:
        return "same"
    if x.value is None or y.value is None:
        return "same" if None not in (x.high, x.low, y.high, y.low) else "near"
    rounded = not {x.bound, y.bound} & {"at least", "at most"}  # "at least 12" says nothing of 14
    return "near" if rounded and _close(x.value, y.value) else "apart"


def _close(x: float, y: float) -> bool:
    return max(x, y) <= 1.25 * min(x, y)


def _low(q: Quantity) -> float:
    found = q.low if q.low is not None else (-math.inf if q.high is not None else q.value)
    return -math.inf if found is None else found


def _high(q: Quantity) -> float:
    found = q.high if q.high is not None else (math.inf if q.low is not None else q.value)
    return math.inf if found is None else found


def _spoken_of(figures: Iterable[Quantity]) -> list[Quantity]:
    return [q for q in figures if not q.older]


def _words(one: Part, two: Part, common: Common) -> list[float]:
    """Return what the words of two sentences have in common: the features "most" to "verbs_none".

    "most" and "least" are the shares of each side's words, weighed, that have a
    counterpart; "dice" is their mean; "meaning" the cosine of the mean vectors;
    "shared" the weight of the words that both have, "mass" that of the
    counterparts on the side with fewer; "thin" and "uneven" tell of a short side;
    "verbs" is the smaller mean of how near the verbs of a side find a counterpart,
    "verbs_none" that a side has no verb.
    """
    if not one.words or not two.words:
        return [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]
    a, b = _damped(one, common), _damped(two, common)
    near = _nearness(one, two)
    left, right = near.max(1), near.max(0)
    total_one, total_two = float(a.sum()) + 1e-6, float(b.sum()) + 1e-6
    first, second = float(left @ a) / total_one, float(right @ b) / total_two
    mean_one, mean_two = a @ one.vectors, b @ two.vectors
    norm = math.sqrt(float(mean_one @ mean_one) * float(mean_two @ mean_two))
    meaning = float(mean_one @ mean_two) / norm if norm else 0.0
    shared = sum(min(v, two.words[w]) * common.get(w, 1.0) for w, v in one.words.items() if w in two.words)
    verbs = [float(v @ p.verbal) / len(p.verbs) for p, v in ((one, left), (two, right)) if p.verbs]
    return [
        max(first, second),
        min(first, second),
        (first * total_one + second * total_two) / (total_one + total_two),
        meaning,
        min(shared, 3.0),
        min(first * total_one, second * total_two, 4.0),
        math.exp(-min(total_one, total_two)),
        min(abs(math.log((total_one + 0.1) / (total_two + 0.1))), 2.5),
        min(verbs) if len(verbs) == 2 else 0.0,
        float(len(verbs) < 2),
    ]


def _nearness(one: Part, two: Part) -> Floats:
    """Return how near each word of one is to each of the other, 0 to 1, shape ``(words, words)``."""
    near: Floats = np.clip((one.vectors @ two.vectors.T - _FLOOR) / (_CEILING - _FLOOR), 0, 1)
    places = {word: at for at, word in enumerate(two.words)}
    for at, word in enumerate(one.words):
        if word in places:
            near[at, places[word]] = 1.0
    return near


def _damped(part: Part, common: Common) -> Floats:
    if not common:
        return part.weights
    return part.weights * np.array([common.get(w, 1.0) for w in part.words], dtype=np.float32)


def _reasons(one: Part, two: Part, same_speaker: bool) -> Iterable[str]:
    shared = sorted((w for w in one.words if w in two.words), key=lambda w: (-one.words[w], w))
    if shared:
        yield "both have " + ", ".join(f"“{one.forms[w]}”" for w in shared[:5])
    close = _nearest(one, two, shared)
    if close:
        yield ", ".join(f"“{one.forms[x]}” is near “{two.forms[y]}”" for x, y in close)
    for x in _spoken_of(one.figures):
        if x.counted and any(
            y.counted == x.counted and _agree(x, y) == "same" for y in _spoken_of(two.figures)
        ):
            yield f"both count {x.text}"
            break
    if one.days & two.days:
        yield f"both speak of {min(one.days & two.days)}"
    if same_speaker:
        yield "the same source"


def _nearest(one: Part, two: Part, shared: Sequence[str]) -> list[tuple[str, str]]:
    left = [w for w in one.words if w not in shared]
    right = [w for w in two.words if w not in shared]
    if not left or not right:
        return []
    rows, columns = list(one.words), list(two.words)
    near = one.vectors @ two.vectors.T
    found = sorted(
        (-float(near[rows.index(x), columns.index(y)]), x, y) for x in left for y in right
    )  # fmt: skip
    return [(x, y) for value, x, y in found[:2] if -value >= _NEAR]


@cache
def _contraries() -> Mapping[str, tuple[tuple[int, bool], ...]]:
    """Return for each word the pairs of contraries it stands in, and on which side."""
    found: dict[str, set[tuple[int, bool]]] = {}
    for number, sides in enumerate(tables.toml("claims")["contrary"]["pairs"]):
        for side, words in enumerate(sides):
            for word in words.split():
                found.setdefault(base_form(word), set()).add((number, bool(side)))
    return {word: tuple(sorted(places)) for word, places in found.items()}


@cache
def _endings() -> frozenset[str]:
    """Return the base forms of words by which something ends or is kept from being."""
    return frozenset(base_form(w) for w in tables.words("claims", "words.ending"))


@cache
def _weights() -> Mapping[str, float]:
    found: dict[str, float] = tables.toml("claims")["likeness"]
    return found
