"""Words that are redacted are seen nowhere: every page and answer is walked, every format is written."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from reportedly import exchange
from reportedly.desk import alerts, decisions, open_desk, review
from reportedly.desk.alert_changes import Watch
from reportedly.desk.asking import asked_moment
from reportedly.desk.blocking import BLOCK
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.deciding import decide
from reportedly.desk.delivery import lines
from reportedly.desk.ingest import ingest
from reportedly.exchange.restoring import restore
from reportedly.faces import drawing
from reportedly.faces.cli import app as program
from reportedly.faces.web.app import create_app

SECRETS = ("quillfeather", "48,317", "48317", "48.317")
TEXT = (
    "The ferry Halcyon sank off Saren on Sunday, engineer Ana Quillfeather told the Norden Herald. "
    "“The pumps failed,” Quillfeather said.\n\n"
    "The owner, Saren Lines, owes 48,317 crowns in harbour fees, Ana Quillfeather said. "
    "Harbour Minister Oda Fenn denied that the ferry Halcyon sank because of its pumps."
)
ROWS = [
    {
        "id": "herald-1",
        "outlet": "Norden Herald",
        "title": "Ferry Halcyon sank, says Quillfeather",
        "published": "2026-05-04T08:00:00+00:00",
        "url": "https://herald.example/ferry-ana-quillfeather-pumps",
        "text": TEXT,
    },
    {
        "id": "courier-1",
        "outlet": "Harbour Courier",
        "title": "Ferry Halcyon sank off Saren, newspaper says",
        "published": "2026-05-04T10:00:00+00:00",
        "url": "https://courier.example/ferry",
        "text": "The ferry Halcyon sank off Saren on Sunday, the Norden Herald reported on Monday. "
        "Harbour Minister Oda Fenn denied that the ferry Halcyon sank because of its pumps.",
    },
    {
        "id": "herald-1",
        "outlet": "Norden Herald",
        "title": "Ferry Halcyon sank, Ana Quillfeather says",
        "published": "2026-05-04T08:00:00+00:00",
        "updated": "2026-05-04T18:00:00+00:00",
        "url": "https://herald.example/ferry-ana-quillfeather-pumps",
        "text": "Updated. " + TEXT.replace("said.\n\n", "said on Monday.\n\nNobody was hurt.\n\n"),
    },
]
CLAIM = "ferry Halcyon"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A desk in which one report names somebody and a sum, in two revisions; both are redacted."""
    folder = tmp_path_factory.mktemp("redacted")
    with open_desk(folder / "desk.db") as desk:
        for number, row in enumerate(ROWS):
            source = folder / f"{number}.jsonl"
            source.write_text(json.dumps(row) + "\n", encoding="utf-8")
            assert {o.state for o in ingest(desk, [str(source)])} <= {"filed", "revised"}
            if number == 0:
                with desk.writing() as connection:
                    alerts.add(connection, "ferries", watch=Watch(about=CLAIM))
                    alerts.add(connection, "sums", watch=Watch())
                alerts.run(desk)
            for _ in weigh_all(desk):
                pass
        assert alerts.run(desk)
        with desk.reading() as connection:
            assert any(SECRETS[0] in repr(a).lower() for a in alerts.log(connection, limit=500))
            text = Book(connection).report("herald-1").report.text
        at = text.index("48,317")
        for said in (
            {"quote": "Ana  quillfeather"},
            {"quote": "Quillfeather"},
            {"spans": [(at, at + len("48,317"))]},
        ):
            decide(
                desk,
                lambda c, said=said: review.redact(c, "herald-1", who="mara", why="private", **said),
                groups=False,
            )
        alerts.run(desk)
    return folder / "desk.db"


@pytest.fixture
def desk(path):
    with open_desk(path) as found:
        yield found


def told(text):
    """Return the secrets that stand in what was given out, however they are written there."""
    forms = (text, html.unescape(text), unquote(text), re.sub(r"<[^>]*>", "", html.unescape(text)))
    return {s for s in SECRETS for form in forms if s in form.lower()}


def test_what_is_redacted_is_blocked_and_every_offset_holds(desk):
    with desk.reading() as connection:
        for moment in (None, "2026-05-04T12:00"):
            reading = Book(connection, as_of=asked_moment(moment)).report("herald-1").reading
            raw = TEXT if moment else ROWS[2]["text"]
            assert len(reading.report.text) == len(raw)
            assert BLOCK * len("Quillfeather") in reading.report.text
            assert not told(reading.to_json())
            kept = [a for a in reading.attributions if a.content.spans]
            assert kept
            for one in kept:
                pieces = " ".join(reading.report.text[a:b] for a, b in one.content.spans)
                assert pieces == one.content.text


