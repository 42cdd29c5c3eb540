"""Rows of JSON to reports, one a line."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import IO, Any

from ..errors import EmptyReport, IntakeError, Rejected, TooLarge
from ..records import Report
from . import byline, dates
from .build import Known, Overrides, report
from .text import MAX_BYTES, check_size, check_text, size

_KEYS = {
    "id": ("id", "_id", "ID", "uid", "guid", "doc_id", "article_id"),
    "title": ("title", "headline"),
    "outlet": ("outlet", "source", "publisher", "publication", "site", "site_name", "sitename"),
    "published": ("published", "date", "published_at", "publishedAt", "publish_date", "date_published",
                  "datePublished", "pubdate", "pub_date", "date_publish"),
    "updated": ("updated", "modified", "updated_at", "date_modified", "dateModified"),
    "url": ("url", "link", "uri"),
    "authors": ("authors", "author", "byline"),
    "language": ("language", "lang"),
    "text": ("text", "content", "body", "article", "maintext", "content_original", "articleBody",
             "full_text"),
}  # fmt: skip


def from_record(
    row: dict[str, Any], *, overrides: Overrides | None = None, max_bytes: int = MAX_BYTES
) -> Report:
    """Build a report from a mapping with ``text`` and, optionally, id, title, outlet, url and so on.

    Common synonyms of the keys are known ("source" for "outlet"). ``text`` is
    kept exactly, so that offsets fit the caller's own copy; ``id`` is kept as
    ``report.id``.

    Raises:
        IntakeError: no text in the row.
        EmptyReport, NotText, TooLarge: as for any document.
    """
    text = _first(row, "text", str)
    if text is None:
        keys = ", ".join(str(k)[:30] for k in list(row)[:8]) or "none"
        raise IntakeError(f'there is no text in this row: "text" is missing (its keys are {keys})')
    if not text.strip():
        raise EmptyReport("the report is empty: there is no text to read")
    check_size(len(text.encode("utf-8", errors="surrogatepass")), max_bytes)
    check_text(text)
    warnings = []
    stated = _first(row, "published", str, int, float)
    published = dates.normal(stated)
    if published is None and stated not in (None, ""):
        warnings.append(f"the date {str(stated)[:60]!r} is not understood")
    identity = _first(row, "id", str, int)
    known = Known(
        id=str(identity) if identity not in (None, "") else None,
        url=_plain(_first(row, "url", str)),
        title=_plain(_first(row, "title", str)),
        outlet=_outlet(row),
        authors=_authors(row),
        published=published,
        updated=dates.normal(_first(row, "updated", str, int, float)),
        language=(_plain(_first(row, "language", str)) or "")[:2].lower() or None,
    )
    return report(text, known, overrides, tuple(warnings))


def from_lines(
    stream: IO[bytes], where: str, *, overrides: Overrides | None = None, max_bytes: int = MAX_BYTES
) -> Iterator[Report | Rejected]:
    """Give one report for every line of a stream of JSON lines, in order.

    A line that cannot be taken in gives a :class:`Rejected` and the rest go on.
    Blank lines are skipped. ``where`` names the stream in messages.
    """
    number = 0
    while True:
        try:
            line = stream.readline(2 * max_bytes + 1)
        except (OSError, EOFError, zlib.error) as error:
            yield Rejected(
                f"{where}:{number + 1}", IntakeError(f"the file cannot be read any further: {error}")
            )
            return
        if not line:
            return
        number += 1
        place = f"{where}:{number}"
        if len(line) > 2 * max_bytes and not line.endswith(b"\n"):
            if not _skip_line(stream):
                return
            yield Rejected(place, TooLarge(f"this line is over the limit of {size(2 * max_bytes)}"))
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            try:
                yield from_record(_row(line), overrides=overrides, max_bytes=max_bytes)
            except IntakeError as error:
                yield Rejected(place, error)


def _skip_line(stream: IO[bytes]) -> bool:
    """Read on to the end of an overlong line; ``False`` where the file breaks off by an error."""
    try:
        while True:
            piece = stream.readline(1 << 20)
            if not piece or piece.endswith(b"\n"):
                return True
    except (OSError, EOFError, zlib.error):
        return True


def _row(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except UnicodeDecodeError as error:
        raise IntakeError("this line is not in UTF-8") from error
    except RecursionError as error:
        raise IntakeError("this line is nested too deeply") from error
    except ValueError as error:
        raise IntakeError(f"this line is not JSON: {str(error)[:120]}") from error
    if not isinstance(row, dict):
        raise IntakeError("this line is not a JSON object")
    return row


def _first(row: dict[str, Any], key: str, *types: type) -> Any:
    """Return the value of the first synonym of ``key`` that has one of ``types``."""
    for name in _KEYS[key]:
        value = row.get(name)
        if isinstance(value, types) and not isinstance(value, bool) and value != "":
            return value
    return row.get(key) if isinstance(row.get(key), types) else None


def _plain(value: str | None) -> str | None:
    return (" ".join(value[:2000].split()) or None) if value is not None else None


def _outlet(row: dict[str, Any]) -> str | None:
    """Return the outlet: a string, or the name in an object such as ``{"id": …, "name": "Herald"}``."""
    for name in _KEYS["outlet"]:
        value = row.get(name)
        if isinstance(value, dict):
            value = value.get("name")
        if isinstance(value, str) and value.strip():
            return _plain(value)
    return None


def _authors(row: dict[str, Any]) -> tuple[str, ...]:
    for name in _KEYS["authors"]:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return byline.people(value)
        if isinstance(value, list):
            names = (v.get("name") if isinstance(v, dict) else v for v in value[:50])
            plain = (_plain(n) for n in names if isinstance(n, str))
            return tuple(dict.fromkeys(n for n in plain if n))
    return ()
