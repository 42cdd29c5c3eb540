"""Who denies, contradicts, corrects or takes back the claims of one story.

Five ways lead to an objection: the reading's own link from a denial to what it
denies in the same report; a denial in another report whose content is that of
the claim, or that takes up "the report" of an outlet; two claims of which one
says the contrary of the other; figures that exclude each other; corrections
and retractions. Time runs one way: nothing objects to a claim that was first
made after it, save where two claims contradict each other as they stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from ..data import tables
from ..records import Objection, Passage
from ..records.ledger import ObjectionKind, StorySource
from ..records.span import Span, passage
from .alike import content_score, covered, damped, disjoint, opposed, speaker_share, telling
from .claims import Group, mean_vector, story_words
from .filed import Filed
from .holders import Holders
from .identities import Identities
from .outlets import Outlets, same_outlet
from .replies import Replies
from .retractions import TakenBack, named_outlet, taken_back
from .statements import Key, Part, Quantity, Statement, sentence_bounds, statements

_RANK: dict[ObjectionKind, int] = {"retraction": 0, "denial": 1, "figure": 2, "contradiction": 3}


@dataclass(frozen=True, slots=True)
class _Found:
    group: Group
    kind: ObjectionKind
    statement: Statement | None
    against: Key
    why: str
    filed: Filed
    content: Passage
    source: StorySource


def objections(
    reports: Sequence[Filed],
    groups: Sequence[Group],
    stated: Sequence[Statement] | None = None,
    holders: Holders | None = None,
) -> dict[str, tuple[Objection, ...]]:
    """Return the objections to each group, by the group's id, oldest first; groups without any have none.

    ``reports`` are those of the story; ``stated`` are their statements, made
    anew where they are not given, as are the ``holders`` of the story.
    """
    everything = [s for f in reports for s in statements(f)] if stated is None else list(stated)
    holders = holders or Holders(reports, Identities(reports))
    finder = _Finder(reports, groups, everything, holders)
    best: dict[tuple[str, str, str], _Found] = {}
    for found in finder.all():
        place = found.statement.attribution.id if found.statement else str(found.content.start)
        key = (found.group.id, found.filed.id, place)
        if key not in best or _RANK[found.kind] < _RANK[best[key].kind]:
            best[key] = found
    sorted_ = sorted(
        best.values(), key=lambda f: (f.filed.published, f.filed.id, f.content.start, f.group.id)
    )
    listed: dict[str, list[Objection]] = defaultdict(list)
    for found in sorted_:
        listed[found.group.id].append(
            Objection(
                report=found.filed.id,
                attribution=found.statement.attribution.id if found.statement else "",
                content=found.content,
                kind=found.kind,
                source=found.source,
                at=found.filed.published_iso,
                against=found.against,
                why=found.why,
            )
        )
    return {group: tuple(items) for group, items in listed.items()}


def standing(groups: Sequence[Group], found: Mapping[str, Sequence[Objection]]) -> list[Group]:
    """Return the groups that stand as claims: not those that only deny, and object to another."""
    objecting = {(o.report, o.attribution) for items in found.values() for o in items if o.kind == "denial"}
    return [g for g in groups if not (g.denial and g.keys & objecting)]


class _Finder:
    """Looks for the objections of one story."""

    def __init__(
        self,
        reports: Sequence[Filed],
        groups: Sequence[Group],
        stated: Sequence[Statement],
        holders: Holders,
    ) -> None:
        self._settings = tables.toml("claims")["objecting"]
        self._filed = {f.id: f for f in reports}
        common = story_words(stated)
        self._stated = sorted((damped(s, common) for s in stated), key=lambda s: s.order)
        light = {s.key: s for s in self._stated}
        self._groups = [_with(group, light) for group in groups]
        self._of = {key: g for g in self._groups for key in g.keys}
        self._in_report: dict[str, list[Statement]] = defaultdict(list)
        for statement in self._stated:
            self._in_report[statement.report].append(statement)
        self._outlets = Outlets(f.report.outlet for f in reports if f.report.outlet)
        self._replies = {r.statement.key: r for r in Replies(self._in_report, self._of, holders).all()}
        self._means = np.array([mean_vector(g.fullest) for g in self._groups], dtype=np.float32)

    def all(self) -> Iterable[_Found]:
        for statement in self._stated:
            reply = self._replies.get(statement.key)
            plain = list(self._by_content(statement, self._settings["contradiction"])) if reply else []
            if reply is not None and plain and reply.group.id not in {f.group.id for f in plain}:
                yield from plain  # its own words tell better than its place what it is aimed at
            elif reply is not None:
                yield self._found(reply.group, "denial", statement, reply.against, reply.why)
            elif statement.rejects:
                yield from self._denied(statement)
            elif (
                not statement.narrator
                and not statement.silent
                and any(p.holds is False for p in statement.parts)
            ):
                yield from self._by_content(statement, self._settings["contradiction"])
            yield from self._older_figures(statement)
        yield from self._repeated()
        yield from self._contradictions()
        yield from self._figures()
        for filed in self._filed.values():
            for back in taken_back(filed, self._outlets, self._stated, self._filed):
                yield from self._retracted(filed, back)

    def _repeated(self) -> Iterable[_Found]:
        """What another report repeats of an answer is aimed at the same claim."""
        for reply in self._replies.values():
            group = self._of.get(reply.statement.key)
            for member in group.members if group is not None and group is not reply.group else ():
                again = member.statement
                if again.key != reply.statement.key and any(p.holds is False for p in again.parts[:3]):
                    why = f"it says again what answers this claim in {reply.statement.report}"
                    yield self._found(reply.group, "denial", again, reply.against, why)

    # denials ----------------------------------------------------------------------------------

    def _denied(self, statement: Statement) -> list[_Found]:
        """What a denial is aimed at: by its words, by the reading's own link, or as the claim it takes up."""
        own_words = not statement.refers and statement.mass >= 0.5
        if own_words:
            found = list(self._by_content(statement, self._settings["denial"]))
            if found:
                return found
        return self._linked(statement) or self._taken_up(statement, own_words)

    def _linked(self, statement: Statement) -> list[_Found]:
        """The claims of the report that the reading says it disputes, where its words agree with that."""
        found = []
        for target in statement.attribution.disputes:
            key = (statement.report, target)
            group = self._of.get(key)
            if group is None or statement.key in group.keys:
                continue
            if statement.refers or self._touches(statement, group):
                words = "takes up" if statement.refers else "denies"
                why = f"it {words} a claim of this report (“{_short(group.text)}”)"
                found.append(self._found(group, "denial", statement, key, why))
        return found

    def _by_content(self, statement: Statement, least: float) -> Iterable[_Found]:
        """The claims whose words it says are not so."""
        for group in self._near(statement):
            if statement.key in group.keys or not self._may_answer(statement, group):
                continue
            others = [m.statement for m in group.members[:6] if not self._own(statement, m.statement)]
            scored = [(self._opposition(statement, other), n) for n, other in enumerate(others)]
            score, at = max(scored, key=lambda found: (found[0], -found[1]), default=(0.0, 0))
            if score >= least and _shared(statement, others[at]) >= self._settings["shared"]:
                why = f"it says that this is not so: {_common_words(statement, others[at])}"
                yield self._found(group, "denial", statement, others[at].key, why)

    def _own(self, statement: Statement, other: Statement) -> bool:
        """Tell whether both are by one source, which then hardly denies itself."""
        if not statement.speaker or statement.attribution.source.kind in ("anonymous", "hearsay", "group"):
            return False
        return statement.speaker == other.speaker

    def _taken_up(self, statement: Statement, own_words: bool) -> list[_Found]:
        """The claim that "the report" or "it" stands for: cited before in this report, or that of an outlet.

        A denial in words of its own that none of the claims has is aimed at the
        claim right before it, if at any.
        """
        sentence = statement.around
        if sentence is not None and sentence.mass >= 1.5 and not own_words:
            best = self._covering(sentence, statement, self._settings["covered"])
            if best is not None:
                why = f"it rejects a report; its sentence has the words of “{_short(best.text)}”"
                return [self._found(best, "denial", statement, best.first.key, why)]
        cited = self._cited_before(statement, own_words)
        if cited is not None:
            group = self._of[cited.key]
            why = f"it rejects what this report cites before (“{_short(group.text)}”)"
            return [self._found(group, "denial", statement, cited.key, why)]
        return [] if own_words else self._outlets_claim(statement)

    def _cited_before(self, statement: Statement, own_words: bool) -> Statement | None:
        reach = self._settings["reach_of_words" if own_words else "reach"]
        start = statement.attribution.content.start
        before = [
            s
            for s in self._in_report[statement.report]
            if s.attribution.content.start < start and not s.narrator
        ]
        if own_words:
            before = before[-1:]
        for other in reversed(before):
            said = other.attribution
            if start - said.content.end > reach or other.key not in self._of or other.rejects:
                continue
            passed_on = said.source.kind in ("hearsay", "outlet", "anonymous") or bool(said.via)
            if (passed_on or said.stance == "allege") and not self._own(statement, other):
                return other
        return None

    def _outlets_claim(self, statement: Statement) -> list[_Found]:
        """The first claim of the outlet that the sentence names."""
        filed = self._filed[statement.report]
        cue = statement.attribution.cue or statement.attribution.content
        if not cue.spans:
            return []
        low, high = sentence_bounds(filed.report.text, cue.start, cue.end)
        outlet = named_outlet(filed, (low, high), self._outlets)
        if outlet is None or same_outlet(outlet, filed.report.outlet):
            return []
        for other in self._stated:
            if other.order >= statement.order:
                break
            theirs = self._filed[other.report].report.outlet
            if theirs == outlet and other.key in self._of and not other.narrator:
                why = f"it rejects a report of {outlet}, whose first claim this is"
                return [self._found(self._of[other.key], "denial", statement, other.key, why)]
        return []

    # contradictions and figures ---------------------------------------------------------------

    def _contradictions(self) -> Iterable[_Found]:
        """Claims that say the contrary of a claim that something is not so, by their first appearance."""
        for group in self._groups:
            if group.denial or not any(p.holds is False for p in group.fullest.parts):
                continue
            for other in self._near(group.fullest):
                voiced = next((m.statement for m in other.members if not m.statement.narrator), None)
                if other is group or voiced is None or other.denial:
                    continue
                if self._opposition(other.fullest, group.fullest) >= self._settings["contradiction"]:
                    why = f"it says that this is so: {_common_words(other.fullest, group.fullest)}"
                    yield self._found(group, "contradiction", voiced, group.first.key, why)

    def _figures(self) -> Iterable[_Found]:
        """Later claims whose figure for the same thing excludes that of an earlier one."""
        tolls = tables.words("claims", "objecting.tolls")
        by_toll: dict[str, list[Group]] = defaultdict(list)
        for group in self._groups:
            for measure in sorted(
                {q.measure for q in _figures(group.fullest) if q.measure in tolls} - {None}
            ):
                by_toll[str(measure)].append(group)
        for group in self._groups:
            if not _figures(group.fullest):
                continue
            near = {g.id: g for g in self._near(group.fullest)}
            for measure, listed in by_toll.items():
                if any(q.measure == measure for q in _figures(group.fullest)):
                    near.update({g.id: g for g in listed[: self._settings["compared"]]})
            for other in near.values():
                if other is group or other.first.order <= group.first.order:
                    continue
                yield from self._other_figure(group, other, tolls)

    def _other_figure(self, group: Group, later: Group, tolls: frozenset[str]) -> Iterable[_Found]:
        pair = _excluding(group.fullest, later.fullest)
        if pair is None or (pair[0].measure is None and (pair[0].unit or "").isupper()):
            return  # sums of money are seldom the same sum
        old, _ = pair
        least = self._settings["figure_of_toll" if old.measure in tolls else "figure"]
        score = max(content_score(a, b, 0.0, {}) for a in group.fullest.parts for b in later.fullest.parts)
        if score < least:
            return
        for member in later.members:
            mine = _excluding(group.fullest, member.statement)
            if mine is None or member.statement.narrator:
                continue
            gap = member.statement.published - group.first.published
            why = f"it counts “{mine[1].text}” where this claim has “{mine[0].text}”{_after(gap)}"
            yield self._found(group, "figure", member.statement, group.first.key, why)

    def _older_figures(self, statement: Statement) -> Iterable[_Found]:
        """Claims that give the very figure that a statement puts aside ("13, not 14")."""
        for part in statement.parts:
            counted = {q.counted for q in part.figures if not q.older and q.counted}
            for old in (q for q in part.figures if q.older and q.value is not None):
                for group in self._groups:
                    if statement.key in group.keys or not self._may_answer(statement, group):
                        continue
                    for quantity in _figures(group.fullest):
                        if quantity.value == old.value and (
                            quantity.counted in counted or old.counted == quantity.counted
                        ):
                            why = f"it puts “{old.text}” aside, the figure that this claim gives"
                            yield self._found(group, "figure", statement, group.first.key, why)
                            break

    def _retracted(self, filed: Filed, back: TakenBack) -> Iterable[_Found]:
        """The claims that a sentence takes back: those with its figure, else the one with its words."""
        theirs: dict[str, tuple[Group, Statement]] = {}
        for statement in back.theirs:
            if statement.key in self._of:
                group = self._of[statement.key]
                theirs.setdefault(group.id, (group, statement))
        values = {q.value for q in back.sentence.figures if q.value is not None}
        with_figure = [t for t in theirs.values() if values & {q.value for q in _figures(t[1])}]
        shares = {id(t): self._likest(back.sentence, t[1]) for t in theirs.values()}
        chosen = with_figure or [t for t in theirs.values() if shares[id(t)] >= self._settings["covered"]]
        if not chosen and not back.own:
            chosen = [t for t in theirs.values() if not t[1].narrator][:1]
        who = "the outlet itself" if back.own else back.outlet
        text = filed.report.text[back.span[0] : back.span[1]]
        for group, statement in sorted(chosen, key=lambda t: (-shares[id(t)], t[1].order))[
            : 3 if with_figure else 1
        ]:
            yield _Found(
                group,
                "retraction",
                self._at(filed, back.span),
                statement.key,
                f"{who} takes it back or corrects it: “{_short(text)}”",
                filed,
                passage(filed.report.text, back.span),
                StorySource(text=back.outlet, kind="outlet"),
            )

    def _likest(self, sentence: Part, statement: Statement) -> float:
        pairs = [(sentence, part) for part in statement.parts]
        return max((max(covered(a, b), covered(b, a)) for a, b in pairs), default=0.0)

    def _at(self, filed: Filed, span: Span) -> Statement | None:
        """Return the statement that stands in a sentence, if one does."""
        for statement in self._in_report[filed.id]:
            if any(s < span[1] and span[0] < e for s, e in statement.attribution.content.spans):
                return statement
        return None

    # what all share ---------------------------------------------------------------------------

    def _near(self, statement: Statement) -> list[Group]:
        """Return the groups whose words lie nearest to those of a statement, nearest first."""
        if not self._groups:
            return []
        values = self._means @ mean_vector(statement)
        order = np.argsort(-values, kind="stable")[: self._settings["compared"]]
        return [self._groups[n] for n in order.tolist()]

    def _opposition(self, a: Statement, b: Statement) -> float:
        """Return how alike the likest two sentences are that say the contrary of each other; 0 if none do."""
        scores = [
            content_score(one, two, speaker_share(a, b), {})
            for one in telling(a)
            for two in telling(b)
            if opposed(one, two)
        ]
        return max(scores, default=0.0)

    def _touches(self, statement: Statement, group: Group) -> bool:
        shares = [
            max(covered(one, two), covered(two, one))
            for one in statement.parts[:6]
            for member in group.members[:6]
            for two in member.statement.parts[:6]
        ]
        return max(shares, default=0.0) >= 0.3

    def _covering(self, sentence: Part, statement: Statement, least: float) -> Group | None:
        best: tuple[float, Group] | None = None
        for group in self._groups:
            if statement.key in group.keys or group.denial or not self._may_answer(statement, group):
                continue
            if all(p.holds is False for p in group.fullest.parts):
                continue
            share = max((covered(sentence, p) for p in group.fullest.parts), default=0.0)
            if share >= least and (best is None or share > best[0]):
                best = (share, group)
        return best[1] if best else None

    def _may_answer(self, statement: Statement, group: Group) -> bool:
        """Tell whether a claim was there before the statement; in one report the order does not matter."""
        first = group.first
        return first.published <= statement.published or any(k[0] == statement.report for k in group.keys)

    def _found(
        self, group: Group, kind: ObjectionKind, statement: Statement, against: Key, why: str
    ) -> _Found:
        return _Found(
            group,
            kind,
            statement,
            against,
            why,
            self._filed[statement.report],
            statement.attribution.content,
            statement.holder,
        )


