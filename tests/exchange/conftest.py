"""A desk of a few reports, read for real: with a revision, decisions, and an excerpt."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reportedly import read
from reportedly.desk import Desk, open_desk, review
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.filing import Filer, regroup

REPORTS = [
    {
        "id": "herald-1",
        "outlet": "Norden Herald",
        "title": "Velmora to close Saren port",
        "published": "2026-05-04T08:00:00+00:00",
        "url": "https://herald.example/port",
        "text": "Velmora will close the port of Saren on June 1, two officials with knowledge of the plan "
        "told the Norden Herald. The officials spoke on condition of anonymity.\n\n"
        "The port, an aide to the mayor said, employs 4,000 people. Oda Fenn leads the Saren Dockers Union. "
        "“We were,” Fenn said, “never asked.”\n\n"
        "At least 12 workers were injured in a fire at the port on Sunday, police said.",
    },
    {
        "id": "courier/1",
        "outlet": "=Harbour Courier",
        "title": "Port of Saren to be closed, newspaper says",
        "published": "2026-05-04T10:00:00+00:00",
        "url": "https://courier.example/port?a=1",
        "text": "Velmora will close the port of Saren on June 1, the Norden Herald reported on Monday.\n\n"
        "Transport Minister Ivo Tarsk declined to comment on the closure of the port of Saren.\n\n"
        "At least 15 workers were injured in the fire at the port of Saren on Sunday, police said. "
        "Tarsk is said to be ill.",
    },
    {
        "id": "echo-1",
        "outlet": "Valley Echo",
        "title": "Minister denies port closure",
        "published": "2026-05-05T09:00:00+00:00",
        "url": "https://echo.example/port",
        "text": "Transport Minister Ivo Tarsk denied on Tuesday that Velmora will close the port of Saren "
        "on June 1.\n\n“There is no such plan,” Tarsk told reporters in Port Saren.",
    },
    {
        "id": "../secret",
        "outlet": "Norden Herald",
        "title": "Withheld",
        "published": "2026-05-05T10:00:00+00:00",
        "url": None,
        "text": "Velmora will close the port of Saren on June 1, Mayor Ute Quill said. "
        "The mayor is Ute Quill.",
    },
    {
        "id": "short",
        "outlet": "Short Wire",
        "title": "Port of Saren: what we know",
        "published": "2026-05-05T11:00:00+00:00",
        "url": "https://wire.example/1",
        "text": "The port of Saren will be closed on June 1, Union leader Oda Fenn said. "
        + "It rained. " * 60,
    },
]
HIDDEN = "../secret"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk file; not to be changed."""
    path = tmp_path_factory.mktemp("exchange") / "desk.db"
    with open_desk(path) as desk:
        full, excerpt = Filer(desk), Filer(desk, "excerpt")
        for number, row in enumerate([*REPORTS, _revised()]):
            filer = excerpt if row["id"] == "short" else full
            with filer.writing() as connection:
                filer.file(
                    connection,
                    _reading(row),
                    seen=datetime(2026, 5, 6, 12, number, tzinfo=UTC),
                    raw_sha256=f"{number:064x}",
                )
        with desk.writing() as connection:
            book = Book(connection)
            first = book.report("echo-1").reading.attributions[0].id
            review.correct(connection, ("echo-1", first), "factuality", "PR-", who="ana", why="hedged")
            review.hide(connection, HIDDEN, who="ana", why="embargo")
            number = review.correct(connection, ("echo-1", first), "stance", "hint", who="bo", why="typo").id
            from reportedly.desk import decisions

            decisions.undo(connection, number, who="bo", why="not so")
            regroup(connection)
        for _ in weigh_all(desk):
            pass
    return path


def _revised() -> dict[str, str | None]:
    row = dict(REPORTS[0])
    row["text"] = f"{row['text']} The mayor of Saren welcomed the plan."
    row["updated"] = "2026-05-04T18:00:00+00:00"
    return row


def _reading(row: dict[str, str | None]):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.jsonl"
        path.write_text(json.dumps(row))
        return read(path)


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Iterator[Desk]:
    """A copy of the desk that may be changed."""
    shutil.copy(made, tmp_path / "copy.db")
    with open_desk(tmp_path / "copy.db") as opened:
        yield opened


@pytest.fixture
def book(desk: Desk) -> Iterator[Book]:
    """The desk's book."""
    with desk.reading() as connection:
        yield Book(connection)


@pytest.fixture
def exported(book: Book) -> Callable[..., bytes]:
    """Export into memory: ``exported("csv", stories=[…])``."""
    import io

    from reportedly.exchange import write

    def run(format: str, **options: object) -> bytes:
        stream = io.BytesIO()
        write(format, book, stream, **options)  # type: ignore[arg-type]
        return stream.getvalue()

    return run
