"""SVG as a tree of elements: what is put in is data, and is escaped whatever it holds."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from markupsafe import Markup

from ..web.wording import oneline

Element = Any  # of lxml, which has no types
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 300  # letters of any one text in a drawing


class Drawing:
    """One picture: as wide as its place in the page, and ``height`` pixels high.

    Args:
        kind: a class of the picture, beside ``chart``.
        height: in pixels; 0 leaves it to the style sheet.
        title: what it shows, in a few words.
        about: what is to be seen in it, for those who do not see it.
        key: what makes its ids differ from those of the page's other pictures.
    """

    def __init__(self, kind: str, height: float, title: str, about: str, key: str) -> None:
        ids = f"{key}-title", f"{key}-about"
        self.root = etree.Element(
            "svg",
            {
                "class": f"chart {kind}",
                "width": "100%",
                **({"height": number(height)} if height else {}),
                "role": "img",
                "aria-labelledby": " ".join(ids),
            },
        )
        self.add(self.root, "title", title, id=ids[0])
        self.add(self.root, "desc", about, id=ids[1])

    def add(
        self, parent: Element | None, tag: str, text: str | None = None, **attributes: str | float
    ) -> Element:
        """Put an element in (``None``: the picture); ``class_`` is ``class``, and ``_`` stands for ``-``."""
        there = self.root if parent is None else parent
        found = etree.SubElement(there, tag)
        for name, value in attributes.items():
            found.set(name.rstrip("_").replace("_", "-"), value if isinstance(value, str) else number(value))
        if text is not None:
            found.text = clean(text)
        return found

    def at(self, x: float, y: float | str, class_: str = "") -> Element:
        """Return a group at ``x`` per cent across and ``y`` pixels down (or a length), to draw in pixels."""
        # the width is not 0, which would hide what is in it
        return self.add(
            self.root, "svg", x=percent(x), y=y, width=1, height=1, overflow="visible", class_=class_ or "at"
        )

    def stretched(self, height: float) -> Element:
        """Return a group that fills the picture and is 1000 wide and ``height`` high, for paths."""
        return self.add(
            self.root,
            "svg",
            width="100%",
            height="100%",
            viewBox=f"0 0 1000 {number(height)}",
            preserveAspectRatio="none",
            overflow="visible",
        )

    def markup(self) -> Markup:
        """Return the picture as HTML."""
        return Markup(etree.tostring(self.root, encoding="unicode"))


def clean(text: str, most: int = _LONGEST) -> str:
    """Return text on one line, with nothing hidden in it and no letter that a document may not hold."""
    return oneline(_NOT_XML.sub("", text[: 4 * _LONGEST]), most)


def number(value: float) -> str:
    """Return a length to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def percent(value: float) -> str:
    """Return a share of the width, to a hundredth of a per cent."""
    return f"{value:.2f}%"
