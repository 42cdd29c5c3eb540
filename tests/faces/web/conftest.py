"""A small desk, a hostile report in it, and a browser-like client for its pages."""

from __future__ import annotations

import json
import re

import pytest
from fastapi.testclient import TestClient

from reportedly.desk import open_desk
from reportedly.desk.book import weigh_all
from reportedly.desk.ingest import ingest
from reportedly.faces.web.app import create_app

HOSTILE = (
    "Minister <script>alert(1)</script> speaks\n\n"
    'Transport Minister Oda <img src=x onerror="alert(2)"> Fenn said on Tuesday that the '
    "port \u202edesolc eb dluow\u202c of Saren would be closed.\n\n"
    "“There is {{ 7 * 7 }} no </p><style>body{display:none}</style> plan,” she told reporters."
)
REPORTS = [
    {
        "id": "herald-1",
        "outlet": "Norden Herald",
        "title": "Velmora to close Saren port",
        "published": "2026-05-04T08:00:00+00:00",
        "url": "https://herald.example/port",
        "text": "Velmora to close Saren port\n\n"
        "Velmora will close the port of Saren on June 1, two officials with "
        "knowledge of the plan told the Norden Herald. The officials spoke on condition of anonymity.\n\n"
        "The port employs 4,000 people.",
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
    {
        "id": "tricks/1?x=<b>&y",
        "outlet": "<b>Trick</b> Post",
        "title": "Minister <script>alert(1)</script> speaks",
        "published": "2026-05-05T11:00:00+00:00",
        "url": "javascript:alert(3)",
        "text": HOSTILE,
    },
]
REVISED = REPORTS[2] | {
    "updated": "2026-05-05T12:00:00+00:00",
    "text": "Transport Minister Oda Fenn denied on Tuesday that Velmora will close the harbour of Saren "
    "on June 1.\n\n“There is no such plan,” Fenn told reporters in Port Saren.\n\nThe port stays open.",
}


@pytest.fixture(scope="package")
def desk_file(tmp_path_factory):
    """A desk file with four reports, one of them revised, weighed."""
    folder = tmp_path_factory.mktemp("web")
    with open_desk(folder / "desk.db") as desk:
        for name, rows in (("first", REPORTS), ("second", [REVISED])):
            source = folder / f"{name}.jsonl"
            source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
            assert {o.state for o in ingest(desk, [str(source)])} <= {"filed", "revised"}
        for _ in weigh_all(desk):
            pass
    return folder / "desk.db"


@pytest.fixture(scope="package")
def client(desk_file):
    """A client of the application on that desk; nothing is written to it."""
    with TestClient(create_app(desk_file)) as found:
        yield found


@pytest.fixture(scope="session")
def csrf_of():
    """Take the token out of a page with a form: ``csrf_of(client)``."""

    def token(client, page="/read"):
        return re.search(r'name="csrf" value="([^"]+)"', client.get(page).text)[1]

    return token
