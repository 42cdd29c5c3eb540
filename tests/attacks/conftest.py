"""A desk whose reports attack whoever looks at them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reportedly.desk import open_desk, review
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.ingest import ingest

STEERING = (
    "\x1b[31m\x1b[8m\x1b]0;owned\x07\x1b]8;;http://evil.example/\x1b\\click\x1b]8;;\x1b\\\u009b5m\u202e"
)
MARKUP = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'{{7*7}}&amp;"
GRAPH = '"]; evil [URL="javascript:alert(3)" label=<<b>x</b>>]; \\" \\N { | } '
PORT = "The port of Saren will close on June 1"


def rows(bad: str) -> list[dict[str, str]]:
    """Reports of two outlets, with ``bad`` wherever a publisher may write."""
    return [
        {
            "id": f"one{bad}",
            "outlet": f"Norden{bad} Herald",
            "title": f"Port{bad} to close",
            "author": f"Ann{bad} Lee",
            "url": f"https://herald.example/{bad}",
            "published": "2026-05-04T08:00:00Z",
            "text": f"{PORT}, two officials with knowledge of the plan{bad[:9]} told the Norden{bad[:5]} "
            "Herald.\n\nAt least 12 workers were injured in a fire at the port of Saren on Sunday, police "
            f"said. Transport Minister Oda{bad[:5]} Fenn denied the plan. "
            + "It rained in the valley. "
            * 30,
        },
        {
            "id": f"two{bad}",
            "outlet": f"Harbour{bad} Courier",
            "title": f"Port of Saren{bad} to close, newspaper says",
            "url": f"https://courier.example/{bad}",
            "published": "2026-05-04T11:00:00Z",
            "text": f"{PORT}, the Norden{bad[:5]} Herald reported on Monday.\n\nAt least 15 workers were "
            "injured in the fire at the port of Saren on Sunday, police said. Transport Minister "
            f"Oda{bad[:5]} Fenn{bad[:9]} declined to comment. " + "The harbour was quiet. " * 30,
        },
    ]


def make(folder: Path, bad: str) -> Path:
    """Make a desk of such reports, with something in quarantine, a revision and a decision."""
    first, second = rows(bad)
    changed = {**first, "title": first["title"] + " soon", "text": first["text"].replace("rained", "snowed")}
    source = folder / "reports.jsonl"
    lines = [first, second, changed, {"id": f"none{bad}", "title": bad}]
    source.write_text("".join(json.dumps(row) + "\n" for row in lines), encoding="utf-8")
    with open_desk(folder / "desk.db") as desk:
        states = [o.state for o in ingest(desk, [str(source)])]
        assert states == ["filed", "filed", "revised", "quarantined"]
        with desk.writing() as connection:
            report = Book(connection).report(first["id"])
            attribution = next(a for a in report.reading.attributions if a.source.text)
            review.correct(
                connection, (first["id"], attribution.id), "stance", "allege", who="ann", why=f"so{bad}"
            )
        for _ in weigh_all(desk):
            pass
    return folder / "desk.db"


@pytest.fixture(scope="session")
def steering_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk whose reports hold sequences that steer a terminal; not to be changed."""
    return make(tmp_path_factory.mktemp("steering"), STEERING)


@pytest.fixture(scope="session")
def markup_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk whose reports hold markup and the syntax of drawings; not to be changed."""
    return make(tmp_path_factory.mktemp("markup"), MARKUP + GRAPH)