def _with(group: Group, known: Mapping[Key, Statement]) -> Group:
    """Return the group with the statements of ``known`` in place of its own."""
    members = tuple(replace(m, statement=known.get(m.statement.key, m.statement)) for m in group.members)
    return replace(group, members=members, fullest=known.get(group.fullest.key, group.fullest))


def _figures(statement: Statement) -> list[Quantity]:
    return [q for part in statement.parts for q in part.figures if not q.older and q.counted]


def _excluding(a: Statement, b: Statement) -> tuple[Quantity, Quantity] | None:
    """Return two figures for the same thing that exclude each other, where none of them agree."""
    for thing in sorted({q.counted or "" for q in _figures(a)} & {q.counted or "" for q in _figures(b)}):
        pairs = [(x, y) for x in _figures(a) for y in _figures(b) if x.counted == y.counted == thing]
        if all(disjoint(x, y) for x, y in pairs):
            return pairs[0]
    return None


def _shared(a: Statement, b: Statement) -> float:
    """Return the weight of the words that both have."""
    mine = {w: v for p in a.parts for w, v in p.words.items()}
    return sum(v for w, v in mine.items() if any(w in p.words for p in b.parts))


def _common_words(a: Statement, b: Statement) -> str:
    forms = {w: p.forms[w] for p in a.parts for w in p.words}
    weights = {w: v for p in a.parts for w, v in p.words.items()}
    shared = sorted({w for p in b.parts for w in p.words} & set(forms), key=lambda w: (-weights[w], w))
    return "both have " + ", ".join(f"“{forms[w]}”" for w in shared[:5]) if shared else "near in meaning"


def _short(text: str, most: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"


def _after(gap: timedelta) -> str:
    hours = round(gap.total_seconds() / 3600)
    return f", {hours} h later" if hours > 0 else ""
