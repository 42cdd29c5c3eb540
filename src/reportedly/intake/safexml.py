"""XML from strangers: read without entities, without a network and within bounds.

A document type that declares anything is refused before a parser sees it (the
"billion laughs" and external entities are declared there); the parser is given
nothing but the root element, so that no declaration can change how it reads.
"""

from __future__ import annotations

import html.entities
import re
from typing import Any

from ..errors import IntakeError
from . import text

_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,60})")
_PLAIN_DOCTYPE = re.compile(r"<!DOCTYPE[^\[\]<>]{0,1000}>", re.IGNORECASE)
_MAX_JUNK = 2_000  # characters before the root that are no markup, such as a server's warnings


def root_name(head: bytes) -> str | None:
    """Return the local name of the root element of what may be XML, or ``None``; ``head`` may be cut."""
    try:
        source = text.decode(head, charset=text.declared_charset(head)).text
        start = _root_at(source)
    except IntakeError:
        return None
    found = _ROOT.match(source, start)
    return found[1] if found else None


def parse(data: bytes, charset: str | None = None, *, max_bytes: int = text.MAX_BYTES) -> Any:
    """Parse XML to an lxml element; small faults of form are mended.

    Raises:
        TooLarge, NotText, EmptyReport: as for any document.
        IntakeError: it is not XML, or declares entities.
    """
    from lxml import etree

    decoded = text.decode(data, charset=charset or text.declared_charset(data), max_bytes=max_bytes)
    source = decoded.text[_root_at(decoded.text) :]
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, huge_tree=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(_NAMED.sub(_character, source).encode("utf-8"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise IntakeError("this is not XML that can be read") from error
    if root is None:
        raise IntakeError("this is not XML that can be read")
    return root


def local(element: Any) -> str:
    """Return an element's name without its namespace; ``""`` for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _root_at(source: str) -> int:
    """Return where the root element begins; raises :class:`IntakeError` for declarations or where none is."""
    at, junk = 0, 0
    while True:
        start = source.find("<", at)
        junk += (start if start >= 0 else len(source)) - at
        if start < 0 or junk > _MAX_JUNK:
            raise IntakeError("this is not XML: no element begins it")
        if source.startswith("<?", start):
            end, skip = source.find("?>", start), 2
        elif source.startswith("<!--", start):
            end, skip = source.find("-->", start + 4), 3
        elif source.startswith("<!", start):
            plain = _PLAIN_DOCTYPE.match(source, start)
            if plain is None:
                raise IntakeError(
                    "this XML declares entities or a document type of its own, which is refused as unsafe"
                )
            end, skip = plain.end() - 1, 1
        else:
            return start
        if end < 0:
            raise IntakeError("this is not XML: what begins it has no end")
        at = end + skip


def _character(match: re.Match[str]) -> str:
    """Write a named character of HTML, which feeds use undeclared, as itself."""
    name = match[1]
    found = None if name in _XML_NAMES else html.entities.html5.get(name + ";")
    return found if found is not None and "<" not in found and "&" not in found else match[0]
