"""Full-text search over titles, texts, sources and names: FTS5 on SQLite, ``tsvector`` on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, text

from ..errors import DeskError
from ..records import Reading
from . import lexemes, redactions, shelf
from .shelf import Clock

_TERM = re.compile(r'"([^"]+)"|(\S+)')
_WORD = re.compile(r"\w+")
_AROUND = 90  # characters shown before and after the first word found
_WIDER = 3  # times: so many more of the best are looked at, as some are no last revisions
_COLUMNS = "r.id, r.report, r.number, r.title, r.outlet, r.published, r.seen, r.retention, r.text"
_MOST = 64  # words and phrases of one search


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
    fields = _fields(reading, kept)
    if connection.dialect.name == "postgresql":
        rows = [
            {"revision": revision, "part": part, "vector": vector}
            for part, vector in enumerate(lexemes.vectors(fields.items()))
        ]
        connection.execute(
            text("INSERT INTO words VALUES (:revision, :part, CAST(:vector AS tsvector))"), rows
        )
        return
    connection.execute(
        text(
            "INSERT INTO words(rowid, title, text, sources, entities) "
            "VALUES (:id, :title, :text, :sources, :entities)"
        ),
        {"id": revision, **fields},
    )


def _fields(reading: Reading, kept: str) -> dict[str, str]:
    """Return what of a revision can be searched."""
    return {
        "title": reading.report.title or "",
        "text": kept,
        "sources": "\n".join(dict.fromkeys(a.source.text for a in reading.attributions if a.source.text)),
        "entities": "\n".join(dict.fromkeys(n for e in reading.entities for n in (e.name, *e.aliases))),
    }


def indexed(connection: Connection) -> int:
    """Return how many revisions can be found."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT count(DISTINCT revision) FROM words")).scalar_one())
    return int(connection.execute(text("SELECT count(*) FROM words")).scalar_one())


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
    """Return the reports that hold every word of ``query``, the best first.

    Words in double quotes must stand together; a word may end in ``*``. ``source``
    looks among the sources only, ``entity`` among the names only. An empty search
    finds nothing. The best: by BM25 on SQLite, by ``ts_rank`` on PostgreSQL; a word in the title counts most.

    Raises:
        DeskError: more than 64 words and phrases are looked for.
    """
    terms = _terms(query, None) + _terms(source or "", "sources") + _terms(entity or "", "entities")
    if not terms:
        return []
    if len(terms) > _MOST:
        raise DeskError(f"a search takes {_MOST} words and phrases at the most, not {len(terms)}")
    find = _on_postgres if connection.dialect.name == "postgresql" else _on_sqlite
    taken_out = redactions.standing(connection)
    rows: Sequence[Any] = find(connection, terms, limit + len(taken_out.reports), as_of, clock)
    if taken_out:
        rows = [seen for row in rows if (seen := _seen(connection, taken_out, row, terms)) is not None]
    looked_for = _WORD.findall(f"{query} {source or ''} {entity or ''}".lower())
    return [
        _hit(row.report, row.title, row.outlet, row.published, row.text, row.rank, looked_for)
        for row in rows[:limit]
    ]


def _seen(
    connection: Connection, taken_out: redactions.Redactions, row: Any, terms: Sequence[_Term]
) -> Any | None:
    """Return a row that was found as it may be seen; ``None`` if it was found by what is redacted in it."""
    if row.report not in taken_out.reports:
        return row
    filed = shelf.filed(connection, [row])[0].reading
    seen = taken_out.row(row)
    words = {name: lexemes.words(part) for name, part in _fields(filed, seen.text).items()}
    if all(any(_stands(t, words[f]) for f in words if t.field in (None, f)) for t in terms):
        return seen
    return None


def _stands(term: _Term, words: Sequence[str]) -> bool:
    """Tell whether a term stands among words."""
    first, last = list(term.words[:-1]), term.words[-1]
    many = len(term.words)
    return any(
        list(words[at : at + many - 1]) == first
        and (words[at + many - 1].startswith(last) if term.prefix else words[at + many - 1] == last)
        for at in range(len(words) - many + 1)
    )


class _Term(msgspec.Struct, frozen=True):
    """Words that stand together; ``prefix``: the last may go on; ``field``: where, or anywhere."""

    words: tuple[str, ...]
    prefix: bool
    field: str | None


def _terms(query: str, field: str | None) -> list[_Term]:
    """Take apart what was typed; nothing of it is taken as an operator."""
    found = []
    for phrase, word in _TERM.findall(query):
        words = lexemes.words(phrase or word)
        if words:
            found.append(_Term(tuple(words), word.endswith("*"), field))
    return found


def _on_sqlite(
    connection: Connection, terms: Sequence[_Term], limit: int, as_of: str | None, clock: Clock
) -> Sequence[Row[Any]]:
    parts = []
    for term in terms:
        quoted = '"' + " ".join(term.words) + '"' + ("*" if term.prefix else "")
        parts.append(f"{term.field} : {quoted}" if term.field else quoted)
    stands = "sort" if clock == "published" else "seen"
    query = text(  # ranks first and looks at the reports of the best only: their rows are long
        f"SELECT {_COLUMNS}, f.rank FROM ("
        "SELECT rowid AS id, -bm25(words, 4.0, 1.0, 2.0, 2.0) AS rank "
        "FROM words WHERE words MATCH :match ORDER BY rank DESC, rowid LIMIT :most"
        ") f JOIN revisions r ON r.id = f.id "
        f"WHERE r.latest = 1 AND (:as_of IS NULL OR r.{stands} <= :as_of) "
        "ORDER BY f.rank DESC, r.report LIMIT :limit"
    )
    there = text("SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH :match LIMIT :most)")
    most = limit
    while True:
        most *= _WIDER
        values = {"match": " AND ".join(parts), "most": most}
        rows = connection.execute(query, {**values, "as_of": as_of, "limit": limit}).all()
        if len(rows) >= limit or connection.execute(there, values).scalar_one() < most:
            return rows


def _on_postgres(
    connection: Connection, terms: Sequence[_Term], limit: int, as_of: str | None, clock: Clock
) -> Sequence[Row[Any]]:
    queries = [
        mark for term in terms for mark in lexemes.query(term.words, prefix=term.prefix, field=term.field)
    ]
    stands = "sort" if clock == "published" else "seen"
    conditions = ["r.latest = 1"]
    conditions += [
        f"r.id IN (SELECT revision FROM words WHERE vector @@ CAST(:q{k} AS tsquery))"
        for k in range(len(queries))
    ]
    if as_of is not None:
        conditions.append(f"r.{stands} <= :as_of")
    values = {f"q{k}": mark for k, mark in enumerate(queries)}
    values["any"] = " | ".join(f"({mark})" for mark in queries)
    return connection.execute(
        text(
            f"SELECT {_COLUMNS}, "
            "(SELECT sum(ts_rank('{0.25, 0.5, 0.5, 1.0}', w.vector, CAST(:any AS tsquery), 1)) "
            "FROM words w WHERE w.revision = r.id) AS rank "
            f"FROM revisions r WHERE {' AND '.join(conditions)} ORDER BY rank DESC, r.report LIMIT :limit"
        ),
        {**values, "as_of": as_of, "limit": limit} if as_of is not None else {**values, "limit": limit},
    ).all()


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
        rank=round(float(rank), 3),
    )
