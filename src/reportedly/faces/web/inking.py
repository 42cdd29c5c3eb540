"""Pieces of a text as HTML: brackets and numbers around contents, lines under sources, cues and hedges.

Every piece names the claims it belongs to, by role, so that a claim can be
followed through overlaps and gaps: by the style sheet, the script, a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from .layout import Layout
from .marks import Border, Piece, Role
from .wording import shown

_CLASS: dict[Role, str] = {
    "source": "src", "cue": "cue", "content": "con", "hedge": "hed", "via": "via", "figure": "fig",
    "place": "pla", "time": "tim", "copied": "cop",
}  # fmt: skip
_OF_CLAIMS: tuple[Role, ...] = ("source", "cue", "content", "hedge", "via")
_DEEPEST = 3


@dataclass(frozen=True)
class Ink:
    """Writes the pieces of one page.

    ``labels``: the claims' numbers; ``notes``: values of figures, places and
    times; ``chosen``: the claim whose parts are lit.
    """

    labels: Mapping[str, str]
    notes: Mapping[str, str] = field(default_factory=dict)
    chosen: str | None = None

    @classmethod
    def of(cls, layout: Layout, chosen: str | None = None) -> Ink:
        return cls(layout.labels, layout.notes, chosen)

    def text(self, pieces: Iterable[Piece]) -> Markup:
        """Return pieces as HTML, in order."""
        return Markup("").join(self._piece(piece) for piece in pieces)

    def _piece(self, piece: Piece) -> Markup:
        before = Markup("").join(self._opening(border) for border in piece.opens)
        after = Markup("").join(self._closing(border) for border in piece.closes)
        body = shown(piece.text)
        if piece.marks:
            body = Markup("<span{}>{}</span>").format(self._attributes(piece), body)
        return before + body + after

    def _attributes(self, piece: Piece) -> Markup:
        roles = dict.fromkeys(mark.role for mark in piece.marks)
        classes = ["p", *(_CLASS[role] for role in roles)]
        depth = min(piece.depth("content"), _DEEPEST)
        if depth > 1:
            classes.append(f"deep{depth}")
        found = []
        for role in roles:
            owners = piece.owners(role)
            if role in _OF_CLAIMS:
                found.append(Markup(' data-{}="{}"').format(role, " ".join(owners)))
                if self.chosen in owners:
                    classes.append(f"on-{_CLASS[role]}")
        return Markup(' class="{}"').format(" ".join(classes)) + Markup("").join(found)

    def _opening(self, border: Border) -> Markup:
        mark = border.mark
        if mark.role != "content":
            return Markup()
        label = self.labels.get(mark.owner, "")
        if border.edge == "start":
            return Markup(
                '<a class="no" id="t-{0}" href="#{0}" aria-label="claim {1}" data-of="{0}">{1}</a>'
            ).format(mark.owner, label)
        return Markup('<span class="no again" aria-hidden="true" data-of="{}">{}</span>').format(
            mark.owner, label
        )

    def _closing(self, border: Border) -> Markup:
        mark = border.mark
        if mark.role == "content":
            torn = " torn" if border.edge == "break" else ""
            return Markup('<span class="end{}" aria-hidden="true" data-of="{}"></span>').format(
                torn, mark.owner
            )
        if mark.role in ("figure", "place", "time") and border.edge == "end" and mark.owner in self.notes:
            return Markup('<span class="note n-{}">{}</span>').format(
                _CLASS[mark.role], escape(self.notes[mark.owner])
            )
        return Markup()
