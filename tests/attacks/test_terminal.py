"""Nothing that stands in a report acts on the terminal of whoever prints it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.desk import open_desk
from reportedly.desk.book import Book
from reportedly.faces import cli
from reportedly.faces.terminal import as_written, guard, harmless

from .conftest import STEERING, rows

# What rich itself draws with: bold, italic, underlined and colours, moves of a progress bar. "8" would hide.
STYLES = re.compile(r"\x1b\[(?:0|[1-7]|3[0-7]|4[0-7]|9[0-7]|38;5;\d+|;)*m|\x1b\[\d*[AGK]|\x1b\[\?25[hl]")
ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A function that runs a command with a terminal of its own and returns what came to it."""

    def run(*words: str) -> str:
        master, slave = pty.openpty()
        came: list[bytes] = []

        def listen() -> None:
            while True:
                try:
                    data = os.read(master, 65_536)
                except OSError:
                    return
                if not data:
                    return
                came.append(data)

        listener = threading.Thread(target=listen)
        with monkeypatch.context() as patched, open(slave, "w", encoding="utf-8", newline="") as stream:
            listener.start()
            patched.setenv("TERM", "xterm-256color")
            patched.setenv("COLUMNS", "200")
            patched.setattr(sys, "stdout", stream)
            patched.setattr(sys, "stderr", stream)
            patched.setattr(sys, "argv", ["reportedly", *words])
            with contextlib.suppress(SystemExit):
                cli.main()
            stream.flush()
        listener.join(30)
        os.close(master)
        return b"".join(came).decode()

    return run


def acts(printed: str) -> list[str]:
    """Return what in the print acts on a terminal, but for rich's own styles."""
    return ACTING.findall(STYLES.sub("", printed))


@pytest.fixture(scope="module")
def names(steering_desk: Path) -> dict[str, str]:
    with open_desk(steering_desk) as desk, desk.reading() as connection:
        book = Book(connection)
        claims = book.ledger().claims
        return {"STORY": book.stories()[0].id, "CLAIM": claims[0].id, "REPORT": f"one{STEERING}"}


ON_A_DESK = [
    "stories", "stories --json", "story STORY", "claims", "claims --json", "trace CLAIM",
    "trace CLAIM --format svg", "trace CLAIM --format dot", "figures STORY",
    "search port", "search port --json", "diff REPORT", "stats",
    "quarantine", "quarantine --json", "verify", "review log", "review log --json", "review hide NOBODY",
    "review undo 99", "export --format ledger", "export --format jsonl", "export --format dot --story STORY",
    "export --format html", "export --format annotations", "export --format schemaorg", "desk info",
    "alerts log", "alerts list", "access log", "claims --about BAD", "trace BAD", "story BAD", "diff BAD",
]  # fmt: skip


@pytest.mark.parametrize("command", ON_A_DESK)
def test_no_command_on_a_desk_lets_a_report_act(
    command: str, steering_desk: Path, names: dict[str, str], terminal: Callable[..., str]
) -> None:
    words = [names.get(word, STEERING if word == "BAD" else word) for word in command.split()]
    printed = terminal(*words, "--desk", str(steering_desk))
    assert printed
    assert not acts(printed)


@pytest.mark.parametrize("format", ["table", "json", "csv", "html", "attributions"])
def test_no_form_of_a_reading_acts(format: str, tmp_path: Path, terminal: Callable[..., str]) -> None:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(STEERING)))
    printed = terminal("read", str(tmp_path / "in.jsonl"), "--format", format)
    assert "officials" in printed
    assert not acts(printed)


def test_errors_taking_in_and_explaining_do_not_act(tmp_path: Path, terminal: Callable[..., str]) -> None:
    bad = tmp_path / f"{STEERING.replace('/', '_')}.jsonl"
    bad.write_text("".join(json.dumps(row) + "\n" for row in [*rows(STEERING), {STEERING: STEERING}]))
    for words in (
        ["read", str(bad)],
        ["read", f"missing{STEERING}"],
        ["ingest", str(bad), "--desk", str(tmp_path / "new.db"), "--verbose"],
        ["ingest", str(bad), "--desk", str(tmp_path / "new.db")],
        ["import", str(bad), "--desk", str(tmp_path / "other.db")],
        ["explain", str(bad), "--claim", "1"],
        ["explain", str(bad), "--claim", STEERING],
        ["read", "x", "--format", STEERING],
    ):
        printed = terminal(*words)
        assert printed
        assert not acts(printed), words


def test_what_programs_read_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or a pipe gets every character: offsets count on them."""
    with open(tmp_path / "out", "w+", encoding="utf-8", newline="") as file:
        monkeypatch.setattr(sys, "stdout", file)
        monkeypatch.setattr(sys, "stderr", file)
        guard()
        as_written(sys.stdout).write(STEERING)
        sys.stdout.write("\x1b")
        file.seek(0)
        assert file.read() == STEERING + "\\u001b"


@given(st.text())
def test_harmless_text_is_the_same_text_to_json(text: str) -> None:
    written = json.dumps(text, ensure_ascii=False)
    assert json.loads(harmless(written)) == text
    assert not acts(harmless(text).replace("\r", ""))