def test_no_page_and_no_answer_shows_it(path):
    start = [
        "/", "/?as_of=2026-05-04T12:00", "/review", "/decisions", "/alerts", "/search?q=ferry", "/read",
        "/jobs", "/search?q=sank", "/reports/herald-1", "/revisions/herald-1", "/reports/herald-1?own=1",
        "/reports/herald-1?as_of=2026-05-04T12:00", "/review/report?report=herald-1",
        "/api/v1/reports", "/api/v1/reports/herald-1", "/api/v1/reports/herald-1/text",
        "/api/v1/reports/herald-1/text?as_of=2026-05-04T12:00", "/api/v1/reports/herald-1/reading",
        "/api/v1/reports/herald-1/attributions", "/api/v1/reports/herald-1/revisions",
        "/api/v1/reports/herald-1/diff", "/api/v1/reports/herald-1/diff?revision=1", "/api/v1/stories",
        "/api/v1/claims", "/api/v1/claims?as_of=2026-05-04T12:00", "/api/v1/claims?about=ferry",
        "/api/v1/entities", "/api/v1/sources", "/api/v1/figures", "/api/v1/decisions",
        "/api/v1/search?q=ferry",
        "/api/v1/stats", "/api/v1/alerts",
    ]  # fmt: skip
    seen, todo, good = set(), list(start), 0
    with TestClient(create_app(path)) as client:
        while todo and len(seen) < 160:
            where = todo.pop(0)
            if where in seen:
                continue
            seen.add(where)
            answer = client.get(where)
            good += answer.status_code == 200
            assert not told(answer.text), where
            assert not told(json.dumps(dict(answer.headers))), where
            links = re.findall(r'(?:href|src|action)="(/[^"#]*)', html.unescape(answer.text))
            links += [f"/api/v1/stories/{i}" for i in re.findall(r'"(s-?[0-9a-f]{6,})"', answer.text)]
            links += [f"/api/v1/claims/{i}/trace" for i in re.findall(r'"(c-?[0-9a-f]{6,})"', answer.text)]
            todo += [link for link in links if "/static/" not in link and "logout" not in link]
    assert good > 50


@pytest.mark.parametrize("words", ["Quillfeather", '"Ana Quillfeather"', "Quillf*", "48,317", "source:"])
def test_no_search_finds_it(path, desk, words):
    from reportedly.desk.search import search

    with desk.reading() as connection:
        if words == "source:":
            assert search(connection, source="Quillfeather") == []
            assert search(connection, entity="Quillfeather") == []
        else:
            assert search(connection, words) == []
        (hit, *_) = search(connection, "pumps failed")
        assert hit.report == "herald-1"
        assert not told(repr(hit))
    with TestClient(create_app(path)) as client:
        answer = client.get("/search", params={"q": f"pumps {words}"})
        assert "herald-1" not in answer.text


@pytest.mark.parametrize("format", [f.name for f in exchange.formats()])
@pytest.mark.parametrize("moment", [None, "2026-05-04T12:00"])
def test_no_format_holds_it(desk, tmp_path, format, moment):
    with desk.reading() as connection:
        book = Book(connection, as_of=asked_moment(moment))
        chosen = {} if "desk" in exchange.find(format).covers else {"stories": [book.story_of("herald-1")]}
        stream = io.BytesIO()
        exchange.write(format, book, stream, full_text=True, draw=drawing.svg, **chosen)
    whole = [stream.getvalue()]
    if exchange.find(format).many:
        with zipfile.ZipFile(stream) as packed:
            whole = [name.encode() + b"\n" + packed.read(name) for name in packed.namelist()]
    if format == "parquet":
        import duckdb

        with zipfile.ZipFile(stream) as packed:
            packed.extractall(tmp_path)
        for file in tmp_path.glob("*.parquet"):
            whole.append(repr(duckdb.read_parquet(str(file)).fetchall()).encode())
    assert whole
    for part in whole:
        assert not told(part.decode(errors="replace"))


