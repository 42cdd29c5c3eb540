"""A desk of a few reports behind the interface, read once and copied for each test that changes it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from reportedly.desk import open_desk
from reportedly.desk.book import weigh_all
from reportedly.desk.ingest import ingest
from reportedly.faces import api, guard
from reportedly.faces.limits import Limits

WIDE_OPEN = Limits(rate=1e9, burst=1_000_000, costly_rate=1e9, costly_burst=1_000_000)
HERALD = (
    "Velmora will close the port of Saren on June 1, two officials with knowledge of the plan told the "
    "Norden Herald. The officials spoke on condition of anonymity.\n\nAt least 12 workers were hurt in a "
    "protest at the port on Monday, the Saren Police said. The port employs 4,000 people."
)
REPORTS = [
    {
        "id": "herald-1",
        "outlet": "Norden Herald",
        "title": "Velmora to close Saren port",
        "published": "2026-05-04T08:00:00+00:00",
        "url": "https://herald.example/port",
        "text": HERALD,
    },
    {
        "id": "courier-1",
        "outlet": "Harbour Courier",
        "title": "Port of Saren to be closed, newspaper says",
        "published": "2026-05-04T10:00:00+00:00",
        "url": "https://courier.example/port",
        "text": "Velmora will close the port of Saren on June 1, the Norden Herald reported on Monday.\n\n"
        "Transport Minister Oda Fenn declined to comment on the closure of the port of Saren. "
        "At least 15 workers were hurt in a protest at the port on Monday, the Saren Police said.",
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
        "id": "echo-2",
        "outlet": "Valley Echo",
        "title": "Orchard growers fear frost",
        "published": "2026-04-02T09:00:00+00:00",
        "url": "https://echo.example/frost",
        "text": "Orchard growers in the Imber Valley said on Thursday that a late frost could destroy their "
        "cherries. “We have not slept,” said Jorun Adel, who grows cherries near Tolm.",
    },
]


@pytest.fixture(scope="session")
def read_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk's file, with a revision and something in quarantine; not to be changed."""
    folder = tmp_path_factory.mktemp("api")
    changed = {**REPORTS[3], "title": "Growers fear frost", "updated": "2026-04-03T09:00:00+00:00"}
    rows = [*REPORTS, changed, {"title": "a row without a text"}]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with open_desk(folder / "desk.db") as desk:
        states = [outcome.state for outcome in ingest(desk, [str(folder / "rows.jsonl")])]
        assert states == ["filed"] * 4 + ["revised", "quarantined"]
        for _ in weigh_all(desk):
            pass
    return folder / "desk.db"


@pytest.fixture
def desk_file(read_desk: Path, tmp_path: Path) -> Path:
    """A copy of the desk."""
    for path in read_desk.parent.glob("desk.db*"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / "desk.db"


def build(path: Path, *, bound: guard.Bound = "loopback", limits: Limits = WIDE_OPEN) -> FastAPI:
    """Return an application that is the interface and its guard alone."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = open_desk(path, create=False)
    app.include_router(api.router)
    api.install(app)
    guard.install(app, bound=bound, limits=limits)
    return app


@pytest.fixture
def built(desk_file: Path) -> Callable[..., FastAPI]:
    """A function that builds an application on the copy."""
    return lambda **how: build(desk_file, **how)


@pytest.fixture
def client(built: Callable[..., FastAPI]) -> TestClient:
    """A client of the interface as it is on one's own machine."""
    return TestClient(built(), base_url="http://localhost", raise_server_exceptions=False)


@pytest.fixture
def get(client: TestClient) -> Callable[..., dict]:
    """A function that gets a path of the interface as JSON."""

    def getting(path: str, **query: object) -> dict:
        answer = client.get(f"/api/v1{path}", params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return getting
