"""Full-text search (SQLite's FTS5) over titles, texts, sources and names."""

from __future__ import annotations

import re

import msgspec
from sqlalchemy import Connection, text

from ..records import Reading
from .shelf import Clock

_TERM = re.compile(r'"([^"]+)"|(\S+)')
_WORD = re.compile(r"\w+")
_AROUND = 90  # characters shown before and after the first word found


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A report that was found.

    ``excerpt`` is a passage around the first word found, which stands in it from ``start`` to ``end``.
    """

    report: str
    title: str | None
    outlet: str | None
    published: str | None
    excerpt: str
    start: int
    end: int
    rank: float


def index(connection: Connection, revision: int, reading: Reading, kept: str) -> None:
    """Enter a revision; ``kept`` is the text that is kept of it."""
    report = reading.report
    sources = "\n".join(dict.fromkeys(a.source.text for a in reading.attributions if a.source.text))
    names = "\n".join(dict.fromkeys(n for e in reading.entities for n in (e.name, *e.aliases)))
    connection.execute(
        text(
            "INSERT INTO words(rowid, title, text, sources, entities) "
            "VALUES (:id, :title, :text, :sources, :names)"
        ),
        {"id": revision, "title": report.title or "", "text": kept, "sources": sources, "names": names},
    )


def search(
    connection: Connection,
    query: str = "",
    *,
    source: str | None = None,
    entity: str | None = None,
    limit: int = 20,
    as_of: str | None = None,
    clock: Clock = "published",
) -> list[Hit]:
    """Return the reports that hold every word of ``query``, the best first (BM25).

    Words in double quotes must stand together; a word may end in ``*``. ``source``
    looks among the sources only, ``entity`` among the names only. An empty search
    finds nothing.
    """
    parts = _match(query, None) + _match(source or "", "sources") + _match(entity or "", "entities")
    if not parts:
        return []
    column = "sort" if clock == "published" else "seen"
    rows = connection.execute(
        text(
            "SELECT r.report, r.title, r.outlet, r.published, r.text, "
            "bm25(words, 4.0, 1.0, 2.0, 2.0) AS rank "
            "FROM words JOIN revisions r ON r.id = words.rowid "
            f"WHERE words MATCH :match AND r.latest = 1 AND (:as_of IS NULL OR r.{column} <= :as_of) "
            "ORDER BY rank, r.report LIMIT :limit"
        ),
        {"match": " AND ".join(parts), "as_of": as_of, "limit": limit},
    )
    looked_for = _WORD.findall(f"{query} {source or ''} {entity or ''}".lower())
    return [
        _hit(row.report, row.title, row.outlet, row.published, row.text, row.rank, looked_for) for row in rows
    ]


def _match(query: str, column: str | None) -> list[str]:
    """Turn what was typed into FTS5's language; nothing of it is taken as an operator."""
    found = []
    for phrase, word in _TERM.findall(query):
        words = _WORD.findall(phrase or word)
        if not words:
            continue
        star = "*" if word.endswith("*") else ""
        quoted = '"' + " ".join(words) + '"' + star
        found.append(f"{column} : {quoted}" if column else quoted)
    return found


def _hit(
    report: str,
    title: str | None,
    outlet: str | None,
    published: str | None,
    body: str,
    rank: float,
    words: list[str],
) -> Hit:
    low = body.lower()
    places = [at for w in words if (at := low.find(w)) >= 0] if len(low) == len(body) else []
    at = min(places, default=0)
    length = max((len(w) for w in words if low.startswith(w, at)), default=0)
    start = max(0, at - _AROUND)
    excerpt = body[start : at + length + _AROUND]
    return Hit(
        report=report,
        title=title,
        outlet=outlet,
        published=published,
        excerpt=excerpt.replace("\n", " "),
        start=at - start,
        end=at - start + length,
        rank=round(-rank, 3),
    )