def test_an_archive_with_it_is_asked_for_and_brings_the_redaction_along(desk, tmp_path):
    for unredacted in (False, True):
        stream = io.BytesIO()
        with desk.reading() as connection:
            exchange.write("jsonl", Book(connection), stream, full_text=True, unredacted=unredacted)
        assert bool(told(stream.getvalue().decode())) == unredacted
        with open_desk(tmp_path / f"{unredacted}.db") as other:
            stream.seek(0)
            done = restore(other, stream)
            assert not done.refused
            for _ in weigh_all(other):
                pass
            with other.reading() as connection:
                assert not told(Book(connection).report("herald-1").reading.to_json())
                assert not told(Book(connection).ledger().to_json())
            with other.writing() as connection:
                for entry in [d for d in decisions.log(connection) if d.kind == "redact"]:
                    decisions.undo(connection, entry.id, who="mara", why="")
            with other.reading() as connection:
                assert bool(told(Book(connection).report("herald-1").reading.to_json())) == unredacted
    with desk.reading() as connection, pytest.raises(Exception, match="never holds"):
        exchange.write("csv", Book(connection), io.BytesIO(), unredacted=True)


def test_alerts_that_fired_before_say_no_words(desk):
    with desk.reading() as connection:
        found = alerts.log(connection, limit=500)
        assert found
        for alert in found:
            assert not told(repr(alert) + "\n".join(lines(alert)))


def test_assistants_are_not_told(desk, wait_for):
    mcp = pytest.importorskip("mcp", reason="the extra “mcp” is not installed")
    from reportedly.faces.assistants import server

    with desk.reading() as connection:
        book = Book(connection)
        story = book.story_of("herald-1")
        claims = [c.id for c in book.ledger().claims]

    async def go():
        async with mcp.Client(server(desk)) as client:
            asked = [
                ("stories", {}),
                ("story", {"story": story}),
                ("claims", {}),
                ("figures", {"story": story}),
            ]
            asked += [("search", {"query": "ferry"}), ("search", {"query": "Quillfeather"})]
            asked += [("claim", {"claim": c}) for c in claims]
            return [repr(await client.call_tool(name, said)) for name, said in asked]

    answers = wait_for(go())
    for answer in answers:
        shown = answer.replace("'query': 'Quillfeather'", "")
        assert not told(shown), shown[:500]


@pytest.mark.parametrize(
    "line",
    [
        ["stories"], ["claims"], ["claims", "--json"], ["search", "ferry"], ["search", "ferry", "--json"],
        ["diff", "herald-1"], ["review", "log"], ["stats"],
        ["stories", "--as-of", "2026-05-04T12:00", "--json"], ["alerts", "log"],
        ["claims", "--as-of", "2026-05-04T12:00"],
    ],
)  # fmt: skip
def test_no_command_prints_it(path, line):
    found = CliRunner().invoke(program, [*line, "--desk", str(path)])
    assert found.exit_code == 0, found.output
    assert not told(found.output)


def test_the_log_says_who_and_why_and_an_undo_brings_it_back(path, tmp_path):
    import shutil

    for part in path.parent.glob("desk.db*"):
        shutil.copy(part, tmp_path / part.name)
    with open_desk(tmp_path / "desk.db") as desk:
        with desk.reading() as connection:
            entries = decisions.log(connection)
        assert [(d.kind, d.who, d.why) for d in entries] == [("redact", "mara", "private")] * 3
        assert not told(repr(entries))
        for entry in entries:
            decide(desk, lambda c, n=entry.id: decisions.undo(c, n, who="mara", why=""), groups=False)
        with desk.reading() as connection:
            book = Book(connection)
            assert told(book.report("herald-1").report.text) == {"quillfeather", "48,317"}
            assert "Quillfeather" in book.story(book.story_of("herald-1")).title + book.ledger().to_json()
    with TestClient(create_app(tmp_path / "desk.db")) as client:
        page = client.get("/review/report?report=herald-1")
        csrf = re.search(r'name="csrf" value="([^"]*)"', page.text)[1]
        sent = {"csrf": csrf, "report": "herald-1", "field": "text", "why": "hers"}
        assert client.post("/review/report/redact", data=sent).status_code == 400
        assert client.post("/review/report/redact", data={**sent, "span": "9:4"}).status_code == 400
        assert client.post("/review/report/redact", data={**sent, "quote": "not there"}).status_code == 400
        answer = client.post("/review/report/redact", data={**sent, "quote": "Quillfeather"})
        assert answer.status_code == 200
        assert "hers" in answer.text
        assert not told(client.get("/reports/herald-1").text) - {"48,317"}
