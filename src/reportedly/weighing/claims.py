"""Joins the statements of one story into claims: the same content, in one report or in many.

Contents in the same words are one node. Nodes that share rare words, names or
figures, or whose words lie nearest in meaning, are compared; pairs that are
likely enough join, the likeliest first, unless that would bring together what
is opposed, counts differently, or was parted by a person (constrained
agglomerative clustering with a check of the mean link, after Wagstaff and
others 2001).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from ..data import tables
from ..records.ledger import Link
from .alike import Likeness, alike, damped
from .senses import Floats, senses
from .statements import Key, Statement

Pair = tuple[Key, Key]

_BLOCK = 1024
_DEPTH = 4  # of statements within statements
_LOOKED_AT = 6  # members of each side that are compared before two groups join


@dataclass(frozen=True, slots=True)
class Joined:
    """One statement of a group. ``score`` is its likeness to the rest, ``why`` says so in words."""

    statement: Statement
    link: Link
    score: float
    why: str


@dataclass(frozen=True)
class Group:
    """Statements that make the same claim, oldest first.

    ``fullest`` is the statement whose text says most. ``denial`` tells that all
    of them only deny something (their ``standing`` as a claim is then up to
    whether it objects to another).
    """

    id: str
    members: tuple[Joined, ...]
    fullest: Statement
    denial: bool

    @property
    def text(self) -> str:
        return self.fullest.text

    @property
    def first(self) -> Statement:
        return self.members[0].statement

    @property
    def keys(self) -> frozenset[Key]:
        return frozenset(m.statement.key for m in self.members)


def join(
    statements: Sequence[Statement], together: Iterable[Pair] = (), apart: Iterable[Pair] = ()
) -> list[Group]:
    """Group the statements of one story by what they claim, in order of their first appearance.

    ``together`` and ``apart`` are people's decisions, as pairs of keys: the first
    are joined whatever their likeness and count as confirmed, the second are
    never in one group. Where both name a pair, ``apart`` holds. Groups in the
    report's own voice alone count where two reports carry them, with an event
    or a figure. The time is near-linear in the number of statements.
    """
    ordered = sorted(comparable(statements), key=lambda s: s.order)
    wanted, barred = list(together), {frozenset(pair) for pair in apart}
    asked = {key for pair in wanted for key in pair}
    ordered = sorted(
        {s.key: s for s in (*ordered, *(s for s in statements if s.key in asked))}.values(),
        key=lambda s: s.order,
    )
    work = _Joining(ordered, barred)
    work.confirm(wanted)
    work.suggest()
    groups = [_group(members, work) for members in work.groups() if _counts(members, asked)]
    return sorted(groups, key=lambda g: (g.first.order, g.id))


def comparable(statements: Iterable[Statement]) -> list[Statement]:
    """Return the statements that say something of their own.

    Left out are those that take up an earlier claim, name a source or keep silent, those of
    too few words, parts of another's content that no source of their own says, and
    sentences in the report's own voice without an event or a figure.
    """
    found = list(statements)
    by_key = {s.key: s for s in found}
    return [
        s
        for s in found
        if not s.refers
        and not s.silent
        and not s.idle
        and not s.cites
        and not s.corrects
        and _says_enough(s)
        and not _part_of_parent(s, by_key)
    ]


def _says_enough(statement: Statement) -> bool:
    """Tell whether a content has words enough to be a claim; a bare noun phrase needs more of them."""
    settings = tables.toml("claims")["joining"]
    if any(p.figures and p.words for p in statement.parts):
        return True
    if not any(p.clause for p in statement.parts):
        return statement.mass >= float(settings["least_mass_of_phrase"])
    weights = [w for p in statement.parts for w in p.words.values()]
    return sum(weights) >= float(settings["least_mass"]) and (
        len(weights) > 1 or sum(weights) >= float(settings["least_mass_of_word"])
    )


def story_words(statements: Sequence[Statement]) -> Mapping[str, float]:
    """Return what is left of a word's weight, 0 to 1, where many different contents of the story have it."""
    settings = tables.toml("claims")["joining"]
    seen: dict[str, int] = defaultdict(int)
    contents = {s.wording: s for s in statements}.values()
    for statement in contents:
        for word in {w for part in statement.parts for w in part.words}:
            seen[word] += 1
    many = len(contents)
    return {
        word: 1 - settings["damping"] * min(1.0, settings["damping_slope"] * (count - 2) / many)
        for word, count in seen.items()
        if count > 2
    }


def _part_of_parent(statement: Statement, by_key: Mapping[Key, Statement]) -> bool:
    """Tell whether a nested statement adds no source to what the one around it says."""
    attribution = statement.attribution
    if attribution.parent is None:
        return False
    parent = by_key.get((statement.report, attribution.parent))
    if parent is None:
        return False
    spoken = attribution.stance not in ("intend", "demand", "evaluate")
    unnamed = attribution.source.kind in ("anonymous", "official", "outlet", "document")
    own = attribution.source.kind != "hearsay" and (spoken or unnamed)
    return not own and statement.mass >= 0.5 * parent.mass


