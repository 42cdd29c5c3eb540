"""Which claim of its own report a statement answers.

News puts the answer behind what it answers: a report that cites a claim lets the
one concerned speak next. So a statement that denies, or that somebody concerned
makes after a rejection, is aimed at a claim of the same report: at the one that is
nearest in words and place, by another source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..data import tables
from .alike import content_score, telling
from .claims import Group, mean_vector
from .holders import Holders
from .sameness import Holder, same_holder
from .senses import Floats
from .statements import Key, Statement, takes_up
from .wording import base_form, tokens

_PASSED_ON = ("hearsay", "outlet", "anonymous", "document")


@dataclass(frozen=True, slots=True)
class Reply:
    """A statement, the claim that it answers, the appearance it follows, and why that is believed."""

    statement: Statement
    group: Group
    against: Key
    why: str


class Replies:
    """Finds the answers in the reports of one story.

    ``in_report`` are the statements of each report in text order; ``of`` tells the
    group of a statement.
    """

    def __init__(
        self, in_report: Mapping[str, Sequence[Statement]], of: Mapping[Key, Group], holders: Holders
    ) -> None:
        self._in_report = in_report
        self._of = of
        self._holders = holders
        self._settings = tables.toml("claims")["replying"]
        self._means: dict[Key, Floats] = {}

    def all(self) -> list[Reply]:
        """Return the answers of all reports, in text order."""
        found: list[Reply] = []
        for there in self._in_report.values():
            rejected: Reply | None = None
            bare: Reply | None = None  # a rejection that has not been made good in own words yet
            for at, statement in enumerate(there):
                if rejected is not None and _is_within(statement, rejected.statement):
                    continue
                goes_on = rejected is not None and self._goes_on(statement, rejected)
                reply = self._after(statement, rejected) if goes_on and rejected else None
                reply = reply or self._reply(statement, there[:at])
                if reply is not None and takes_up(statement.text):
                    bare = reply
                elif reply is not None:
                    found.append(reply)
                if goes_on and reply is not None and not takes_up(statement.text):
                    bare = None
                if reply is not None and statement.rejects:
                    rejected = reply
                elif not statement.narrator and not goes_on:
                    found += [bare] if bare is not None else []
                    rejected, bare = None, None
            found += [bare] if bare is not None else []
        return found

    def _after(self, statement: Statement, rejected: Reply) -> Reply | None:
        """Return what a source adds to its own rejection: that is the substance of it."""
        if statement.narrator or _keeps_silent(statement) or statement.attribution.stance == "intend":
            return None
        why = f"the same source says so after rejecting it (“{_short(rejected.statement.text)}”)"
        return Reply(statement, rejected.group, rejected.against, why)

    def _reply(self, statement: Statement, before: Sequence[Statement]) -> Reply | None:
        if statement.narrator or _keeps_silent(statement) or statement.attribution.source.kind == "hearsay":
            return None
        own = self._of.get(statement.key)
        if statement.rejects and takes_up(statement.text) and own is not None:
            meant = self._retold(statement) if own.denial else own
            if meant is not None:
                return Reply(statement, meant, meant.first.key, f"it rejects that (“{_short(meant.text)}”)")
        negative = any(p.holds is False for p in statement.parts[:3])
        return self._nearest(statement, before) if statement.rejects or negative else None

    def _retold(self, statement: Statement) -> Group | None:
        """Return the claim that "the report that …" tells again: the likest one in the story until then."""
        best: tuple[float, Group] | None = None
        for group in {g.id: g for g in self._of.values()}.values():
            if group.denial or group.first.order >= statement.order:
                continue
            score = max(
                (
                    content_score(one, two, 0.0, {})
                    for one in telling(statement)
                    for two in telling(group.fullest)
                ),
                default=0.0,
            )
            if score >= self._settings["retold"] and (best is None or score > best[0]):
                best = (score, group)
        return best[1] if best else None

    def _goes_on(self, statement: Statement, rejected: Reply) -> bool:
        """Tell whether a statement follows a rejection closely and is by the same source."""
        gap = statement.attribution.content.start - rejected.statement.attribution.content.end
        return gap < self._settings["goes_on"] and self._same(statement, rejected.statement)

    def _nearest(self, statement: Statement, before: Sequence[Statement]) -> Reply | None:
        """Return the claim before a denial that it is aimed at, if one is likely enough."""
        own = self._of.get(statement.key)
        mine = self._holder(statement)
        best: tuple[float, int, Reply] | None = None
        for number, other in enumerate(reversed(before)):
            group = self._of.get(other.key)
            gap = statement.attribution.content.start - other.attribution.content.end
            if gap > self._settings["reach"]:
                break
            if group is None or group is own or other.rejects or self._same(statement, other):
                continue
            if any(p.holds is False for p in other.parts[:1]) or statement.key in group.keys:
                continue
            score = self._score(statement, other, mine, gap)
            if score >= self._settings["least"] and (best is None or score > best[0]):
                why = f"it answers what this report tells before (“{_short(other.text)}”)"
                best = (score, -number, Reply(statement, group, other.key, why))
        return best[2] if best else None

    def _score(self, statement: Statement, other: Statement, mine: Holder, gap: int) -> float:
        settings = self._settings
        near = float(self._mean(statement) @ self._mean(other))
        theirs = _words(other)
        shared = sum(min(v, theirs.get(w, 0.0)) for p in statement.parts[:3] for w, v in p.words.items())
        said = other.attribution
        passed_on = said.source.kind in _PASSED_ON or bool(said.via) or said.stance == "allege"
        found: float = (
            settings["meaning"] * max(0.0, near)
            + settings["shared"] * min(shared, 1.0)
            + settings["concerned"] * float(_concerned(mine, statement, other))
            + settings["close"] * float(gap < settings["goes_on"])
            + settings["insists"] * float(_insists(statement))
            + settings["passed_on"] * float(passed_on)
            - settings["narrated"] * float(other.narrator)
        )
        return found

    def _same(self, a: Statement, b: Statement) -> bool:
        if a.narrator or b.narrator:
            return False
        one, two = self._holder(a), self._holder(b)
        if one.key is None or two.key is None:
            return bool(a.speaker) and a.speaker == b.speaker
        return same_holder(one, two)

    def _holder(self, statement: Statement) -> Holder:
        return self._holders.holder(statement.report, statement.attribution)

    def _mean(self, statement: Statement) -> Floats:
        if statement.key not in self._means:
            self._means[statement.key] = np.asarray(mean_vector(statement), dtype=np.float32)
        return self._means[statement.key]


def _is_within(statement: Statement, other: Statement) -> bool:
    """Tell whether a content stands in another's ("denied *reports that a crew was missing*")."""
    inner, outer = statement.attribution.content, other.attribution.content
    return outer.start <= inner.start and inner.end <= outer.end


def _insists(statement: Statement) -> bool:
    """Tell whether the cue holds on to something against others ("maintains", "insists", "repeated")."""
    cue = statement.attribution.cue
    listed = tables.words("claims", "replying.insisting")
    return cue is not None and any(base_form(w) in listed for w in tokens(cue.text))


def _keeps_silent(statement: Statement) -> bool:
    """Tell whether a source only declines to speak ("it would not comment", "could not verify this")."""
    listed = tables.words("claims", "words.silent")
    return statement.silent or any(
        p.negated and any(base_form(f.lower()) in listed for f in p.forms.values()) and p.mass < 2.0
        for p in statement.parts[:1]
    )


def _words(statement: Statement) -> dict[str, float]:
    return {w: v for p in statement.parts for w, v in p.words.items()}


def _concerned(holder: Holder, statement: Statement, other: Statement) -> bool:
    """Tell whether a claim speaks of the one who answers, or of whom that one speaks for."""
    said = _words(other)
    if statement.speaker & said.keys():
        return True
    words = {w[:5] for w in holder.bodies}
    return bool(words & {w[:5] for w in said})


def _short(text: str, most: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"
