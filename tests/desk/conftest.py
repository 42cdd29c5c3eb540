"""A desk of a few reports, read for real."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reportedly.desk import open_desk
from reportedly.desk.book import weigh_all
from reportedly.desk.ingest import ingest

LEAK = (
    "Velmora will close the port of Saren on June 1, two officials with knowledge of the plan told the "
    "Norden Herald. The officials spoke on condition of anonymity.\n\nThe port employs 4,000 people."
)
REPORTS = [
    {
        "id": "herald-1",
        "outlet": "Norden Herald",
        "title": "Velmora to close Saren port",
        "published": "2026-05-04T08:00:00+00:00",
        "url": "https://herald.example/port",
        "text": LEAK,
    },
    {
        "id": "courier-1",
        "outlet": "Harbour Courier",
        "title": "Port of Saren to be closed, newspaper says",
        "published": "2026-05-04T10:00:00+00:00",
        "url": "https://courier.example/port",
        "text": "Velmora will close the port of Saren on June 1, the Norden Herald reported on Monday.\n\n"
        "Transport Minister Oda Fenn declined to comment on the closure of the port of Saren.",
    },
    {
        "id": "echo-1",
        "outlet": "Valley Echo",
        "title": "Minister denies port closure",
        "published": "2026-05-05T09:00:00+00:00",
        "url": "https://echo.example/port",
        "text": "Transport Minister Oda Fenn denied on Tuesday that Velmora will close the port of Saren "
        "on June 1.\n\n“There is no such plan,” Fenn told reporters in Port Saren.",
    },
]


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows as JSON lines and return the path."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def leak(tmp_path_factory):
    """A desk file that holds the three reports, weighed."""
    folder = tmp_path_factory.mktemp("leak")
    source = write(folder / "reports.jsonl", REPORTS)
    with open_desk(folder / "desk.db") as desk:
        assert [o.state for o in ingest(desk, [str(source)])] == ["filed"] * 3
        for _ in weigh_all(desk):
            pass
    return folder / "desk.db"
