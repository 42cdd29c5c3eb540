"""The documentation does what it says: its blocks run, and it names all that it must.

Of each page (and the README) every ``python`` block is run, and every line of a
``console`` block that calls ``reportedly`` or prepares for it, in order, in a
folder of the page's own; all must succeed. A block with a caption becomes a file
of that name; the README finds a ``report.txt``. ``localhost:8000`` stands for a web
server on that folder.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from typer.main import get_command

import reportedly
from reportedly import errors
from reportedly.faces import demo, words
from reportedly.faces.cli import SOME_FAILED, app
from reportedly.faces.rows import COLUMNS
from reportedly.records import things
from reportedly.records.attribution import FACTUALITIES, SOURCE_KINDS, STANCES

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]

_BLOCK = re.compile(r"^```(\S[^\n]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
_CAPTION = re.compile(r"\A:caption:\s*(\S+)\n(?::[^\n]*\n)*\n?")
_INSTALLS = re.compile(r"^(?:pip|git|python3? -m (?:venv|pip)|\.|source|cd)\s")


@dataclass(frozen=True, slots=True)
class Step:
    """A block or a line of one; ``kind`` is ``python``, ``console`` or ``file``."""

    kind: str
    line: int
    body: str
    name: str = ""


def steps(page: Path) -> Iterator[Step]:
    """Yield the steps of a page in order."""
    text = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start(2)) + 1
        sort, body = match[1].strip(), match[2]
        caption = _CAPTION.match(body)
        if sort.startswith("{code-block}") and caption:
            yield Step("file", line, body[caption.end() :], caption[1])
        elif sort == "python":
            yield Step("python", line, body)
        elif sort == "console":
            for number, row in enumerate(body.replace("\\\n", " ").splitlines()):
                if row.startswith("$ ") and not _INSTALLS.match(row[2:]):
                    yield Step("console", line + number, row[2:])


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, made the current one, in which the command ``reportedly`` is this one."""
    room, programs = tmp_path / "room", tmp_path / "bin"
    room.mkdir()
    programs.mkdir()
    command = programs / "reportedly"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reportedly "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    source = str(Path(reportedly.__file__).resolve().parents[1])
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", source)
    monkeypatch.chdir(room)
    return room


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def address(shell: Path) -> Iterator[str]:
    """Serve the folder; return ``host:port``."""
    handler = functools.partial(_Quiet, directory=str(shell))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"localhost:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run(page: Path, shell: Path, address: str) -> None:
    if page.name == "README.md":  # its reader has a report, which the page does not show
        shutil.copy(ROOT / "src/reportedly/data/demo/tern-1-exclusive.txt", "report.txt")
    names: dict[str, Any] = {"__name__": "__main__"}
    for step in steps(page):
        if step.kind == "file":
            Path(step.name).write_text(step.body, encoding="utf-8")
        elif step.kind == "python":
            code = compile("\n" * (step.line - 1) + step.body, str(page), "exec")
            exec(code, names)
        else:
            done = subprocess.run(
                ["bash", "-o", "pipefail", "-c", step.body.replace("localhost:8000", address)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{page.name}:{step.line}: {step.body}\n{done.stderr}"
            assert "Traceback" not in done.stderr, f"{page.name}:{step.line}: {done.stderr}"


def test_every_page_has_something_to_run() -> None:
    kinds = {page.name: {step.kind for step in steps(page)} for page in PAGES}
    for name in ("index.md", "tutorial.md", "howto.md", "reference.md", "README.md"):
        assert {"python", "console"} <= kinds[name], name


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def _section(text: str, heading: str) -> str:
    start = text.index(f"\n{heading}\n") + 1
    end = re.search(r"^#{1,3} ", text[start + len(heading) :], re.MULTILINE)
    return text[start : start + len(heading) + end.start()] if end else text[start:]


@pytest.mark.parametrize(
    ("heading", "record"),
    [
        ("### `reading`", reportedly.Reading),
        ("### `report`", reportedly.Report),
        ("### `attributions`", reportedly.Attribution),
        ("### `entities`", reportedly.Entity),
        ("### `events`", reportedly.Event),
        ("### `figures`", reportedly.Figure),
        ("### `places`", reportedly.Place),
        ("### `times`", reportedly.Time),
        ("### `relations`", reportedly.Relation),
    ],
)
def test_the_reference_has_every_field_and_no_other(heading: str, record: type[msgspec.Struct]) -> None:
    section = _section(_page("reference.md"), heading)
    told = {
        name for row in re.findall(r"^\| (`[^|]*) \|", section, re.M) for name in re.findall(r"`(\w+)`", row)
    }
    assert told == set(record.__struct_fields__)


@pytest.mark.parametrize(
    ("page", "values"),
    [
        ("concepts.md", SOURCE_KINDS),
        ("concepts.md", STANCES),
        ("concepts.md", FACTUALITIES),
        ("reference.md", (*SOURCE_KINDS, *STANCES, *FACTUALITIES)),
        ("reference.md", get_args(things.Schema)),
        ("reference.md", get_args(things.PloverType)),
        ("reference.md", get_args(things.Status)),
        ("reference.md", get_args(things.Bound)),
        ("reference.md", get_args(things.Precision)),
        ("reference.md", COLUMNS),
        ("reference.md", [name for name in reportedly.__all__ if name != "__version__"]),
    ],
)
def test_every_value_is_told(page: str, values: tuple[str, ...]) -> None:
    told = set(re.findall(r"`([^`\n(]+)(?:\([^`\n]*\))?`", _page(page)))
    assert set(values) <= told


def test_every_option_and_command_is_told() -> None:
    reference = _page("reference.md")
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        assert f"### `reportedly {name}" in reference
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("-") or f"`{option}`" in reference, (name, option)


def _kinds(root: type[errors.ReportedlyError]) -> Iterator[type[errors.ReportedlyError]]:
    if not root.__name__.startswith("_"):  # those never leave the module that raises them
        yield root
    for kind in root.__subclasses__():
        yield from _kinds(kind)


def test_every_exit_code_is_told() -> None:
    rows = dict(re.findall(r"^\| (\d+) \| [^|\n]* \|([^|\n]*)\|$", _page("howto.md"), re.MULTILINE))
    for kind in _kinds(errors.ReportedlyError):
        assert f"`{kind.__name__}`" in rows[str(kind.exit_code)]
    assert {"0", "2", str(SOME_FAILED)} <= set(rows)


def test_every_setting_is_told() -> None:
    source = Path(reportedly.__file__).parent
    used = {
        name
        for path in source.rglob("*.py")
        for name in re.findall(r"\"(REPORTEDLY_\w+)\"", path.read_text(encoding="utf-8"))
    }
    assert used == set(re.findall(r"^\| `(REPORTEDLY_\w+)` \|", _page("howto.md"), re.MULTILINE))


def test_every_decision_is_told() -> None:
    told = set(re.findall(r"^\| `([^`]+)` \|", _section(_page("how-it-works.md"), _DECIDED), re.MULTILINE))
    seen = {
        re.sub(r"-[0-9a-f]{8}\b", "-…", part)
        for entry in demo.index()
        for claim in demo.read(entry).attributions
        for part in claim.decided_by.split("; ")
    }
    assert seen <= told


_DECIDED = "## Where each decision is recorded: `decided_by`"


def test_every_table_is_told() -> None:
    tables = (Path(reportedly.__file__).parent / "data").iterdir()
    names = {path.name for path in tables if path.suffix in (".tsv", ".toml", ".gz")}
    assert names <= set(re.findall(r"`([^`\n]+)`", _page("how-it-works.md")))


def test_what_to_look_at_is_short() -> None:
    rows = (ROOT / "src/reportedly/data/demo/index.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, rows):
        assert 20 < len(row["look_at"]) <= 160, row["id"]


@pytest.mark.parametrize(
    "page",
    [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "training/README.md"],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_links_between_files_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not link.startswith(("http://", "https://", "#", "mailto:")):
            assert (page.parent / link.partition("#")[0]).exists(), link


def test_the_readme_shows_what_its_report_gives(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    report, shown = (m[1] for m in re.finditer(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    (tmp_path / "report.txt").write_text(report, encoding="utf-8")
    reading = reportedly.read(tmp_path / "report.txt", published="2026-03-10")
    claims = [a for a in reading.attributions if a.source.kind != "narrator"]
    plain = " ".join(shown.split())
    assert len(re.findall(r"^ *\d+ ", shown, re.MULTILINE)) == len(claims)
    for claim in claims:
        assert words.content(claim) in plain
        assert claim.source.text in plain
