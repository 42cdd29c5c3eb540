"""A decision weighs what it changes, and no more."""

from __future__ import annotations

import json
from functools import partial

from reportedly.desk import open_desk, review
from reportedly.desk.book import Book
from reportedly.desk.deciding import decide
from reportedly.desk.ingest import ingest

ROWS = [
    ("port-1", "Norden Herald", "Velmora will close the port of Saren on June 1, two officials said."),
    ("port-2", "Valley Echo", "Velmora will close the port of Saren on June 1, the harbour union said."),
    ("wool-1", "Hill Post", "The wool mill of Tarrow burnt down on Friday night, the fire brigade said."),
]


def test_what_waits_to_be_weighed_waits_on(tmp_path):
    source = tmp_path / "rows.jsonl"
    source.write_text(
        "".join(
            json.dumps({"id": name, "outlet": outlet, "published": "2026-05-04T08:00:00Z", "text": text})
            + "\n"
            for name, outlet, text in ROWS
        ),
        encoding="utf-8",
    )
    with open_desk(tmp_path / "desk.db") as desk:
        list(ingest(desk, [str(source)]))
        with desk.reading() as connection:
            assert not any(Book(connection).is_kept(s) for s in Book(connection).stories())
        made = decide(desk, partial(review.hide, report="port-2", who="ann", why="asked to"))
        with desk.reading() as connection:
            book = Book(connection)
            kept = {r for story in book.stories() if book.is_kept(story) for r in story.reports}
        assert made.id
        assert "wool-1" not in kept
        assert "port-1" in kept
