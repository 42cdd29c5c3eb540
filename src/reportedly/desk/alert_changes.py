"""What changed of the claims and figures that a saved search watches, since it last looked. Pure.

Claims are known again by where they stand (a report and the words in it), figures by the reports
that give them, so that stories which are merged, split or weighed anew fire nothing by themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, get_args

import msgspec

from ..records import Appearance, Claim, Objection, Origin, Point, Series, StorySource
from ..weighing.identities import folded
from ..weighing.weigh import Weighed

Change = Literal["claim", "origin", "dispute", "correction", "figure"]
CHANGES: tuple[Change, ...] = get_args(Change)

_MOST = 20  # holders, or those who dispute, that an alert names
_LONG = 600  # characters of a text in an alert
_UNNAMED = {"narrator": "the report itself", "hearsay": "no source named"}
_AGAINST = {
    "denial": "denies",
    "contradiction": "contradicts",
    "figure": "gives another figure",
    "retraction": "takes back",
}

Range = tuple[float | None, float | None, float | None]
"""A figure's value, lowest and highest."""


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """What a search looks at; what is empty lets everything pass.

    ``about``: all its words stand in one wording of a claim; ``by``: all its words stand in the name
    of one who makes it or is against it; ``story``: the id of its story; ``changes``: what fires.
    """

    about: str = ""
    by: str = ""
    story: str = ""
    changes: tuple[Change, ...] = CHANGES


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a claim, in which report, and how firmly (see the ledger's ``stance`` and ``factuality``)."""

    who: str
    kind: str
    report: str
    stance: str
    factuality: str


class Against(msgspec.Struct, frozen=True, kw_only=True):
    """Who is against a claim: ``kind`` is denial, contradiction, figure or retraction."""

    who: str
    report: str
    kind: str
    text: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One change. ``low`` and ``high`` bound the claim's origins; a figure may belong to no claim.

    ``mark`` is what this change is told from others by.
    """

    change: Change
    mark: str
    text: str
    why: str
    claim: str | None = None
    held_by: tuple[Held, ...] = ()
    low: int = 0
    high: int = 0
    disputed_by: tuple[Against, ...] = ()


class SeenClaim(msgspec.Struct, frozen=True, array_like=True):
    """What a search remembers of a claim: marks of its places, origins and objections."""

    places: tuple[str, ...]
    origins: tuple[str, ...]
    low: int
    high: int
    against: tuple[str, ...]


class SeenSeries(msgspec.Struct, frozen=True, array_like=True):
    """What a search remembers of a series: what it counts, its points, their reports, its range."""

    thing: tuple[str | None, str | None]
    points: tuple[str, ...]
    reports: tuple[str, ...]
    current: Range


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """What a search remembers of a story. ``reports`` are all of those that made a figure or claim."""

    claims: tuple[SeenClaim, ...] = ()
    series: tuple[SeenSeries, ...] = ()
    reports: tuple[str, ...] = ()


def notice(watch: Watch, weighed: Weighed, before: Before) -> list[Notice]:
    """Return what changed in a story, as far as it is watched."""
    found: list[Notice] = []
    for claim in weighed.claims:
        if is_watched(watch, claim):
            found += _of_claim(claim, before.claim(claim))
    claims = {(a.report, a.attribution): c for c in weighed.claims for a in c.appearances}
    watched = [s for s in weighed.series if _is_watched_series(watch, s, claims)]
    for series, then in before.series(watched):
        found += _of_series(series, then, claims)
    fresh = {one.claim for one in found if one.change == "claim"} if "claim" in watch.changes else set()
    return [  # what comes with a new claim stands in the alert of the claim
        one
        for one in found
        if one.change in watch.changes
        and not (one.claim in fresh and one.change in ("dispute", "correction"))
    ]


def look(watch: Watch, weighed: Weighed) -> Seen:
    """Return what to remember of a story."""
    claims = {(a.report, a.attribution): c for c in weighed.claims for a in c.appearances}
    return Seen(
        tuple(_seen(c) for c in weighed.claims if is_watched(watch, c)),
        tuple(_seen_series(s) for s in weighed.series if _is_watched_series(watch, s, claims)),
        tuple(
            sorted(
                {a.report for c in weighed.claims for a in c.appearances}
                | {p.report for s in weighed.series for p in s.points}
            )
        ),
    )


class Before:
    """What a search remembers of the stories that changed."""

    def __init__(self, seen: Iterable[Seen]) -> None:
        self._places: dict[str, list[SeenClaim]] = {}
        self._series: dict[str, list[SeenSeries]] = {}  # by report
        self._reports: set[str] = set()
        for one in seen:
            self._reports.update(one.reports)
            for series in one.series:
                for report in series.reports:
                    self._series.setdefault(report, []).append(series)
            for claim in one.claims:
                for place in claim.places:
                    self._places.setdefault(place, []).append(claim)

    def claim(self, claim: Claim) -> SeenClaim | None:
        """Return what was known of a claim, or of those that it is now made of."""
        found = [old for place in _places(claim) for old in self._places.get(place, ())]
        if not found:
            return None
        return SeenClaim(
            (),
            tuple({k for old in found for k in old.origins}),
            max(old.low for old in found),
            max(old.high for old in found),
            tuple({k for old in found for k in old.against}),
        )

    def series(self, now: Sequence[Series]) -> list[tuple[Series, Range | None]]:
        """Return each series with the range that it had; ``None`` where it was not there."""
        reports = sorted({p.report for one in now for p in one.points})
        free = list({id(s): s for r in reports for s in self._series.get(r, ())}.values())
        seen = [_seen_series(one) for one in now]
        found: dict[int, Range] = {}
        for by_points in (True, False):
            for at, mine in enumerate(seen):

                def shared(old: SeenSeries, mine: SeenSeries = mine, by_points: bool = by_points) -> int:
                    if old.thing != mine.thing:
                        return 0
                    if by_points:
                        return len({*old.points} & {*mine.points})
                    return len({*old.reports} & {*mine.reports})

                best = max(free, key=shared, default=None)
                if at not in found and best is not None and shared(best):
                    found[at] = best.current
                    free.remove(best)
        for at, one in enumerate(now):  # one figure alone was no series yet
            known = [p for p in one.points if p.report in self._reports]
            if at not in found and known:
                found[at] = (known[-1].value, known[-1].low, known[-1].high)
        return [(one, found.get(at)) for at, one in enumerate(now)]


# claims ---------------------------------------------------------------------------------------------


def is_watched(watch: Watch, claim: Claim) -> bool:
    """Tell whether a claim is one of those that a search watches."""
    if watch.about and not any(_holds(a.content.text, watch.about) for a in claim.appearances):
        return False
    said: tuple[Appearance | Objection, ...] = (*claim.appearances, *claim.disputed_by)
    return not watch.by or any(_holds(a.source.text, watch.by) for a in said)


def _of_claim(claim: Claim, then: SeenClaim | None) -> list[Notice]:
    found: list[Notice] = []
    origins = claim.origins
    if then is None:
        by = ", ".join(dict.fromkeys(who(a.source) for a in claim.appearances[:_MOST]))
        found.append(_notice("claim", claim, claim.id, f"a claim not seen before, by {by}"))
        then = SeenClaim((), tuple(map(_origin_mark, origins.list)), origins.low, origins.high, ())
    new = [o for o in origins.list if _origin_mark(o) not in then.origins]
    if new and (origins.low > then.low or origins.high > then.high):
        names = "; ".join(f"{o.source} ({o.why})" if o.why else o.source for o in new[:_MOST])
        why = f"origins {between(then.low, then.high)} → {between(origins.low, origins.high)}: {names}"
        found.append(_notice("origin", claim, " ".join(sorted(map(_origin_mark, new))), why))
    against = [o for o in claim.disputed_by if not {*_marks(o)} & {*then.against}]
    parts: tuple[tuple[Change, bool], ...] = (("dispute", False), ("correction", True))
    for change, back in parts:
        chosen = [o for o in against if (o.kind == "retraction") == back]
        if chosen:
            mark = " ".join(sorted({_marks(o)[0] for o in chosen}))
            why = "; ".join(
                f"{who(o.source)} {_AGAINST[o.kind]}: “{_clip(o.content.text)}” ({o.report})"
                for o in chosen[:_MOST]
            )
            found.append(_notice(change, claim, mark, why))
    return found


def _notice(
    change: Change, claim: Claim | None, mark: str, why: str, text: str = "", held: tuple[Held, ...] = ()
) -> Notice:
    if claim is None:
        return Notice(change=change, mark=mark, text=_clip(text), why=_clip(why), held_by=held)
    return Notice(
        change=change,
        mark=mark,
        text=_clip(text or claim.text),
        why=_clip(why),
        claim=claim.id,
        held_by=tuple(
            Held(
                who=who(a.source),
                kind=a.source.kind,
                report=a.report,
                stance=a.stance,
                factuality=a.factuality,
            )
            for a in claim.appearances[:_MOST]
        ),
        low=claim.origins.low,
        high=claim.origins.high,
        disputed_by=tuple(
            Against(who=who(o.source), report=o.report, kind=o.kind, text=_clip(o.content.text))
            for o in claim.disputed_by[:_MOST]
        ),
    )


def _seen(claim: Claim) -> SeenClaim:
    return SeenClaim(
        _places(claim),
        tuple(map(_origin_mark, claim.origins.list)),
        claim.origins.low,
        claim.origins.high,
        tuple(sorted({mark for o in claim.disputed_by for mark in _marks(o)})),
    )


def _places(claim: Claim) -> tuple[str, ...]:
    places = {f"{_digest(a.report)}{_digest(folded(a.content.text))}" for a in claim.appearances}
    return (claim.id, *sorted(places))


def _origin_mark(origin: Origin) -> str:
    return _digest(origin.kind, folded(origin.source), origin.through_report)


def _marks(objection: Objection) -> tuple[str, ...]:
    """Return what an objection is told by: whose it is, wherever it is repeated, if that can be known."""
    source, kind = objection.source, objection.kind
    by_name = folded(source.text)
    if source.kind not in ("person", "organization", "outlet") or not by_name:
        return (_digest(kind, by_name, objection.report),)
    known = (_digest(kind, by_name),)
    return (*known, _digest(kind, source.entity, "entity")) if source.entity else known


# figures --------------------------------------------------------------------------------------------


def _is_watched_series(watch: Watch, series: Series, claims: Mapping[tuple[str, str], Claim]) -> bool:
    if watch.by and not any(_holds(p.source, watch.by) for p in series.points):
        return False
    if not watch.about:
        return True
    own = [series.of or "", series.measure or "", series.unit or ""]
    told = [_claim_of(p, claims) for p in series.points]
    words = [*own, *(p.text for p in series.points), *(c.text for c in told if c is not None)]
    return _holds(" ".join(words), watch.about)


def _claim_of(point: Point, claims: Mapping[tuple[str, str], Claim]) -> Claim | None:
    return claims.get((point.report, point.attribution)) if point.attribution else None


def _of_series(
    series: Series, then: Range | None, claims: Mapping[tuple[str, str], Claim]
) -> Iterator[Notice]:
    now = _range(series)
    if then is None or then == now or not series.points:
        return
    last = series.points[-1]
    claim = _claim_of(last, claims)
    what = " ".join(part for part in (series.of or series.unit, series.measure) if part) or "figure"
    text = f"{what}: {said(then)} → {said(now)}"
    why = f"{last.source or 'the report itself'} says “{last.text}” ({last.report}); {series.current.why}"
    held = (Held(who=last.source, kind="", report=last.report, stance="", factuality=""),)
    mark = f"{last.report} {text}"
    yield _notice("correction" if last.role == "corrects" else "figure", claim, mark, why, text, held)


def _seen_series(series: Series) -> SeenSeries:
    return SeenSeries(
        (series.measure, series.unit),
        tuple(sorted({_digest(p.report, folded(p.text)) for p in series.points})),
        tuple(sorted({p.report for p in series.points})),
        _range(series),
    )


def _range(series: Series) -> Range:
    return series.current.value, series.current.low, series.current.high


# words ----------------------------------------------------------------------------------------------


def who(source: StorySource) -> str:
    """Return who says something, in words."""
    return _clip(source.text) or _UNNAMED.get(source.kind, source.kind)


def between(low: int, high: int) -> str:
    """Return a range of whole numbers: "2", "1–3"."""
    return str(low) if low == high else f"{low}–{high}"


def said(figure: Range) -> str:
    """Return a figure's range: "12", "12–19", "≥ 12"."""
    value, low, high = figure
    if low is not None and high is not None:
        return _plain(low) if low == high else f"{_plain(low)}–{_plain(high)}"
    if low is not None:
        return f"≥ {_plain(low)}"
    return f"≤ {_plain(high)}" if high is not None else "?" if value is None else _plain(value)


def _plain(number: float) -> str:
    return f"{round(number, 3):,.10g}"


def _holds(text: str, words: str) -> bool:
    there = set(folded(text).split())
    return all(word in there for word in folded(words).split())


def _clip(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _digest(*parts: str | None) -> str:
    return hashlib.sha256(repr(parts).encode(errors="backslashreplace")).hexdigest()[:16]
