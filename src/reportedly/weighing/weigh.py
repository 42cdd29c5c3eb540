"""Weighs one story: its copies, citations, claims with their origins and disputes, and its figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ..records import Appearance, Citation, Claim, Copy, Known, Objection, Series, StorySource
from . import copies as copying
from .citations import Citations
from .claims import Group, join
from .filed import Filed
from .holders import Holders
from .identities import Identities
from .objections import objections, standing
from .origins import Chains
from .rulings import Rulings
from .series import series
from .statements import Statement, statements

VERSION = "4"  # raised when stories have to be weighed again


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """What the reports of one story come to."""

    copies: tuple[Copy, ...] = ()
    citations: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    series: tuple[Series, ...] = ()
    loops: tuple[tuple[str, ...], ...] = ()
    known: tuple[Known, ...] = ()


def weigh(
    story: str, reports: Sequence[Filed], overlaps: Iterable[Copy] = (), rulings: Rulings | None = None
) -> Weighed:
    """Weigh a story.

    Args:
        story: its id.
        reports: its reports, one revision each, in any order.
        overlaps: copies that were found before, for reports whose text is not kept.
        rulings: what people decided.
    """
    rulings = rulings or Rulings()
    filed = sorted(reports, key=lambda f: (f.published, f.id))
    copies = _copies(filed, overlaps)
    identities = Identities(filed)
    holders = Holders(filed, identities)
    citations = Citations(filed, holders)
    chains = Chains(filed, copies, citations, holders)
    said = [s for f in filed for s in statements(f)]
    groups = join(said, rulings.confirmed, rulings.rejected)
    against = objections(filed, groups, said, holders)
    claims: list[Claim] = []
    loops: dict[tuple[str, ...], None] = {}
    for group in standing(groups, against):
        claim, found = _claim(story, group, against.get(group.id, ()), chains, identities)
        claims.append(claim)
        loops.update(dict.fromkeys(found))
    return Weighed(
        copies=copies,
        citations=citations.all(),
        claims=tuple(claims),
        series=series(story, filed, copies),
        loops=tuple(loops),
        known=identities.known(),
    )


def _copies(filed: Sequence[Filed], overlaps: Iterable[Copy]) -> tuple[Copy, ...]:
    """Find the copies among texts that are kept whole; take those found at filing for the others."""
    whole = [f for f in filed if _has_text(f)]
    found = {(c.copy, c.of): c for c in copying.find(whole)}
    there, kept = {f.id for f in filed}, {f.id for f in whole}
    for copy in overlaps:
        if {copy.copy, copy.of} <= there and not {copy.copy, copy.of} <= kept:
            found.setdefault((copy.copy, copy.of), copy)
    return tuple(found[pair] for pair in sorted(found))


def _has_text(filed: Filed) -> bool:
    """Tell whether a report's text is kept whole: every content stands in it."""
    ends = [a.content.end for a in filed.reading.attributions if a.content.spans]
    return bool(filed.report.text) and len(filed.report.text) >= max(ends, default=0)


def _claim(
    story: str, group: Group, against: Iterable[Objection], chains: Chains, identities: Identities
) -> tuple[Claim, tuple[tuple[str, ...], ...]]:
    places = [m.statement.key for m in group.members]
    origins, loops = chains.origins(places)
    times = [t for m in group.members if (t := m.statement.published.isoformat().replace("+00:00", "Z"))]
    claim = Claim(
        id=group.id,
        story=story,
        text=group.text,
        appearances=tuple(
            Appearance(
                report=m.statement.report,
                attribution=m.statement.attribution.id,
                content=m.statement.attribution.content,
                source=_holder(m.statement, identities),
                stance=m.statement.attribution.stance,
                factuality=m.statement.attribution.factuality,
                link=m.link,
                score=round(m.score, 3),
                why=m.why,
            )
            for m in group.members
        ),
        origins=origins,
        disputed_by=tuple(_known_objector(o, identities) for o in against),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
    )
    return claim, loops


def _known_objector(objection: Objection, identities: Identities) -> Objection:
    entity = identities.id(objection.report, objection.source.entity)
    source = msgspec.structs.replace(objection.source, entity=entity)
    return msgspec.structs.replace(objection, source=source)


def _holder(statement: Statement, identities: Identities) -> StorySource:
    source = statement.attribution.source
    return msgspec.structs.replace(statement.holder, entity=identities.id(statement.report, source.entity))
