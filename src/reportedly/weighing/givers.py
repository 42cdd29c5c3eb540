"""Who gives a figure, and whose word can stand in the place of whose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ..data import tables
from ..records import Attribution, Entity, Report
from .phrasing import plain

Camp = Literal["authorities", "press", "hospitals", "opposition", "witnesses"]
_SPEAKER = re.compile(
    r"(?:^|[,;:] |\b(?:while|but|whereas|and) )((?:[Tt]he |[Aa] )?[^,;:]{3,60}?) "
    r"(?:speaks? of|spoke of|puts? |says? |said |claims? |claimed |counted |counts )[^,;:]{0,40}$"
)
_JOINT = re.compile(r"^(?:while|but|whereas|and) ")
_TAIL = re.compile(r", (?:who|which)$")
_SIDE = re.compile(r"(?:the )?([A-Z]\w+)['’]s? ")
_HEAD = re.compile(r",? (?:who|which|whose|speaking|citing)\b.*|^(?:the|a|an|its|their|his|her) ", re.S)


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gives a figure: ``key`` is the same for the same source, ``side`` whom it speaks for."""

    text: str
    key: str
    camp: Camp
    side: str | None = None

    def comparable(self, other: Giver) -> bool:
        """Tell whether a later figure of one can replace that of the other without a dispute."""
        if self.key == other.key:
            return True
        if self.side and other.side and self.side != other.side:
            return False
        official = ("authorities", "press")
        return self.camp == other.camp or (self.camp in official and other.camp in official)


def giver_of(report: Report, holder: Attribution | None, entities: Mapping[str, Entity]) -> Giver:
    """Return who gives a figure: the source of the statement that holds it, else the outlet.

    ``entities`` are those of the report, by their ids.
    """
    outlet = report.outlet or "the report"
    if holder is None or holder.source.kind in ("narrator", "hearsay") or not holder.source.text:
        return Giver(outlet, f"outlet {report.outlet or report.id}".casefold(), "press")
    return _named(holder, entities.get(holder.source.entity or ""), outlet)


def speaker_before(text: str) -> Giver | None:
    """Return who is said to give a figure right before it: "while the union speaks of 17 dead".

    Authorities are left out, for an outlet's statement on them is theirs in any case.
    """
    match = _SPEAKER.search(text)
    if match is None:
        return None
    name = _JOINT.sub("", match[1])
    camp = _camp(plain(name).split())
    return Giver(name, _HEAD.sub("", name.casefold()), camp) if camp != "authorities" else None


def _named(holder: Attribution, entity: Entity | None, outlet: str) -> Giver:
    source = holder.source
    known = " ".join([source.text, *(m.text for m in entity.mentions)] if entity else [source.text])
    camp = _camp(plain(known).split())
    text = _TAIL.sub("", source.text)
    if entity and text.casefold() in tables.words("sources", "pronouns"):
        text = entity.name
    key = _HEAD.sub("", (entity.name if entity else source.text).casefold())
    if source.kind == "anonymous":
        key, camp = f"{key} via {outlet}".casefold(), "witnesses"
    if source.kind == "outlet":
        key, camp = f"outlet {key}", "press"
    side = _SIDE.match(f"{source.text} ")
    return Giver(text, key, camp, side[1].casefold() if side else None)


def _camp(words: Iterable[str]) -> Camp:
    """Return the camp that the words of a source name, the authorities where they name none."""
    said = frozenset(words)
    camps: tuple[Camp, ...] = ("hospitals", "opposition", "witnesses")
    return next((c for c in camps if said & tables.words("series", f"camps.{c}")), "authorities")
