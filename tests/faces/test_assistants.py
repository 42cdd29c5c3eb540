"""What an assistant is told: never a claim without its holder."""

from __future__ import annotations

import json

import pytest

from reportedly.desk import open_desk
from reportedly.desk.book import weigh_all
from reportedly.desk.ingest import ingest

mcp = pytest.importorskip("mcp", reason="the extra “mcp” is not installed")

ROWS = [
    {
        "id": "herald-1",
        "outlet": "Norden Herald",
        "title": "Velmora to close Saren port",
        "published": "2026-05-04T08:00:00+00:00",
        "text": "Velmora will close the port of Saren on June 1, two officials told the Norden Herald.",
    },
    {
        "id": "echo-1",
        "outlet": "Valley Echo",
        "title": "Minister denies port closure",
        "published": "2026-05-05T09:00:00+00:00",
        "text": "Transport Minister Oda Fenn denied that Velmora will close the port of Saren on June 1.",
    },
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assistants")
    source = folder / "rows.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    with open_desk(folder / "desk.db") as made:
        for _ in ingest(made, [str(source)]):
            pass
        for _ in weigh_all(made):
            pass
        yield made


@pytest.fixture
def ask(desk, wait_for):
    from reportedly.faces.assistants import server

    def put(tool, **arguments):
        async def go():
            async with mcp.Client(server(desk)) as client:
                return await client.call_tool(tool, arguments)

        return wait_for(go())

    return put


@pytest.fixture
def answer(ask):
    def put(tool, **arguments):
        found = ask(tool, **arguments)
        assert not found.is_error, found.content
        return found.structured_content

    return put


def test_every_tool_only_reads(desk, wait_for):
    from reportedly.faces.assistants import server

    async def go():
        async with mcp.Client(server(desk)) as client:
            return (await client.list_tools()).tools

    tools = wait_for(go())
    assert {t.name for t in tools} == {"stories", "story", "claims", "claim", "figures", "search"}
    assert all(t.annotations.read_only_hint and t.description for t in tools)


def test_a_claim_comes_with_holders_origins_and_disputes(answer):
    claims = answer("claims", about="close port Saren")["claims"]
    assert claims
    for claim in claims:
        assert claim["held_by"]
        assert claim["origins"]["high"] >= claim["origins"]["low"]
    whole = answer("claim", claim=claims[0]["id"])
    assert whole["appearances"][0]["held_by"]
    story = answer("story", story=whole["story"]["id"])
    assert all(c["held_by"] for c in story["claims"])


def test_search_and_time(answer):
    assert [r["id"] for r in answer("search", query="minister denies")["reports"]] == ["echo-1"]
    early = answer("stories", as_of="2026-05-04T12:00:00")["stories"]
    assert [s["reports"] for s in early] == [1]


def test_what_is_not_there_is_an_error_that_says_so(ask):
    found = ask("claim", claim="c-none")
    assert found.is_error
    assert "no claim" in found.content[0].text
