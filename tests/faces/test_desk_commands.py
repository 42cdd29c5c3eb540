"""The commands of the desk, from taking in to export."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from rich.console import Console
from typer.testing import CliRunner

from reportedly.errors import DeskError, IntakeError, NotInDesk
from reportedly.faces import drawing
from reportedly.faces.cli import app
from reportedly.faces.desk_tables import plain
from reportedly.records import Appearance, Claim, Hop, Origin, Origins, Passage, StorySource

RUN = CliRunner()
ROWS = [
    {
        "id": "one",
        "outlet": "Norden Herald",
        "title": "Port to close",
        "published": "2026-05-04T08:00:00Z",
        "text": "The port of Saren will close on June 1, two officials with knowledge of the plan told the "
        "Norden Herald.\n\nAt least 12 workers were injured in a fire at the port on Sunday, police said.",
    },
    {
        "id": "two",
        "outlet": "Harbour Courier",
        "title": "Port of Saren to close, newspaper says",
        "published": "2026-05-04T11:00:00Z",
        "text": "The port of Saren will close on June 1, the Norden Herald reported on Monday.\n\n"
        "At least 15 workers were injured in the fire at the port on Sunday, police said.",
    },
]


def call(*words, code=0):
    result = RUN.invoke(app, list(words))
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.output


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    source = folder / "reports.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    path = folder / "desk.db"
    assert "2 filed" in call("ingest", str(source), "--desk", str(path))
    return str(path)


def test_lists_can_be_had_as_json(desk):
    (story,) = json.loads(call("stories", "--desk", desk, "--json"))
    assert set(story["reports"]) == {"one", "two"}
    claims = json.loads(call("claims", "--about", "port close", "--desk", desk, "--json"))
    assert {a["report"] for a in claims[0]["appearances"]} == {"one", "two"}
    assert json.loads(call("search", "injured", "--desk", desk, "--json"))
    assert json.loads(call("stats", "--desk", desk, "--json"))["reports"] == 2
    assert json.loads(call("quarantine", "--desk", desk, "--json")) == []
    assert [r["number"] for r in json.loads(call("diff", "one", "--desk", desk, "--json"))] == [1]
    series = json.loads(call("figures", story["id"][:8], "--desk", desk, "--json"))
    assert any(s["measure"] == "injured" and len(s["points"]) == 2 for s in series)


def test_they_can_be_read_in_a_terminal(desk):
    assert "Port" in call("stories", "--desk", desk)
    (story,) = json.loads(call("stories", "--desk", desk, "--json"))
    shown = call("story", story["id"], "--desk", desk)
    assert "Norden Herald" in shown
    assert "injured" in call("figures", story["id"], "--desk", desk)
    claim = json.loads(call("claims", "--about", "port close", "--desk", desk, "--json"))[0]["id"]
    assert "Norden Herald" in call("trace", claim, "--desk", desk)
    assert call("trace", claim, "--desk", desk, "--format", "dot").startswith("digraph")
    ElementTree.fromstring(call("trace", claim, "--desk", desk, "--format", "svg"))
    assert "one" in call("search", "officials", "--desk", desk)


def test_the_ledger_is_written(desk, tmp_path):
    out = tmp_path / "ledger.json"
    call("export", "--desk", desk, "--output", str(out))
    assert json.loads(out.read_text())["schema"] == "reportedly/ledger/1"


def test_decisions_are_kept_and_undone(desk):
    assert "decision 1: hide" in call("review", "hide", "two", "--desk", desk, "--why", "a test")
    (story,) = json.loads(call("stories", "--desk", desk, "--json"))
    assert story["reports"] == ["one"]
    call("review", "undo", "1", "--desk", desk)
    (story,) = json.loads(call("stories", "--desk", desk, "--json"))
    assert len(story["reports"]) == 2
    assert "(undone)" in call("review", "log", "--desk", desk)


def test_what_was_known_then(desk):
    early = call("stories", "--desk", desk, "--as-of", "2026-05-04T09:00", "--json")
    assert [s["reports"] for s in json.loads(early)] == [["one"]]
    assert call("stories", "--desk", desk, "--as-of", "yesterday", code=2)


def test_what_is_not_there_is_said_in_one_line(desk, tmp_path):
    for words, kind in (
        (("story", "nothing", "--desk", desk), NotInDesk),
        (("trace", "nothing", "--desk", desk), NotInDesk),
        (("stories", "--desk", str(tmp_path / "no.db")), DeskError),
        (("ingest", str(tmp_path / "no.txt"), "--desk", str(tmp_path / "new.db")), IntakeError),
    ):
        result = RUN.invoke(app, list(words))
        assert isinstance(result.exception, kind)
        assert "\n" not in str(result.exception)


def test_nothing_from_a_report_steers_the_terminal():
    text = plain("a\x1b[31mred\x07 \u202ereversed\u200b")
    console = Console(width=80, force_terminal=False)
    with console.capture() as captured:
        console.print(text)
    assert "\x1b" not in captured.get()
    assert "\u202e" not in captured.get()


def test_a_drawing_holds_hostile_text_as_text():
    name = '<script>alert(1)</script>" onload="x'
    passage = Passage(text=name, spans=((0, len(name)),))
    claim = Claim(
        id="c1",
        story="s1",
        text=name,
        appearances=(
            Appearance(
                report=name,
                attribution="a0",
                content=passage,
                source=StorySource(text=name, kind="person"),
                stance="assert",
                factuality="CT+",
            ),
        ),
        origins=Origins(
            low=1,
            high=1,
            list=(Origin(source=name, kind="person", through_report=name, why=name),),
            hops=(Hop(report=name, attribution="a0", kind="source", to=name, to_report=None, why=name),),
        ),
    )
    picture = drawing.svg(claim, {name: name})
    assert "<script" not in picture
    root = ElementTree.fromstring(picture)
    assert not [e for e in root.iter() if "onload" in e.attrib]
    assert "\n" not in drawing.dot(claim, {}).splitlines()[3]