def _counts(members: Sequence[Statement], asked: Iterable[Key]) -> bool:
    if any(not s.narrator for s in members) or any(s.key in asked for s in members):
        return True
    telling = any(p.kinds or p.figures for s in members for p in s.parts)
    return telling and len({s.report for s in members}) > 1


@dataclass
class _Node:
    """Statements with the same words."""

    number: int
    members: list[Statement]
    light: Statement  # the first, its words damped

    @property
    def first(self) -> Statement:
        return self.members[0]


@dataclass
class _Joining:
    statements: Sequence[Statement]
    barred: set[frozenset[Key]]
    nodes: list[_Node] = field(init=False)
    common: Mapping[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self.common = story_words(self.statements)
        barred = {key for pair in self.barred for key in pair}
        self.nodes = []
        same: dict[tuple[object, ...], _Node] = {}
        for statement in self.statements:
            words: tuple[object, ...] = (statement.wording, tuple(p.holds for p in statement.parts))
            if statement.key in barred:
                words = (statement.key,)
            node = same.get(words)
            if node is None:
                node = same[words] = _Node(len(self.nodes), [], damped(statement, self.common))
                self.nodes.append(node)
            node.members.append(statement)
        self._words = [
            {w: v for part in node.light.parts for w, v in part.words.items()} for node in self.nodes
        ]
        self._leader = list(range(len(self.nodes)))
        self._inside = {n: [n] for n in self._leader}
        self._full: dict[int, list[int]] = {}  # the fullest of each group that has several
        self._known: dict[tuple[int, int], Likeness] = {}
        self._node_of = {s.key: node.number for node in self.nodes for s in node.members}
        self._edges: dict[int, list[int]] = defaultdict(list)
        self._partners: dict[Key, set[Key]] = defaultdict(set)
        for a, b in (tuple(pair) for pair in self.barred if len(pair) == 2):
            self._part(a, b)
        by_key = {s.key: s for s in self.statements}
        for s in self.statements:  # what stands in another's content is not the same claim again
            above = s.attribution.parent
            for _ in range(_DEPTH):
                if above is None:
                    break
                self._part(s.key, (s.report, above))
                holder = by_key.get((s.report, above))
                above = holder.attribution.parent if holder else None
        self.confirmed: set[Key] = set()

    def _part(self, a: Key, b: Key) -> None:
        self._partners[a].add(b)
        self._partners[b].add(a)

    def likeness(self, a: int, b: int) -> Likeness:
        pair = (min(a, b), max(a, b))
        if pair not in self._known:
            one, two = self.nodes[pair[0]].light, self.nodes[pair[1]].light
            self._known[pair] = alike(one, two, explain=False)
        return self._known[pair]

    def confirm(self, pairs: Iterable[Pair]) -> None:
        """Join what people put together."""
        for a, b in pairs:
            one, two = self._node_of.get(a), self._node_of.get(b)
            if one is None or two is None or frozenset((a, b)) in self.barred:
                continue
            self.confirmed |= {a, b}
            self._merge(self._find(one), self._find(two))

    def suggest(self) -> None:
        """Join what is alike enough."""
        settings = tables.toml("claims")["joining"]
        edges = []
        means = np.array([mean_vector(node.light) for node in self.nodes], dtype=np.float32)
        for a, b in self._candidates(means):
            if not self._worth_it(a, b, means):
                continue
            found = self.likeness(a, b)
            if found.score >= settings["threshold"] and not found.opposed and found.figures != "apart":
                edges.append((-found.score, a, b))
                self._edges[a].append(b)
                self._edges[b].append(a)
        for _, a, b in sorted(edges):
            one, two = self._find(a), self._find(b)
            if one != two and self._may_join(one, two, settings["mean_link"]):
                self._merge(one, two)

    def groups(self) -> Iterable[list[Statement]]:
        for numbers in self._inside.values():
            yield sorted((s for n in numbers for s in self.nodes[n].members), key=lambda s: s.order)

    def link(self, statement: Statement) -> tuple[float, str]:
        """Return how alike a statement is to the nearest other one of its group, and why."""
        own = self._node_of[statement.key]
        if len(self.nodes[own].members) > 1:
            return 1.0, "others have it in the same words"
        leader = self._find(own)
        near = [n for n in self._edges[own] if self._find(n) == leader]
        near = near or [n for n in self._inside[leader] if n != own][:_LOOKED_AT]
        if not near:
            return 1.0, "it stands alone"
        best = max(near, key=lambda n: (self.likeness(own, n).score, -n))
        found = alike(self.nodes[own].light, self.nodes[best].light)
        return round(found.score, 3), "; ".join(found.reasons) or "their words are near in meaning"

    def _find(self, number: int) -> int:
        while self._leader[number] != number:
            self._leader[number] = self._leader[self._leader[number]]
            number = self._leader[number]
        return number

    def _merge(self, one: int, two: int) -> None:
        if one == two:
            return
        low, high = min(one, two), max(one, two)
        self._leader[high] = low
        self._full[low] = self._fullest([*self._full.pop(low, [low]), *self._full.pop(high, [high])])
        self._inside[low] += self._inside.pop(high)

    def _may_join(self, one: int, two: int, mean: float) -> bool:
        left, right = self._inside[one], self._inside[two]
        if self._kept_apart(left, right):
            return False
        total = 0.0
        first, second = self._full.get(one, [one]), self._full.get(two, [two])
        for a in first:
            for b in second:
                found = self.likeness(a, b)
                if found.opposed or found.figures == "apart":
                    return False
                total += found.score
        return total / (len(first) * len(second)) >= mean

    def _fullest(self, numbers: Sequence[int]) -> list[int]:
        return sorted(numbers, key=lambda n: (-self.nodes[n].first.mass, n))[:_LOOKED_AT]

    def _kept_apart(self, left: Sequence[int], right: Sequence[int]) -> bool:
        """Tell whether a person parted two members, or one's content stands in the other's."""
        keys = {s.key for n in right for s in self.nodes[n].members if s.key in self._partners}
        return bool(keys) and any(
            not keys.isdisjoint(self._partners[s.key])
            for n in left
            for s in self.nodes[n].members
            if s.key in self._partners
        )

    def _candidates(self, means: Floats) -> list[tuple[int, int]]:
        """Return pairs of nodes worth comparing: those that share rare words or figures, or are near."""
        settings = tables.toml("claims")["joining"]
        if len(self.nodes) <= settings["all_pairs"]:
            return list(combinations(range(len(self.nodes)), 2))
        found: set[tuple[int, int]] = set()
        listed: dict[object, list[int]] = defaultdict(list)
        for node in self.nodes:
            for key in self._index_keys(node.light, settings["index_words"]):
                listed[key].append(node.number)
        for numbers in listed.values():
            if len(numbers) <= settings["index_most"]:
                found.update(combinations(numbers, 2))
            else:  # a word of many nodes: each with those next to it in time
                reach = settings["index_reach"]
                found.update((a, b) for at, a in enumerate(numbers) for b in numbers[at + 1 : at + 1 + reach])
        found.update(self._near_in_meaning(means, settings["nearest"]))
        return sorted(found)

    def _index_keys(self, statement: Statement, most: int) -> Iterable[object]:
        weights: dict[str, float] = {}
        for part in statement.parts:
            for word, weight in part.words.items():
                weights[word] = max(weights.get(word, 0.0), weight)
            for figure in part.figures:
                if figure.value is not None and figure.counted:
                    yield (figure.counted, figure.value)
        yield from sorted(weights, key=lambda w: (-weights[w], w))[:most]

    def _worth_it(self, a: int, b: int, means: Floats) -> bool:
        """Tell whether two nodes have a word in common or lie near enough to be compared closely."""
        least = tables.toml("claims")["joining"]
        if float(means[a] @ means[b]) >= least["meaning"]:
            return True
        one, two = self._words[a], self._words[b]
        return sum(min(v, two[w]) for w, v in one.items() if w in two) >= float(least["shared"])

    def _near_in_meaning(self, rows: Floats, nearest: int) -> Iterable[tuple[int, int]]:
        """Return each node with those whose words lie nearest, by blocks of a matrix product."""
        for start in range(0, len(rows), _BLOCK):
            near = rows[start : start + _BLOCK] @ rows.T
            for at, values in enumerate(near):
                own = start + at
                values[own] = -1.0
                for other in np.argpartition(-values, min(nearest, len(values) - 1))[:nearest].tolist():
                    yield (min(own, other), max(own, other))


def mean_vector(statement: Statement) -> Floats:
    """Return the unit mean of a statement's word vectors, weighed; zeros where no word has one."""
    total = np.zeros(senses().size, dtype=np.float32)
    for part in statement.parts:
        total += part.weights @ part.vectors
    norm = float(np.linalg.norm(total))
    return total / norm if norm else total


def _group(members: Sequence[Statement], work: _Joining) -> Group:
    voiced = [s for s in members if not s.narrator] or list(members)
    fullest = max(voiced, key=lambda s: (not s.rejects, min(s.mass, 12.0), -s.place, s.key))
    joined = []
    for statement in members:
        score, why = work.link(statement)
        link: Link = "confirmed" if statement.key in work.confirmed else "suggested"
        why = f"a person put it here; {why}" if link == "confirmed" else why
        joined.append(Joined(statement, link, score, why))
    first = members[0]
    return Group(
        id=claim_id(first.key), members=tuple(joined), fullest=fullest, denial=all(s.rejects for s in voiced)
    )


def claim_id(key: Key) -> str:
    """Return the id of the claim whose earliest appearance is ``key``."""
    return "c" + hashlib.sha256("\n".join(key).encode()).hexdigest()[:12]
